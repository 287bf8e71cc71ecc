package io.linuxaio.cli.runtime;

import java.io.Serial;

/** Ends the command: with one line for people, and an exit code for scripts. */
public final class CommandFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /** Without a line where the message is null. */
    public CommandFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    public int exitCode() {
        return exitCode;
    }
}
