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
 * Lets threads that wait for results take events themselves: one leads and takes them for all, the others sleep until
 * their results are there or the turn comes to them. So a thread that waits alone is woken by the kernel, not by the
 * reaper that the kernel has woken.
 *
 * <p>Virtual threads, and those of fork-join pools, look at the ring and do not lead: to wait in the kernel would hold
 * up what else they carry.
 */
public final class LeaderFollowers {
    /** Waits for ever. */
    public static final long FOREVER = Long.MAX_VALUE;

    /** How long a leader waits in the kernel before it looks whether it was interrupted, in nanoseconds. */
    private static final long SLICE_NANOS = 10_000_000;

    /** How long a callback waits until it takes events of its own context again, in nanoseconds. */
    private static final long CALLBACK_NANOS = 1_000_000;

    /** How long a thread that waits for a slot sleeps until it looks for those left behind, in nanoseconds. */
    private static final long RECOVERY_NANOS = 100_000_000;

    private final KernelAioContext engine;
    private final SlotPool pool;
    private final RingLock turn;
    private final CompletionDispatcher delivery;
    private final Reaper reaper;
    private final AdaptiveSpin spin;
    private final boolean leads;
    private final RepeatedLog trouble = new RepeatedLog(Level.ERROR);

    /**
     * @param engine what to reap
     * @param pool the slots in use by operations
     * @param turn whose turn it is
     * @param delivery takes what has ended
     * @param reaper takes over where nobody leads
     * @param spin looks at the ring before the kernel is asked to wait
     * @param leads whether threads that wait take events; else the reaper takes all
     */
    public LeaderFollowers(
            KernelAioContext engine,
            SlotPool pool,
            RingLock turn,
            CompletionDispatcher delivery,
            Reaper reaper,
            AdaptiveSpin spin,
            boolean leads) {
        this.engine = engine;
        this.pool = pool;
        this.turn = turn;
        this.delivery = delivery;
        this.reaper = reaper;
        this.spin = spin;
        this.leads = leads;
    }

    /** Takes what is there, unless it is somebody's turn. */
    public void drain() {
        if (leads && turn.tryLock()) {
            try {
                take(0, 0);
            } finally {
                turn.owner = null;
                turn.handOff();
            }
        }
    }

    /**
     * Waits until a result is there. Returns early where the caller must wait in another way: then the reaper serves.
     *
     * @param awaited the result
     * @param nanos how long to wait at most; {@link #FOREVER}
     * @param interruptibly whether an interrupt ends the wait; it is kept in either case
     * @throws IllegalStateException if the thread is in a callback, and the result could not come before it returns:
     *     the operation is of the same context, or of one whose callback waits for this one
     */
    public void await(Waiter awaited, long nanos, boolean interruptibly) {
        // This thread may take events, whose operations would be lost at the end of its stack.
        StackRoom.require();
        if (reaper.isReaping()) {
            throw new IllegalStateException(
                    "a callback must not wait for an operation of its context: the result cannot come before it returns");
        }
        drain();
        if (awaited.isDone()) {
            return;
        }
        if (Reaper.isReaperThread()) {
            awaitInCallback(awaited, nanos, interruptibly);
            return;
        }
        if (!leads || mustNotLead() || !awaited.beginWaiting()) {
            if (RingLock.isAnyHeldByCurrentThread()) {
                awaitInCallback(awaited, nanos, interruptibly);
            } else if (leads) {
                // A thread more on the same result has nothing to be woken by but a callback.
                reaper.requestReap();
            }
            return;
        }
        try {
            awaitLeading(awaited, nanos, interruptibly);
        } finally {
            awaited.endWaiting();
            turn.endWaiting(awaited);
        }
    }

