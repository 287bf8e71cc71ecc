package io.linuxaio.internal.engine.reap;

import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.RepeatedLog;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.engine.Waiter;
import java.lang.System.Logger.Level;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.locks.LockSupport;

/**
 * The Leader/Followers pattern for threads that wait for results. One thread, the leader, reaps events for all; the
 * followers are parked until their results are there or the {@link RingLock} is handed off to them. So the kernel wakes
 * a thread that waits alone directly, which saves a context switch from the reaper.
 *
 * <p>Virtual threads and workers of fork-join pools poll the ring but never lead: a wait in the kernel would block
 * their carrier, or the other tasks of their pool.
 */
public final class LeaderFollowers {
    /** The timeout of a wait without a time limit. */
    public static final long FOREVER = Long.MAX_VALUE;

    /** The longest wait of a leader in the kernel before it checks for an interrupt, in nanoseconds. */
    private static final long SLICE_NANOS = 10_000_000;

    /** The interval at which a waiting callback reaps events of its own context, in nanoseconds. */
    private static final long CALLBACK_NANOS = 1_000_000;

    /** The interval at which a thread waiting for a slot recovers abandoned slots, in nanoseconds. */
    private static final long RECOVERY_NANOS = 100_000_000;

    private final KernelAioContext engine;
    private final SlotPool pool;
    private final RingLock lock;
    private final CompletionDispatcher dispatcher;
    private final Reaper reaper;
    private final AdaptiveSpin spin;
    private final boolean leads;
    private final RepeatedLog errors = new RepeatedLog(Level.ERROR, "the reaper takes over reaping after an error");

    /**
     * @param engine the kernel context to reap
     * @param pool the slots in use by operations
     * @param lock the ownership of the completion ring
     * @param dispatcher receives completed operations
     * @param reaper takes over if no thread leads
     * @param spin the policy for polling the ring before a wait in the kernel
     * @param leads whether waiting threads reap events; otherwise only the reaper does
     */
    public LeaderFollowers(
            KernelAioContext engine,
            SlotPool pool,
            RingLock lock,
            CompletionDispatcher dispatcher,
            Reaper reaper,
            AdaptiveSpin spin,
            boolean leads) {
        this.engine = engine;
        this.pool = pool;
        this.lock = lock;
        this.dispatcher = dispatcher;
        this.reaper = reaper;
        this.spin = spin;
        this.leads = leads;
    }

    /** Reaps the events that are in the ring, unless another thread owns it. Does not wait. */
    public void drain() {
        if (leads && lock.tryLock()) {
            try {
                take(0, 0);
            } finally {
                lock.owner = null;
                lock.handOff();
            }
        }
    }

    /**
     * Waits until a result is there. Returns early if the caller must wait in another way; the reaper then reaps.
     *
     * @param waiter the result
     * @param nanos the timeout in nanoseconds, or {@link #FOREVER}
     * @param interruptibly whether an interrupt ends the wait; the interrupt status is kept in either case
     * @throws IllegalStateException if the thread is in a callback, and the result could not come before it returns:
     *     the operation is of the same context, or of one whose callback waits for this one
     */
    public void await(Waiter waiter, long nanos, boolean interruptibly) {
        // This thread may reap events; a stack overflow would lose their operations.
        StackRoom.require();
        if (reaper.isReaping()) {
            throw new IllegalStateException(
                    "a callback must not wait for an operation of its context: the result cannot come before it returns");
        }
        drain();
        if (waiter.isDone()) {
            return;
        }
        if (Reaper.isReaperThread()) {
            awaitInCallback(waiter, nanos, interruptibly);
            return;
        }
        if (!leads || mustNotLead() || !waiter.beginWaiting()) {
            if (RingLock.isAnyHeldByCurrentThread()) {
                awaitInCallback(waiter, nanos, interruptibly);
            } else if (leads) {
                // A second thread on the same result is woken by a callback only.
                reaper.requestReap();
            }
            return;
        }
        try {
            awaitLeading(waiter, nanos, interruptibly);
        } finally {
            waiter.endWaiting();
            lock.endWaiting(waiter);
        }
    }

