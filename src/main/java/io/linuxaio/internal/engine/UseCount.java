package io.linuxaio.internal.engine;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the operations that use a resource, so that it is let go only when none does.
 *
 * <p>Safe for use by any thread. A use begins before the kernel sees the operation and ends after its completion event
 * was taken.
 */
public final class UseCount {
    /** Set once nothing new may begin; the lower bits still count what is in flight. */
    private static final int CLOSING = 1 << 31;

    private final AtomicInteger state = new AtomicInteger();
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
        int now = state.get();
        while (now >= 0) {
            int seen = state.compareAndExchange(now, now + 1);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    /** Ends a use. */
    public void end() {
        if (state.decrementAndGet() == CLOSING) {
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
        if (!state.compareAndSet(0, CLOSING)) {
            return false;
        }
        try {
            whenUnused.run();
            return true;
        } catch (RuntimeException e) {
            state.set(0);
            throw e;
        }
    }

    /**
     * Lets nothing new begin; the resource goes when the last use ends, at once if there is none.
     *
     * @return whether this call closed it: false where an earlier one had
     */
    public boolean close() {
        int before = state.get();
        while (!state.compareAndSet(before, before | CLOSING)) {
            before = state.get();
        }
        if (before == 0) {
            whenUnused.run();
        }
        return before >= 0;
    }

    /** Opens again what was closed and is not in use. */
    public void reopen() {
        if (!state.compareAndSet(CLOSING, 0)) {
            throw new IllegalStateException("open already, or in use");
        }
    }

    /** Whether nothing new may begin. */
    public boolean isClosed() {
        return state.get() < 0;
    }

    /** How many uses there are now. */
    public int uses() {
        return state.get() & ~CLOSING;
    }
}
