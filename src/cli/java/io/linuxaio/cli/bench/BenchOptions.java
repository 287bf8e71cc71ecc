package io.linuxaio.cli.bench;

import io.linuxaio.cli.runtime.RequestOptions;
import io.linuxaio.cli.text.ByteSizeOption;
import io.linuxaio.cli.text.DurationOption;
import java.time.Duration;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of {@code aio bench}. */
@Command(defaultValueProvider = BenchOptions.Defaults.class)
final class BenchOptions {
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
            converter = RequestOptions.Count.class,
            description = "How many of a hundred operations of randrw read (default: ${DEFAULT-VALUE}).")
    int mix;

    @Mixin
    RequestOptions requests = new RequestOptions();

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = ByteSizeOption.class,
            description = "How much of the file is used (default: all of it). A file that is not there is made and"
                    + " filled first, 1g where nothing is said, and stays for the next time.")
    Long size;

    @Option(
            names = "--runtime",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationOption.class,
            description = "How long to measure (default: ${DEFAULT-VALUE}).")
    Duration runtime;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            defaultValue = "2s",
            converter = DurationOption.class,
            description = "How long to run before it counts: the JVM compiles meanwhile (default: ${DEFAULT-VALUE}).")
    Duration warmup;

    @Option(
            names = "--rate",
            paramLabel = "N",
            converter = RequestOptions.Count.class,
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

    @Option(names = "--force", description = "Write to FILE though bench has not made it. What it holds is lost.")
    boolean force;

    @Option(names = "--json", description = "Print one JSON object instead of the report, and nothing else.")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress.")
    boolean quiet;

    /** What is taken where nothing is said. */
    static final class Defaults extends RequestOptions.Defaults {
        Defaults() {
            super("4k", "32");
        }
    }

    /** Refuses what cannot work, before anything is opened. */
    void check(CommandLine command) {
        requests.check(command);
        long blockSize = requests.blockSize;
        RequestOptions.require(
                command,
                size == null || size >= blockSize,
                "--size " + size + " is less than one block, --block-size " + blockSize);
        RequestOptions.require(
                command,
                size == null || size <= ByteSizeOption.MAX_FILE,
                "--size " + size + " is too large; a file ends before 8 EiB");
        RequestOptions.require(
                command, mix >= 0 && mix <= 100, "--mix must be from 0 to 100 percent of reads, not " + mix);
        RequestOptions.require(
                command,
                rate == null || rate >= 1 && rate <= MAX_RATE,
                "--rate must be from 1 to " + MAX_RATE + " operations per second, not " + rate);
        RequestOptions.require(command, runtime.isPositive(), "--runtime must be longer than nothing");
    }
}
