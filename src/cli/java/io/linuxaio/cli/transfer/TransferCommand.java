package io.linuxaio.cli.transfer;

import io.linuxaio.AioContext;
import io.linuxaio.AioOpenOption;
import io.linuxaio.cli.runtime.BrokenPipeException;
import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.CommandFailure;
import io.linuxaio.cli.runtime.ExitCode;
import io.linuxaio.cli.runtime.Failures;
import io.linuxaio.cli.runtime.FileNames;
import io.linuxaio.cli.runtime.StoppedException;
import io.linuxaio.cli.text.Units;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioReadChannel;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The base of write, read and copy: transfers, verification and summaries. */
public abstract class TransferCommand implements Callable<Integer> {
    /** In place of a position: the whole file. */
    static final long WHOLE = -1;

    @Mixin
    public TransferOptions options;

    @Spec
    CommandSpec spec;

    final CommandContext context;

    TransferCommand(CommandContext context) {
        this.context = context;
    }

    final ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    final Progress progress(String activity, long total, boolean quiet) {
        return Progress.of(context, quiet, new ProgressLine(activity, total));
    }

    /** The body of a transfer. */
    interface Work {
        void run(TransferLoop loop) throws IOException;
    }

    /**
     * Transfers bytes with a display of progress, and returns their number.
     *
     * @param written the file that is being written; null for standard output
     * @throws CommandFailure if the transfer fails
     */
    final long transfer(Progress progress, Digests digests, long limit, long total, Path written, Work work)
            throws CommandFailure {
        TransferLoop loop = new TransferLoop(context.stop(), progress, digests, limit);
        try {
            work.run(loop);
        } catch (IOException | RuntimeException | Error e) {
            progress.end();
            throw incomplete(e, written, loop.moved(), total);
        } finally {
            progress.end();
        }
        return loop.moved();
    }

    /** Rejects the name by which other commands denote a standard stream. */
    final void requireFile(Path file) throws IOException {
        context.names().checkFile(file);
        if (file.toString().equals("-")) {
            throw usage("FILE cannot be -: Linux AIO works on files and block devices (a file called - is ./-)");
        }
        if (options.requests.isAlignmentInDoubt()) {
            // The small file of the check must be removed before the process exits.
            context.stop().beginWork();
            try {
                options.requests.checkAlignment(
                        spec.commandLine(), file, context.names().name(file));
            } finally {
                context.stop().interruptWork();
            }
        }
    }

    final Set<Checksum> checksums() {
        Set<Checksum> checksums = EnumSet.noneOf(Checksum.class);
        if (options.checksum != null) {
            checksums.add(options.checksum);
        }
        return checksums;
    }

    final AioReadChannel open(AioContext aio, Path path, OpenOption... how) throws IOException {
        return AioFiles.using(aio)
                .withBlockSize((int) options.requests.blockSize)
                .withDepth(options.requests.depth)
                .newReadChannel(path, how);
    }

    /** Compares a file with the digests of the bytes written, and byte for byte if there is a source. */
    public final void verify(
            AioContext aio, Path path, long length, Map<Checksum, String> written, ReadableByteChannel source)
            throws IOException, CommandFailure {
        verify(aio, path, WHOLE, length, written, source);
    }

