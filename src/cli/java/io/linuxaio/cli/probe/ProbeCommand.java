package io.linuxaio.cli.probe;

import io.linuxaio.AioArena;
import io.linuxaio.AioProbeResult;
import io.linuxaio.AioQueue;
import io.linuxaio.LinuxAio;
import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.CommandFailure;
import io.linuxaio.cli.runtime.ExitCode;
import io.linuxaio.cli.runtime.StoppedException;
import io.linuxaio.cli.text.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aio probe}: finds out which writes block the submitting thread. */
@Command(
        name = "probe",
        description = {
            "Finds out how the filesystem at PATH treats asynchronous writes: which of them block the submitting"
                    + " thread, which alignments it accepts, and if NOWAIT works. It writes to a temporary file of some"
                    + " 50 MB for a few seconds, and removes it.",
            "Exits with 1 if there is no direct I/O.",
            ""
        },
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {"", "Examples:", "  aio probe .", "  aio probe --json /var/lib/postgresql"})
public final class ProbeCommand implements Callable<Integer> {
    private static final long PAGES = 1 << 16;

    @Parameters(paramLabel = "PATH", description = "A directory, or a file in it.")
    Path path;

    @Option(names = "--json", description = "Print one JSON object instead of the report, and nothing else.")
    boolean json;

    private final CommandContext context;

    public ProbeCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        Path directory = directory();
        context.stop().beginWork();
        ProbeResult result;
        try {
            AioProbeResult support = LinuxAio.probe(directory);
            result = new ProbeResult(
                    support, support.directIo() && support.asynchronousIo() ? attempt(directory) : null);
        } catch (StoppedException e) {
            throw new CommandFailure(ExitCode.INTERRUPTED, "interrupted; the temporary file is removed", e);
        }
        if (json) {
            context.print(Json.of(ProbeReport.json(result, context.names())));
        } else {
            ProbeReport.print(result, context);
        }
        context.out().flush();
        return result.works() ? ExitCode.OK : ExitCode.IO;
    }

    private Path directory() throws IOException, CommandFailure {
        context.names().checkFile(path);
        if (Files.isDirectory(path)) {
            return path;
        }
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        if (!Files.isRegularFile(path)) {
            throw new CommandFailure(
                    ExitCode.IO,
                    path + ": neither a directory nor a regular file; probe writes a temporary file and requires a"
                            + " directory (aio info accepts devices)",
                    null);
        }
        return path.toRealPath().getParent();
    }

    private ProbeResult.Trials attempt(Path directory) throws IOException {
        try (ProbeFile probe = ProbeFile.in(directory);
                AioArena arena = AioArena.ofShared(
                        Math.clamp(probe.file().alignment().memory(), AioArena.DEFAULT_ALIGNMENT, PAGES));
                AioQueue queue = AioQueue.open(SubmitProbe.BATCH)) {
            // The first probe writes the blocks that the others overwrite.
            Map<SubmitKind, SubmitTimes> submits = new SubmitProbe(probe, queue, arena, context.stop()).run();
            NowaitProbe nowait = new NowaitProbe(probe.file(), queue, arena, probe.blockSize());
            return new ProbeResult.Trials(
                    probe.blockSize(),
                    new AlignmentProbe(probe.file(), queue, arena).run(),
                    nowait.reads(),
                    nowait.overwrites(),
                    submits);
        }
    }
}
