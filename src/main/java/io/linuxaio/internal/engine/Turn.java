package io.linuxaio.internal.engine;

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
public final class Turn {
    private static final VarHandle USES;

    static {
        try {
            USES = MethodHandles.lookup().findVarHandle(Turn.class, "uses", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static final AtomicReferenceFieldUpdater<Turn, Thread> OWNER =
            AtomicReferenceFieldUpdater.newUpdater(Turn.class, Thread.class, "owner");
    private static final AtomicReferenceFieldUpdater<Turn, Awaited> OFFERED =
            AtomicReferenceFieldUpdater.newUpdater(Turn.class, Awaited.class, "offered");
    private static final AtomicIntegerFieldUpdater<Turn> SLEEPERS =
            AtomicIntegerFieldUpdater.newUpdater(Turn.class, "sleepers");

    /** Those of the contexts that are open: never changed, only replaced. */
    private static volatile Turn[] all = {};

    private final Engine engine;
    private final int slots;
    // In this object, and not in objects of their own: what every operation looks at should be in few cache lines.
    /** Written without a call by who leaves: near the end of the stack the turn must not stay taken. */
    volatile Thread owner;

    private volatile Awaited offered;
    private volatile int sleepers;
    private volatile Awaited newest;
    private volatile Thread reserved;
    private int next;
    private long uses;

    /**
     * @param engine whose slots tell who waits
     * @param slots how many of them are for operations
     */
    public Turn(Engine engine, int slots) {
        this.engine = engine;
        this.slots = slots;
    }

    /** The context is open. */
    void begin() {
        synchronized (Turn.class) {
            Turn[] more = Arrays.copyOf(all, all.length + 1);
            more[all.length] = this;
            all = more;
        }
    }

    /** Takes the turn if it is free and not reserved for another thread. */
    boolean tryTake() {
        return isFreeForMe() && OWNER.compareAndSet(this, null, Thread.currentThread());
    }

    /** Whether a thread that does not have the turn would get it now. */
    boolean isFreeForMe() {
        Thread only = reserved;
        return owner == null && (only == null || only == Thread.currentThread());
    }

    /** Makes the turn free, and offers it where somebody sleeps. */
    void leave() {
        owner = null;
        offer();
    }

    /** Lets nobody but one thread take the turn from now on. */
    void reserve(Thread thread) {
        reserved = thread;
    }

    /** Lets everybody take the turn again. */
    void unreserve() {
        reserved = null;
    }

    /** Says that a caller has taken events, in its turn. */
    void used() {
        USES.setOpaque(this, uses + 1);
    }

    /** Changes whenever callers have taken events. */
    long uses() {
        return (long) USES.getOpaque(this);
    }

    /** Whether callers must leave the turn to the reaper. */
    boolean isReserved() {
        return reserved != null;
    }

    /** Whether the calling thread has the turn: if it is asked to wait, it must reap. */
    public boolean isMine() {
        return isOf(Thread.currentThread());
    }

    /** Returns the thread that has the turn, or null. */
    Thread owner() {
        return owner;
    }

    /** Whether a thread has the turn. */
    boolean isOf(Thread thread) {
        return owner == thread;
    }

    /** Whether the calling thread has the turn of any context: then it must not wait for operations to end. */
    public static boolean isAnyMine() {
        for (Turn turn : all) {
            if (turn.isMine()) {
                return true;
            }
        }
        return false;
    }

    /** The context is gone. */
    void end() {
        synchronized (Turn.class) {
            List<Turn> rest = new ArrayList<>(Arrays.asList(all));
            rest.remove(this);
            all = rest.toArray(new Turn[0]);
        }
    }

    /** Says that a thread is about to sleep, and may be offered the turn. */
    void beginSleep(Awaited awaited) {
        SLEEPERS.incrementAndGet(this);
        newest = awaited;
    }

    /** Says that it sleeps no more. An offer to it is answered: it looks for itself now. */
    void endSleep(Awaited awaited) {
        SLEEPERS.decrementAndGet(this);
        OFFERED.compareAndSet(this, awaited, null);
    }

    /** Says that one waits no more, which others may not know yet: an offer to it is passed on. */
    void endWait(Awaited awaited) {
        if (newest == awaited) {
            newest = null;
        }
        OFFERED.compareAndSet(this, awaited, null);
        if (owner == null) {
            offer();
        }
    }

    /** Offers the turn to a sleeper, if it is free; to the reaper first if it has reserved it. */
    void offer() {
        Thread first = reserved;
        if (first != null) {
            // A thread that leaves the turn and is to take it next looks for itself: a permit would cut its next pause
            // short.
            if (owner == null && first != Thread.currentThread()) {
                LockSupport.unpark(first);
            }
            return;
        }
        while (sleepers > 0 && owner == null && offered == null) {
            Awaited chosen = choose();
            if (chosen == null || !OFFERED.compareAndSet(this, null, chosen)) {
                return;
            }
            LockSupport.unpark(chosen.waiter());
            if (isAsleep(chosen)) {
                return;
            }
            // It left in between, and may not have seen the offer.
            OFFERED.compareAndSet(this, chosen, null);
        }
    }

    /** The one who came last has probably longest to wait, and so the turn passes on least often. */
    private Awaited choose() {
        Awaited last = newest;
        if (last != null && isAsleep(last)) {
            return last;
        }
        for (int i = 0; i < slots; i++) {
            int index = next;
            next = index + 1 >= slots ? 0 : index + 1;
            // Read without a claim: at worst it belongs to an operation that has just ended.
            if (engine.slot(index).owner() instanceof Awaited other && isAsleep(other)) {
                return other;
            }
        }
        return null;
    }

    private static boolean isAsleep(Awaited awaited) {
        return awaited.waiter() != null && !awaited.isDone();
    }
}