    /** Waits while the reaper of the result's context serves, and goes on taking events of the callback's context. */
    private void awaitInCallback(Waiter awaited, long nanos, boolean interruptibly) {
        Reaper outer = CallbackWaits.begin(reaper);
        boolean alone = awaited.beginWaiting();
        boolean interrupted = false;
        try {
            long start = System.nanoTime();
            long left = nanos;
            while (!awaited.isDone() && left > 0 && !(interrupted && interruptibly)) {
                Reaper.takeEventsInCallback();
                reaper.requestReap();
                if (!awaited.isDone()) {
                    LockSupport.parkNanos(awaited, Math.min(left, CALLBACK_NANOS));
                }
                interrupted |= Thread.interrupted();
                left = nanos == FOREVER ? FOREVER : nanos - (System.nanoTime() - start);
            }
        } finally {
            if (alone) {
                awaited.endWaiting();
                turn.endWaiting(awaited);
            }
            CallbackWaits.end(outer);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void awaitLeading(Waiter awaited, long nanos, boolean interruptibly) {
        long start = System.nanoTime();
        boolean interrupted = false;
        long left = nanos;
        while (!awaited.isDone() && left > 0) {
            if (turn.tryLock()) {
                try {
                    lead(awaited, left, interruptibly);
                } finally {
                    turn.owner = null;
                    turn.handOff();
                }
            } else {
                if (RingLock.isAnyHeldByCurrentThread()) {
                    // A callback that runs on a thread that led: see above.
                    Reaper.takeEventsInCallback();
                    sleep(awaited, Math.min(left, CALLBACK_NANOS));
                } else {
                    sleep(awaited, left);
                }
            }
            if (Thread.currentThread().isInterrupted()) {
                if (interruptibly) {
                    return;
                }
                interrupted |= Thread.interrupted();
            }
            left = nanos == FOREVER ? FOREVER : nanos - (System.nanoTime() - start);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void lead(Waiter awaited, long nanos, boolean interruptibly) {
        long start = System.nanoTime();
        long left = nanos;
        boolean works = true;
        if (spin.isWorthwhile()) {
            spinUntil(awaited);
        }
        while (works && !awaited.isDone() && left > 0) {
            works = take(1, Math.min(left, SLICE_NANOS));
            if (interruptibly && Thread.currentThread().isInterrupted()) {
                return;
            }
            if (nanos != FOREVER) {
                left = nanos - (System.nanoTime() - start);
            }
        }
        spin.waited(System.nanoTime() - start);
    }

    private void sleep(Waiter awaited, long nanos) {
        turn.beginParking(awaited);
        try {
            if (!awaited.isDone() && !turn.isAvailable()) {
                park(awaited, nanos);
            }
        } finally {
            turn.endParking(awaited);
        }
    }

    private static void park(Waiter awaited, long nanos) {
        if (nanos == FOREVER) {
            // Without a timer for the kernel to set and to take back.
            LockSupport.park(awaited);
        } else {
            LockSupport.parkNanos(awaited, nanos);
        }
    }

    /** Waits for a free slot, taking events in the meantime; null where no slot is handed out any more. */
    public Slot claim() throws InterruptedException {
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
            Slot slot = pool.tryClaim();
            if (slot == null && turn.tryLock()) {
                try {
                    slot = lead();
                } finally {
                    turn.owner = null;
                }
                try {
                    turn.handOff();
                } catch (StackOverflowError e) {
                    // The slot is worth more; the reaper looks after the turn before long.
                }
            } else if (slot == null) {
                slot = pool.claim(SLICE_NANOS);
            }
            if (slot != null || pool.isClosed()) {
                return slot;
            }
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /** Waits for a slot while callbacks of that slot's context may wait for one of this callback's context. */
    private Slot claimInCallback() throws InterruptedException {
        Slot slot;
        do {
            recover();
            Reaper.takeEventsInCallback();
            reaper.requestReap();
            slot = pool.claim(CALLBACK_NANOS);
        } while (slot == null && !pool.isClosed());
        return slot;
    }

    private Slot claimFromPool() throws InterruptedException {
        Slot slot;
        do {
            recover();
            slot = pool.claim(RECOVERY_NANOS);
        } while (slot == null && !pool.isClosed());
        return slot;
    }

    /** Gives back slots that an {@link Error} has left behind on other threads: no event would come for them. */
    private void recover() {
        if (Slot.someLeft) {
            delivery.recover();
        }
    }

    private Slot lead() {
        Slot slot;
        boolean works = true;
        while ((slot = pool.tryClaim()) == null
                && works
                && !pool.isClosed()
                && !Thread.currentThread().isInterrupted()) {
            works = take(1, SLICE_NANOS);
        }
        return slot;
    }

    private boolean spinUntil(Waiter awaited) {
        long end = System.nanoTime() + spin.begin();
        try {
            while (!awaited.isDone() && System.nanoTime() - end < 0 && take(0, 0)) {
                Thread.onSpinWait();
            }
        } finally {
            spin.end();
        }
        return awaited.isDone();
    }

    private boolean take(int least, long nanos) {
        try {
            recover();
            int answer = engine.reap(least, nanos, reaper.sink());
            if (answer > 0) {
                turn.countCallerReap();
            }
            if (delivery.deliverToWaiters() || answer < 0) {
                reaper.signal();
            }
            return answer >= 0;
        } catch (RuntimeException | Error e) {
            // Out of memory or near the end of this thread's stack. The reaper has a stack of its own: it goes on, and
            // this thread sleeps until its result is there.
            reaper.signal();
            trouble.log("the reaper goes on with taking events after an error", e);
            return false;
        }
    }

    /** Has a thread, if it leads, look whether its result is there, since it came from elsewhere. For any thread. */
    public void interruptWait(Thread waiter) {
        if (turn.isHeldBy(waiter)) {
            reaper.wakeup();
        }
    }

    private static boolean mustNotLead() {
        Thread me = Thread.currentThread();
        return me.isVirtual() || me instanceof ForkJoinWorkerThread;
    }
}
