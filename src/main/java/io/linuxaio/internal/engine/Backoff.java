package io.linuxaio.internal.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits longer and longer between attempts, up to a limit in all. For one thread and one purpose. */
public final class Backoff {
    private static final long FIRST_NANOS = 20_000;
    private static final long LONGEST_NANOS = 5_000_000;

    private final long deadline;
    private long next = FIRST_NANOS;

    /** Gives up after so many seconds. */
    public Backoff(long seconds) {
        deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    /** Waits once; false where the time is over. An interrupt neither shortens the whole nor is lost. */
    public boolean pause() {
        if (System.nanoTime() - deadline >= 0) {
            return false;
        }
        sleep(next);
        next = Math.min(2 * next, LONGEST_NANOS);
        return true;
    }

    /** Waits for so many nanoseconds, whatever permit or interrupt comes; an interrupt is kept for later. */
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
