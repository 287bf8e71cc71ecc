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

/** The file of a bench, existing or created and filled. Files of other origin are not overwritten unless forced. */
final class BenchFile {
    private static final long DEFAULT_SIZE = 1L << 30;
    private static final int FILL_BLOCK = 1 << 20;
    private static final int FILL_DEPTH = 8;

    private final Path path;
    private final BenchOptions options;
    private final CommandContext context;
    private boolean marked;

    BenchFile(Path path, BenchOptions options, CommandContext context) {
        this.path = path;
        this.options = options;
        this.context = context;
    }

    /** Creates, fills or checks the file. */
    void prepare() throws IOException, CommandFailure {
        context.names().checkFile(path);
        if (options.mode.writes()) {
            context.refuseOwnOutput(path);
        }
        if (Files.isDirectory(path)) {
            throw refused("it is a directory; give the name of a file in it, which bench creates", null);
        }
        if (!Files.exists(path)) {
            fill(options.size == null ? DEFAULT_SIZE : options.size, StandardOpenOption.CREATE_NEW);
            return;
        }
        // Reading the attributes of a FIFO opens it, which waits for its writer.
        marked = Files.isRegularFile(path) && BenchFileMarker.isOn(path);
        if (options.mode.writes() && !marked && !options.force) {
            throw refused(
                    "it exists, and was not created by bench or has been written to since; --force overwrites"
                            + " its contents",
                    null);
        }
        long found = Files.size(path);
        if (Files.isRegularFile(path) && options.size != null && options.size > found && marked) {
            fill(options.size, StandardOpenOption.TRUNCATE_EXISTING);
        }
    }

    private void fill(long length, StandardOpenOption how) throws IOException, CommandFailure {
        Progress progress = Progress.of(context, options.quiet, new ProgressLine("filling " + shown(), length));
        boolean opened = false;
        try (AioContext aio = AioContext.builder().queueDepth(FILL_DEPTH).open();
                AioWriteChannel out = AioFiles.using(aio)
                        .withBlockSize(FILL_BLOCK)
                        .withDepth(FILL_DEPTH)
                        .newWriteChannel(path, fillOptions(how))) {
            opened = true;
            Reservation.take(out, length);
            new TransferLoop(context.stop(), progress, new Digests(Set.of()), length)
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
        marked = true;
        BenchFileMarker.set(path);
    }

    private String shown() {
        return FileNames.escape(context.names().name(path), context.err().charset());
    }

    private OpenOption[] fillOptions(StandardOpenOption how) {
        List<OpenOption> open = new ArrayList<>(List.of(how, StandardOpenOption.WRITE, StandardOpenOption.SYNC));
        if (options.requests.buffered) {
            open.add(AioOpenOption.BUFFERED);
        }
        return open.toArray(OpenOption[]::new);
    }

    /** Removes a file that was filled in part only, which a later run would use with that size. */
    private CommandFailure removed(Throwable e) throws IOException {
        Files.deleteIfExists(path);
        return e instanceof StoppedException
                ? new CommandFailure(
                        ExitCode.INTERRUPTED,
                        "interrupted while " + context.names().name(path) + " was being filled; it is removed",
                        e)
                : new CommandFailure(
                        ExitCode.IO, Failures.line(e) + "; " + context.names().name(path) + " is removed", e);
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

    /** Returns the number of blocks of the file that are used. */
    long blocks(AioFile file) throws IOException, CommandFailure {
        long found = file.size();
        if (options.size != null && options.size > found) {
            throw refused(
                    "it has " + Units.bytes(found) + ", less than --size " + Units.bytes(options.size)
                            + "; bench does not extend files that it has not created",
                    null);
        }
        long used = options.size == null ? found : options.size;
        if (used < options.requests.blockSize) {
            throw refused(
                    "it has " + Units.bytes(found) + ", less than one block, --block-size "
                            + Units.bytes(options.requests.blockSize),
                    null);
        }
        return used / options.requests.blockSize;
    }

    /** Marks the file again after the last write, so that bench recognizes it. */
    void end() {
        if (marked && options.mode.writes()) {
            BenchFileMarker.set(path);
        }
    }

    private CommandFailure refused(String why, Throwable cause) {
        return new CommandFailure(ExitCode.IO, context.names().name(path) + ": " + why, cause);
    }
}
