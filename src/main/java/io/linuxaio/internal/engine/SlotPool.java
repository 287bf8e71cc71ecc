package io.linuxaio.internal.engine;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The free slots of a queue that many threads submit to.
 *
 * <p>A semaphore counts them, so that a thread, virtual or not, can wait for one; which one it gets is decided by a
 * stack without locks, last in, first out, since that one's memory is still in the cache.
 */
public final class SlotPool {
    private static final int NONE = -1;

    private final Slot[] slots;
    private final int[] below;
    private final Semaphore free;

    // The index on top, and in the upper half how often the top has changed: an index alone may leave and come back
    // between a read of it and the exchange.
    private final AtomicLong top;

    /** A pool of the given slots, all free; each one's index is its place in the array. */
    public SlotPool(Slot[] slots) {
        this.slots = slots.clone();
        below = new int[slots.length];
        for (int i = 0; i < slots.length; i++) {
            below[i] = i - 1;
        }
        top = new AtomicLong(head(0, slots.length - 1));
        free = new Semaphore(slots.length);
    }

    /** Claims a slot, or answers null where none is free. */
    public Slot tryClaim() {
        return free.tryAcquire() ? pop() : null;
    }

    /** Claims a slot, waiting for one. */
    public Slot claim() throws InterruptedException {
        free.acquire();
        return pop();
    }

    /** Claims a slot, waiting for one so long at most, in nanoseconds; then answers null. */
    public Slot claim(long nanos) throws InterruptedException {
        return free.tryAcquire(nanos, TimeUnit.NANOSECONDS) ? pop() : null;
    }

    /** Gives a slot back. */
    public void release(Slot slot) {
        push(slot.index());
        free.release();
    }

    /** Claims every slot, if all are free: then nothing is in flight, nor about to be. */
    public boolean tryClaimAll() {
        return free.tryAcquire(slots.length);
    }

    /** Takes back {@link #tryClaimAll}, so that those who still wait for a slot wake up and see that it is over. */
    public void releaseAll() {
        free.release(slots.length);
    }

    /** How many are claimed now. */
    public int claimed() {
        return slots.length - free.availablePermits();
    }

    private Slot pop() {
        while (true) {
            long now = top.get();
            int index = (int) now;
            // Another thread may take and change this entry meanwhile; the exchange then fails.
            if (index != NONE && top.compareAndSet(now, head(now, below[index]))) {
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
