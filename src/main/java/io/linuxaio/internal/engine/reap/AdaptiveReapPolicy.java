package io.linuxaio.internal.engine.reap;

/**
 * Learns how a context is used: by threads that wait for results, which then take them best by themselves, or by
 * callbacks, which need the reaper.
 *
 * <p>To hand a result from the reaper to a thread that waits costs two switches between threads, some ten microseconds.
 * To leave the ring to threads that wait costs a callback up to {@link Reaper#PATROL_NANOS} when nobody waits. So the
 * ring is left to them after a few results in a row that a thread waited for, and taken back at the first callback; the
 * more often that happens, the more results in a row it takes. For the reaper's thread alone.
 */
public final class AdaptiveReapPolicy implements CompletionDispatcher.CompletionFeedback {
    private static final int WAITS = 3;
    private static final int MOST_WAITS = 3 << 10;

    /** After so many looks of the reaper without anything done by others, it waits for events again by itself. */
    public static final int PATIENCE = 64;

    private final boolean mayLeave;
    private final int patience;
    private boolean left;
    private int waits;
    private int enough = WAITS;
    private int idleLooks;

    /**
     * @param mayLeave whether the ring is ever left to threads that wait
     * @param patience after how many looks at what nobody uses it is taken back; {@link #PATIENCE}
     */
    public AdaptiveReapPolicy(boolean mayLeave, int patience) {
        this.mayLeave = mayLeave;
        this.patience = patience;
    }

    /** Whether the ring is left to threads that wait. */
    boolean isLeft() {
        return left;
    }

    @Override
    public void waitedFor() {
        if (mayLeave && !left && ++waits >= enough) {
            left = true;
        }
    }

    @Override
    public void calledBack() {
        waits = 0;
        if (left) {
            left = false;
            enough = Math.min(2 * enough, MOST_WAITS);
        }
    }

    /** The reaper has looked at the ring that it has left: it comes back to what nobody uses. */
    void looked(boolean idle) {
        idleLooks = idle ? idleLooks + 1 : 0;
        if (idleLooks >= patience) {
            left = false;
            waits = 0;
            enough = WAITS;
            idleLooks = 0;
        }
    }
}
