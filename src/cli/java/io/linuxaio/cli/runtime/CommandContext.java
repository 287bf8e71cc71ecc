package io.linuxaio.cli.runtime;

import io.linuxaio.cli.text.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a command needs from the process it runs in.
 *
 * @param stop asks whether to end early
 * @param out for results
 * @param err for progress and failures
 * @param outIsTerminal whether somebody looks at {@code out}
 * @param errIsTerminal whether somebody looks at {@code err}
 * @param streams which of the standard streams there are
 * @param names the names of files on the command line
 */
public record CommandContext(
        ShutdownSignal stop,
        PrintStream out,
        PrintStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        StandardStreams streams,
        FileNames names) {
    /** A session whose standard streams are as they should be. */
    public CommandContext(
            ShutdownSignal stop, PrintStream out, PrintStream err, boolean outIsTerminal, boolean errIsTerminal) {
        this(stop, out, err, outIsTerminal, errIsTerminal, StandardStreams.OPEN, new FileNames());
    }

    public static CommandContext ofProcess() {
        StandardStreams streams = StandardStreams.ofProcess();
        if (!streams.error()) {
            System.setErr(new PrintStream(OutputStream.nullOutputStream()));
        }
        return new CommandContext(
                new ShutdownSignal(),
                StandardOutput.ofProcess(),
                System.err,
                Terminal.isTerminal(Terminal.STDOUT),
                Terminal.isTerminal(Terminal.STDERR),
                streams,
                new FileNames());
    }

    /** Prints a line of the results. */
    void report(String line) {
        out.println(names.printable(line, out.charset()));
    }

    /** Prints a line to standard error. */
    public void complain(String line) {
        err.println(names.printable(line, err.charset()));
    }

    /** Prints JSON, which is UTF-8 in any locale. */
    public void print(String json) {
        out.writeBytes((json + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Refuses a file that standard output or standard error also goes to: what is printed would be written into it.
     *
     * @throws CommandFailure if it is that file; nothing has been changed
     */
    public void refuseOwnOutput(Path file) throws IOException, CommandFailure {
        if (!Files.isRegularFile(file)) {
            return;
        }
        boolean isOutput = isOutput(file, Terminal.STDOUT);
        boolean isError = isOutput(file, Terminal.STDERR);
        if (isOutput || isError) {
            String stream = isOutput ? "standard output" : "standard error";
            String message = names.name(file) + " is the same file as " + stream + "; nothing was changed, redirect "
                    + stream + " to another";
            if (isError && outIsTerminal) {
                report("aio: " + message);
            }
            // The message, too, would be written into the file.
            throw new CommandFailure(ExitCode.IO, isError ? null : message, null);
        }
    }

    private static boolean isOutput(Path file, int descriptor) throws IOException {
        Path output = Path.of("/proc/self/fd", Integer.toString(descriptor));
        return Files.exists(output) && Files.isSameFile(output, file);
    }
}
