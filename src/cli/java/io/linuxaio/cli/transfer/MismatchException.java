package io.linuxaio.cli.transfer;

import java.io.IOException;
import java.io.Serial;

/** Thrown if the bytes read back differ from those written. */
final class MismatchException extends IOException {
    @Serial
    private static final long serialVersionUID = 1L;

    MismatchException(String message) {
        super(message);
    }
}
