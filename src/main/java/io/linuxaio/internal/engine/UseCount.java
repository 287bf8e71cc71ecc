package io.linuxaio.internal.engine;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Counts the operations that use a resource, so that it is let go only when none does.
 *
 * <p>Safe for use by any thread. A use begins before the kernel sees the operation and ends after its completion event
 * was taken.
 */
public final class UseCount {
    /** Set once nothing new may begin; the lower bits still count what is in flight. */
    private static final int CLOSING = 1 << 31;

    private static final AtomicIntegerFieldUpdater<UseCount> STATE =
            AtomicIntegerFieldUpdater.newUpdater(UseCount.class, "state");

    private volatile int state;
    private final Runnable whenUnused;

    /**
     * @param whenUnused lets the resource go: called once, by the thread that ends the last use, or by the one that
     *     closes where nothing is in use
     */
    public UseCount(Runnable whenUnused) {
        this.whenUnused = whenUnused;
    }

    /** Begins a use; false where the resource is closed or closing. */
    public boolean begin() {
        int now;
        while ((now = state) >= 0) {
            if (STATE.compareAndSet(this, now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Ends a use. */
    public void end() {
        if (STATE.decrementAndGet(this) == CLOSING) {
            try {
                whenUnused.run();
            } catch (RuntimeException e) {
                // The thread that ends the last use has other results to hand out.
                System.getLogger("io.linuxaio").log(Level.WARNING, "a resource could not be let go", e);
            }
        }
    }

    /** Closes if it is open and not in use, and says whether it did. Where letting go throws, it stays open. */
    public boolean closeIfUnused() {
        if (!STATE.compareAndSet(this, 0, CLOSING)) {
            return false;
        }
        try {
            whenUnused.run();
            return true;
        } catch (RuntimeException e) {
            state = 0;
            throw e;
        }
    }

    /**
     * Lets nothing new begin; the resource goes when the last use ends, at once if there is none.
     *
     * @return whether this call closed it: false where an earlier one had
     */
    public boolean close() {
        int before;
        do {
            before = state;
        } while (!STATE.compareAndSet(this, before, before | CLOSING));
        if (before == 0) {
            whenUnused.run();
        }
        return before >= 0;
    }

    /** Opens again what was closed and is not in use. */
    public void reopen() {
        if (!STATE.compareAndSet(this, CLOSING, 0)) {
            throw new IllegalStateException("open already, or in use");
        }
    }

    /** Whether nothing new may begin. */
    public boolean isClosed() {
        return state < 0;
    }

    /** How many uses there are now. */
    public int uses() {
        return state & ~CLOSING;
    }
}
