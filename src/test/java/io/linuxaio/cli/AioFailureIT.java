package io.linuxaio.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.LinuxAio;
import io.linuxaio.cli.text.Units;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Signals;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Failures of the command: one line, an exit code, and no file that only looks complete. */
@OnRealKernel
class AioFailureIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private static void assertFails(AioProcess.Result result, String... words) {
        assertThat(result.err()).hasLineCount(1).contains(words).doesNotContain("\tat ");
        assertThat(result.out()).isEmpty();
        assertThat(result.exitCode()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "read missing                    | aio read: missing: no such file",
                "info missing                    | aio info: missing: no such file",
                "write --from missing f          | aio write: missing: no such file",
                "write --size 1 missing/f        | there is no directory",
                "read .                          | it is a directory",
                "write --size 1 .                | it is a directory",
                "write --from . f                | it is a directory; --from takes a file",
                "read --to . existing            | Is a directory",
                "write --size 1 /dev/null        | it is a character device; only regular files and block devices",
                "bench .                         | it is a directory; give the name of a file in it",
                "bench missing/f                 | there is no directory",
                "bench --rw write existing       | it exists, and was not created by bench",
                "bench --size 1m existing        | it has 4.9 KiB, less than --size 1.0 MiB",
                "bench --block-size 8k existing  | it has 4.9 KiB, less than one block, --block-size 8.0 KiB",
                "bench /proc/version             | give --buffered",
                "bench /dev/null                 | it is a character device; only regular files and block devices",
                "probe missing                   | aio probe: missing: no such file",
                "probe /dev/null                 | neither a directory nor a regular file",
                "probe /proc                     | aio probe: /proc: no file can be made in it",
                "info /proc                      | aio info: /proc: no file can be made in it",
                "read existing --to /dev/full    | /dev/full: No space left on device"
            })
    void aFailureIsOneLine(String line, String words) throws IOException, InterruptedException {
        Files.write(directory.resolve("existing"), Bytes.random(1, 5000));

        assertFails(AioProcess.in(directory).run(line.split(" ")), words);
        assertThat(directory.resolve("existing")).hasBinaryContent(Bytes.random(1, 5000));
        assertThat(directory.resolve("f")).doesNotExist();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "write --from existing existing",
                "write --from existing hard",
                "write --from soft existing",
                "read --to soft hard"
            })
    void aFileIsNotCopiedOntoItself(String line) throws IOException, InterruptedException {
        byte[] bytes = Bytes.random(1, 5000);
        Path existing = Files.write(directory.resolve("existing"), bytes);
        Files.createLink(directory.resolve("hard"), existing);
        Files.createSymbolicLink(directory.resolve("soft"), Path.of("existing"));

        assertFails(AioProcess.in(directory).run(line.split(" ")), "is the same file", "nothing was changed");
        assertFails(
                AioProcess.in(directory).input(existing).run("write", "soft"),
                "is the same file",
                "nothing was changed");
        assertThat(existing).hasBinaryContent(bytes);
    }

    @Test
    void anExistingFileIsUnchangedIfTheLimitIsExhausted() throws IOException, InterruptedException {
        // More than the whole limit, whatever others use.
        long depth = LinuxAio.limits().max();
        Assumptions.assumeTrue(depth < 80_000, "aio-max-nr is too high to exhaust");
        byte[] bytes = Bytes.random(1, 5000);
        Files.write(directory.resolve("f"), bytes);

        assertFails(
                AioProcess.in(directory).run("write", "--size=1m", "--block-size=512", "--depth=" + depth, "f"),
                "io_setup: EAGAIN",
                "aio-max-nr is",
                "sysctl -w fs.aio-max-nr=");
        assertThat(directory.resolve("f")).hasBinaryContent(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENOSYS", "EPERM"})
    void theSeccompProfileIsNamedIfItDeniesAio(String errno) throws IOException, InterruptedException {
        Command.assumeInstalled("strace");
        String[] strace = {"strace", "-f", "-o", "/dev/null", "-e", "inject=io_setup:error=" + errno};

        assertFails(
                AioProcess.in(directory).by(strace).run("write", "--size=1m", "f"), "io_setup: " + errno, "seccomp");
        AioProcess.Result info = AioProcess.in(directory).by(strace).run("info");
        assertThat(info.out()).containsPattern("Linux AIO +does not work: io_setup: " + errno + ".*seccomp");
        assertThat(info.exitCode()).isEqualTo(1);
        assertThat(directory.resolve("f")).doesNotExist();
    }

    @Test
    void aFullDiskKeepsTheBytesWrittenAndReportsIt() throws IOException, InterruptedException {
        try (Volume volume = Volume.ext4(directory, 16)) {
            Path file = volume.path().resolve("f");
            // Of known length: found out before anything is written. Of unknown length: when it happens.
            assertFails(
                    AioProcess.in(directory).run("write", "--size", "64m", file.toString()),
                    "ENOSPC",
                    "free space on the filesystem",
                    file + " is incomplete: it has 0 B of 64.0 MiB");
            assertFails(
                    AioProcess.in(directory).run("write", "-q", "--from", "/dev/zero", file.toString()),
                    "ENOSPC",
                    file + " is incomplete: it has " + Units.bytes(Files.size(file)));
            assertThat(Files.size(file)).isPositive();
        }
    }

    @Test
    void theRemedyIsNamedWithoutDirectIo() throws IOException, InterruptedException {
        try (Volume volume = Volume.ramfs(directory)) {
            String file = volume.path().resolve("f").toString();
            assertFails(
                    AioProcess.in(directory).run("write", "--size", "100001", file),
                    "no direct I/O",
                    "give --buffered");
            assertThat(Path.of(file)).doesNotExist();

            AioProcess.Result buffered =
                    AioProcess.in(directory).run("write", "--size", "100001", "--buffered", "--verify", file);
            assertThat(buffered.exitCode()).as(buffered.err()).isZero();
            assertThat(Files.size(Path.of(file))).isEqualTo(100_001);
        }
    }

    @Test
    void theFileIsNamedWithoutPermission() throws IOException, InterruptedException {
        Path file = Files.createFile(directory.resolve("f"));
        Files.setPosixFilePermissions(file, Set.of());

        assertFails(unprivileged().run("write", "--size", "1", "f"), "aio write: f: permission denied");
        assertFails(unprivileged().run("read", "f"), "aio read: f: permission denied");
        assertFails(unprivileged().run("write", "--from", "f", "g"), "aio write: f: permission denied");
        assertFails(unprivileged().run("bench", "f"), "aio bench: f: permission denied");
    }

    /** Root may do anything, unless it drops its capabilities. */
    private AioProcess unprivileged() {
        if (!Command.isRoot()) {
            return AioProcess.in(directory);
        }
        Command.assumeInstalled("setpriv");
        return AioProcess.in(directory).by("setpriv", "--bounding-set=-dac_override,-dac_read_search");
    }

    @Test
    void aClosedPipeEndsTheCommandQuietly() throws IOException, InterruptedException {
        // More than a pipe holds.
        Files.write(directory.resolve("src"), Bytes.random(1, 4 << 20));
        AioProcess aio = AioProcess.in(directory);
        Process process = aio.start(Redirect.PIPE, "read", "src");
        process.getInputStream().read();
        process.getInputStream().close();

        AioProcess.Result result = aio.end(process);
        assertThat(result.err()).isEmpty();
        assertThat(result.exitCode()).isEqualTo(141);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "TERM, 143"})
    void anInterruptDrainsOperationsInFlightAndReportsTheProgress(String signal, int exitCode) throws Exception {
        Signals.assumeHeeded(Signals.INT);
        Path file = directory.resolve("dst");
        AioProcess aio = AioProcess.in(directory);
        Process process = aio.start(Redirect.DISCARD, "write", "-q", "--from", "/dev/zero", "dst");
        Await.until("bytes are written", () -> size(file) > 0);
        Command.succeed("kill", "-" + signal, Long.toString(process.pid()));

        AioProcess.Result result = aio.end(process);
        assertThat(result.err())
                .isEqualTo("aio write: interrupted after " + Units.bytes(size(file)) + "; dst is incomplete\n");
        assertThat(result.exitCode()).isEqualTo(exitCode);
    }

    @Test
    void anInterruptEndsAWaitForInput() throws Exception {
        Signals.assumeHeeded(Signals.INT);
        Path file = directory.resolve("dst");
        AioProcess aio = AioProcess.in(directory).inputByPipe();
        Process process = aio.start(Redirect.DISCARD, "write", "dst");
        try (OutputStream input = process.getOutputStream()) {
            input.write(new byte[777]);
            input.flush();
            Await.until("the file is open", () -> Files.exists(file));
            Command.succeed("kill", "-INT", Long.toString(process.pid()));

            AioProcess.Result result = aio.end(process);
            assertThat(result.err())
                    .isEqualTo("aio write: interrupted after " + Units.bytes(size(file)) + "; dst is incomplete\n");
            assertThat(result.exitCode()).isEqualTo(130);
        }
    }

    @Test
    void anInterruptEndsAWaitForTheReaderOfAFifo() throws Exception {
        Command.assumeRoot("can read the kernel stack of another process");
        Files.write(directory.resolve("src"), Bytes.random(1, 5000));
        Command.succeed("mkfifo", directory.resolve("fifo").toString());
        AioProcess aio = AioProcess.in(directory);
        Process process = aio.start(Redirect.DISCARD, "read", "--block-size=512", "--to", "fifo", "src");
        Await.until("it waits for a reader", () -> waitsForPartner(process));
        Command.succeed("kill", "-TERM", Long.toString(process.pid()));

        AioProcess.Result result = aio.end(process);
        assertThat(result.err()).isEqualTo("aio: interrupted before anything was done\n");
        assertThat(result.exitCode()).isEqualTo(143);
    }

    /** Returns the kernel functions in which the process waits, as far as they are visible. */
    private static boolean waitsForPartner(Process process) {
        try (var threads = Files.list(Path.of("/proc", Long.toString(process.pid()), "task"))) {
            for (Path thread : threads.toList()) {
                if (Files.readString(thread.resolve("wchan")).equals("wait_for_partner")) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aFifoIsRefusedWithoutWaiting() throws IOException, InterruptedException {
        Command.succeed("mkfifo", directory.resolve("fifo").toString());

        for (String line :
                new String[] {"read fifo", "write --size 1 fifo", "bench fifo", "info fifo", "copy fifo f"}) {
            assertFails(AioProcess.in(directory).run(line.split(" ")), "it is a FIFO");
        }
        assertFails(AioProcess.in(directory).run("bench", "--rw", "write", "--force", "fifo"), "it is a FIFO");
    }

    @Test
    void aFailureToPrintResultsIsAFailure() throws IOException, InterruptedException {
        AioProcess aio = AioProcess.in(directory);
        Process process =
                aio.start(Redirect.to(Path.of("/dev/full").toFile()), "write", "-q", "--checksum", "--size=1", "f");

        assertFails(aio.end(process), "standard output cannot be written");
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
