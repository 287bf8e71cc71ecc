package io.linuxaio.bench.run;

import io.linuxaio.bench.Workload;
import io.linuxaio.bench.Workload.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Option;

/** The command-line options of a workload. */
final class WorkloadOptions {
    private static final long MIB = 1L << 20;
    /** The C program has no more. */
    private static final int MOST_THREADS = 256;

    @Option(
            names = "--depth",
            split = ",",
            paramLabel = "N",
            description = "How many operations are in flight. Default: 1,8,32,128; with --quick: 8; of these, what"
                    + " --threads can share.")
    List<Integer> depths;

    @Option(
            names = "--threads",
            split = ",",
            paramLabel = "N",
            description = "How many threads submit, each with an even share of the depth. With more than one, variants"
                    + " that cannot are left out, and the table says why. Default: 1.")
    List<Integer> threads = List.of(1);

    @Option(
            names = "--operation",
            split = ",",
            paramLabel = "WHAT",
            description = "read, write, or both. Default: both; with --quick: read on memory, write elsewhere.")
    List<String> operations;

    @Option(names = "--block", paramLabel = "BYTES", description = "Of each operation. Default: 4096.")
    int block = 4096;

    @Option(names = "--sequential", description = "One after the other, instead of at random positions.")
    boolean sequential;

    @Option(
            names = "--size",
            paramLabel = "MIB",
            description = "Of the file in MiB. Default: 2048; with --quick: 64. The loop device has 1024 at most, the"
                    + " file in memory 16.")
    Long size;

    @Option(
            names = "--warm-up",
            paramLabel = "MS",
            description = "Before each measurement. Default: 1200; with --quick: 100.")
    Long warmUp;

    @Option(
            names = "--warm-up-operations",
            paramLabel = "N",
            description =
                    "Before each measurement, within ten times the time of --warm-up. Default: 300000; with --quick: 0.")
    Long warmUpOperations;

    @Option(names = "--window", paramLabel = "MS", description = "How long is measured. Default: 1000; quick: 100.")
    Long window;

    @Option(names = "--windows", paramLabel = "N", description = "How often in each process. Default: 5; quick: 1.")
    Integer windows;

    @Option(names = "--seed", paramLabel = "N", description = "Of the random positions. Default: 42.")
    long seed = 42;

    /** Refuses what makes no sense on any target. */
    void validate(boolean quick) {
        if (operations != null) {
            operations.forEach(WorkloadOptions::parse);
        }
        if (depths != null && depths.stream().anyMatch(depth -> depth < 1)) {
            throw new BenchException("--depth must be at least 1");
        }
        if (threads.stream().anyMatch(count -> count < 1 || count > MOST_THREADS)) {
            throw new BenchException("--threads must be from 1 to " + MOST_THREADS);
        }
        threads.forEach(count -> depths(count, quick));
        if (size != null && size < 1) {
            throw new BenchException("--size must be at least 1 MiB");
        }
        if (block < 512 || block % 512 != 0) {
            throw new BenchException("--block must be a multiple of 512");
        }
        if (warmUpOperations != null && warmUpOperations < 0) {
            throw new BenchException("--warm-up-operations must be at least 0");
        }
        if (warmUp != null && warmUp < 1 || window != null && window < 1 || windows != null && windows < 1) {
            throw new BenchException("--warm-up, --window and --windows must be at least 1");
        }
    }

    long size(boolean quick) {
        return (size != null ? size : quick ? 64 : 2048) * MIB;
    }

    List<Workload> on(Target target, boolean quick) {
        List<Workload> all = new ArrayList<>();
        for (int count : threads) {
            for (int depth : depths(count, quick)) {
                addTo(all, target, quick, depth, count);
            }
        }
        return all;
    }

    /** Those that so many threads can share: all that were asked for. */
    private List<Integer> depths(int count, boolean quick) {
        List<Integer> wanted = depths != null ? depths : quick ? List.of(8) : List.of(1, 8, 32, 128);
        List<Integer> shared =
                wanted.stream().filter(depth -> depth % count == 0).toList();
        if (shared.isEmpty() || depths != null && shared.size() < wanted.size()) {
            throw new BenchException(count + " threads cannot have equal shares of a depth of "
                    + wanted.stream()
                            .filter(depth -> depth % count != 0)
                            .findFirst()
                            .orElseThrow() + ": --depth must be a multiple of --threads");
        }
        return shared;
    }

    private void addTo(List<Workload> all, Target target, boolean quick, int depth, int count) {
        if ((long) depth * block > target.size()) {
            throw new BenchException("the file of target " + target.name() + " is too small: " + depth
                    + " operations of " + block + " bytes at a time on " + target.size() + " bytes");
        }
        for (String operation : operations(target, quick)) {
            all.add(new Workload(
                    target.path(),
                    target.size(),
                    block,
                    depth,
                    count,
                    parse(operation),
                    !sequential,
                    target.direct(),
                    Duration.ofMillis(or(warmUp, quick, 100, 1200)),
                    or(warmUpOperations, quick, 0, 300_000),
                    Duration.ofMillis(or(window, quick, 100, 1000)),
                    (int) or(windows == null ? null : (long) windows, quick, 1, 5),
                    seed));
        }
    }

    private List<String> operations(Target target, boolean quick) {
        if (operations != null) {
            return operations;
        }
        if (quick) {
            return List.of(target.name().equals("memory") ? "read" : "write");
        }
        return List.of("read", "write");
    }

    private static Operation parse(String name) {
        try {
            return Operation.valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw new BenchException("neither read nor write: " + name);
        }
    }

    private static long or(Long given, boolean quick, long whenQuick, long otherwise) {
        return given != null ? given : quick ? whenQuick : otherwise;
    }
}
