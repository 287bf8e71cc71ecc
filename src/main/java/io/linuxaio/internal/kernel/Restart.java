package io.linuxaio.internal.kernel;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Bounded restarts of system calls that a signal interrupted, as {@code SA_RESTART} does for most of them. FUSE and
 * network filesystems return {@code EINTR} nevertheless, and profilers send signals continuously.
 */
final class Restart {
    /** The number of repetitions without a pause; each later one is preceded by a pause. */
    private static final int AT_ONCE = 1_000;

    /** The maximum number of repetitions, which take at least five seconds. */
    private static final int MAX_REPEATS = 6_000;

    private static final long PAUSE_NANOS = 1_000_000;

    private Restart() {}

    /** Repeats a call until it is not interrupted. Returns its result, or {@code -EINTR} after 6,000 interruptions. */
    static long untilDone(LongSupplier call) {
        long result = -Errno.EINTR;
        for (int i = 0; i < MAX_REPEATS && result == -Errno.EINTR; i++) {
            if (i >= AT_ONCE) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            result = call.getAsLong();
        }
        return result;
    }
}
