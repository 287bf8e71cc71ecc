package io.linuxaio.cli.bench;

import io.linuxaio.AioFile;
import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.CommandFailure;
import io.linuxaio.cli.runtime.ExitCode;
import io.linuxaio.cli.runtime.ShutdownSignal;
import io.linuxaio.cli.text.Json;
import io.linuxaio.cli.transfer.Pacer;
import io.linuxaio.cli.transfer.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code aio bench}: measures operations per second and latencies. */
@Command(
        name = "bench",
        description = {
            "Measures reads or writes of blocks of FILE through Linux AIO: operations per second and latencies. With"
                    + " --buffered it measures memory, not the disk.",
            "A missing file is created. A file that bench has not created is read, and written only with --force."
                    + " Ctrl-C stops the run and reports the results until then.",
            ""
        },
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Examples:",
            "  aio bench --size 1g bench.bin",
            "  aio bench --rw randwrite --block-size 16k --dsync --depth 8 bench.bin",
            "  aio bench --rw randrw --mix 70 --rate 2000 --runtime 60 --json bench.bin"
        })
public final class BenchCommand implements Callable<Integer> {
    /** The bound of seeds, which are short enough to type. */
    private static final int SEEDS = 1_000_000;

    @Parameters(paramLabel = "FILE", description = "The file or block device.")
    Path path;

    @Mixin
    BenchOptions options;

    @Spec
    CommandSpec spec;

    private final CommandContext context;

    public BenchCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        options.check(spec.commandLine());
        context.stop().beginWork();
        if (options.requests.isAlignmentInDoubt()) {
            // Before a missing file is created.
            options.requests.checkAlignment(
                    spec.commandLine(), path, context.names().name(path));
        }
        BenchFile file = new BenchFile(path, options, context);
        file.prepare();
        BenchResult result;
        try (AioFile opened = file.open()) {
            result = measure(opened, file.blocks(opened));
        } finally {
            file.end();
        }
        if (options.json) {
            context.print(Json.of(BenchReport.json(result, context.names())));
        } else {
            BenchReport.print(result, context);
        }
        context.out().flush();
        return result.interrupted() ? ExitCode.INTERRUPTED : ExitCode.OK;
    }

    private BenchResult measure(AioFile file, long blocks) throws IOException, CommandFailure {
        options.requests.checkMultiple(
                spec.commandLine(), file.alignment().offset(), context.names().name(path));
        long seed = options.seed != null ? options.seed : new SplittableRandom().nextInt(SEEDS);
        int blockSize = (int) options.requests.blockSize;
        Workload workload = new Workload(options.mode, options.mix, blockSize, blocks, seed);
        try (BenchBuffers buffers = new BenchBuffers(
                        options.requests.depth, blockSize, file.alignment().memory());
                BenchEngine engine = options.engine.open(file, buffers)) {
            long start = System.nanoTime();
            Pacer pacer = options.rate == null ? Pacer.unlimited() : Pacer.of(options.rate, start);
            BenchLoop loop = new BenchLoop(
                    engine,
                    workload,
                    pacer,
                    new PeriodicSync(options.fsync, () -> file.force(true)),
                    blockSize,
                    options.requests.depth,
                    System::nanoTime);
            return run(loop, pacer, start, file, blocks, seed);
        }
    }

    private BenchResult run(BenchLoop loop, Pacer pacer, long start, AioFile file, long blocks, long seed)
            throws IOException, CommandFailure {
        long warm = start + options.warmup.toNanos();
        Progress progress = Progress.of(
                context,
                options.quiet,
                new BenchLine(
                        options.mode,
                        (int) options.requests.blockSize,
                        options.warmup.plus(options.runtime).toNanos()));
        ShutdownSignal stop = context.stop();
        try {
            loop.run(warm, stop::isRequested, progress);
            loop.clear();
            long begin = System.nanoTime();
            Duration processor = processorTime();
            long until = begin + options.runtime.toNanos();
            loop.run(until, stop::isRequested, progress);
            boolean interrupted = System.nanoTime() - until < 0;
            long unstarted = pacer.late(interrupted ? System.nanoTime() : until);
            loop.drain();
            long nanos = System.nanoTime() - begin;
            long used = processorTime().minus(processor).toNanos();
            if (loop.failure() != null) {
                throw new CommandFailure(ExitCode.IO, context.names().name(path) + ": " + loop.failure(), null);
            }
            return new BenchResult(
                    path,
                    Files.getFileStore(path).type(),
                    file.isDirect(),
                    blocks * options.requests.blockSize,
                    options,
                    seed,
                    nanos,
                    loop.reads(),
                    loop.writes(),
                    loop.syncs(),
                    unstarted,
                    used,
                    interrupted);
        } finally {
            progress.end();
        }
    }

    /** Returns the processor time of all threads of the process, in steps of 10 ms. */
    private static Duration processorTime() {
        return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO);
    }
}
