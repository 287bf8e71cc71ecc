package io.linuxaio.internal.engine;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The free slots of a queue that many threads submit to.
 *
 * <p>A stack without locks: to claim a slot, or to give one back, is one atomic exchange. Last in, first out, since that
 * one's memory is still in the cache. Who finds it empty sleeps, a virtual thread too, and says so first: so either who
 * gives a slot back sees the sleeper, or the sleeper the slot.
 *
 * <p>A closed pool hands nothing out. A wake-up then goes from each thread that waits to the next, so that all wake up at
 * once although no slot has come back.
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

    // Each free slot's place in the stack: the index that lies below it, and above that how many are free from the
    // bottom up to it. Read by threads that may have lost it already: then the exchange fails.
    private final AtomicLongArray links;

    // The index on top, whether the pool is closed, and above that how often the top has changed: an index alone may
    // leave and come back between a read of it and the exchange.
    private final AtomicLong top;

    // The lowest index that was ever handed out. A slot comes to the top only when all above it are out: so this tells
    // exactly how many were out at the same time, and costs a comparison.
    private final AtomicInteger minFree;

    private final AtomicInteger waiting = new AtomicInteger();
    private final Semaphore wakeUps = new Semaphore(0);

    /** A pool of the given slots, all free; each one's index is its place in the array. */
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

    /** Claims a slot, or answers null where none is free or the pool is closed. */
    public Slot tryClaim() {
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
                        // The figure is not worth a slot, which is claimed already.
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

    /** Claims a slot, waiting for one; null where the pool is closed, or is closed meanwhile. */
    public Slot claim() throws InterruptedException {
        Slot slot;
        do {
            slot = claim(Long.MAX_VALUE);
        } while (slot == null && !isClosed());
        return slot;
    }

    /** Claims a slot, waiting for one so long at most, in nanoseconds; then, or where the pool is closed, null. */
    public Slot claim(long nanos) throws InterruptedException {
        // Nothing is called with a slot in hand: an Error would lose it.
        Slot slot = tryClaim();
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

    /** Sleeps once, until there may be a slot. */
    private Slot await(long nanos) throws InterruptedException {
        waiting.incrementAndGet();
        try {
            // Who gave one back before may not have seen that somebody waits.
            Slot slot = tryClaim();
            if (slot == null && !isClosed() && wakeUps.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                slot = tryClaim();
            }
            return slot;
        } finally {
            // Caught here: the call may throw where it begins.
            try {
                waiting.decrementAndGet();
            } catch (StackOverflowError e) {
                // One that is counted too much costs a wake-up, not a slot.
            }
        }
    }

    /** Gives a slot back. Where an {@link Error} is thrown, it is not. */
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
            // The next one to give a slot back wakes the sleeper.
        }
    }

    private void wakeOne() {
        int sleepers = waiting.get();
        // A wake-up that nobody has taken yet serves for this slot, too.
        if (sleepers > 0 && sleepers > wakeUps.availablePermits()) {
            wakeUps.release();
        }
    }

    /** Hands out no more slots, and wakes those who wait for one. */
    public void close() {
        long now;
        do {
            now = top.get();
        } while (!top.compareAndSet(now, now | CLOSED));
        if ((now & CLOSED) == 0) {
            wakeUps.release();
        }
    }

    /** Whether no slot is handed out any more. */
    public boolean isClosed() {
        return (top.get() & CLOSED) != 0;
    }

    /** Whether the pool is closed and every slot is back: then nothing is in flight, nor will be. */
    public boolean isDrained() {
        long now = top.get();
        return (now & CLOSED) != 0 && free(index(now)) == slots.length;
    }

    /** How many are claimed at this moment. Costs a look at the top, however many slots there are. */
    public int claimed() {
        while (true) {
            long now = top.get();
            int free = free(index(now));
            // Otherwise the slot may have been claimed meanwhile, and have another place by now.
            if (top.get() == now) {
                return slots.length - free;
            }
        }
    }

    /** How many were claimed at the same time at most, so far. */
    public int maxClaimed() {
        return slots.length - minFree.get();
    }

    /** How many slots are free where this one is on top. */
    private int free(int index) {
        return (int) (links.getAcquire(index) >>> FREE_SHIFT);
    }

    /** The place of a slot that comes to lie on this one. */
    private long linkOn(int index) {
        return (links.getPlain(index) & -ONE_FREE) + ONE_FREE + index;
    }

    /** Of what is on top, or of a place: the index in it. */
    private static int index(long word) {
        return (int) (word & INDEX);
    }

    private static long changed(long head, int index) {
        return (head & ~INDEX) + VERSION_UNIT | index;
    }
}
