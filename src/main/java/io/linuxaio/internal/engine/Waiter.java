package io.linuxaio.internal.engine;

/** A result for which a thread waits, as seen by the threads that deliver results and the ring lock. */
public interface Waiter {
    /** Returns {@code true} if the result has arrived. */
    boolean isDone();

    /** Returns the thread that is parked until the result arrives or it may reap; null if there is none. */
    Thread waitingThread();

    /**
     * Registers the calling thread as the waiting one.
     *
     * @return {@code false} if another thread is registered
     */
    boolean beginWaiting();

    /** Removes the registration by {@link #beginWaiting}. */
    void endWaiting();
}
