package io.linuxaio.internal.engine.reap;

import io.linuxaio.internal.engine.CompletionSink;

/**
 * Two-phase delivery of results. {@link #onCompletion} records the outcome of an operation and releases its slot while
 * the ring is reaped; {@link #deliver}, called after reaping, completes futures and runs callbacks. So a callback that
 * submits to a full queue can reap further events.
 */
public interface CompletionDispatcher extends CompletionSink {
    /** Feedback for {@link AdaptiveReapPolicy} about how the results that the reaper delivers are consumed. */
    interface CompletionFeedback {
        /** Reports a result that a parked thread waited for. */
        void waitedFor();

        /** Reports a result with a callback. */
        void calledBack();
    }

    /** Delivers the recorded results. Called by the reaper while it owns the ring. */
    void deliver(CompletionFeedback feedback);

    /**
     * Delivers the recorded results to waiting threads, and keeps those with callbacks for the reaper. Called by a
     * thread other than the reaper while it owns the ring.
     *
     * @return {@code true} if a result was kept
     */
    boolean deliverToWaiters();

    /** Delivers the results that were kept. Called by the reaper, even if it does not own the ring. */
    void deliverKept(CompletionFeedback feedback);

    /** Releases slots that were abandoned because of an {@link Error}. Safe for any thread. */
    default void recover() {}

    /** Ends the delivery. The last call: no operation completes afterwards. */
    default void end() {}
}