    /** Waits while the reaper of the result's context reaps, and keeps reaping the events of the callback's context. */
    private void awaitInCallback(Waiter waiter, long nanos, boolean interruptibly) {
        Reaper previous = CallbackWaits.begin(reaper);
        boolean registered = waiter.beginWaiting();
        boolean interrupted = false;
        try {
            long start = System.nanoTime();
            long remaining = nanos;
            while (!waiter.isDone() && remaining > 0 && !(interrupted && interruptibly)) {
                Reaper.takeEventsInCallback();
                reaper.requestReap();
                if (!waiter.isDone()) {
                    LockSupport.parkNanos(waiter, Math.min(remaining, CALLBACK_NANOS));
                }
                interrupted |= Thread.interrupted();
                remaining = remaining(nanos, start);
            }
        } finally {
            if (registered) {
                waiter.endWaiting();
                lock.endWaiting(waiter);
            }
            CallbackWaits.end(previous);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void awaitLeading(Waiter waiter, long nanos, boolean interruptibly) {
        long start = System.nanoTime();
        boolean interrupted = false;
        long remaining = nanos;
        while (!waiter.isDone() && remaining > 0) {
            if (lock.tryLock()) {
                try {
                    lead(waiter, remaining, interruptibly);
                } finally {
                    lock.owner = null;
                    lock.handOff();
                }
            } else {
                if (RingLock.isAnyHeldByCurrentThread()) {
                    // A callback on a thread that led: it keeps reaping the events of its own context.
                    Reaper.takeEventsInCallback();
                    parkAsFollower(waiter, Math.min(remaining, CALLBACK_NANOS));
                } else {
                    parkAsFollower(waiter, remaining);
                }
            }
            if (Thread.currentThread().isInterrupted()) {
                if (interruptibly) {
                    return;
                }
                interrupted |= Thread.interrupted();
            }
            remaining = remaining(nanos, start);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void lead(Waiter waiter, long nanos, boolean interruptibly) {
        long start = System.nanoTime();
        long remaining = nanos;
        boolean reaping = true;
        if (spin.isWorthwhile()) {
            spin(waiter, nanos, interruptibly);
            remaining = remaining(nanos, start);
        }
        while (reaping
                && !waiter.isDone()
                && remaining > 0
                && !(interruptibly && Thread.currentThread().isInterrupted())) {
            reaping = take(1, Math.min(remaining, SLICE_NANOS));
            remaining = remaining(nanos, start);
        }
        spin.waited(System.nanoTime() - start);
    }

    /** Returns the rest of a time to wait that began at {@code start}; zero or less if it is over. */
    private static long remaining(long nanos, long start) {
        return nanos == FOREVER ? FOREVER : nanos - (System.nanoTime() - start);
    }

    private void parkAsFollower(Waiter waiter, long nanos) {
        lock.beginParking(waiter);
        try {
            if (!waiter.isDone() && !lock.isAvailable()) {
                park(waiter, nanos);
            }
        } finally {
            lock.endParking(waiter);
        }
    }

    private static void park(Waiter waiter, long nanos) {
        if (nanos == FOREVER) {
            // Saves the kernel setting and cancelling a timer.
            LockSupport.park(waiter);
        } else {
            LockSupport.parkNanos(waiter, nanos);
        }
    }

    /** Waits for a free slot, reaping events meanwhile. Returns null if the pool is closed. */
    public Slot acquire() throws InterruptedException {
        if (Reaper.isAnyCurrentThread()) {
            return claimInCallback();
        }
        if (!leads) {
            return claimFromPool();
        }
        if (mustNotLead()) {
            reaper.requestReap();
            return claimFromPool();
        }
        while (true) {
            recover();
            Slot slot = pool.tryAcquire();
            if (slot == null && lock.tryLock()) {
                try {
                    slot = lead();
                } finally {
                    lock.owner = null;
                }
                try {
                    lock.handOff();
                } catch (StackOverflowError e) {
                    // Losing the slot would be worse; the reaper polls a lock that was not handed off.
                }
            } else if (slot == null) {
                slot = pool.acquire(SLICE_NANOS);
            }
            if (slot != null || pool.isClosed()) {
                return slot;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /**
     * Waits for a slot and keeps reaping, since callbacks of its context may wait for one of this callback's context.
     */
    private Slot claimInCallback() throws InterruptedException {
        Slot slot;
        do {
            recover();
            Reaper.takeEventsInCallback();
            reaper.requestReap();
            slot = pool.acquire(CALLBACK_NANOS);
        } while (slot == null && !pool.isClosed());
        return slot;
    }

    private Slot claimFromPool() throws InterruptedException {
        Slot slot;
        do {
            recover();
            slot = pool.acquire(RECOVERY_NANOS);
        } while (slot == null && !pool.isClosed());
        return slot;
    }

    /** Releases slots that other threads abandoned because of an {@link Error}: no event would arrive for them. */
    private void recover() {
        if (Slot.someLeft) {
            dispatcher.recover();
        }
    }

    private Slot lead() {
        Slot slot;
        boolean reaping = true;
        while ((slot = pool.tryAcquire()) == null
                && reaping
                && !pool.isClosed()
                && !Thread.currentThread().isInterrupted()) {
            reaping = take(1, SLICE_NANOS);
        }
        return slot;
    }

    /** Polls the ring until the result is there, or the time to spin or to wait is over. */
    private void spin(Waiter waiter, long nanos, boolean interruptibly) {
        long end = System.nanoTime() + Math.min(nanos, spin.begin());
        try {
            while (!waiter.isDone()
                    && System.nanoTime() - end < 0
                    && !(interruptibly && Thread.currentThread().isInterrupted())
                    && take(0, 0)) {
                Thread.onSpinWait();
            }
        } finally {
            spin.end();
        }
    }

    private boolean take(int min, long nanos) {
        try {
            recover();
            int result = engine.reap(min, nanos, reaper.sink());
            if (result > 0) {
                lock.countCallerReap();
            }
            if (dispatcher.deliverToWaiters() || result < 0) {
                reaper.signal();
            }
            return result >= 0;
        } catch (RuntimeException | Error e) {
            // Out of memory, or near the end of this thread's stack. The reaper has its own stack and takes over; this
            // thread parks until its result is there.
            reaper.signal();
            errors.log(e);
            return false;
        }
    }

    /** Wakes the given thread if it leads, since its result was completed by another thread. Safe for any thread. */
    public void interruptWait(Thread waiter) {
        if (lock.isHeldBy(waiter)) {
            reaper.wakeup();
        }
    }

    private static boolean mustNotLead() {
        Thread current = Thread.currentThread();
        return current.isVirtual() || current instanceof ForkJoinWorkerThread;
    }
}
