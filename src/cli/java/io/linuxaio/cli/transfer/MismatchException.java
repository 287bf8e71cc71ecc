package io.linuxaio.cli.transfer;

import java.io.IOException;
import java.io.Serial;

/** What was read back is not what had been written. */
final class MismatchException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    MismatchException(String message) {
        super(message);
    }
}
