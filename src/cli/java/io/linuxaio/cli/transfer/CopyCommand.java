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

/** {@code aio copy}: copies a file. */
@Command(
        name = "copy",
        description = {
            "Copies a file through Linux AIO with direct I/O. Holes stay holes, and are not read.",
            "The target is created whole or not at all; with --force, it is replaced whole or left unchanged.",
            ""
        },
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Examples:",
            "  aio copy --verify disk.img /mnt/backup",
            "  aio copy --force --preserve --sync movie.mkv /mnt/backup/movie.mkv"
        })
public final class CopyCommand extends TransferCommand {
    @Parameters(index = "0", paramLabel = "SOURCE", description = "The file to copy.")
    Path source;

    @Parameters(
            index = "1",
            paramLabel = "TARGET",
            description = "The file to create, or a directory: the copy in it has the name of SOURCE.")
    Path target;

    @Option(
            names = {"-f", "--force"},
            order = -3,
            description = "Replace an existing target.")
    boolean force;

    @Option(
            names = {"-p", "--preserve"},
            order = -2,
            description = "Preserve the source's mode, access control list, times, extended attributes and, where"
                    + " permitted, owner and group.")
    boolean preserve;

    @Option(
            names = "--reflink",
            order = -1,
            description = "Share the data of the source instead of copying it, if the filesystem can (btrfs, xfs).")
    boolean reflink;

    /** The number of bytes copied. Written by the copying thread, read after it has finished. */
    private long done;

    public CopyCommand(CommandContext context) {
        super(context);
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        options.requests.check(spec.commandLine());
        requireFile(source);
        requireFile(target);
        if (Files.isDirectory(target)) {
            target = context.names().child(target, source);
        }
        context.refuseOwnOutput(source);
        context.refuseOwnOutput(target);
        try (AioContext aio = options.openContext()) {
            context.stop().beginWork();
            long start = System.nanoTime();
            long length = copy(aio);
            String how = options.sync ? "copied and synced" : "copied";
            printSummary(context.out(), target, how, length, System.nanoTime() - start);
            if (options.verify) {
                try (AioReadChannel original = open(aio, source, openOptions())) {
                    verify(aio, target, length, Map.of(), original);
                }
            }
            if (options.checksum != null) {
                printChecksum(context.out(), target, digest(aio, length));
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
                                context.stop().check();
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
        String remains = context.names().name(target) + (replaces ? " is as it was" : " was not made");
        if (cause instanceof StoppedException && cause.getSuppressed().length == 0) {
            return new CommandFailure(
                    ExitCode.INTERRUPTED, "interrupted after " + Units.part(done, expected) + "; " + remains, cause);
        }
        // A failure of the cleanup after Ctrl-C takes precedence.
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
        if (reflink) {
            copy.add(AioCopyOption.REFLINK);
        }
        if (options.requests.buffered) {
            copy.add(AioOpenOption.BUFFERED);
        }
        return copy.toArray(CopyOption[]::new);
    }

    private OpenOption[] openOptions() {
        return options.requests.buffered ? new OpenOption[] {AioOpenOption.BUFFERED} : new OpenOption[0];
    }

    /** Returns the checksum of the copy, read from the device: the copied blocks are not visible here. */
    private Map<Checksum, String> digest(AioContext aio, long length) throws IOException, CommandFailure {
        Digests digests = new Digests(checksums());
        try (AioReadChannel copy = open(aio, target, openOptions())) {
            transfer(
                    progress("reading", length, options.quiet),
                    digests,
                    Long.MAX_VALUE,
                    length,
                    null,
                    loop -> loop.run(copy, Channels.newChannel(OutputStream.nullOutputStream())));
        }
        return digests.hex();
    }
}
