package io.linuxaio.cli;

import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.ExitCode;
import io.linuxaio.cli.runtime.Version;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code aio man}: the manual page. */
@Command(
        name = "man",
        description = {"Prints the manual page of aio and all its commands, as man(1) reads it.", ""},
        sortOptions = false,
        abbreviateSynopsis = true,
        footer = {"", "Examples:", "  aio man | man -l -", "  aio man > ~/.local/share/man/man1/aio.1"})
final class ManCommand implements Callable<Integer> {
    @Spec
    CommandSpec spec;

    private final CommandContext session;

    ManCommand(CommandContext session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        session.out().print(new ManPage(spec.root(), Version.version()).roff());
        session.out().flush();
        return ExitCode.OK;
    }
}
