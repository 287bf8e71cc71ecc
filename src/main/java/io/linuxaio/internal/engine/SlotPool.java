package io.linuxaio.internal.engine;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;

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
    private static final int INDEX_BITS = 21;

    /** More slots than the largest queue has: the index that stands for none. */
    private static final int NONE = (1 << INDEX_BITS) - 1;

    private static final long CLOSED = 1L << INDEX_BITS;

    private static final long CHANGE = CLOSED << 1;

    private static final int CLAIMED = -1;

    private final Slot[] slots;

    // What lies below each slot in the stack. Read by threads that may have lost it already: then the exchange fails.
    private final AtomicIntegerArray below;

    // The index on top, whether the pool is closed, and above that how often the top has changed: an index alone may
    // leave and come back between a read of it and the exchange.
    private final AtomicLong top;

    // The lowest index that was ever handed out. A slot comes to the top only when all above it are out: so this tells
    // exactly how many were out at the same time, and costs a comparison.
    private final AtomicInteger lowest;

    private final AtomicInteger waiting = new AtomicInteger();
    private final Semaphore wakeUps = new Semaphore(0);

    /** A pool of the given slots, all free; each one's index is its place in the array. */
    public SlotPool(Slot[] slots) {
        this.slots = slots.clone();
        below = new AtomicIntegerArray(slots.length);
        int highest = NONE;
        for (int i = 0; i < slots.length; i++) {
            below.setPlain(i, highest);
            highest = i;
        }
        top = new AtomicLong(highest);
        lowest = new AtomicInteger(slots.length);
    }

    /** Claims a slot, or answers null where none is free or the pool is closed. */
    public Slot tryClaim() {
        while (true) {
            long now = top.get();
            int index = index(now);
            if (index == NONE || (now & CLOSED) != 0) {
                return null;
            }
            if (top.compareAndSet(now, changed(now, below.getPlain(index)))) {
                below.setOpaque(index, CLAIMED);
                if (index < lowest.getPlain()) {
                    lowest.accumulateAndGet(index, Math::min);
                }
                return slots[index];
            }
        }
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
        Slot slot = tryClaim();
        long start = System.nanoTime();
        long left = nanos;
        while (slot == null && left > 0 && !isClosed()) {
            slot = await(left);
            left = nanos - (System.nanoTime() - start);
        }
        if (slot == null && isClosed() && waiting.get() > 0) {
            wakeUps.release();
        }
        return slot;
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
            waiting.decrementAndGet();
        }
    }

    /** Gives a slot back. */
    public void release(Slot slot) {
        int index = slot.index();
        long now;
        do {
            now = top.get();
            below.setPlain(index, index(now));
        } while (!top.compareAndSet(now, changed(now, index)));
        int sleepers = waiting.get();
        // A wake-up that nobody has taken yet serves for this slot, too.
        if (sleepers > 0 && sleepers > wakeUps.availablePermits()) {
            wakeUps.release();
        }
    }

    /** Hands out no more slots, and wakes those who wait for one. */
    public void close() {
        if ((top.getAndUpdate(now -> now | CLOSED) & CLOSED) == 0) {
            wakeUps.release();
        }
    }

    /** Whether no slot is handed out any more. */
    public boolean isClosed() {
        return (top.get() & CLOSED) != 0;
    }

    /** Whether the pool is closed and every slot is back: then nothing is in flight, nor will be. */
    public boolean isOver() {
        long now = top.get();
        if ((now & CLOSED) == 0) {
            return false;
        }
        // Nobody takes one away any more; those that come back lie on top of what is counted here.
        int back = 0;
        for (int i = index(now); i != NONE; i = below.getPlain(i)) {
            back++;
        }
        return back == slots.length;
    }

    /** How many are claimed; exact while nobody claims or gives back. */
    public int claimed() {
        int count = 0;
        for (int i = 0; i < slots.length; i++) {
            count += below.getOpaque(i) == CLAIMED ? 1 : 0;
        }
        return count;
    }

    /** How many were claimed at the same time at most, so far. */
    public int mostClaimed() {
        return slots.length - lowest.get();
    }

    private static int index(long head) {
        return (int) head & NONE;
    }

    private static long changed(long head, int index) {
        return (head & ~(long) NONE) + CHANGE | index;
    }
}
