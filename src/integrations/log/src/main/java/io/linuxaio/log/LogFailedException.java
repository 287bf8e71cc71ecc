package io.linuxaio.log;

import java.io.IOException;

/**
 * Thrown, or carried by a future, if the log has ended because a write or a sync failed. The records of such a future may or
 * may not be durable: after a failed sync the kernel may have dropped what it covered, and a later sync could succeed without
 * it. The log therefore accepts no more records. Close it, and open it again when the cause is mended; the replay shows what
 * is there.
 */
public final class LogFailedException extends IOException {
    private static final long serialVersionUID = 1L;

    LogFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
