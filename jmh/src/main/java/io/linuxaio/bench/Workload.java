package io.linuxaio.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * A workload, the same for every variant and for the C program.
 *
 * @param path a regular file or a block device; its first {@code fileSize} bytes exist and are used
 * @param fileSize the size of the used part in bytes
 * @param blockSize the size of each operation in bytes
 * @param depth the number of operations in flight
 * @param threads the number of submitting threads, each with an even share of the depth
 * @param operation read or write
 * @param random whether positions are random; otherwise they are sequential
 * @param direct whether the file is opened with O_DIRECT
 * @param warmUp the time before the measurement
 * @param warmUpOperations the number of operations after which the warm-up may end; it takes {@value #MOST_WARM_UPS} times as
 *     long at most
 * @param window the length of a measurement window
 * @param windows the number of windows
 * @param seed the seed of random positions
 */
public record Workload(
        Path path,
        long fileSize,
        int blockSize,
        int depth,
        int threads,
        Operation operation,
        boolean random,
        boolean direct,
        Duration warmUp,
        long warmUpOperations,
        Duration window,
        int windows,
        long seed) {

    /** The maximum length of a warm-up, as a multiple of its time. */
    public static final int MOST_WARM_UPS = 10;

    /** The kinds of operations. */
    public enum Operation {
        READ,
        WRITE
    }

    public Workload {
        require(blockSize > 0 && blockSize % 512 == 0, "block", "a multiple of 512", blockSize);
        require(depth > 0, "depth", "at least 1", depth);
        require(threads > 0, "threads", "at least 1", threads);
        require(depth % threads == 0, "depth", "a multiple of the " + threads + " threads that share it", depth);
        require(windows > 0, "windows", "at least 1", windows);
        require(fileSize >= blockSize, "size", "at least one block", fileSize);
    }

    private static void require(boolean held, String name, String what, long value) {
        if (!held) {
            throw new IllegalArgumentException(name + " must be " + what + ": " + value);
        }
    }

    /** Returns {@code true} if the operations read. */
    public boolean reads() {
        return operation == Operation.READ;
    }

    /** For {@link Variant#unfit}: null of one thread, of more this reason. */
    public String unlessOneThread(String reason) {
        return threads == 1 ? null : reason;
    }

    /** The positions of one lane out of so many. */
    public Positions positions(int lane, int lanes) {
        return new Positions(random, fileSize / blockSize, blockSize, seed, lane, lanes);
    }

    /** This, on the first bytes of the file alone. */
    Workload limitedTo(long bytes) {
        long size = Math.max(blockSize, Math.min(fileSize, bytes));
        return new Workload(
                path,
                size,
                blockSize,
                depth,
                threads,
                operation,
                random,
                direct,
                warmUp,
                warmUpOperations,
                window,
                windows,
                seed);
    }

    /** As arguments for a process, which {@link #parse} and the C program understand. */
    public List<String> arguments() {
        return List.of(
                "path=" + path,
                "size=" + fileSize,
                "block=" + blockSize,
                "depth=" + depth,
                "threads=" + threads,
                "operation=" + operation.name().toLowerCase(Locale.ROOT),
                "random=" + (random ? 1 : 0),
                "direct=" + (direct ? 1 : 0),
                "warmup_ms=" + warmUp.toMillis(),
                "warmup_operations=" + warmUpOperations,
                "window_ms=" + window.toMillis(),
                "windows=" + windows,
                "seed=" + seed);
    }

    /**
     * From {@link #arguments}.
     *
     * @throws IllegalArgumentException if one is missing, unknown or makes no sense
     */
    public static Workload parse(List<String> arguments) {
        Map<String, String> values = new TreeMap<>();
        for (String argument : arguments) {
            int equals = argument.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("not name=value: " + argument);
            }
            values.put(argument.substring(0, equals), argument.substring(equals + 1));
        }
        Workload workload = new Workload(
                Path.of(take(values, "path")),
                Long.parseLong(take(values, "size")),
                Integer.parseInt(take(values, "block")),
                Integer.parseInt(take(values, "depth")),
                Integer.parseInt(take(values, "threads")),
                Operation.valueOf(take(values, "operation").toUpperCase(Locale.ROOT)),
                take(values, "random").equals("1"),
                take(values, "direct").equals("1"),
                Duration.ofMillis(Long.parseLong(take(values, "warmup_ms"))),
                Long.parseLong(take(values, "warmup_operations")),
                Duration.ofMillis(Long.parseLong(take(values, "window_ms"))),
                Integer.parseInt(take(values, "windows")),
                Long.parseLong(take(values, "seed")));
        if (!values.isEmpty()) {
            throw new IllegalArgumentException("unknown: " + String.join(", ", values.keySet()));
        }
        return workload;
    }

    private static String take(Map<String, String> values, String name) {
        String value = values.remove(name);
        if (value == null) {
            throw new IllegalArgumentException(name + "= is missing");
        }
        return value;
    }
}
