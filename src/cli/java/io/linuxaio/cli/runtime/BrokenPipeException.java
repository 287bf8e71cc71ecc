package io.linuxaio.cli.runtime;

import java.io.IOException;
import java.io.Serial;

/** Thrown if the reader of a pipe or socket that this command writes to has closed it. */
public final class BrokenPipeException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    BrokenPipeException(String name, Throwable cause) {
        super(name + ": its reader has closed it", cause);
    }
}
