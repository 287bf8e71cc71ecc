package io.linuxaio.cli;

import io.linuxaio.AioContextBuilder;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of {@code aio bench}. */
final class BenchOptions {
    private static final long MAX_BLOCK_SIZE = 512L << 20;
    private static final long SECTOR = 512;
    private static final long MAX_RATE = 100_000_000;

    @Option(
            names = "--rw",
            paramLabel = "MODE",
            defaultValue = "randread",
            converter = BenchMode.Converter.class,
            description = "read and write go from one end to the other and again, randread, randwrite and randrw to"
                    + " blocks at random (default: ${DEFAULT-VALUE}).")
    BenchMode mode;

    @Option(
            names = "--mix",
            paramLabel = "PERCENT",
            defaultValue = "50",
            converter = TransferOptions.Count.class,
            description = "How many of a hundred operations of randrw read (default: ${DEFAULT-VALUE}).")
    int mix;

    @Option(
            names = "--block-size",
            paramLabel = "SIZE",
            defaultValue = "4k",
            converter = Size.class,
            description = "Bytes per operation, up to 512m (default: ${DEFAULT-VALUE}).")
    long blockSize;

    @Option(
            names = "--depth",
            paramLabel = "N",
            defaultValue = "32",
            converter = TransferOptions.Count.class,
            description = "Operations in flight at most (default: ${DEFAULT-VALUE}).")
    int depth;

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = Size.class,
            description = "How much of the file is used (default: all of it). A file that is not there is made and"
                    + " filled first, 1g where nothing is said, and stays for the next time.")
    Long size;

    @Option(
            names = "--runtime",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = Span.class,
            description = "How long to measure (default: ${DEFAULT-VALUE}).")
    Duration runtime;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            defaultValue = "2s",
            converter = Span.class,
            description = "How long to run before it counts: the JVM compiles meanwhile (default: ${DEFAULT-VALUE}).")
    Duration warmup;

    @Option(
            names = "--rate",
            paramLabel = "N",
            converter = TransferOptions.Count.class,
            description = "Begin so many operations per second, at even distances; latencies are then measured from"
                    + " when each was to begin, so that waiting behind slow ones counts.")
    Integer rate;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "queue",
            converter = BenchEngine.Converter.class,
            description = "queue: AioQueue, one thread. futures: AioContext (default: ${DEFAULT-VALUE}).")
    BenchEngine.Kind engine;

    @Option(names = "--seed", paramLabel = "N", description = "Repeats the order of an earlier run, which printed it.")
    Long seed;

    @Option(
            names = "--dsync",
            description = "Each write is durable when it ends (O_DSYNC), as a database's log wants it.")
    boolean dsync;

    @Option(
            names = "--buffered",
            description = "Go through the page cache instead of O_DIRECT: measures memory, not the disk.")
    boolean buffered;

    @Option(names = "--force", description = "Write to FILE though bench has not made it. What it holds is lost.")
    boolean force;

    @Option(names = "--json", description = "Print one JSON object instead of the report, and nothing else.")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress.")
    boolean quiet;

    /** Refuses what cannot work, before anything is opened. */
    void check(CommandLine command) {
        require(
                command,
                blockSize >= 1 && blockSize <= MAX_BLOCK_SIZE,
                "--block-size must be from 1 to 512m, not " + blockSize);
        require(
                command,
                buffered || blockSize % SECTOR == 0,
                "--block-size " + blockSize + " is not a multiple of 512, which direct I/O asks for; give 4k, or"
                        + " --buffered");
        require(
                command,
                depth >= 1 && depth <= AioContextBuilder.MAX_QUEUE_DEPTH,
                "--depth must be from 1 to " + AioContextBuilder.MAX_QUEUE_DEPTH + ", not " + depth);
        require(
                command,
                size == null || size >= blockSize,
                "--size " + size + " is less than one block, --block-size " + blockSize);
        require(command, mix >= 0 && mix <= 100, "--mix must be from 0 to 100 percent of reads, not " + mix);
        require(
                command,
                rate == null || rate >= 1 && rate <= MAX_RATE,
                "--rate must be from 1 to " + MAX_RATE + " operations per second, not " + rate);
        require(command, runtime.isPositive(), "--runtime must be longer than nothing");
        long needed = Math.max(blockSize, 4096) * depth;
        long available = TransferOptions.availableMemory();
        require(
                command,
                needed <= available,
                "--depth " + depth + " times --block-size " + Units.bytes(blockSize) + " is " + Units.bytes(needed)
                        + " of memory, more than the " + Units.bytes(available)
                        + " that may be taken here; give less of one");
    }

    private static void require(CommandLine command, boolean holds, String otherwise) {
        if (!holds) {
            throw new ParameterException(command, otherwise);
        }
    }
}
