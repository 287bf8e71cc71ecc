package io.linuxaio.bench.run;

import io.linuxaio.bench.DirectFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A factory of targets. */
final class Targets {
    static final List<String> NAMES = List.of("disk", "loop", "memory");

    /** A larger file would measure misses of the processor's caches. */
    private static final long MEMORY_BYTES = 16L << 20;

    private static final long MOST_OF_LOOP = 1L << 30;
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private Targets() {}

    /**
     * Makes one.
     *
     * @param directory where the file of "disk" goes
     * @param size of the file, in bytes; the others are no larger than makes sense
     * @throws BenchException if it cannot be, and says why
     */
    static Target prepare(String name, Path directory, long size) throws InterruptedException {
        try {
            return switch (name) {
                case "disk" -> disk(directory, size);
                case "loop" -> loop(Math.min(size, MOST_OF_LOOP));
                case "memory" -> memory();
                default -> throw new IllegalArgumentException(name);
            };
        } catch (IOException e) {
            throw new BenchException("the target " + name + " cannot be made: " + e, e);
        }
    }

    private static Target disk(Path directory, long size) throws IOException {
        Places.create(directory);
        String filesystem = Files.getFileStore(directory).type();
        if (filesystem.equals("tmpfs")) {
            throw new BenchException(directory + " is on a tmpfs, which is no disk: give another with --directory");
        }
        Path file = directory.resolve("disk-" + size + ".dat");
        if (!Files.exists(file) || Files.size(file) != size) {
            requireRoom(directory, size);
            Files.deleteIfExists(file);
            Path unfinished = directory.resolve("disk.new");
            Files.deleteIfExists(unfinished);
            Files.createFile(unfinished);
            requireDirect(unfinished, filesystem);
            DirectFile.prefill(unfinished, true, size);
            Files.move(unfinished, file);
        }
        requireDirect(file, filesystem);
        // Kept for the next run: writing it takes its time.
        return new Target("disk", file, size, true, () -> {});
    }

    private static void requireDirect(Path file, String filesystem) throws IOException {
        if (!DirectFile.supportsDirect(file)) {
            throw new BenchException(file + " is on a filesystem (" + filesystem
                    + ") that has no O_DIRECT: give a directory on another with --directory");
        }
    }

    private static void requireRoom(Path directory, long size) throws IOException {
        long room = Files.getFileStore(directory).getUsableSpace();
        if (room < size + size / 10) {
            throw new BenchException(directory + " has room for " + (room >> 20) + " MiB, but " + (size >> 20)
                    + " MiB and a tenth are wanted: give less with --size, or another place with --directory");
        }
    }

    private static Target memory() throws IOException {
        Path file = inMemory(MEMORY_BYTES);
        try {
            DirectFile.prefill(file, false, MEMORY_BYTES);
            return new Target(
                    "memory", file, MEMORY_BYTES, DirectFile.supportsDirect(file), () -> Files.deleteIfExists(file));
        } catch (IOException e) {
            Files.delete(file);
            throw e;
        }
    }

    private static Target loop(long size) throws IOException, InterruptedException {
        if (!"root".equals(System.getProperty("user.name"))) {
            throw new BenchException("the target loop is made with losetup, which wants root");
        }
        if (!Programs.isInstalled("losetup")) {
            throw new BenchException("losetup is not installed: apt install mount");
        }
        Path file = inMemory(size);
        try {
            DirectFile.prefill(file, false, size);
            Path device = attach(file);
            return new Target("loop", device, size, true, () -> detach(device, file));
        } catch (IOException | InterruptedException | BenchException e) {
            Files.delete(file);
            throw e;
        }
    }

    private static Path attach(Path file) throws IOException, InterruptedException {
        Programs.Ended ended = Programs.run(
                List.of("losetup", "--find", "--show", "--direct-io=on", "--sector-size=4096", file.toString()), LIMIT);
        if (ended.status() != 0) {
            throw new BenchException("losetup --direct-io=on failed: " + ended.errors());
        }
        Path device = Path.of(ended.output().strip());
        String direct = Programs.ask("losetup", "--noheadings", "--output", "DIO", device.toString())
                .orElse("?");
        if (!direct.strip().equals("1")) {
            detach(device, null);
            throw new BenchException("this kernel gives loop devices over a tmpfs no direct I/O");
        }
        return device;
    }

    private static void detach(Path device, Path file) throws IOException {
        boolean gone = Programs.ask("losetup", "--detach", device.toString()).isPresent();
        if (file != null) {
            Files.deleteIfExists(file);
        }
        if (!gone) {
            throw new IOException(device + " is still attached: losetup --detach " + device);
        }
    }

    private static Path inMemory(long size) throws IOException {
        if (!Files.isDirectory(SHARED_MEMORY)
                || !Files.getFileStore(SHARED_MEMORY).type().equals("tmpfs")) {
            throw new BenchException(SHARED_MEMORY + " is not a tmpfs here");
        }
        long room = Files.getFileStore(SHARED_MEMORY).getUsableSpace();
        if (room < size + size / 10) {
            throw new BenchException(SHARED_MEMORY + " has room for " + (room >> 20) + " MiB, but " + (size >> 20)
                    + " MiB and a tenth are wanted: give less with --size");
        }
        return Files.createTempFile(SHARED_MEMORY, "linux-aio-bench", ".dat");
    }
}
