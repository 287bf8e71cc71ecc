package io.linuxaio.cli.runtime;

import io.linuxaio.cli.text.Terminal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The environment of a command: the standard streams and the signals of its process.
 *
 * @param stop the request to stop early
 * @param out the stream for results
 * @param err the stream for progress and failures
 * @param outIsTerminal {@code true} if {@code out} is a terminal
 * @param errIsTerminal {@code true} if {@code err} is a terminal
 * @param streams the state of the standard streams
 * @param names the file names on the command line
 */
public record CommandContext(
        ShutdownSignal stop,
        PrintStream out,
        PrintStream err,
        boolean outIsTerminal,
        boolean errIsTerminal,
        StandardStreams streams,
        FileNames names) {
    /** Creates a context whose standard streams are all open. */
    public CommandContext(
            ShutdownSignal stop, PrintStream out, PrintStream err, boolean outIsTerminal, boolean errIsTerminal) {
        this(stop, out, err, outIsTerminal, errIsTerminal, StandardStreams.OPEN, new FileNames());
    }

    /** Creates the context of this process. */
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
    void printLine(String line) {
        out.println(names.printable(line, out.charset()));
    }

    /** Prints a line to standard error. */
    public void printError(String line) {
        err.println(names.printable(line, err.charset()));
    }

    /** Prints JSON, which is UTF-8 in any locale. */
    public void print(String json) {
        out.writeBytes((json + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Rejects a file to which standard output or standard error is redirected: output would be written into it.
     *
     * @throws CommandFailure if it is such a file; nothing has been changed
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
                printLine("aio: " + message);
            }
            // The message would be written into the file too.
            throw new CommandFailure(ExitCode.IO, isError ? null : message, null);
        }
    }

    private static boolean isOutput(Path file, int descriptor) throws IOException {
        Path output = Path.of("/proc/self/fd", Integer.toString(descriptor));
        return Files.exists(output) && Files.isSameFile(output, file);
    }
}
