package io.linuxaio;

import io.linuxaio.internal.engine.CompletionSink;
import io.linuxaio.internal.engine.FailureRun;
import io.linuxaio.internal.engine.FileHandle;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.RepeatedLog;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.reap.ReaperWakeup;
import io.linuxaio.internal.kernel.Errno;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;

/**
 * The completion side of a poller: reaps on the polling thread, wakes it, and drains the context when it is closed.
 *
 * <p>At most one thread polls at a time. A thread that has something for the polling thread publishes it first, and then
 * looks if that thread waits in the kernel. The polling thread announces its wait first, and then looks if there is
 * something. So either the wait does not begin, or a wakeup ends it.
 */
final class PollerCompletions implements CompletionSink {
    /** The interval between looks at the state while closing, in nanoseconds: slots are released without an event, too. */
    private static final long CLOSING_NANOS = 5_000_000;

    /** The longest wait in the kernel if the polling thread cannot be woken, in nanoseconds. */
    private static final long NO_WAKEUP_NANOS = 50_000_000;

    /** The time for which a wakeup is tried that the kernel does not accept, and the pause after each try. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final long RETRY_NANOS = 1_000_000;

    /** A timeout that does not end. */
    static final long FOREVER = Long.MAX_VALUE;

    /** The result of a poll that will not deliver anything any more. */
    static final int OVER = -1;

    private static final AtomicReferenceFieldUpdater<PollerCompletions, Thread> POLLING =
            AtomicReferenceFieldUpdater.newUpdater(PollerCompletions.class, Thread.class, "polling");
    private static final RepeatedLog NOT_WOKEN = new RepeatedLog(
            Level.ERROR, "io_submit refuses the wakeup of the polling thread; the next completion wakes it");

    private final KernelAioContext engine;
    private final SlotPool pool;
    private final Leftovers leftovers;
    private final ReaperWakeup wakeup;
    private final ContextCounters counters;
    private final boolean signals;
    private final Object closeLock = new Object();

    // Made before they are needed: a poller must close without memory.
    private final IntSupplier remaining = this::undrained;
    private final CompletionSink discarding = this::discard;
    private final FailureRun failures = new FailureRun();

    // Cleared by plain assignments, without a call: an Error must not leave the poller busy for ever.
    private volatile Thread polling;
    private volatile Thread lastPolling;
    private volatile boolean waiting;
    private volatile boolean wakeupRequested;
    private volatile boolean closing;
    private volatile Thread closer;
    private boolean isDestroyed;

    // For the polling thread.
    private AioCompletionHandler handler;
    private final HandlerFailures thrown = new HandlerFailures();
    private int delivered;
    private boolean isWoken;
    private long bytesTransferred;

    /**
     * @param pool the slots of operations
     * @param leftovers the recovery of those
     * @param wakeup ends a wait in the kernel
     * @param signals {@code true} if completions add to an eventfd, for which a wakeup does so, too
     */
    PollerCompletions(
            KernelAioContext engine,
            SlotPool pool,
            Leftovers leftovers,
            ReaperWakeup wakeup,
            ContextCounters counters,
            boolean signals) {
        this.engine = engine;
        this.pool = pool;
        this.leftovers = leftovers;
        this.wakeup = wakeup;
        this.counters = counters;
        this.signals = signals;
    }

    /** Opens what the poller needs besides the engine; {@link #abandon} releases it if that fails. */
    void open() {
        leftovers.open();
        wakeup.open();
        // Tested first: a wait without a timeout that no event ends would last for ever.
        wakeup.test();
        OpenPollers.add(this);
    }

    /** Releases what {@link #open} has opened. */
    void abandon() {
        OpenPollers.remove(this);
        try {
            leftovers.close();
        } finally {
            wakeup.end();
        }
    }

    /**
     * Delivers what is there, and waits for it if necessary.
     *
     * @param min the number of completions to wait for
     * @param nanos the maximum time to wait, in nanoseconds, or {@link #FOREVER}
     * @return the number of completions delivered, or {@link #OVER}
     */
    int poll(int min, long nanos, AioCompletionHandler to) {
        if (!enter()) {
            return OVER;
        }
        int count;
        boolean isOver;
        try {
            handler = to;
            delivered = 0;
            Leftovers.recover();
            deliver(min, min > 0 ? nanos : 0);
            isOver = pool.isDrained();
        } finally {
            count = delivered;
            handler = null;
            wakeupRequested = false;
            polling = null;
        }
        LockSupport.unpark(closer);
        thrown.rethrow();
        return count == 0 && isOver ? OVER : count;
    }

    private boolean enter() {
        Thread current = Thread.currentThread();
        if (!POLLING.compareAndSet(this, null, current)) {
            refuseNested();
            if (closing) {
                return false;
            }
            throw new IllegalStateException("another thread polls: one thread at a time can");
        }
        if (closing) {
            polling = null;
            LockSupport.unpark(closer);
            return false;
        }
        if (lastPolling != current) {
            lastPolling = current;
        }
        return true;
    }

    private void refuseNested() {
        if (isPolling(Thread.currentThread())) {
            throw new IllegalStateException("the poller is being polled: a handler must not poll or close it");
        }
    }

