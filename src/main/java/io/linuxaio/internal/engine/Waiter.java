package io.linuxaio.internal.engine;

/** A result that a thread waits for, as those see it who hand out results and turns. */
public interface Waiter {
    /** Whether the result is there. */
    boolean isDone();

    /** The thread that sleeps until the result is there, or until it is its turn to reap; null if there is none. */
    Thread waitingThread();

    /**
     * Makes the calling thread the one that sleeps.
     *
     * @return false where there is one already
     */
    boolean beginWaiting();

    /** Ends what {@link #beginWaiting} began. */
    void endWaiting();
}
