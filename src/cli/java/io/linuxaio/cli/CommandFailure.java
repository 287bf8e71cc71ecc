package io.linuxaio.cli;

import java.io.Serial;

/** Ends the command: with one line for people, and an exit code for scripts. */
final class CommandFailure extends Exception {
    @Serial
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /** Without a line where the message is null. */
    CommandFailure(int exitCode, String message, Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    int exitCode() {
        return exitCode;
    }
}
