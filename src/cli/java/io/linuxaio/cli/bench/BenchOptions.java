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
            description =
                    "read and write access the blocks in order, and start again at the end; randread, randwrite and"
                            + " randrw access random blocks (default: ${DEFAULT-VALUE}).")
    BenchMode mode;

    @Option(
            names = "--mix",
            paramLabel = "PERCENT",
            defaultValue = "50",
            converter = RequestOptions.Count.class,
            description = "Percentage of reads in randrw (default: ${DEFAULT-VALUE}).")
    int mix;

    @Mixin
    RequestOptions requests = new RequestOptions();

    @Option(
            names = "--size",
            paramLabel = "SIZE",
            converter = ByteSizeOption.class,
            description = "Size of the part of the file that is used (default: all of it). A missing file is created,"
                    + " filled with this size (default: 1g), and kept for the next run.")
    Long size;

    @Option(
            names = "--runtime",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = DurationOption.class,
            description = "Duration of the measurement (default: ${DEFAULT-VALUE}).")
    Duration runtime;

    @Option(
            names = "--warmup",
            paramLabel = "TIME",
            defaultValue = "2s",
            converter = DurationOption.class,
            description = "Duration of the warm-up, in which the JVM compiles (default: ${DEFAULT-VALUE}).")
    Duration warmup;

    @Option(
            names = "--rate",
            paramLabel = "N",
            converter = RequestOptions.Count.class,
            description =
                    "Start N operations per second, at even intervals. Latencies are then measured from the intended"
                            + " start, so that they include the wait behind slow operations.")
    Integer rate;

    @Option(
            names = "--engine",
            paramLabel = "ENGINE",
            defaultValue = "queue",
            converter = BenchEngine.Converter.class,
            description = "queue: AioQueue, one thread. futures: AioContext (default: ${DEFAULT-VALUE}).")
    BenchEngine.Kind engine;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Repeat the order of blocks of an earlier run, which printed its seed.")
    Long seed;

    @Option(
            names = "--dsync",
            description = "Make each write durable before it completes (O_DSYNC), as the log of a database requires.")
    boolean dsync;

    @Option(
            names = "--fsync",
            paramLabel = "N",
            defaultValue = "0",
            converter = RequestOptions.Count.class,
            description = "Call fsync after every N writes, when they have completed; 0 is never (default:"
                    + " ${DEFAULT-VALUE}).")
    int fsync;

    @Option(names = "--force", description = "Write to FILE although bench has not created it. Its contents are lost.")
    boolean force;

    @Option(names = "--json", description = "Print one JSON object instead of the report, and nothing else.")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "No progress.")
    boolean quiet;

    /** The default values. */
    static final class Defaults extends RequestOptions.Defaults {
        Defaults() {
            super("4k", "32");
        }
    }

    /** Rejects invalid options, before any file is opened. */
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
        RequestOptions.require(command, fsync >= 0, "--fsync must be the number of writes before a sync, not " + fsync);
        RequestOptions.require(
                command,
                fsync == 0 || mode.writes(),
                "--fsync " + fsync + " needs writes; give --rw write, randwrite or randrw");
        RequestOptions.require(command, runtime.isPositive(), "--runtime must be longer than zero");
    }
}
