package io.linuxaio.internal.engine;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The free slots of a queue that many threads submit to.
 *
 * <p>A semaphore counts them, so that a thread, virtual or not, can wait for one; which one it gets is decided by a
 * stack without locks, last in, first out, since that one's memory is still in the cache.
 *
 * <p>A closed pool hands nothing out. One permit more than there are slots then goes from each thread that waits to the
 * next, so that all wake up at once although no slot has come back.
 */
public final class SlotPool {
    private static final int NONE = -1;

    private final Slot[] slots;
    private final int[] below;
    private final Semaphore free;

    // The index on top, and in the upper half how often the top has changed: an index alone may leave and come back
    // between a read of it and the exchange.
    private final AtomicLong top;

    // The lowest index that was ever handed out. A slot comes to the top only when all above it are out: so this tells
    // exactly how many were out at the same time, and costs a comparison.
    private final AtomicInteger lowest;

    // Set before the additional permit is there: a permit got while this is false stands for a slot.
    private final AtomicBoolean closed = new AtomicBoolean();

    /** A pool of the given slots, all free; each one's index is its place in the array. */
    public SlotPool(Slot[] slots) {
        this.slots = slots.clone();
        below = new int[slots.length];
        for (int i = 0; i < slots.length; i++) {
            below[i] = i - 1;
        }
        top = new AtomicLong(head(0, slots.length - 1));
        free = new Semaphore(slots.length);
        lowest = new AtomicInteger(slots.length);
    }

    /** Claims a slot, or answers null where none is free or the pool is closed. */
    public Slot tryClaim() {
        return free.tryAcquire() ? popIfOpen() : null;
    }

    /** Claims a slot, waiting for one; null where the pool is closed, or is closed meanwhile. */
    public Slot claim() throws InterruptedException {
        free.acquire();
        return popIfOpen();
    }

    private Slot popIfOpen() {
        if (closed.get()) {
            // Whichever it is, a slot's or the additional one: the next that waits needs it.
            free.release();
            return null;
        }
        return pop();
    }

    /** Claims a slot, waiting for one so long at most, in nanoseconds; then, or where the pool is closed, null. */
    public Slot claim(long nanos) throws InterruptedException {
        return free.tryAcquire(nanos, TimeUnit.NANOSECONDS) ? popIfOpen() : null;
    }

    /** Hands out no more slots, and wakes those who wait for one. */
    public void close() {
        if (closed.compareAndSet(false, true)) {
            free.release();
        }
    }

    /** Whether no slot is handed out any more. */
    public boolean isClosed() {
        return closed.get();
    }

    /** Gives a slot back. */
    public void release(Slot slot) {
        push(slot.index());
        free.release();
    }

    /**
     * Claims every slot, if all are free: then nothing is in flight, nor about to be. May fail for a moment though all
     * are free, while somebody finds the pool closed.
     */
    public boolean tryClaimAll() {
        boolean oneMore = closed.get();
        int all = slots.length + (oneMore ? 1 : 0);
        if (!free.tryAcquire(all)) {
            return false;
        }
        if (closed.get() != oneMore) {
            // Closed in between: what was got for a slot's permit may be the additional one.
            free.release(all);
            return false;
        }
        if (oneMore) {
            free.release();
        }
        return true;
    }

    /** Takes back {@link #tryClaimAll}. */
    public void releaseAll() {
        free.release(slots.length);
    }

    /** How many are claimed now. While the pool is closed, one who finds it so may count for a moment. */
    public int claimed() {
        int oneMore = closed.get() ? 1 : 0;
        return Math.clamp(slots.length + oneMore - free.availablePermits(), 0, slots.length);
    }

    /** How many were claimed at the same time at most, so far. */
    public int mostClaimed() {
        return slots.length - lowest.get();
    }

    private Slot pop() {
        while (true) {
            long now = top.get();
            int index = (int) now;
            // Another thread may take and change this entry meanwhile; the exchange then fails.
            if (index != NONE && top.compareAndSet(now, head(now, below[index]))) {
                if (index < lowest.getPlain()) {
                    lowest.accumulateAndGet(index, Math::min);
                }
                return slots[index];
            }
        }
    }

    private void push(int index) {
        while (true) {
            long now = top.get();
            below[index] = (int) now;
            if (top.compareAndSet(now, head(now, index))) {
                return;
            }
        }
    }

    private static long head(long previous, int index) {
        return ((previous >>> Integer.SIZE) + 1) << Integer.SIZE | Integer.toUnsignedLong(index);
    }
}