    private void deliver(int min, long nanos) {
        long deadline = nanos > 0 && nanos != FOREVER ? System.nanoTime() + nanos : 0;
        long left = nanos;
        int most = 0;
        boolean hasLookedAgain = false;
        boolean mayWait = true;
        isWoken = false;
        while (true) {
            int before = delivered;
            int answer = mayWait && left > 0 && delivered < min ? reapWaiting(left) : engine.reap(0, 0, this);
            mayWait = false;
            if (answer < 0) {
                throw new IllegalStateException("io_getevents failed: " + Errno.symbol(-answer));
            }
            if (isWoken && !hasLookedAgain) {
                // A thread that published something did not wake this one again, if it saw the wakeup in flight.
                hasLookedAgain = true;
                continue;
            }
            // Without an event there may be refused operations, which are reaped alone: then there may be events, too.
            if (answer == engine.eventsAtOnce() || (answer == 0 && delivered > before)) {
                // Not the operations that handlers submit meanwhile: that might never end.
                most = most == 0 ? delivered + pool.acquired() : most;
                if (delivered <= most) {
                    continue;
                }
            }
            if (delivered >= min || wakeupRequested || pool.isDrained()) {
                return;
            }
            left = left == 0 || nanos == FOREVER ? left : Math.max(0, deadline - System.nanoTime());
            if (left == 0) {
                return;
            }
            mayWait = true;
        }
    }

    private int reapWaiting(long left) {
        waiting = true;
        try {
            if (wakeupRequested) {
                return engine.reap(0, 0, this);
            }
            if (wakeup.isUntested()) {
                wakeup.test();
            }
            return engine.reap(1, kernelTimeout(left), this);
        } finally {
            waiting = false;
        }
    }

    private long kernelTimeout(long left) {
        if (pool.isClosed()) {
            return Math.min(left, CLOSING_NANOS);
        } else if (!wakeup.works()) {
            return Math.min(left, NO_WAKEUP_NANOS);
        }
        return left == FOREVER ? KernelAioContext.FOREVER : left;
    }

    /** Called again if an {@link Error} has ended it before the slot was released. */
    @Override
    public void onCompletion(Slot slot) {
        if (waiting) {
            // The kernel's wait is over. A handler may take long, and needs no wakeup.
            waiting = false;
        }
        if (wakeup.isWakeup(slot)) {
            isWoken = true;
            return;
        }
        long userData = slot.userData();
        int result = slot.result();
        bytesTransferred = slot.transferred();
        slot.release();
        delivered++;
        try {
            counters.ended(slot);
            pool.release(slot);
        } catch (Error e) {
            slot.isUnreleased = true;
            Slot.someLeft = true;
        }
        try {
            handler.onCompletion(userData, result);
        } catch (RuntimeException | Error e) {
            // The completions reaped together with this one are delivered first; they could not be delivered later.
            thrown.add(e);
        }
    }

    /** Returns the number of bytes that the operation being delivered has transferred. */
    long bytesTransferred() {
        return bytesTransferred;
    }

    /** Ends the present wait of the polling thread, or the next. */
    void wakeup() {
        if (!wakeupRequested) {
            wakeupRequested = true;
        }
        kick();
    }

    /**
     * Makes the polling thread look at what was published for it, if it waits in the kernel. If the kernel accepts nothing
     * for now, the calling thread tries again for some seconds. Allocates and throws nothing.
     */
    void kick() {
        long start = 0;
        while ((waiting || signals) && !tryWake()) {
            long now = System.nanoTime();
            if (start == 0) {
                start = now | 1;
            } else if (now - start > PATIENCE_NANOS) {
                NOT_WOKEN.log();
                return;
            }
            LockSupport.parkNanos(this, RETRY_NANOS);
        }
    }

    private boolean tryWake() {
        try {
            return wakeup.tryWake();
        } catch (Error e) {
            // The caller's operation is accepted already: it is tried again.
            return false;
        }
    }

    /** Returns {@code true} if the thread delivers completions of this poller at present. */
    boolean isPolling(Thread thread) {
        return polling == thread;
    }

    /** Returns {@code true} if the thread was the last to poll, and so waits for itself if it waits for completions. */
    boolean isLastPolledBy(Thread thread) {
        return lastPolling == thread;
    }

    /** Returns {@code true} if an operation uses the file. For the polling thread. */
    boolean isUsing(FileHandle file) {
        return engine.isUsing(file);
    }

    void shutdown() {
        pool.close();
        wakeup();
    }

    /** Waits until nothing is in flight, and destroys the context. */
    void close() {
        refuseNested();
        shutdown();
        closing = true;
        synchronized (closeLock) {
            if (!isDestroyed) {
                awaitPoll();
                try {
                    Drain.await(
                            engine, failures, "the poller can be closed again", remaining, CLOSING_NANOS, discarding);
                    destroy();
                } finally {
                    polling = null;
                }
            }
        }
    }

    /** Waits until no other thread polls, and keeps all threads from polling. */
    private void awaitPoll() {
        boolean interrupted = false;
        closer = Thread.currentThread();
        while (!POLLING.compareAndSet(this, null, Thread.currentThread())) {
            if (waiting) {
                tryWake();
            }
            LockSupport.parkNanos(this, CLOSING_NANOS);
            interrupted |= Thread.interrupted();
        }
        closer = null;
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns the number of slots that are not free. */
    private int undrained() {
        Leftovers.recoverIfPossible();
        return pool.acquired();
    }

    private void discard(Slot slot) {
        if (wakeup.isWakeup(slot)) {
            return;
        }
        slot.release();
        try {
            counters.ended(slot);
            pool.release(slot);
        } catch (Error e) {
            slot.isUnreleased = true;
            Slot.someLeft = true;
        }
    }

    private void destroy() {
        isDestroyed = true;
        try {
            abandon();
        } finally {
            Drain.destroy(engine);
        }
    }
}
