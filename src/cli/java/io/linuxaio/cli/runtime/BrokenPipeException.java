package io.linuxaio.cli.runtime;

import java.io.IOException;
import java.io.Serial;

/** Whoever read what this command writes has gone. */
public final class BrokenPipeException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    BrokenPipeException(String name, Throwable cause) {
        super(name + ": nobody reads it any more", cause);
    }
}
