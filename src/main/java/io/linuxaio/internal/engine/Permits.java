package io.linuxaio.internal.engine;

import java.util.concurrent.TimeUnit;

/**
 * A counting semaphore whose timed waits end in time also if the heap is full, as those of a {@link Latch} do, and unlike
 * those of {@link java.util.concurrent.Semaphore}.
 */
final class Permits {
    private volatile int available;

    /** Adds a permit and wakes a thread that waits for one. */
    synchronized void release() {
        available++;
        notify();
    }

    /** Returns the number of permits that no thread has taken yet. */
    int available() {
        return available;
    }

    /**
     * Takes a permit, waiting for at most so many nanoseconds.
     *
     * @return {@code false} if there is none after that
     * @throws InterruptedException if the thread is interrupted; it has no permit
     */
    synchronized boolean tryAcquire(long nanos) throws InterruptedException {
        long start = System.nanoTime();
        long left = nanos;
        while (available == 0 && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = nanos - (System.nanoTime() - start);
        }
        if (available == 0) {
            return false;
        }
        available--;
        return true;
    }
}
