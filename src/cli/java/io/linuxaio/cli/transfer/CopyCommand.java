package io.linuxaio.cli.transfer;

import io.linuxaio.AioContext;
import io.linuxaio.AioOpenOption;
import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.CommandFailure;
import io.linuxaio.cli.runtime.ExitCode;
import io.linuxaio.cli.runtime.Failures;
import io.linuxaio.cli.runtime.StoppedException;
import io.linuxaio.cli.text.Units;
import io.linuxaio.files.AioCopyOption;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioReadChannel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.CopyOption;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aio copy}: a file to another name. */
@Command(
        name = "copy",
        description = {
            "Copies a file through Linux AIO with direct I/O. Holes stay holes, and take no time.",
            "The target is whole or not made; with --force, whole or as it was.",
            ""
        },
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Examples:",
            "  aio copy --verify disk.img /mnt/backup/disk.img",
            "  aio copy --force --preserve --sync movie.mkv /mnt/backup/movie.mkv"
        })
public final class CopyCommand extends TransferCommand {
    @Parameters(index = "0", paramLabel = "SOURCE", description = "The file to copy.")
    Path source;

    @Parameters(index = "1", paramLabel = "TARGET", description = "The file to make.")
    Path target;

    @Option(
            names = {"-f", "--force"},
            order = -3,
            description = "Replace a target that is there.")
    boolean force;

    @Option(
            names = {"-p", "--preserve"},
            order = -2,
            description = "Give the copy the source's mode, access control list, times, extended attributes and, where"
                    + " permitted, owner and group.")
    boolean preserve;

    /** How far the copy has come; written by the thread that copies, read when it has ended. */
    private long done;

    public CopyCommand(CommandContext session) {
        super(session);
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        options.requests.check(spec.commandLine());
        requireFile(source);
        requireFile(target);
        session.refuseOwnOutput(source);
        session.refuseOwnOutput(target);
        try (AioContext aio = options.openContext()) {
            session.stop().beginWork();
            long start = System.nanoTime();
            long length = copy(aio);
            String how = options.sync ? "copied and synced" : "copied";
            sayDone(session.out(), target, how, length, System.nanoTime() - start);
            if (options.verify) {
                try (AioReadChannel original = open(aio, source, openOptions())) {
                    verify(aio, target, length, Map.of(), original);
                }
            }
            if (options.checksum != null) {
                sayChecksum(session.out(), target, digest(aio, length));
            }
        }
        return ExitCode.OK;
    }

    private long copy(AioContext aio) throws IOException, CommandFailure {
        long expected = Files.size(source);
        boolean replaces = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
        Progress progress = progress("copying", expected, options.quiet);
        try {
            return AioFiles.using(aio)
                    .withBlockSize((int) options.requests.blockSize)
                    .withDepth(options.requests.depth)
                    .copy(
                            source,
                            target,
                            (bytes, _) -> {
                                done = bytes;
                                progress.update(bytes);
                                session.stop().check();
                            },
                            copyOptions())
                    .join();
        } catch (CompletionException e) {
            progress.end();
            throw failure(e.getCause(), expected, replaces);
        } finally {
            progress.end();
        }
    }

    private CommandFailure failure(Throwable cause, long expected, boolean replaces) {
        String remains = session.names().name(target) + (replaces ? " is as it was" : " was not made");
        if (cause instanceof StoppedException && cause.getSuppressed().length == 0) {
            return new CommandFailure(
                    ExitCode.INTERRUPTED, "interrupted after " + Units.part(done, expected) + "; " + remains, cause);
        }
        // What failed while cleaning up after Ctrl-C is the worse of the two.
        Throwable worse = cause instanceof StoppedException ? cause.getSuppressed()[0] : cause;
        return new CommandFailure(ExitCode.IO, Failures.line(worse), worse);
    }

    private CopyOption[] copyOptions() {
        List<CopyOption> copy = new ArrayList<>();
        if (force) {
            copy.add(StandardCopyOption.REPLACE_EXISTING);
        }
        if (preserve) {
            copy.add(StandardCopyOption.COPY_ATTRIBUTES);
        }
        if (options.sync) {
            copy.add(AioCopyOption.SYNC);
        }
        if (options.requests.buffered) {
            copy.add(AioOpenOption.BUFFERED);
        }
        return copy.toArray(CopyOption[]::new);
    }

    private OpenOption[] openOptions() {
        return options.requests.buffered ? new OpenOption[] {AioOpenOption.BUFFERED} : new OpenOption[0];
    }

    /** Of the copy, as it stands on the device: the blocks of the copying do not pass through here. */
    private Map<Checksum, String> digest(AioContext aio, long length) throws IOException, CommandFailure {
        Digests digests = new Digests(checksums());
        try (AioReadChannel copy = open(aio, target, openOptions())) {
            transfer(
                    progress("reading", length, options.quiet),
                    digests,
                    Long.MAX_VALUE,
                    length,
                    null,
                    pump -> pump.run(copy, Channels.newChannel(OutputStream.nullOutputStream())));
        }
        return digests.hex();
    }
}
