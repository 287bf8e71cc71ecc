package io.linuxaio.internal.engine;

import java.util.concurrent.TimeUnit;

/**
 * A latch that is opened once, whose timed waits end in time also if the heap is full.
 *
 * <p>A timed wait of {@link java.util.concurrent.CountDownLatch} allocates a node. If it cannot, it waits without a timeout
 * ({@code AbstractQueuedSynchronizer.acquireOnOOME}). A wait on a monitor allocates nothing.
 */
public final class Latch {
    private volatile boolean open;

    /** Opens the latch; all waits end. Opening again has no effect. */
    public void open() {
        // Without a call: a waiter that is not notified sees it at its timeout.
        open = true;
        synchronized (this) {
            notifyAll();
        }
    }

    /** Returns {@code true} if the latch is open. */
    public boolean isOpen() {
        return open;
    }

    /**
     * Waits until the latch is open, for at most so many nanoseconds.
     *
     * @return {@code true} if the latch is open
     * @throws InterruptedException if the thread is interrupted and the latch is not open
     */
    public boolean await(long nanos) throws InterruptedException {
        if (open) {
            return true;
        }
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        long start = System.nanoTime();
        long left = nanos;
        synchronized (this) {
            while (!open && left > 0) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
                left = nanos - (System.nanoTime() - start);
            }
        }
        return open;
    }

    /** Waits as {@link #await} does. An interrupt does not end the wait; the thread stays interrupted. */
    public boolean awaitUninterruptibly(long nanos) {
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return await(nanos - (System.nanoTime() - start));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
