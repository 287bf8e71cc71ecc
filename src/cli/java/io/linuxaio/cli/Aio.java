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
        commandListHeading = "%nCommands (aio COMMAND --help tells more):%n",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done",
            "1:something could not be read or written",
            "2:the command line makes no sense",
            "3:--verify found other bytes than were written",
            "130:interrupted (Ctrl-C); 129 by SIGHUP, 143 by SIGTERM",
            "141:the reader of standard output has gone"
        },
        footer = {
            "",
            "Sizes: 4k, 1m, 1.5g, 64KiB are in powers of 1024; 10MB is 10,000,000 bytes. A MB/s is 1,000,000 bytes per"
                    + " second.",
            "",
            "Example:",
            "  aio write --size 1g --verify demo.bin"
        })
public final class Aio implements Runnable {
    @Spec
    private CommandSpec spec;

    private Aio() {}

    /**
     * Runs the command and ends the VM with its exit code.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        CommandContext session = CommandContext.ofProcess();
        int exitCode = session.stop().installHook(session.err()) ? runInProcess(session, args) : ExitCode.INTERRUPTED;
        session.out().flush();
        session.err().flush();
        session.stop().end();
        System.exit(exitCode);
    }

    private static int runInProcess(CommandContext session, String[] args) {
        if (!session.streams().output()) {
            // With nowhere to report to, nothing is begun.
            session.complain("aio: standard output is closed, or not open for writing; give it a file, or /dev/null");
            return ExitCode.IO;
        }
        try {
            return run(session, Arguments.exact(args));
        } catch (IOException e) {
            session.complain("aio: " + e.getMessage());
            return ExitCode.USAGE;
        }
    }

    /** Runs a command; answers its exit code. */
    static int run(CommandContext session, String... args) {
        try {
            int exitCode = commandLine(session).execute(args);
            return exitCode == ExitCode.OK && session.out().checkError() ? unprinted(session) : exitCode;
        } catch (Throwable e) {
            // Errors, which picocli lets through: out of memory above all.
            return fail(session, "aio", e);
        }
    }

    /** The results of a command that has done its work could not be printed. */
    private static int unprinted(CommandContext session) {
        IOException failure = session.out() instanceof StandardOutput out ? out.failure() : null;
        if (failure != null && Interruptible.isReaderGone(failure)) {
            return ExitCode.READER_GONE;
        }
        session.complain("aio: standard output cannot be written"
                + (failure == null ? "" : " (" + failure.getMessage() + ")")
                + "; what was to be printed there is lost");
        return ExitCode.IO;
    }

    private static CommandLine commandLine(CommandContext session) {
        CommandLine commands = new CommandLine(new Aio());
        commands.addSubcommand(new WriteCommand(session));
        commands.addSubcommand(new ReadCommand(session));
        commands.addSubcommand(new CopyCommand(session));
        commands.addSubcommand(new InfoCommand(session));
        commands.addSubcommand(new ProbeCommand(session));
        commands.addSubcommand(new BenchCommand(session));
        commands.addSubcommand(new CompletionCommand(session));
        commands.addSubcommand(new ManCommand(session));
        commands.getSubcommands()
                .values()
                .forEach(command -> command.getCommandSpec()
                        .addOption(OptionSpec.builder("-h", "--help")
                                .usageHelp(true)
                                .description("Show this help message and exit.")
                                .build()));
        // The name of a file may begin with @, and is not to be read.
        commands.setExpandAtFiles(false);
        commands.registerConverter(Path.class, session.names());
        commands.setOut(new PrintWriter(session.out(), true));
        commands.setColorScheme(CommandLine.Help.defaultColorScheme(session.outIsTerminal() ? Ansi.AUTO : Ansi.OFF));
        commands.setParameterExceptionHandler((e, args) -> refuse(session, e));
        commands.setExecutionExceptionHandler((e, command, result) -> fail(session, name(command), e));
        return commands;
    }

    private static String name(CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }

    /** The command line makes no sense. */
    private static int refuse(CommandContext session, ParameterException e) {
        debug(session, e);
        String name = name(e.getCommandLine());
        String line =
                e instanceof UnmatchedArgumentException unmatched ? words(unmatched) : Failures.flat(e.getMessage());
        session.complain(name + ": " + line + " (see " + name + " --help)");
        return ExitCode.USAGE;
    }

    /** The first of what does not belong there, and what may have been meant. */
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

    private static int fail(CommandContext session, String name, Throwable e) {
        debug(session, e);
        if (e instanceof CommandFailure failure) {
            if (failure.getMessage() != null) {
                session.complain(name + ": " + failure.getMessage());
            }
            return failure.exitCode();
        } else if (e instanceof StoppedException || session.stop().isBehind(e)) {
            if (session.stop().isWorking()) {
                // Else the shutdown hook has said so.
                session.complain(ShutdownSignal.NOTHING_DONE);
            }
            return ExitCode.INTERRUPTED;
        }
        session.complain(name + ": " + Failures.line(e));
        return ExitCode.IO;
    }

    private static void debug(CommandContext session, Throwable e) {
        if (System.getenv("AIO_DEBUG") != null) {
            e.printStackTrace(session.err());
        }
    }

    /** Without a command there is nothing to do. */
    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "a command is missing: one of "
                        + String.join(", ", spec.subcommands().keySet()));
    }
}
