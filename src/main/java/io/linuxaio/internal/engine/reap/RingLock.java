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
 * Exclusive ownership of the completion ring. At most one thread, the reaper or a thread waiting for a result, consumes
 * events at a time, since the ring has a single consumer.
 *
 * <p>Direct handoff: a thread that unlocks clears the owner first, then unparks one parked thread. A thread about to
 * park registers first, then checks the lock again. So either the unlocking thread sees the parked one, or the parked
 * one sees the free lock. At most one handoff is pending at a time; a thread that received it and no longer needs the
 * lock passes it on.
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

    /** The locks of all open contexts. Copy-on-write. */
    private static volatile RingLock[] all = {};

    private final KernelAioContext engine;
    private final int slots;
    // Fields of this object, not separate atomics: state that every operation reads should occupy few cache lines.
    /** Cleared by a plain assignment, without a call: a thread near its stack's end must not leave the lock held. */
    volatile Thread owner;

    private volatile Waiter handedOffTo;
    private volatile int parked;
    private volatile Waiter newest;
    private volatile Thread reserved;
    private int next;
    private long callerReaps;

    /**
     * @param engine the kernel context, whose slots lead to the waiters
     * @param slots the number of slots that are for operations
     */
    public RingLock(KernelAioContext engine, int slots) {
        this.engine = engine;
        this.slots = slots;
    }

    /** Adds this lock to those of open contexts. */
    void register() {
        synchronized (RingLock.class) {
            RingLock[] extended = Arrays.copyOf(all, all.length + 1);
            extended[all.length] = this;
            all = extended;
        }
    }

    /** Acquires the lock if it is free and not reserved for another thread. Returns {@code true} if it was acquired. */
    boolean tryLock() {
        return isAvailable() && OWNER.compareAndSet(this, null, Thread.currentThread());
    }

    /** Returns {@code true} if the lock is free and not reserved for another thread. */
    boolean isAvailable() {
        Thread reservedFor = reserved;
        return owner == null && (reservedFor == null || reservedFor == Thread.currentThread());
    }

    /** Releases the lock and hands it off to a parked thread. */
    void unlock() {
        owner = null;
        handOff();
    }

    /** Reserves the lock: from now on, only the given thread acquires it. */
    void reserveFor(Thread thread) {
        reserved = thread;
    }

    /** Allows every thread to acquire the lock again. */
    void unreserve() {
        reserved = null;
    }

    /** Counts that a waiting thread has reaped events. For the owner of the lock. */
    void countCallerReap() {
        CALLER_REAPS.setOpaque(this, callerReaps + 1);
    }

    /** Returns a count that changes whenever a waiting thread has reaped events. */
    long callerReaps() {
        return (long) CALLER_REAPS.getOpaque(this);
    }

    /** Returns {@code true} if the lock is reserved for the reaper. */
    boolean isReserved() {
        return reserved != null;
    }

    /** Returns {@code true} if the calling thread owns the lock. If such a thread waits, it must reap meanwhile. */
    public boolean isHeldByCurrentThread() {
        return isHeldBy(Thread.currentThread());
    }

    /** Returns the thread that owns the lock, or null. */
    Thread owner() {
        return owner;
    }

    /** Returns {@code true} if the given thread owns the lock. */
    boolean isHeldBy(Thread thread) {
        return owner == thread;
    }

    /**
     * Returns {@code true} if the calling thread owns the lock of any context. It must then not wait for completions.
     */
    public static boolean isAnyHeldByCurrentThread() {
        for (RingLock lock : all) {
            if (lock.isHeldByCurrentThread()) {
                return true;
            }
        }
        return false;
    }

    /** Removes this lock from those of open contexts. */
    void unregister() {
        synchronized (RingLock.class) {
            List<RingLock> remaining = new ArrayList<>(Arrays.asList(all));
            remaining.remove(this);
            all = remaining.toArray(new RingLock[0]);
        }
    }

    /** Registers a thread that is about to park: from now on, the lock may be handed off to it. */
    void beginParking(Waiter waiter) {
        PARKED.incrementAndGet(this);
        newest = waiter;
    }

    /** Ends {@link #beginParking}. A handoff to this thread is consumed: the thread checks the lock itself next. */
    void endParking(Waiter waiter) {
        PARKED.decrementAndGet(this);
        HANDED_OFF_TO.compareAndSet(this, waiter, null);
    }

    /** Notes that a waiter has left, which other threads may not have seen yet. A handoff to it is passed on. */
    void endWaiting(Waiter waiter) {
        if (newest == waiter) {
            newest = null;
        }
        HANDED_OFF_TO.compareAndSet(this, waiter, null);
        if (owner == null) {
            handOff();
        }
    }

    /** Hands the lock off to a parked thread if it is free: to the thread that it is reserved for, if there is one. */
    void handOff() {
        Thread first = reserved;
        if (first != null) {
            // The reserving thread itself checks the lock next: a permit would cut its next park short.
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
            // The chosen thread left meanwhile, and may not have seen the handoff.
            HANDED_OFF_TO.compareAndSet(this, chosen, null);
        }
    }

    /**
     * Returns a parked waiter, preferably the newest: it probably waits longest, so the lock changes hands least often.
     */
    private Waiter choose() {
        Waiter candidate = newest;
        if (candidate != null && isParked(candidate)) {
            return candidate;
        }
        for (int i = 0; i < slots; i++) {
            int index = next;
            next = index + 1 >= slots ? 0 : index + 1;
            // Read without owning the slot: at worst, the operation has just completed.
            Waiter other = engine.slot(index).owner();
            if (other != null && isParked(other)) {
                return other;
            }
        }
        return null;
    }

    private static boolean isParked(Waiter waiter) {
        return waiter.waitingThread() != null && !waiter.isDone();
    }
}
