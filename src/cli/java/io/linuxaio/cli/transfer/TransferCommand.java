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

/** What writing, reading and copying have in common: verifying, and saying how it went. */
public abstract class TransferCommand implements Callable<Integer> {
    @Mixin
    public TransferOptions options;

    @Spec
    CommandSpec spec;

    final CommandContext session;

    TransferCommand(CommandContext session) {
        this.session = session;
    }

    final ParameterException usage(String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    final Progress progress(String activity, long total, boolean quiet) {
        return Progress.of(session, quiet, new ProgressLine(activity, total));
    }

    /** Moves bytes by a pump. */
    interface Work {
        void run(TransferLoop pump) throws IOException;
    }

    /**
     * Moves bytes, with progress shown, and answers how many; where that fails the command ends.
     *
     * @param written the file that is being written; null where it is standard output
     */
    final long transfer(Progress progress, Digests digests, long limit, long total, Path written, Work work)
            throws CommandFailure {
        TransferLoop pump = new TransferLoop(session.stop(), progress, digests, limit);
        try {
            work.run(pump);
        } catch (IOException | RuntimeException | Error e) {
            progress.end();
            throw incomplete(e, written, pump.moved(), total);
        } finally {
            progress.end();
        }
        return pump.moved();
    }

    /** Refuses what other commands take for a standard stream. */
    final void requireFile(Path file) throws IOException {
        session.names().checkFile(file);
        if (file.toString().equals("-")) {
            throw usage("FILE cannot be -: Linux AIO works on files and block devices (a file called - is ./-)");
        }
        if (options.requests.isAlignmentInDoubt()) {
            // The small file that finds it out is to be removed before the process ends.
            session.stop().beginWork();
            try {
                options.requests.checkAlignment(
                        spec.commandLine(), file, session.names().name(file));
            } finally {
                session.stop().interruptWork();
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

    /** Compares what a file holds with the digests of what was written, and byte for byte where there is a source. */
    public final void verify(
            AioContext aio, Path path, long length, Map<Checksum, String> written, ReadableByteChannel source)
            throws IOException, CommandFailure {
        Digests digests = new Digests(written.keySet());
        Progress progress = progress("verifying", length, options.quiet);
        Verification verification =
                new Verification(session.stop(), progress, path, session.names().name(path), length);
        long start = System.nanoTime();
        // Direct I/O asks the device, not the page cache, whether the bytes arrived.
        try (AioReadChannel actual =
                options.requests.buffered ? open(aio, path, AioOpenOption.DIRECT_IF_SUPPORTED) : open(aio, path)) {
            verification.run(actual, digests, source);
            if (!digests.hex().equals(written)) {
                throw new MismatchException(
                        session.names().name(path) + " holds other bytes than were written: its checksum differs");
            }
        } catch (StoppedException e) {
            throw new CommandFailure(
                    ExitCode.INTERRUPTED,
                    "interrupted after verifying " + Units.part(verification.checked(), length) + "; "
                            + session.names().name(path) + " is complete, but not all of it was verified",
                    e);
        } catch (MismatchException e) {
            throw new CommandFailure(ExitCode.MISMATCH, "verification failed: " + e.getMessage(), e);
        } finally {
            progress.end();
        }
        long nanos = System.nanoTime() - start;
        say(
                session.out(),
                "verified: " + Units.bytes(length) + " read back in " + Units.seconds(nanos) + ", "
                        + Units.rate(length, nanos)
                        + (source != null ? ", every byte as written" : ", checksum as written"));
    }

    /** A line of the summary. */
    final void say(PrintStream where, String line) {
        if (!options.quiet) {
            where.println(session.names().printable(line, where.charset()));
            where.flush();
        }
    }

    final void sayDone(PrintStream where, Path file, String done, long bytes, long nanos) {
        say(
                where,
                session.names().name(file) + ": " + bytes + " bytes"
                        + (bytes < 1024 ? "" : " (" + Units.bytes(bytes) + ")") + " " + done + " in "
                        + Units.seconds(nanos) + ", " + Units.rate(bytes, nanos));
    }

    final void sayChecksum(PrintStream where, Path file, Map<Checksum, String> digests) {
        if (options.checksum != null) {
            // The name as it is, for programs that check it.
            String line =
                    Digests.line(digests.get(options.checksum), session.names().name(file)) + "\n";
            where.writeBytes(FileNames.encode(line));
            where.flush();
        }
    }

    /** Ends the command because of a failure underway; says what became of the file that was being written. */
    private CommandFailure incomplete(Throwable failure, Path written, long moved, long total) {
        if (written == null && failure instanceof BrokenPipeException) {
            return new CommandFailure(ExitCode.READER_GONE, null, failure);
        }
        // What failed while cleaning up after Ctrl-C is the worse of the two.
        Throwable cause = failure instanceof StoppedException && failure.getSuppressed().length > 0
                ? failure.getSuppressed()[0]
                : failure;
        if (cause instanceof StoppedException) {
            return new CommandFailure(
                    ExitCode.INTERRUPTED,
                    "interrupted after " + Units.part(moved, total)
                            + (written == null ? "" : "; " + session.names().name(written) + " is incomplete"),
                    cause);
        }
        return new CommandFailure(
                ExitCode.IO, Failures.line(cause) + (written == null ? "" : remains(written, total)), cause);
    }

    private String remains(Path written, long total) {
        try {
            if (Files.isRegularFile(written)) {
                return "; " + session.names().name(written) + " is incomplete: it holds "
                        + Units.part(Files.size(written), total);
            }
        } catch (IOException gone) {
            // Said without figures.
        }
        return "; " + session.names().name(written) + " is incomplete";
    }

    /** Before a file is truncated: refuses to copy it onto itself, also by another name. */
    static void refuseSame(Path source, Path target, String targetName) throws IOException, CommandFailure {
        if (Files.isRegularFile(target) && Files.exists(source) && Files.isSameFile(source, target)) {
            throw new CommandFailure(
                    ExitCode.IO,
                    targetName + " is the same file as the one to be read; nothing was changed, name another",
                    null);
        }
    }
}
