package io.linuxaio.cli.bench;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.CommandFailure;
import io.linuxaio.cli.runtime.ExitCode;
import io.linuxaio.cli.runtime.Failures;
import io.linuxaio.cli.runtime.FileNames;
import io.linuxaio.cli.runtime.StoppedException;
import io.linuxaio.cli.text.Units;
import io.linuxaio.cli.transfer.Digests;
import io.linuxaio.cli.transfer.GeneratedData;
import io.linuxaio.cli.transfer.Progress;
import io.linuxaio.cli.transfer.ProgressLine;
import io.linuxaio.cli.transfer.Reservation;
import io.linuxaio.cli.transfer.TransferLoop;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The file of a bench: as it was found, or made and filled; never one in which somebody's data would be lost. */
final class BenchFile {
    private static final long USUAL_SIZE = 1L << 30;
    private static final int FILL_BLOCK = 1 << 20;
    private static final int FILL_DEPTH = 8;

    private final Path path;
    private final BenchOptions options;
    private final CommandContext session;
    private boolean own;

    BenchFile(Path path, BenchOptions options, CommandContext session) {
        this.path = path;
        this.options = options;
        this.session = session;
    }

    /** Makes the file what the bench needs, or refuses. */
    void prepare() throws IOException, CommandFailure {
        session.names().checkFile(path);
        if (options.mode.writes()) {
            session.refuseOwnOutput(path);
        }
        if (Files.isDirectory(path)) {
            throw refused("it is a directory; name a file in it, which bench makes", null);
        }
        if (!Files.exists(path)) {
            fill(options.size == null ? USUAL_SIZE : options.size, StandardOpenOption.CREATE_NEW);
            return;
        }
        // Asking a FIFO for its attributes opens it, which waits for its writer.
        own = Files.isRegularFile(path) && BenchFileMarker.isOn(path);
        if (options.mode.writes() && !own && !options.force) {
            throw refused(
                    "it exists, and bench has not made it or somebody has written to it since; --force overwrites"
                            + " what it holds",
                    null);
        }
        long found = Files.size(path);
        if (Files.isRegularFile(path) && options.size != null && options.size > found && own) {
            fill(options.size, StandardOpenOption.TRUNCATE_EXISTING);
        }
    }

    private void fill(long length, StandardOpenOption how) throws IOException, CommandFailure {
        Progress progress = Progress.of(session, options.quiet, new ProgressLine("filling " + shown(), length));
        boolean opened = false;
        try (AioContext aio = AioContext.builder().queueDepth(FILL_DEPTH).open();
                AioWriteChannel out = AioFiles.using(aio)
                        .withBlockSize(FILL_BLOCK)
                        .withDepth(FILL_DEPTH)
                        .newWriteChannel(path, fillOptions(how))) {
            opened = true;
            Reservation.take(out, length);
            new TransferLoop(session.stop(), progress, new Digests(Set.of()), length)
                    .run(new GeneratedData(length), out);
        } catch (IOException | RuntimeException | Error e) {
            progress.end();
            if (opened) {
                throw removed(e);
            }
            throw e;
        } finally {
            progress.end();
        }
        own = true;
        BenchFileMarker.set(path);
    }

    private String shown() {
        return FileNames.escape(session.names().name(path), session.err().charset());
    }

    private OpenOption[] fillOptions(StandardOpenOption how) {
        List<OpenOption> open = new ArrayList<>(List.of(how, StandardOpenOption.WRITE, StandardOpenOption.SYNC));
        if (options.requests.buffered) {
            open.add(AioOpenOption.BUFFERED);
        }
        return open.toArray(OpenOption[]::new);
    }

    /** A file that is filled in part only would be taken for one of that size. */
    private CommandFailure removed(Throwable e) throws IOException {
        Files.deleteIfExists(path);
        return e instanceof StoppedException
                ? new CommandFailure(
                        ExitCode.INTERRUPTED,
                        "interrupted while " + session.names().name(path) + " was being filled; it is removed",
                        e)
                : new CommandFailure(
                        ExitCode.IO, Failures.line(e) + "; " + session.names().name(path) + " is removed", e);
    }

    AioFile open() throws IOException {
        List<OpenOption> open = new ArrayList<>();
        if (options.mode.reads()) {
            open.add(StandardOpenOption.READ);
        }
        if (options.mode.writes()) {
            open.add(StandardOpenOption.WRITE);
        }
        if (options.dsync) {
            open.add(StandardOpenOption.DSYNC);
        }
        if (options.requests.buffered) {
            open.add(AioOpenOption.BUFFERED);
        }
        return AioFile.open(path, open.toArray(OpenOption[]::new));
    }

    /** How many blocks of the file are used. */
    long blocks(AioFile file) throws IOException, CommandFailure {
        long found = file.size();
        if (options.size != null && options.size > found) {
            throw refused(
                    "it holds " + Units.bytes(found) + ", less than --size " + Units.bytes(options.size)
                            + "; bench does not lengthen what others have made",
                    null);
        }
        long used = options.size == null ? found : options.size;
        if (used < options.requests.blockSize) {
            throw refused(
                    "it holds " + Units.bytes(found) + ", less than one block, --block-size "
                            + Units.bytes(options.requests.blockSize),
                    null);
        }
        return used / options.requests.blockSize;
    }

    /** Nobody writes to it any more: what bench has made stays known as such. */
    void end() {
        if (own && options.mode.writes()) {
            BenchFileMarker.set(path);
        }
    }

    private CommandFailure refused(String why, Throwable cause) {
        return new CommandFailure(ExitCode.IO, session.names().name(path) + ": " + why, cause);
    }
}
