package io.linuxaio.bench.run;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.linuxaio.bench.DirectFile;
import io.linuxaio.bench.smallfiles.SmallFilesMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A comparison of programs that read and write many small files. */
@Command(
        name = "files",
        mixinStandardHelpOptions = true,
        description = "Writes and reads whole small files: AioFiles, java.nio.file.Files, AsynchronousFileChannel, a C"
                + " program and tokio, one file at a time and several at once. Each is a process of its own that waits"
                + " for its turn; a turn is short, since the time to create a file changes with the state of the"
                + " filesystem. All are warmed up before. Prints microseconds for each file.")
final class SmallFilesBench implements Callable<Integer> {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    @Option(
            names = "--sizes",
            split = ",",
            paramLabel = "BYTES",
            description = "Of a file, up to 1 MiB. Default: ${DEFAULT-VALUE}.")
    List<Integer> sizes = List.of(13, 20_480);

    @Option(names = "--files", paramLabel = "N", description = "In each turn. Default: ${DEFAULT-VALUE}.")
    int files = 1000;

    @Option(names = "--rounds", paramLabel = "N", description = "Turns of each program. Default: ${DEFAULT-VALUE}.")
    int rounds = 7;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description = "Files that each program writes and reads in memory before, and reads from the directory."
                    + " Default: ${DEFAULT-VALUE}.")
    int warmUp = 100_000;

    @Option(
            names = "--fresh",
            description =
                    "Makes a filesystem for the files, in a file of 8 GiB in the directory, by a loop device (root):"
                            + " on one that was used, creating a file takes up to eight times as long.")
    boolean fresh;

    @Mixin
    Places places = new Places();

    private final List<SmallFilesProgram> programs = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (files < 1 || rounds < 1 || warmUp < 0 || sizes.stream().anyMatch(size -> size < 1 || size > 1 << 20)) {
            throw new BenchException(
                    "--files and --rounds must be at least 1, --warm-up at least 0, and --sizes from 1 to "
                            + (1 << 20));
        }
        Path place = places.directory();
        if (place.toString().contains(" ")) {
            throw new BenchException("the name of the directory must have no space: " + place);
        }
        Places.create(place);
        ResultsFile results = places.results();
        try (FreshFilesystem filesystem = fresh ? new FreshFilesystem(place) : null) {
            measure(filesystem != null ? filesystem.directory() : place, results);
        }
        System.err.println(
                "bench: medians of " + rounds + " turns of " + files + " files; results are in " + results.directory());
        return 0;
    }

    private void measure(Path place, ResultsFile results) throws IOException, InterruptedException {
        Path scratch = Files.createTempDirectory(place, "files-");
        try {
            startAll();
            warmUp(scratch);
            results.add(Rounds.start("files-start").put("fresh", fresh));
            System.out.printf("| operation | bytes | program | wall µs | [least–greatest] | processor µs |%n"
                    + "|---|---|---|---|---|---|%n");
            for (int size : sizes) {
                compare("write", size, scratch, results);
                compare("read", size, scratch, results);
            }
        } finally {
            for (SmallFilesProgram program : programs) {
                program.close();
            }
            delete(scratch);
        }
    }

    private void startAll() throws IOException {
        start("aio-direct-1", java("aio_direct", 1, 0));
        start("aio-direct-32", java("aio_direct", 32, 0));
        start("aio-buffered-1", java("aio_buffered", 1, 0));
        start("aio-buffered-32", java("aio_buffered", 32, 0));
        start("files-1", java("files", 1, 0));
        start("files-8-threads", java("files", 32, 8));
        start("async-channel-1", java("async_channel", 1, 0));
        start("async-channel-32", java("async_channel", 32, 0));
        Path c = Bench.TARGET.resolve("small_files");
        if (Files.isExecutable(c)) {
            for (String mode : List.of("direct", "buffered")) {
                start("c-" + mode + "-1", List.of(c.toString(), mode, "1"));
                start("c-" + mode + "-8-threads", List.of(c.toString(), mode, "8"));
            }
        } else {
            System.err.println("bench: left out: the C program, since there is no C compiler");
        }
        Path tokio = Bench.TARGET.resolve("small_files_tokio");
        if (Files.isExecutable(tokio)) {
            start("tokio-1", List.of(tokio.toString(), "1"));
            start("tokio-32", List.of(tokio.toString(), "32"));
        } else {
            System.err.println("bench: left out: tokio, which wants Debian's packages cargo and librust-tokio-dev");
        }
    }

    private void start(String name, List<String> command) throws IOException {
        programs.add(new SmallFilesProgram(name, command));
    }

    private static List<String> java(String access, int inFlight, int threads) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                SmallFilesMain.class.getName(),
                access,
                "" + inFlight,
                "" + threads);
    }

    /**
     * Runs the code of all programs, so that compilers have nothing left to do: on files in memory, and reads of the disk,
     * which are waited for.
     */
    private void warmUp(Path scratch) throws IOException {
        if (warmUp == 0) {
            return;
        }
        Path memory = supportsDirect(SHARED_MEMORY)
                ? Files.createTempDirectory(SHARED_MEMORY, "linux-aio-bench-")
                : Files.createDirectory(scratch.resolve("memory"));
        Path disk = scratch.resolve("warm-up");
        try {
            fill(disk, sizes.getFirst());
            for (SmallFilesProgram program : programs) {
                Path own = Files.createDirectory(memory.resolve(program.name()));
                // The same names again and again, so that little memory is needed.
                for (int done = 0; done < warmUp; done += files) {
                    program.run("write", own, 0, files, sizes.getFirst());
                    program.run("read", own, 0, files, sizes.getFirst());
                    program.run("read", disk, 0, files, sizes.getFirst());
                }
            }
        } finally {
            delete(memory);
        }
    }

    private static boolean supportsDirect(Path directory) throws IOException {
        if (!Files.isWritable(directory)) {
            return false;
        }
        Path file = Files.createTempFile(directory, "linux-aio-bench-", null);
        try {
            return DirectFile.supportsDirect(file);
        } finally {
            Files.delete(file);
        }
    }

    private void compare(String operation, int size, Path scratch, ResultsFile results) throws IOException {
        Map<String, List<SmallFilesProgram.Turn>> turns = new LinkedHashMap<>();
        boolean reads = "read".equals(operation);
        if (reads) {
            fill(scratch.resolve("read-" + size), size);
        }
        for (int round = 0; round <= rounds; round++) {
            // One for all: the time to create a file depends on the directory's place on the disk.
            Path place = scratch.resolve(reads ? "read-" + size : "write-" + size + "-" + round);
            Files.createDirectories(place);
            for (int i = 0; i < programs.size(); i++) {
                SmallFilesProgram program = programs.get(i);
                SmallFilesProgram.Turn turn = program.run(operation, place, reads ? 0 : i * files, files, size);
                // The first turn of each is not counted: the files are not in the page cache.
                if (round > 0) {
                    turns.computeIfAbsent(program.name(), _ -> new ArrayList<>())
                            .add(turn);
                    results.add(line(operation, size, program.name(), turn).put("round", round));
                }
            }
        }
        turns.forEach((name, all) -> print(operation, size, name, all));
    }

    private void fill(Path directory, int size) throws IOException {
        Files.createDirectories(directory);
        for (int i = 0; i < files; i++) {
            Files.write(directory.resolve("f" + i), new byte[size]);
        }
        // Written back: a direct read would do that otherwise.
        Programs.ask("sync", "--file-system", directory.toString());
    }

    private static ObjectNode line(String operation, int size, String program, SmallFilesProgram.Turn turn) {
        return Json.object()
                .put("type", "files")
                .put("operation", operation)
                .put("bytes", size)
                .put("program", program)
                .put("wall_us", turn.wallMicros())
                .put("processor_us", turn.processorMicros());
    }

    private static void print(String operation, int size, String program, List<SmallFilesProgram.Turn> all) {
        double[] wall = sorted(all, SmallFilesProgram.Turn::wallMicros);
        double[] processor = sorted(all, SmallFilesProgram.Turn::processorMicros);
        System.out.printf(
                Locale.ROOT,
                "| %s | %d | %s | %.1f | [%.1f–%.1f] | %.1f |%n",
                operation,
                size,
                program,
                wall[wall.length / 2],
                wall[0],
                wall[wall.length - 1],
                processor[processor.length / 2]);
    }

    private static double[] sorted(List<SmallFilesProgram.Turn> all, ToDoubleFunction<SmallFilesProgram.Turn> figure) {
        return all.stream().mapToDouble(figure).sorted().toArray();
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
