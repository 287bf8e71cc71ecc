package io.linuxaio.internal.engine.reap;

/**
 * Adaptive policy that decides which thread reaps: waiting threads, which saves a context switch per result, or the
 * reaper, which callbacks require.
 *
 * <p>Passing a result from the reaper to a waiting thread costs two context switches, about ten microseconds. If the
 * ring is left to waiting threads and none waits, a callback runs up to {@link Reaper#IDLE_POLL_NANOS} late. So the policy
 * leaves the ring to waiting threads after a few results in a row that a thread waited for, and takes it back at the
 * first callback. Each such return doubles the number of results required (exponential backoff). Not safe for use by
 * several threads: only the reaper thread calls it.
 */
public final class AdaptiveReapPolicy implements CompletionDispatcher.CompletionFeedback {
    private static final int INITIAL_WAITS = 3;
    private static final int MAX_WAITS = 3 << 10;

    /** The number of idle polls in a row after which the reaper waits for events itself again. */
    public static final int PATIENCE = 64;

    private final boolean mayLeave;
    private final int patience;
    private boolean left;
    private int waits;
    private int requiredWaits = INITIAL_WAITS;
    private int idlePolls;

    /**
     * @param mayLeave whether the ring is ever left to waiting threads
     * @param patience the number of idle polls in a row after which it is taken back; the default is {@link #PATIENCE}
     */
    public AdaptiveReapPolicy(boolean mayLeave, int patience) {
        this.mayLeave = mayLeave;
        this.patience = patience;
    }

    /** Returns {@code true} if the ring is left to waiting threads. */
    boolean isLeft() {
        return left;
    }

    @Override
    public void waitedFor() {
        if (mayLeave && !left && ++waits >= requiredWaits) {
            left = true;
        }
    }

    @Override
    public void calledBack() {
        waits = 0;
        if (left) {
            left = false;
            requiredWaits = Math.min(2 * requiredWaits, MAX_WAITS);
        }
    }

    /**
     * Notes a poll of the ring while it is left to waiting threads. A ring that no thread uses returns to the reaper.
     */
    void looked(boolean idle) {
        idlePolls = idle ? idlePolls + 1 : 0;
        if (idlePolls >= patience) {
            left = false;
            waits = 0;
            requiredWaits = INITIAL_WAITS;
            idlePolls = 0;
        }
    }
}
