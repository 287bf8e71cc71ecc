package io.linuxaio.internal.engine.reap;

import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Waiter;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.LockSupport;

/**
 * Whose turn it is to take completion events: the reaper's, or that of a thread that waits for a result. One at a time,
 * since a ring has one reader.
 *
 * <p>A turn passes on in this way: who leaves makes it free, then offers it to one thread that sleeps; a thread that is
 * about to sleep says so first, then looks whether it is free. So either the one sees the sleeper or the other the free
 * turn. There is one offer at a time, and whoever got it and does not need it any more passes it on.
 */
public final class RingLock {
    private static final VarHandle CALLER_REAPS;

    static {
        try {
            CALLER_REAPS = MethodHandles.lookup().findVarHandle(RingLock.class, "callerReaps", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final AtomicReferenceFieldUpdater<RingLock, Thread> OWNER =
            AtomicReferenceFieldUpdater.newUpdater(RingLock.class, Thread.class, "owner");
    private static final AtomicReferenceFieldUpdater<RingLock, Waiter> HANDED_OFF_TO =
            AtomicReferenceFieldUpdater.newUpdater(RingLock.class, Waiter.class, "handedOffTo");
    private static final AtomicIntegerFieldUpdater<RingLock> PARKED =
            AtomicIntegerFieldUpdater.newUpdater(RingLock.class, "parked");

    /** Those of the contexts that are open: never changed, only replaced. */
    private static volatile RingLock[] all = {};

    private final KernelAioContext engine;
    private final int slots;
    // In this object, and not in objects of their own: what every operation looks at should be in few cache lines.
    /** Written without a call by who leaves: near the end of the stack the turn must not stay taken. */
    volatile Thread owner;

    private volatile Waiter handedOffTo;
    private volatile int parked;
    private volatile Waiter newest;
    private volatile Thread reserved;
    private int next;
    private long callerReaps;

    /**
     * @param engine whose slots tell who waits
     * @param slots how many of them are for operations
     */
    public RingLock(KernelAioContext engine, int slots) {
        this.engine = engine;
        this.slots = slots;
    }

    /** The context is open. */
    void register() {
        synchronized (RingLock.class) {
            RingLock[] more = Arrays.copyOf(all, all.length + 1);
            more[all.length] = this;
            all = more;
        }
    }

    /** Takes the turn if it is free and not reserved for another thread. */
    boolean tryLock() {
        return isAvailable() && OWNER.compareAndSet(this, null, Thread.currentThread());
    }

    /** Whether a thread that does not have the turn would get it now. */
    boolean isAvailable() {
        Thread only = reserved;
        return owner == null && (only == null || only == Thread.currentThread());
    }

    /** Makes the turn free, and offers it where somebody sleeps. */
    void unlock() {
        owner = null;
        handOff();
    }

    /** Lets nobody but one thread take the turn from now on. */
    void reserveFor(Thread thread) {
        reserved = thread;
    }

    /** Lets everybody take the turn again. */
    void unreserve() {
        reserved = null;
    }

    /** Says that a caller has taken events, in its turn. */
    void countCallerReap() {
        CALLER_REAPS.setOpaque(this, callerReaps + 1);
    }

    /** Changes whenever callers have taken events. */
    long callerReaps() {
        return (long) CALLER_REAPS.getOpaque(this);
    }

    /** Whether callers must leave the turn to the reaper. */
    boolean isReserved() {
        return reserved != null;
    }

    /** Whether the calling thread has the turn: if it is asked to wait, it must reap. */
    public boolean isHeldByCurrentThread() {
        return isHeldBy(Thread.currentThread());
    }

    /** Returns the thread that has the turn, or null. */
    Thread owner() {
        return owner;
    }

    /** Whether a thread has the turn. */
    boolean isHeldBy(Thread thread) {
        return owner == thread;
    }

    /** Whether the calling thread has the turn of any context: then it must not wait for operations to end. */
    public static boolean isAnyHeldByCurrentThread() {
        for (RingLock turn : all) {
            if (turn.isHeldByCurrentThread()) {
                return true;
            }
        }
        return false;
    }

    /** The context is gone. */
    void unregister() {
        synchronized (RingLock.class) {
            List<RingLock> rest = new ArrayList<>(Arrays.asList(all));
            rest.remove(this);
            all = rest.toArray(new RingLock[0]);
        }
    }

    /** Says that a thread is about to sleep, and may be offered the turn. */
    void beginParking(Waiter awaited) {
        PARKED.incrementAndGet(this);
        newest = awaited;
    }

    /** Says that it sleeps no more. An offer to it is answered: it looks for itself now. */
    void endParking(Waiter awaited) {
        PARKED.decrementAndGet(this);
        HANDED_OFF_TO.compareAndSet(this, awaited, null);
    }

    /** Says that one waits no more, which others may not know yet: an offer to it is passed on. */
    void endWaiting(Waiter awaited) {
        if (newest == awaited) {
            newest = null;
        }
        HANDED_OFF_TO.compareAndSet(this, awaited, null);
        if (owner == null) {
            handOff();
        }
    }

    /** Offers the turn to a sleeper, if it is free; to the reaper first if it has reserved it. */
    void handOff() {
        Thread first = reserved;
        if (first != null) {
            // A thread that leaves the turn and is to take it next looks for itself: a permit would cut its next pause
            // short.
            if (owner == null && first != Thread.currentThread()) {
                LockSupport.unpark(first);
            }
            return;
        }
        while (parked > 0 && owner == null && handedOffTo == null) {
            Waiter chosen = choose();
            if (chosen == null || !HANDED_OFF_TO.compareAndSet(this, null, chosen)) {
                return;
            }
            LockSupport.unpark(chosen.waitingThread());
            if (isParked(chosen)) {
                return;
            }
            // It left in between, and may not have seen the offer.
            HANDED_OFF_TO.compareAndSet(this, chosen, null);
        }
    }

    /** The one who came last has probably longest to wait, and so the turn passes on least often. */
    private Waiter choose() {
        Waiter last = newest;
        if (last != null && isParked(last)) {
            return last;
        }
        for (int i = 0; i < slots; i++) {
            int index = next;
            next = index + 1 >= slots ? 0 : index + 1;
            // Read without a claim: at worst it belongs to an operation that has just ended.
            if (engine.slot(index).owner() instanceof Waiter other && isParked(other)) {
                return other;
            }
        }
        return null;
    }

    private static boolean isParked(Waiter awaited) {
        return awaited.waitingThread() != null && !awaited.isDone();
    }
}
