package io.linuxaio.cli.runtime;

import java.io.IOException;
import java.io.Serial;

/** Thrown to stop the work after the process has received a signal. */
public final class StoppedException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    StoppedException() {
        super("interrupted");
    }
}
