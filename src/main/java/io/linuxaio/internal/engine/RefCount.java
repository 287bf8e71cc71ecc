package io.linuxaio.internal.engine;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A reference count of the operations that use a resource, which releases the resource when it is closed and unused.
 *
 * <p>Safe for use by any thread. A use begins before the kernel sees the operation and ends after its completion event
 * is reaped.
 *
 * <p>Releasing the resource may fail, since a native call of other code uses the memory at that moment, or by an
 * {@link Error}. Then the resource stays closed to new uses. A background task tries again, with exponential back-off, on a
 * thread of the JDK's common pool; and so does each later close.
 */
public final class RefCount implements SegmentRefs {
    /** Set once no new use may begin; the lower bits still count the uses. */
    private static final int CLOSING = 1 << 31;

    /** Set while the resource is being released, and after that. */
    private static final int GONE = 1 << 30;

    private static final String NOT_RELEASED = "a resource could not be released; the release is tried again";
    private static final long FIRST_RETRY_MILLIS = 10;
    private static final long LONGEST_RETRY_MILLIS = 1000;

    private static final AtomicIntegerFieldUpdater<RefCount> STATE =
            AtomicIntegerFieldUpdater.newUpdater(RefCount.class, "state");

    /** True if resources may be stuck: not released, and without a background task. Set without a call. */
    static volatile boolean someStuck;

    /** A count that is closed, for memory that has no borrower. */
    static final RefCount CLOSED = closed();

    private volatile int state;

    /** True if a background task tries to release the resource. */
    private volatile boolean retrying;

    private final Runnable whenUnused;

    /**
     * @param whenUnused releases the resource: called by the thread that ends the last use, or by the one that closes an
     *     unused resource; called again only if it has thrown
     */
    public RefCount(Runnable whenUnused) {
        this.whenUnused = whenUnused;
    }

    private static RefCount closed() {
        RefCount none = new RefCount(new Nothing());
        none.close();
        return none;
    }

    /** An action without an effect. Not a lambda, whose bootstrap would delay the first pool of a process. */
    private static final class Nothing implements Runnable {
        @Override
        public void run() {
            // There is nothing to release.
        }
    }

    /** Begins a use; returns {@code false} if the resource is closed. */
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
            releaseOrRetry();
        }
    }

    /**
     * Closes and releases the resource if it is open and unused. If an earlier close could not release it, tries again.
     *
     * @return {@code false} if it is in use, or released already
     * @throws RuntimeException if releasing throws: the count keeps its state
     */
    public boolean closeIfUnused() {
        return decrement(0) || decrement(CLOSING);
    }

    /**
     * Closes the resource to new uses; it is released when the last use ends, at once if there is none. If an earlier close
     * could not release it, tries again.
     *
     * @return {@code true} if this call closed it; {@code false} if an earlier one had
     */
    public boolean close() {
        int before;
        do {
            before = state;
        } while (!STATE.compareAndSet(this, before, before | CLOSING));
        if ((before | CLOSING) == CLOSING) {
            releaseOrRetry();
        }
        return before >= 0;
    }

    private boolean decrement(int from) {
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

    // Must not throw: the thread that ends the last use has other results to deliver.
    private void releaseOrRetry() {
        try {
            decrement(CLOSING);
        } catch (RuntimeException | Error e) {
            someStuck = true;
            if (!retrying) {
                retryLater(e);
            }
        }
    }

    @Override
    public void retryRelease() {
        if (state == CLOSING) {
            releaseOrRetry();
        }
    }

    private void retryLater(Throwable failure) {
        try {
            // An overflow within the JDK could leave its timer thread asleep forever, for all of the application.
            StackRoom.requireForRelease();
            new Retry(failure).schedule();
        } catch (StackOverflowError e) {
            // The next close tries again.
        } catch (RuntimeException | Error e) {
            // Out of memory or threads: the next close tries again.
            Log.log(Level.WARNING, NOT_RELEASED, failure);
        }
    }

    /** The background task. It logs, too, as a logger may call any code of the application. */
    private final class Retry implements Runnable {
        private Throwable failure;
        private long millis = FIRST_RETRY_MILLIS;

        Retry(Throwable failure) {
            this.failure = failure;
        }

        void schedule() {
            boolean isScheduled = false;
            retrying = true;
            try {
                CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS).execute(this);
                isScheduled = true;
            } finally {
                if (!isScheduled) {
                    retrying = false;
                }
            }
        }

        @Override
        public void run() {
            // First: a close that fails from now on must schedule another task.
            retrying = false;
            logOnce();
            try {
                decrement(CLOSING);
            } catch (RuntimeException | Error e) {
                millis = Math.min(2 * millis, LONGEST_RETRY_MILLIS);
                someStuck = true;
                schedule();
            }
        }

        private void logOnce() {
            Throwable first = failure;
            if (first != null) {
                failure = null;
                Log.log(Level.WARNING, NOT_RELEASED, first);
            }
        }
    }

    /** Returns this count, which applies to all segments of its arena. */
    @Override
    public RefCount of(MemorySegment segment) {
        return this;
    }

    /** Returns {@code true} if no new use may begin. */
    public boolean isClosed() {
        return state < 0;
    }

    /** Returns the number of uses now. */
    public int uses() {
        return state & ~(CLOSING | GONE);
    }
}
