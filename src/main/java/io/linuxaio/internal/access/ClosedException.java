package io.linuxaio.internal.access;

import java.io.Serial;
import java.nio.channels.ClosedChannelException;

/**
 * A {@link ClosedChannelException} with a message. A file or a context was closed before an operation was submitted.
 */
public final class ClosedException extends ClosedChannelException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The message, which names the closed file or context. */
    private final String message;

    public ClosedException(String message) {
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
