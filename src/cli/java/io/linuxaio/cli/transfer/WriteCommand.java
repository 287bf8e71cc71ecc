package io.linuxaio.cli.transfer;

import io.linuxaio.AioContext;
import io.linuxaio.AioOpenOption;
import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.CommandFailure;
import io.linuxaio.cli.runtime.ExitCode;
import io.linuxaio.cli.text.ByteSizeOption;
import io.linuxaio.cli.text.Terminal;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteChannel;
import java.io.IOException;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aio write}: writes a file of any length. */
@Command(
        name = "write",
        description = {
            "Writes a file through Linux AIO with direct I/O, from SRC, standard input or generated data.",
            "An existing file is replaced, unless --offset is given.",
            ""
        },
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Examples:",
            "  aio write --size 1g --verify demo.bin",
            "  aio write --from movie.mkv --sync /mnt/backup/movie.mkv",
            "  aio write --from header.bin --offset 1m --sync disk.img",
            "  zcat dump.gz | aio write --checksum -q dump > dump.sha256"
        })
public final class WriteCommand extends TransferCommand {
    @Parameters(paramLabel = "FILE", description = "The file to write.")
    Path file;

    @Option(
            names = "--from",
            order = -3,
            paramLabel = "SRC",
            description = "The source: a file, pipe or device; - is standard input.")
    Path from;

    @Option(
            names = "--offset",
            order = -2,
            paramLabel = "POSITION",
            converter = ByteSizeOption.class,
            description = "Write into FILE from byte POSITION on, which need not be aligned. All other bytes of FILE"
                    + " stay. Without it, FILE is truncated first.")
    Long offset;

    @Option(
            names = {"--size", "--length"},
            order = -1,
            paramLabel = "SIZE",
            converter = ByteSizeOption.class,
            description = "Generate SIZE bytes; with --from, write at most the first SIZE bytes.")
    Long size;

    public WriteCommand(CommandContext context) {
        super(context);
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        options.requests.check(spec.commandLine());
        Source source = source();
        long limit = size == null ? Long.MAX_VALUE : size;
        long total = source.length() < 0 ? -1 : Math.min(limit, source.length());
        Set<Checksum> checksums = checksums();
        if (options.verify && !source.isRepeatable()) {
            checksums.add(Checksum.SHA256);
        }
        Digests digests = new Digests(checksums);
        // The source and the kernel's context are opened first: a failure here leaves an existing file unchanged.
        try (ReadableByteChannel bytes = source.open();
                AioContext aio = options.openContext()) {
            context.stop().beginWork();
            long start = System.nanoTime();
            long written = write(aio, bytes, total, limit, digests);
            printSummary(
                    context.out(),
                    file,
                    options.sync ? "written and synced" : "written",
                    written,
                    System.nanoTime() - start);
            Map<Checksum, String> hex = digests.hex();
            if (options.verify && source.isRepeatable()) {
                try (ReadableByteChannel again = source.open()) {
                    verify(aio, file, from(), written, hex, again);
                }
            } else if (options.verify) {
                verify(aio, file, from(), written, hex, null);
            }
            printChecksum(context.out(), file, hex);
        }
        return ExitCode.OK;
    }

    private long from() {
        return offset == null ? WHOLE : offset;
    }

    @Override
    boolean isPart() {
        return offset != null;
    }

    private Source source() throws IOException, CommandFailure {
        requireFile(file);
        context.refuseOwnOutput(file);
        if (offset != null && offset > ByteSizeOption.MAX_FILE - (size == null ? 0 : size)) {
            throw usage("--offset " + offset + " is too large; a file ends before 8 EiB");
        }
        if (from != null && !from.toString().equals("-")) {
            context.names().checkFile(from);
            context.refuseOwnOutput(from);
            refuseSame(from, file, context.names().name(file));
            return new Source.Named(from, context.stop());
        }
        if (from == null && size != null) {
            if (size > ByteSizeOption.MAX_FILE) {
                throw usage("--size " + size + " is too large; a file ends before 8 EiB");
            }
            return new Source.Generated(size);
        }
        if (from == null && Terminal.isTerminal(Terminal.STDIN)) {
            throw usage("nothing to write: give --from SRC, or --size 1g for generated data, or a pipe");
        }
        refuseSame(Path.of("/proc/self/fd/0"), file, context.names().name(file));
        checkInput();
        return new Source.StandardInput(context.stop());
    }

    /** Checks standard input before an existing file is truncated. */
    private void checkInput() throws CommandFailure {
        if (!context.streams().input()) {
            throw new CommandFailure(
                    ExitCode.IO,
                    "standard input is closed, or not open for reading; nothing was changed, give --from SRC or a pipe",
                    null);
        }
        if (Files.isDirectory(Path.of("/proc/self/fd/0"))) {
            throw new CommandFailure(
                    ExitCode.IO, "standard input is a directory; nothing was changed, give a file or a pipe", null);
        }
    }

    private long write(AioContext aio, ReadableByteChannel bytes, long total, long limit, Digests digests)
            throws IOException, CommandFailure {
        Progress progress = progress("writing", total, options.quiet);
        if (offset != null) {
            return transfer(
                    progress,
                    digests,
                    limit,
                    total,
                    file,
                    loop -> PartWriter.write(aio, file, offset, options, out -> loop.run(bytes, out)));
        }
        AioWriteChannel out = AioFiles.using(aio)
                .withBlockSize((int) options.requests.blockSize)
                .withDepth(options.requests.depth)
                .newWriteChannel(file, openOptions());
        return transfer(progress, digests, limit, total, file, loop -> {
            try (out) {
                if (total > 0) {
                    Reservation.take(out, total);
                }
                loop.run(bytes, out);
            }
        });
    }

    private OpenOption[] openOptions() {
        List<OpenOption> open = new ArrayList<>(
                List.of(StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE));
        if (options.sync) {
            open.add(StandardOpenOption.SYNC);
        }
        if (options.requests.buffered) {
            open.add(AioOpenOption.BUFFERED);
        }
        return open.toArray(OpenOption[]::new);
    }
}
