package io.linuxaio.artemis.aio;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The mutual exclusion of threads that poll, and of the one that closes. A thread that closes while it polls, in a callback,
 * lets {@link #exit} finish the closing.
 */
final class PollLock {
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean closed;

    // Guarded by the lock.
    private boolean isFinishing;

    /**
     * Begins to poll, after other threads have ended.
     *
     * @return {@code false} if the queue is closed
     * @throws IllegalStateException if this thread polls already
     */
    boolean enter() {
        if (lock.isHeldByCurrentThread()) {
            throw new IllegalStateException("a callback must not poll");
        }
        lock.lock();
        if (closed) {
            lock.unlock();
            return false;
        }
        return true;
    }

    /**
     * Ends to poll.
     *
     * @return {@code true} if the caller must release the queue now
     */
    boolean exit() {
        boolean finishes = isFinishing;
        lock.unlock();
        return finishes;
    }

    /** Closes the lock; returns {@code false} if it was closed before. */
    synchronized boolean close() {
        boolean wasOpen = !closed;
        closed = true;
        return wasOpen;
    }

    /**
     * Waits until no thread polls, after {@link #close}.
     *
     * @return {@code false} if this thread polls, and {@link #exit} will ask it to release the queue
     */
    boolean awaitExit() {
        if (lock.isHeldByCurrentThread()) {
            isFinishing = true;
            return false;
        }
        lock.lock();
        lock.unlock();
        return true;
    }
}
