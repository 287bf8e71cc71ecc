package io.linuxaio.internal.engine;

/**
 * A heuristic that decides, from the results of earlier attempts, if the next operation on a file is tried with
 * {@code RWF_NOWAIT}.
 *
 * <p>Safe for use by any thread; counts may get lost in races, which shifts an attempt by one or two.
 */
public final class NowaitHeuristic {
    /** The number of refusals in a row after which attempts stop. */
    private static final int REFUSALS = 16;

    /** The number of operations without an attempt, until the next one. */
    private static final int PAUSE = 1000;

    /** The number of refusals in a row that then stop the attempts again. */
    private static final int REFUSALS_AFTER_PAUSE = 2;

    private volatile boolean unsupported;
    private volatile int refusals;
    private volatile int pause;

    /** Returns {@code true} if the next operation is tried without blocking. */
    public boolean isWorthTrying() {
        if (unsupported) {
            return false;
        }
        int left = pause;
        if (left > 0) {
            pause = left - 1;
            return false;
        }
        return true;
    }

    /** Notes an attempt that the kernel accepted. */
    void accepted() {
        if (refusals != 0) {
            refusals = 0;
        }
    }

    /** Notes an attempt that the kernel refused because it would have blocked. */
    void refused() {
        int now = refusals + 1;
        if (now >= REFUSALS) {
            pause = PAUSE;
            now = REFUSALS - REFUSALS_AFTER_PAUSE;
        }
        refusals = now;
    }

    /** Notes that the filesystem does not support the flag. */
    public void unsupported() {
        unsupported = true;
    }
}
