package io.linuxaio.cli.runtime;

import java.io.Serial;

/** Thrown to stop the command, with a message of one line and an exit code. */
public final class CommandFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /** Creates a failure; nothing is printed if the message is null. */
    public CommandFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** Returns the exit code of the command. */
    public int exitCode() {
        return exitCode;
    }
}
