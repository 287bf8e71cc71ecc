package io.linuxaio.cli.runtime;

import java.io.IOException;
import java.io.Serial;

/** The process was told to end. */
public final class StoppedException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    StoppedException() {
        super("interrupted");
    }
}