    /**
     * Compares a part of a file.
     *
     * @param from the position of the part; {@link #WHOLE} if the file must end after it
     */
    final void verify(
            AioContext aio,
            Path path,
            long from,
            long length,
            Map<Checksum, String> written,
            ReadableByteChannel source)
            throws IOException, CommandFailure {
        Digests digests = new Digests(written.keySet());
        Progress progress = progress("verifying", length, options.quiet);
        Verification verification =
                new Verification(context.stop(), progress, path, context.names().name(path), from, length);
        long start = System.nanoTime();
        // Direct I/O reads from the device, not from the page cache.
        try (AioReadChannel actual =
                options.requests.buffered ? open(aio, path, AioOpenOption.DIRECT_IF_SUPPORTED) : open(aio, path)) {
            actual.position(Math.max(0, from));
            verification.run(actual, digests, source);
            if (!digests.hex().equals(written)) {
                throw new MismatchException(
                        context.names().name(path) + " holds other bytes than were written: its checksum differs");
            }
        } catch (StoppedException e) {
            throw new CommandFailure(
                    ExitCode.INTERRUPTED,
                    "interrupted after verifying " + Units.part(verification.checked(), length) + "; "
                            + context.names().name(path) + " is complete, but not all of it was verified",
                    e);
        } catch (MismatchException e) {
            throw new CommandFailure(ExitCode.MISMATCH, "verification failed: " + e.getMessage(), e);
        } finally {
            progress.end();
        }
        long nanos = System.nanoTime() - start;
        summarize(
                context.out(),
                "verified: " + Units.bytes(length) + " read back in " + Units.seconds(nanos) + ", "
                        + Units.rate(length, nanos)
                        + (source != null ? ", every byte as written" : ", checksum as written"));
    }

    /** Prints a line of the summary. */
    final void summarize(PrintStream where, String line) {
        if (!options.quiet) {
            where.println(context.names().printable(line, where.charset()));
            where.flush();
        }
    }

    final void printSummary(PrintStream where, Path file, String done, long bytes, long nanos) {
        summarize(
                where,
                context.names().name(file) + ": " + bytes + " bytes"
                        + (bytes < 1024 ? "" : " (" + Units.bytes(bytes) + ")") + " " + done + " in "
                        + Units.seconds(nanos) + ", " + Units.rate(bytes, nanos));
    }

    final void printChecksum(PrintStream where, Path file, Map<Checksum, String> digests) {
        if (options.checksum != null) {
            // The unescaped name, for programs that check it.
            String line =
                    Digests.line(digests.get(options.checksum), context.names().name(file)) + "\n";
            where.writeBytes(FileNames.encode(line));
            where.flush();
        }
    }

    /** Returns the failure of a transfer, with the state of the file that was being written. */
    private CommandFailure incomplete(Throwable failure, Path written, long moved, long total) {
        if (written == null && failure instanceof BrokenPipeException) {
            return new CommandFailure(ExitCode.READER_GONE, null, failure);
        }
        // A failure of the cleanup after Ctrl-C takes precedence.
        Throwable cause = failure instanceof StoppedException && failure.getSuppressed().length > 0
                ? failure.getSuppressed()[0]
                : failure;
        if (cause instanceof StoppedException) {
            return new CommandFailure(
                    ExitCode.INTERRUPTED,
                    "interrupted after " + Units.part(moved, total)
                            + (written == null ? "" : "; " + context.names().name(written) + " is incomplete"),
                    cause);
        }
        return new CommandFailure(
                ExitCode.IO, Failures.line(cause) + (written == null ? "" : remains(written, total)), cause);
    }

    /** Returns {@code true} if only a part of a file is written. */
    boolean isPart() {
        return false;
    }

    private String remains(Path written, long total) {
        try {
            if (!isPart() && Files.isRegularFile(written)) {
                return "; " + context.names().name(written) + " is incomplete: it has "
                        + Units.part(Files.size(written), total);
            }
        } catch (IOException gone) {
            // The message has no figures.
        }
        return "; " + context.names().name(written) + " is incomplete";
    }

    /** Rejects a copy of a file onto itself, also under another name, before the file is truncated. */
    static void refuseSame(Path source, Path target, String targetName) throws IOException, CommandFailure {
        if (Files.isRegularFile(target) && Files.exists(source) && Files.isSameFile(source, target)) {
            throw new CommandFailure(
                    ExitCode.IO,
                    targetName + " is the same file as the one to be read; nothing was changed, name another",
                    null);
        }
    }
}
