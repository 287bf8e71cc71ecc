package io.linuxaio.cli;

import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.ExitCode;
import io.linuxaio.cli.runtime.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code aio man}: prints the manual page. */
@Command(
        name = "man",
        description = {"Prints the manual page of aio and all its commands, in the format of man(1).", ""},
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {"", "Examples:", "  aio man | man -l -", "  aio man > ~/.local/share/man/man1/aio.1"})
final class ManCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    private final CommandContext context;

    ManCommand(CommandContext context) {
        this.context = context;
    }

    @Override
    public Integer call() {
        context.out().print(new ManPage(spec.root(), Version.version()).roff());
        context.out().flush();
        return ExitCode.OK;
    }
}
