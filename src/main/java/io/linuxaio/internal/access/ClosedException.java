package io.linuxaio.internal.access;

import java.io.Serial;
import java.nio.channels.ClosedChannelException;

/**
 * A {@link ClosedChannelException} with a message: a file or a context was closed before an operation reached the kernel.
 */
public final class ClosedException extends ClosedChannelException {
    @Serial
    private static final long serialVersionUID = 1L;

    /** The file or the context that is closed. */
    private final String message;

    public ClosedException(String message) {
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
