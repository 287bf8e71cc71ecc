package io.linuxaio.cli;

import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.ExitCode;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code aio completion}: what makes a shell complete commands and options. */
@Command(
        name = "completion",
        description = {"Prints a script that makes the shell complete aio's commands and options.", ""},
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {
            "",
            "Examples:",
            "  source <(aio completion bash)",
            "  aio completion bash > ~/.local/share/bash-completion/completions/aio"
        })
final class CompletionCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "SHELL",
            converter = Shell.Converter.class,
            description = "bash or zsh, for which the script is the same.")
    Shell shell;

    @Spec
    CommandSpec spec;

    private final CommandContext session;

    CompletionCommand(CommandContext session) {
        this.session = session;
    }

    /** What the script serves. */
    enum Shell {
        BASH,
        ZSH;

        /** Takes the names as people write them. */
        static final class Converter implements ITypeConverter<Shell> {
            @Override
            public Shell convert(String name) {
                return switch (name.toLowerCase(Locale.ROOT)) {
                    case "bash" -> BASH;
                    case "zsh" -> ZSH;
                    default -> throw new TypeConversionException("'" + name + "' is neither bash nor zsh");
                };
            }
        }
    }

    @Override
    public Integer call() {
        session.out().print(new CompletionScript(spec.root()));
        session.out().flush();
        return ExitCode.OK;
    }
}
