package io.linuxaio.cli;

import io.linuxaio.cli.bench.BenchCommand;
import io.linuxaio.cli.probe.ProbeCommand;
import io.linuxaio.cli.runtime.Arguments;
import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.CommandFailure;
import io.linuxaio.cli.runtime.ExitCode;
import io.linuxaio.cli.runtime.Failures;
import io.linuxaio.cli.runtime.Interruptible;
import io.linuxaio.cli.runtime.ShutdownSignal;
import io.linuxaio.cli.runtime.StandardOutput;
import io.linuxaio.cli.runtime.StoppedException;
import io.linuxaio.cli.runtime.Version;
import io.linuxaio.cli.transfer.CopyCommand;
import io.linuxaio.cli.transfer.ReadCommand;
import io.linuxaio.cli.transfer.WriteCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code aio} command. */
@Command(
        name = "aio",
        description = {
            "Writes, reads and copies files through Linux AIO, measures it, and shows whether that works here.",
            ""
        },
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        commandListHeading = "%nCommands (see aio COMMAND --help):%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:something could not be read or written",
            "2:the command line is invalid",
            "3:--verify found bytes other than those written",
            "130:interrupted (Ctrl-C); 129 by SIGHUP, 143 by SIGTERM",
            "141:the reader of standard output has closed it"
        },
        footer = {
            "",
            "Sizes: 4k, 1m, 1.5g and 64KiB use powers of 1024; 10MB is 10,000,000 bytes. 1 MB/s is 1,000,000 bytes"
                    + " per second.",
            "",
            "Example:",
            "  aio write --size 1g --verify demo.bin"
        })
public final class Aio implements Runnable {
    @Spec
    private CommandSpec spec;

    private Aio() {}

    /**
     * Runs the command and exits the JVM with its exit code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        CommandContext context = CommandContext.ofProcess();
        int exitCode = context.stop().installHook(context.err()) ? runInProcess(context, args) : ExitCode.INTERRUPTED;
        context.out().flush();
        context.err().flush();
        context.stop().end();
        System.exit(exitCode);
    }

    private static int runInProcess(CommandContext context, String[] args) {
        if (!context.streams().output()) {
            // Without a place to report failures, no command is run.
            context.printError("aio: standard output is closed, or not open for writing; give it a file, or /dev/null");
            return ExitCode.IO;
        }
        try {
            return run(context, Arguments.exact(args));
        } catch (IOException e) {
            context.printError("aio: " + e.getMessage());
            return ExitCode.USAGE;
        }
    }

    /** Runs a command and returns its exit code. */
    static int run(CommandContext context, String... args) {
        try {
            int exitCode = commandLine(context).execute(args);
            return exitCode == ExitCode.OK && context.out().checkError() ? unprinted(context) : exitCode;
        } catch (Throwable e) {
            // Errors, which picocli does not catch: above all, an OutOfMemoryError.
            return fail(context, "aio", e);
        }
    }

    /** Returns the exit code of a command that has succeeded and whose results could not be printed. */
    private static int unprinted(CommandContext context) {
        IOException failure = context.out() instanceof StandardOutput out ? out.failure() : null;
        if (failure != null && Interruptible.isReaderGone(failure)) {
            return ExitCode.READER_GONE;
        }
        context.printError("aio: standard output cannot be written"
                + (failure == null ? "" : " (" + failure.getMessage() + ")")
                + "; the results are lost");
        return ExitCode.IO;
    }

    private static CommandLine commandLine(CommandContext context) {
        CommandLine commands = new CommandLine(new Aio());
        commands.addSubcommand(new WriteCommand(context));
        commands.addSubcommand(new ReadCommand(context));
        commands.addSubcommand(new CopyCommand(context));
        commands.addSubcommand(new InfoCommand(context));
        commands.addSubcommand(new ProbeCommand(context));
        commands.addSubcommand(new BenchCommand(context));
        commands.addSubcommand(new CompletionCommand(context));
        commands.addSubcommand(new ManCommand(context));
        commands.getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec()
                        .addOption(OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("Show this help message and exit.")
                                .build()));
        // A file name may begin with @. Such a file does not contain arguments.
        commands.setExpandAtFiles(false);
        commands.registerConverter(Path.class, context.names());
        commands.setOut(new PrintWriter(context.out(), true));
        commands.setColorScheme(CommandLine.Help.defaultColorScheme(context.outIsTerminal() ? Ansi.AUTO : Ansi.OFF));
        commands.setParameterExceptionHandler((e, args) -> refuse(context, e));
        commands.setExecutionExceptionHandler((e, command, result) -> fail(context, name(command), e));
        return commands;
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }

    /** Reports an invalid command line. */
    private static int refuse(CommandContext context, ParameterException e) {
        debug(context, e);
        String name = name(e.getCommandLine());
        String line =
                e instanceof UnmatchedArgumentException unmatched ? words(unmatched) : Failures.flat(e.getMessage());
        context.printError(name + ": " + line + " (see " + name + " --help)");
        return ExitCode.USAGE;
    }

    /** Describes the first unmatched argument, and suggests a similar one. */
    private static String words(UnmatchedArgumentException e) {
        String first = e.getUnmatched().getFirst();
        String what = first.startsWith("-")
                ? "unknown option"
                : e.getCommandLine().getSubcommands().isEmpty()
                        ? "too many arguments, beginning with"
                        : "unknown command";
        String similar = e.getSuggestions().isEmpty()
                ? ""
                : "; did you mean " + e.getSuggestions().getFirst() + "?";
        return what + " '" + first + "'" + similar;
    }

    private static int fail(CommandContext context, String name, Throwable e) {
        debug(context, e);
        if (e instanceof CommandFailure failure) {
            if (failure.getMessage() != null) {
                context.printError(name + ": " + failure.getMessage());
            }
            return failure.exitCode();
        } else if (e instanceof StoppedException || context.stop().isCauseOf(e)) {
            if (context.stop().isWorking()) {
                // Otherwise the shutdown hook has printed it.
                context.printError(ShutdownSignal.NOTHING_DONE);
            }
            return ExitCode.INTERRUPTED;
        }
        context.printError(name + ": " + Failures.line(e));
        return ExitCode.IO;
    }

    private static void debug(CommandContext context, Throwable e) {
        if (System.getenv("AIO_DEBUG") != null) {
            e.printStackTrace(context.err());
        }
    }

    /** Rejects a command line without a command. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing: one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
