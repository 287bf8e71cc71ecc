package io.linuxaio.internal.engine;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A Treiber stack of the free slots of a queue, with a version tag against ABA.
 *
 * <p>Claiming or releasing a slot is one compare-and-set. Last in, first out, since that slot's memory is still in the
 * cache. A thread that finds the stack empty registers as a waiter before it checks again and parks, a virtual thread too.
 * So a concurrent release either sees the waiter or is seen by it.
 *
 * <p>A closed pool lets no slot be claimed. Each waiter then passes the wake-up on to the next, so that all wake up although
 * no slot is released.
 */
public final class SlotPool {
    /** Enough for more slots than the largest queue has. */
    private static final int INDEX_BITS = 21;

    private static final long INDEX = (1 << INDEX_BITS) - 1;

    private static final long CLOSED = 1L << INDEX_BITS;

    private static final long VERSION_UNIT = CLOSED << 1;

    private static final int FREE_SHIFT = Integer.SIZE;

    private static final long ONE_FREE = 1L << FREE_SHIFT;

    private final Slot[] slots;

    // The index behind those of the slots: the bottom of the stack.
    private final int nil;

    // For each free slot, the index below it in the stack and, in the upper bits, the number of free slots from the
    // bottom up to it. A thread may read a stale link: then its compare-and-set fails.
    private final AtomicLongArray links;

    // The index on top, the closed bit, and the version tag: an index alone may leave and come back (ABA) between its
    // read and the compare-and-set.
    private final AtomicLong top;

    // The minimum index that was ever claimed. A slot comes to the top only when all above it are claimed: so this
    // gives the exact maximum of claimed slots, at the cost of a comparison.
    private final AtomicInteger minFree;

    private final AtomicInteger waiting = new AtomicInteger();
    private final Permits wakeUps = new Permits();

    /** Creates a pool of slots, all free; the index of each slot is its index in the array. */
    public SlotPool(Slot[] slots) {
        this.slots = slots.clone();
        nil = slots.length;
        links = new AtomicLongArray(slots.length + 1);
        int highest = nil;
        for (int i = 0; i < slots.length; i++) {
            links.setPlain(i, linkOn(highest));
            highest = i;
        }
        top = new AtomicLong(highest);
        minFree = new AtomicInteger(slots.length);
    }

    /** Claims a slot, or returns null if none is free or the pool is closed. */
    public Slot tryAcquire() {
        while (true) {
            long now = top.get();
            int index = index(now);
            if (index == nil || (now & CLOSED) != 0) {
                return null;
            }
            Slot claimed = slots[index];
            boolean isLowest = index < minFree.getPlain();
            if (top.compareAndSet(now, changed(now, index(links.getPlain(index))))) {
                if (isLowest) {
                    try {
                        lower(index);
                    } catch (StackOverflowError e) {
                        // The slot is claimed already; the statistic must not cost it.
                    }
                }
                return claimed;
            }
        }
    }

    private void lower(int index) {
        int known;
        do {
            known = minFree.get();
        } while (index < known && !minFree.compareAndSet(known, index));
    }

    /** Claims a slot, and waits until one is free; returns null if the pool is closed, also meanwhile. */
    public Slot acquire() throws InterruptedException {
        Slot slot;
        do {
            slot = acquire(Long.MAX_VALUE);
        } while (slot == null && !isClosed());
        return slot;
    }

    /** Claims a slot, and waits for at most so many nanoseconds; returns null after that, or if the pool is closed. */
    public Slot acquire(long nanos) throws InterruptedException {
        // Nothing is called with a claimed slot: an Error would lose it.
        Slot slot = tryAcquire();
        if (slot != null) {
            return slot;
        }
        long start = System.nanoTime();
        long left = nanos;
        while (left > 0 && !isClosed()) {
            slot = await(left);
            if (slot != null) {
                return slot;
            }
            left = nanos - (System.nanoTime() - start);
        }
        if (isClosed() && waiting.get() > 0) {
            wakeUps.release();
        }
        return null;
    }

    /** Parks once, until a slot may be free. */
    private Slot await(long nanos) throws InterruptedException {
        waiting.incrementAndGet();
        try {
            // A release before the registration did not see this waiter.
            Slot slot = tryAcquire();
            if (slot == null && !isClosed() && wakeUps.tryAcquire(nanos)) {
                slot = tryAcquire();
            }
            return slot;
        } finally {
            // Caught here: the call may throw where it begins.
            try {
                waiting.decrementAndGet();
            } catch (StackOverflowError e) {
                // A waiter too many in the count costs a wake-up, not a slot.
            }
        }
    }

    /** Releases a slot. If an {@link Error} is thrown, the slot is not released. */
    public void release(Slot slot) {
        int index = slot.index();
        long now;
        do {
            now = top.get();
            links.setRelease(index, linkOn(index(now)));
        } while (!top.compareAndSet(now, changed(now, index)));
        try {
            wakeOne();
        } catch (StackOverflowError e) {
            // The next release wakes the waiter.
        }
    }

    private void wakeOne() {
        int waiters = waiting.get();
        // A wake-up that is still available serves for this slot, too.
        if (waiters > 0 && waiters > wakeUps.available()) {
            wakeUps.release();
        }
    }

    /** Closes the pool: no more slots can be claimed, and waiters are woken. */
    public void close() {
        long now;
        do {
            now = top.get();
        } while (!top.compareAndSet(now, now | CLOSED));
        if ((now & CLOSED) == 0) {
            wakeUps.release();
        }
    }

    /** Returns {@code true} if no slot can be claimed any more. */
    public boolean isClosed() {
        return (top.get() & CLOSED) != 0;
    }

    /** Returns {@code true} if the pool is closed and all slots are free: nothing is in flight, nor will be. */
    public boolean isDrained() {
        long now = top.get();
        return (now & CLOSED) != 0 && free(index(now)) == slots.length;
    }

    /** Returns the number of claimed slots, in constant time. */
    public int acquired() {
        while (true) {
            long now = top.get();
            int free = free(index(now));
            // Otherwise the slot may have been claimed meanwhile, and its link be stale.
            if (top.get() == now) {
                return slots.length - free;
            }
        }
    }

    /** Returns the maximum number of slots claimed at the same time so far. */
    public int maxAcquired() {
        return slots.length - minFree.get();
    }

    /** Returns the number of free slots if this one is on top. */
    private int free(int index) {
        return (int) (links.getAcquire(index) >>> FREE_SHIFT);
    }

    /** Returns the link of a slot that is pushed on top of this one. */
    private long linkOn(int index) {
        return (links.getPlain(index) & -ONE_FREE) + ONE_FREE + index;
    }

    /** Returns the index in a word of the top or of a link. */
    private static int index(long word) {
        return (int) (word & INDEX);
    }

    private static long changed(long head, int index) {
        return (head & ~INDEX) + VERSION_UNIT | index;
    }
}
