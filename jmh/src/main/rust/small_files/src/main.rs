//! What reading and writing small files costs with tokio, for "scripts/bench files".
//!
//! `small_files CONCURRENCY` reads commands from standard input and answers them as small_files.c does, with so many files
//! in flight. tokio's files are buffered.

use std::collections::VecDeque;
use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

/// One command.
struct Command {
    writes: bool,
    directory: PathBuf,
    first: u64,
    count: u64,
    size: usize,
}

impl Command {
    fn parse(line: &str) -> Option<Command> {
        let words: Vec<&str> = line.split_whitespace().collect();
        if words.len() != 5 {
            return None;
        }
        Some(Command {
            writes: words[0] == "write",
            directory: PathBuf::from(words[1]),
            first: words[2].parse().ok()?,
            count: words[3].parse().ok()?,
            size: words[4].parse().ok()?,
        })
    }

    fn path(&self, index: u64) -> PathBuf {
        self.directory.join(format!("f{}", self.first + index))
    }
}

async fn write_file(path: PathBuf, size: usize) -> io::Result<()> {
    tokio::fs::write(path, vec![b'x'; size]).await
}

async fn read_file(path: PathBuf, size: usize) -> io::Result<()> {
    let bytes = tokio::fs::read(&path).await?;
    if bytes.len() != size {
        return Err(io::Error::new(io::ErrorKind::Other, format!("{} has {} bytes", path.display(), bytes.len())));
    }
    Ok(())
}

async fn finish(oldest: Option<JoinHandle<io::Result<()>>>) -> io::Result<()> {
    match oldest {
        Some(task) => task.await?,
        None => Ok(()),
    }
}

async fn run(command: &Command, concurrency: usize) -> io::Result<()> {
    let mut in_flight = VecDeque::new();
    for index in 0..command.count {
        if in_flight.len() == concurrency {
            finish(in_flight.pop_front()).await?;
        }
        let path = command.path(index);
        let size = command.size;
        in_flight.push_back(if command.writes {
            tokio::spawn(write_file(path, size))
        } else {
            tokio::spawn(read_file(path, size))
        });
    }
    while !in_flight.is_empty() {
        finish(in_flight.pop_front()).await?;
    }
    Ok(())
}

fn duration(time: libc::timeval) -> Duration {
    Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000)
}

/// The processor time of this process.
fn processor() -> Duration {
    // SAFETY: a struct of integers, for which all zeros is a value, and which getrusage(2) fills.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        libc::getrusage(libc::RUSAGE_SELF, &mut usage);
        usage
    };
    duration(usage.ru_utime) + duration(usage.ru_stime)
}

fn main() -> io::Result<()> {
    let concurrency: usize = match std::env::args().nth(1).and_then(|word| word.parse().ok()) {
        Some(number) if number > 0 => number,
        _ => {
            eprintln!("usage: small_files CONCURRENCY");
            std::process::exit(2);
        }
    };
    let runtime = Runtime::new()?;
    for line in io::stdin().lock().lines() {
        let line = line?;
        let Some(command) = Command::parse(&line) else {
            println!("error not a command: {line}");
            std::process::exit(1);
        };
        let used = processor();
        let start = Instant::now();
        let result = runtime.block_on(run(&command, concurrency));
        let wall = start.elapsed();
        match result {
            Ok(()) => println!("{} {}", wall.as_nanos(), (processor() - used).as_nanos()),
            Err(error) => println!("error {error}"),
        }
        io::stdout().flush()?;
    }
    Ok(())
}
