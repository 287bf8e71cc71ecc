package io.linuxaio.internal.engine;

/**
 * What became of attempts to submit a file's operations without blocking: whether the next is worth one.
 *
 * <p>Safe for use by any thread; counts may get lost in races, which shifts an attempt by one or two.
 */
public final class NowaitHeuristic {
    /** After so many refusals in a row an attempt is a waste. */
    private static final int REFUSALS = 16;

    /** For how many operations, until it is tried again. */
    private static final int PAUSE = 1000;

    /** How many refusals in a row then end the attempts again. */
    private static final int REFUSALS_AFTER_PAUSE = 2;

    private volatile boolean unsupported;
    private volatile int refusals;
    private volatile int pause;

    /** Whether the next operation shall be tried without blocking. */
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

    /** An attempt went through. */
    void accepted() {
        if (refusals != 0) {
            refusals = 0;
        }
    }

    /** An attempt was refused: it would have blocked. */
    void refused() {
        int now = refusals + 1;
        if (now >= REFUSALS) {
            pause = PAUSE;
            now = REFUSALS - REFUSALS_AFTER_PAUSE;
        }
        refusals = now;
    }

    /** The filesystem does not know the flag. */
    public void unsupported() {
        unsupported = true;
    }
}
