package io.linuxaio.internal.engine.reap;

import io.linuxaio.internal.engine.CompletionSink;

/**
 * Hands results to those who wait, in two steps: {@link #onCompletion} notes how an operation ended and frees its slot, in the
 * middle of reaping; then, when reaping is done, {@link #deliver} runs what users attached. So a callback that submits to
 * a full queue can have more events reaped beneath it.
 */
public interface CompletionDispatcher extends CompletionSink {
    /** How results were wanted that the reaper handed out. */
    interface CompletionFeedback {
        /** A thread slept until this one was there. */
        void waitedFor();

        /** Something was attached to this one. */
        void calledBack();
    }

    /** Hands out what was noted. For the reaper, in its turn. */
    void deliver(CompletionFeedback wishes);

    /**
     * Hands out what was noted to threads that wait, and keeps what has callbacks for the reaper. For another thread, in
     * its turn.
     *
     * @return whether something was kept
     */
    boolean deliverToWaiters();

    /** Hands out what was kept. For the reaper, also when it is not its turn. */
    void deliverKept(CompletionFeedback wishes);

    /** Gives back slots that an {@link Error} has left behind. For any thread. */
    default void recover() {}

    /** Nothing comes any more: the last call. */
    default void end() {}
}
