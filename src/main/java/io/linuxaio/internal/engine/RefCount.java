package io.linuxaio.internal.engine;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A reference count: the operations that use a resource, so that it is let go only when none does.
 *
 * <p>Safe for use by any thread. A use begins before the kernel sees the operation and ends after its completion event
 * was taken.
 *
 * <p>Letting go may fail, since a native call of other code uses the memory at that moment, or by an {@link Error}. Then
 * the resource stays closed to new uses. A background task tries again, and so does each later close.
 */
public final class RefCount implements SegmentRefs {
    /** Set once nothing new may begin; the lower bits still count what is in flight. */
    private static final int CLOSING = 1 << 31;

    /** Set while the resource is let go, and after that. */
    private static final int GONE = 1 << 30;

    private static final long FIRST_RETRY_MILLIS = 10;
    private static final long LONGEST_RETRY_MILLIS = 1000;

    private static final AtomicIntegerFieldUpdater<RefCount> STATE =
            AtomicIntegerFieldUpdater.newUpdater(RefCount.class, "state");

    /** True if there may be some that could not be let go, and that nobody tries again by itself. Set without a call. */
    static volatile boolean someStuck;

    private volatile int state;
    private final Runnable whenUnused;

    /**
     * @param whenUnused lets the resource go: called by the thread that ends the last use, or by the one that closes
     *     where nothing is in use; called again only if it has thrown
     */
    public RefCount(Runnable whenUnused) {
        this.whenUnused = whenUnused;
    }

    /** Begins a use; false where the resource is closed or closing. */
    public boolean tryAcquire() {
        int now;
        while ((now = state) >= 0) {
            if (STATE.compareAndSet(this, now, now + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Ends a use. Throws nothing once the use has ended. */
    public void release() {
        if (STATE.decrementAndGet(this) == CLOSING) {
            letGoOrRetry();
        }
    }

    /**
     * Closes if it is open and not in use. If an earlier close could not let the resource go, tries again.
     *
     * @return false where it is in use, or gone
     * @throws RuntimeException if letting go throws: then it is as open or closed as it was
     */
    public boolean closeIfUnused() {
        return letGo(0) || letGo(CLOSING);
    }

    /**
     * Lets nothing new begin; the resource goes when the last use ends, at once if there is none. If an earlier close
     * could not let it go, tries again.
     *
     * @return whether this call closed it: false where an earlier one had
     */
    public boolean close() {
        int before;
        do {
            before = state;
        } while (!STATE.compareAndSet(this, before, before | CLOSING));
        if ((before | CLOSING) == CLOSING) {
            letGoOrRetry();
        }
        return before >= 0;
    }

    private boolean letGo(int from) {
        if (!STATE.compareAndSet(this, from, CLOSING | GONE)) {
            return false;
        }
        boolean gone = false;
        try {
            whenUnused.run();
            gone = true;
        } finally {
            if (!gone) {
                state = from;
            }
        }
        return true;
    }

    // The thread that ends the last use has other results to hand out.
    private void letGoOrRetry() {
        try {
            letGo(CLOSING);
        } catch (RuntimeException | Error e) {
            someStuck = true;
            retryLater(e);
        }
    }

    @Override
    public void letGoIfStuck() {
        if (state == CLOSING) {
            letGoOrRetry();
        }
    }

    private void retryLater(Throwable failure) {
        try {
            Log.log(Level.WARNING, "a resource could not be let go; it is tried again", failure);
            new Retry().schedule();
        } catch (RuntimeException | Error e) {
            // No memory, no thread, or the end of the stack: the next close tries again.
        }
    }

    /** Tries again at growing intervals, on a thread of the JDK's common pool. */
    private final class Retry implements Runnable {
        private long millis = FIRST_RETRY_MILLIS;

        void schedule() {
            CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(this);
        }

        @Override
        public void run() {
            try {
                letGo(CLOSING);
            } catch (RuntimeException | Error e) {
                millis = Math.min(2 * millis, LONGEST_RETRY_MILLIS);
                schedule();
            }
        }
    }

    /** Returns this, which counts for all segments of its arena. */
    @Override
    public RefCount of(MemorySegment segment) {
        return this;
    }

    /** Whether nothing new may begin. */
    public boolean isClosed() {
        return state < 0;
    }

    /** How many uses there are now. */
    public int uses() {
        return state & ~(CLOSING | GONE);
    }
}
