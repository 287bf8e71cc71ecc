package io.linuxaio.internal.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Exponential back-off between attempts, with a maximum total time. For one thread and one purpose. */
public final class Backoff {
    private static final long FIRST_NANOS = 20_000;
    private static final long LONGEST_NANOS = 5_000_000;

    private final long deadline;
    private long next = FIRST_NANOS;

    /** Creates a back-off that gives up after so many seconds. */
    public Backoff(long seconds) {
        deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Waits once; returns {@code false} if the total time is over. An interrupt is kept and does not shorten it. */
    public boolean pause() {
        if (System.nanoTime() - deadline >= 0) {
            return false;
        }
        sleep(next);
        next = Math.min(2 * next, LONGEST_NANOS);
        return true;
    }

    /** Waits for so many nanoseconds, in spite of permits and interrupts; an interrupt is kept. */
    static void sleep(long nanos) {
        long end = System.nanoTime() + nanos;
        boolean interrupted = false;
        long left = nanos;
        // An interrupt makes the next park return at once, also when it has been cleared: so there may be a second one.
        while (left > 0) {
            interrupted |= Thread.interrupted();
            LockSupport.parkNanos(left);
            left = end - System.nanoTime();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
