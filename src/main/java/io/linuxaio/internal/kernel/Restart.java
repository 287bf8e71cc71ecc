package io.linuxaio.internal.kernel;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * Restarts system calls that a signal interrupted, as {@code SA_RESTART} does for most of them. Filesystems in user space
 * and network filesystems return {@code EINTR} nevertheless, and profilers send signals all the time.
 */
final class Restart {
    /** So many times a call is repeated at once; from then on with a pause before each. */
    private static final int AT_ONCE = 1_000;

    /** So many times a call is repeated at all, which takes five seconds at least. */
    private static final int MAX_REPEATS = 6_000;

    private static final long PAUSE_NANOS = 1_000_000;

    private Restart() {}

    /** Repeats a call until it is not interrupted. Returns its result, or {@code -EINTR} if there is no end to that. */
    static long untilDone(LongSupplier call) {
        long answer = -Errno.EINTR;
        for (int i = 0; i < MAX_REPEATS && answer == -Errno.EINTR; i++) {
            if (i >= AT_ONCE) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
            answer = call.getAsLong();
        }
        return answer;
    }
}
