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

/** {@code aio completion}: prints the completion script of bash and zsh. */
@Command(
        name = "completion",
        description = {"Prints a script with which the shell completes aio's commands and options.", ""},
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
            description = "bash or zsh. The script is the same for both.")
    Shell shell;

    @Spec
    CommandSpec spec;

    private final CommandContext context;

    CompletionCommand(CommandContext context) {
        this.context = context;
    }

    /** The shells that the script supports. */
    enum Shell {
        BASH,
        ZSH;

        /** Converts the names of shells, in any case. */
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
        context.out().print(new CompletionScript(spec.root()));
        context.out().flush();
        return ExitCode.OK;
    }
}
