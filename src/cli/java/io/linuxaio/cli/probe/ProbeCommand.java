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

/** {@code aio probe}: how a filesystem treats who submits. */
@Command(
        name = "probe",
        description = {
            "Finds out how the filesystem at PATH treats asynchronous writes: which of them hold up whoever submits"
                    + " them, which alignments it takes, whether NOWAIT works. It tries, for a few seconds, with a file"
                    + " of its own of some 50 MB that is gone afterwards.",
            "Ends with 1 where there is no direct I/O.",
            ""
        },
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {"", "Examples:", "  aio probe .", "  aio probe --json /var/lib/postgresql"})
public final class ProbeCommand implements Callable<Integer> {
    private static final long PAGES = 1 << 16;

    @Parameters(paramLabel = "PATH", description = "A directory, or a file in the directory that is meant.")
    Path path;

    @Option(names = "--json", description = "Print one JSON object instead of the report, and nothing else.")
    boolean json;

    private final CommandContext session;

    public ProbeCommand(CommandContext session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        Path folder = folder();
        session.stop().beginWork();
        ProbeResult result;
        try {
            AioProbeResult support = LinuxAio.probe(folder);
            result = new ProbeResult(support, support.directIo() && support.asynchronousIo() ? attempt(folder) : null);
        } catch (StoppedException e) {
            throw new CommandFailure(ExitCode.INTERRUPTED, "interrupted; the file that was tried with is gone", e);
        }
        if (json) {
            session.print(Json.of(ProbeReport.json(result, session.names())));
        } else {
            ProbeReport.print(result, session);
        }
        session.out().flush();
        return result.works() ? ExitCode.OK : ExitCode.IO;
    }

    private Path folder() throws IOException, CommandFailure {
        session.names().checkFile(path);
        if (Files.isDirectory(path)) {
            return path;
        }
        if (!Files.exists(path)) {
            throw new NoSuchFileException(path.toString());
        }
        if (!Files.isRegularFile(path)) {
            throw new CommandFailure(
                    ExitCode.IO,
                    path + ": neither a directory nor a regular file; probe writes a file of its own and wants to know"
                            + " where (aio info takes devices)",
                    null);
        }
        return path.toRealPath().getParent();
    }

    private ProbeResult.Trials attempt(Path folder) throws IOException {
        try (ProbeFile probe = ProbeFile.in(folder);
                AioArena arena = AioArena.ofShared(
                        Math.clamp(probe.file().alignment().memory(), AioArena.DEFAULT_ALIGNMENT, PAGES));
                AioQueue queue = AioQueue.open(SubmitProbe.BATCH)) {
            // First, since it writes the blocks that the others overwrite.
            Map<SubmitKind, SubmitTimes> submits = new SubmitProbe(probe, queue, arena, session.stop()).run();
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
