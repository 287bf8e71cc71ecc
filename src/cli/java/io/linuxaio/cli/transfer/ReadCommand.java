package io.linuxaio.cli.transfer;

import io.linuxaio.AioContext;
import io.linuxaio.AioOpenOption;
import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.CommandFailure;
import io.linuxaio.cli.runtime.ExitCode;
import io.linuxaio.cli.runtime.Interruptible;
import io.linuxaio.cli.text.ByteSizeOption;
import io.linuxaio.files.AioReadChannel;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code aio read}: reads a file to standard output, or to another file. */
@Command(
        name = "read",
        description = {
            "Reads a file through Linux AIO with direct I/O, to standard output or to DST.",
            "If the data goes to standard output, everything else goes to standard error.",
            ""
        },
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Examples:",
            "  aio read demo.bin | cmp - original.bin",
            "  aio read --offset 1m --length 4k /dev/sda | xxd | less",
            "  aio read --to copy.bin --verify demo.bin"
        })
public final class ReadCommand extends TransferCommand {
    @Parameters(paramLabel = "FILE", description = "The file or block device to read.")
    Path file;

    @Option(
            names = "--to",
            order = -3,
            paramLabel = "DST",
            description = "The destination: a file, pipe or device; - is standard output.")
    Path to;

    @Option(
            names = "--offset",
            order = -2,
            paramLabel = "POSITION",
            converter = ByteSizeOption.class,
            defaultValue = "0",
            description = "Start at byte POSITION of FILE, which need not be aligned (default: ${DEFAULT-VALUE}).")
    long offset;

    @Option(
            names = {"--size", "--length"},
            order = -1,
            paramLabel = "SIZE",
            converter = ByteSizeOption.class,
            description = "Read at most SIZE bytes.")
    Long size;

    public ReadCommand(CommandContext context) {
        super(context);
    }

    @Override
    public Integer call() throws IOException, CommandFailure {
        options.requests.check(spec.commandLine());
        checkArguments();
        Digests digests = new Digests(checksums());
        try (AioContext aio = options.openContext();
                AioReadChannel in = open(aio, file, openOptions());
                // Opening a FIFO waits for its reader. The process's exit must not wait for that.
                FileChannel special = isSpecial(to) ? openTarget() : null) {
            PrintStream results = to == null ? context.err() : context.out();
            seek(in);
            context.stop().beginWork();
            long start = System.nanoTime();
            long read = read(in, special, digests);
            printSummary(results, file, options.sync ? "read and synced" : "read", read, System.nanoTime() - start);
            Map<Checksum, String> hex = digests.hex();
            if (options.verify) {
                try (AioReadChannel again = open(aio, file, openOptions())) {
                    again.position(offset);
                    verify(aio, to, read, hex, again);
                }
            }
            printChecksum(results, file, hex);
        }
        return ExitCode.OK;
    }

    private void checkArguments() throws IOException, CommandFailure {
        requireFile(file);
        if (to != null && to.toString().equals("-")) {
            to = null;
        }
        if (to == null && (options.sync || options.verify)) {
            throw usage((options.sync ? "--sync" : "--verify") + " needs --to DST");
        }
        if (options.verify && Files.exists(to) && !Files.isRegularFile(to)) {
            throw usage("--verify needs a regular file as DST, which "
                    + context.names().name(to) + " is not");
        }
        if (to == null) {
            refuseSame(file, Path.of("/proc/self/fd/1"), "standard output");
        } else {
            context.names().checkFile(to);
            refuseSame(file, to, context.names().name(to));
            context.refuseOwnOutput(to);
        }
        context.refuseOwnOutput(file);
        if (to == null && context.streams().errorIsOutput()) {
            // Messages would be mixed with the data.
            options.quiet = true;
            if (options.checksum != null) {
                throw usage(
                        "--checksum cannot be printed: standard output takes the data, and standard error is the same;"
                                + " redirect one of them, or give --to DST");
            }
        }
    }

    private void seek(AioReadChannel in) throws IOException, CommandFailure {
        if (offset > in.size()) {
            throw new CommandFailure(
                    ExitCode.IO,
                    context.names().name(file) + ": --offset " + offset + " is behind its end: it has " + in.size()
                            + " bytes",
                    null);
        }
        in.position(offset);
    }

    private OpenOption[] openOptions() {
        return options.requests.buffered ? new OpenOption[] {AioOpenOption.BUFFERED} : new OpenOption[0];
    }

    private static boolean isSpecial(Path target) {
        return target != null && Files.exists(target) && !Files.isRegularFile(target);
    }

    private long read(AioReadChannel in, FileChannel special, Digests digests) throws IOException, CommandFailure {
        long limit = size == null ? Long.MAX_VALUE : size;
        long total = Math.min(limit, in.size() - offset);
        FileChannel out = special == null ? openTarget() : special;
        // Data and a progress bar would be mixed on the screen.
        boolean quiet = options.quiet || to == null && context.outIsTerminal();
        return transfer(progress("reading", total, quiet), digests, limit, total, to, loop -> {
            try (out) {
                loop.run(in, Interruptible.sink(out, to == null ? "standard output" : to.toString(), context.stop()));
                if (options.sync) {
                    out.force(true);
                }
            }
        });
    }

    @SuppressWarnings("resource") // Closing the channel closes the stream.
    private FileChannel openTarget() throws IOException {
        return to == null
                ? new FileOutputStream(FileDescriptor.out).getChannel()
                : FileChannel.open(
                        to, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE);
    }
}
