package io.linuxaio.internal.engine;

import io.linuxaio.internal.kernel.RequestQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Admission control for one block device: bounds the requests that this process has in flight there, over all contexts.
 *
 * <p>A device has a fixed number of requests, and {@code io_submit} waits for a free one, whatever flags it was given. Up
 * to half of that number, {@link #tryEnter} lets a caller submit. Above it an operation is {@linkplain #holdBack held
 * back} in a first-in-first-out queue. A thread of the device submits it when others have completed; that thread may wait
 * in the kernel. The other half remains for that thread and for other processes.
 *
 * <p>Safe for use by any thread. An operation is counted from the moment it enters until {@link Slot#leaveDevice}.
 */
public final class DeviceLimit {
    /** The time that the thread of a device waits for the next operation before it ends, in seconds. */
    private static final long IDLE_SECONDS = 5;

    /**
     * The time for which an operation is held back although none completes, in nanoseconds. Those in flight may have completed
     * unseen, where a callback keeps their context from reaping.
     */
    private static final long PATIENCE_NANOS = 50_000_000;

    /** The thread waits until this share of the bound is free, so that it is not woken for each operation. */
    private static final int SHARE_TO_WAKE_FOR = 8;

    private static final int NOBODY_WAITS = -1;

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger wakeAt = new AtomicInteger(NOBODY_WAITS);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final long patience;
    private volatile RequestQueue queue;
    private volatile int bound;
    private volatile int heldBack;
    private volatile Thread thread;
    private Slot first;
    private Slot last;

    // For the thread: the number of requests in flight for which it no longer waits.
    private int givenUp;

    /** Creates the limit of one device. */
    DeviceLimit(RequestQueue queue) {
        this(queue, PATIENCE_NANOS);
    }

    DeviceLimit(RequestQueue queue, long patience) {
        this.patience = patience;
        describe(queue);
    }

    /** Sets the present properties of the queue of the device. */
    void describe(RequestQueue now) {
        queue = now;
        bound = Math.max(1, now.requests() / 2);
    }

    /** Returns the number of requests that may be in flight before operations are held back. */
    public int bound() {
        return bound;
    }

    /** Returns the number of requests in flight, as far as this process knows. */
    public int inFlight() {
        return inFlight.get();
    }

    /** Returns the number of operations that are held back. */
    int heldBack() {
        return heldBack;
    }

    /**
     * Counts an operation as in flight if there is room for it and none is held back.
     *
     * @return {@code false} if the operation must be held back
     */
    public boolean tryEnter(Slot slot) {
        int requests = requestsOf(slot);
        int most = bound - requests;
        int now;
        do {
            now = inFlight.get();
            if (now > most || heldBack > 0) {
                return false;
            }
        } while (!inFlight.compareAndSet(now, now + requests));
        slot.enter(this, requests);
        return true;
    }

    /** Counts an operation as in flight, with or without room for it. */
    public void enter(Slot slot) {
        int requests = requestsOf(slot);
        inFlight.addAndGet(requests);
        slot.enter(this, requests);
    }

    private int requestsOf(Slot slot) {
        return queue.requestsOf(slot.length(), slot.segments());
    }

    /** Subtracts requests from the count. */
    void leave(int requests) {
        int now = inFlight.addAndGet(-requests);
        int wanted = wakeAt.get();
        if (now <= wanted && wakeAt.compareAndSet(wanted, NOBODY_WAITS)) {
            LockSupport.unpark(thread);
        }
    }

    /**
     * Queues a prepared operation until there is room for it.
     *
     * @param slot the operation; not counted as in flight
     * @param whenRoom receives the slot then, on the thread of the device; it calls {@link #enter}, or offloads the slot
     * @return {@code false}, without an effect, if the thread of the device cannot be started
     */
    public boolean holdBack(Slot slot, Consumer<Slot> whenRoom) {
        lock.lock();
        try {
            if (thread == null && !startThread()) {
                return false;
            }
            slot.holdBack(whenRoom);
            if (first == null) {
                first = slot;
                arrived.signal();
            } else {
                last.nextInQueue(slot);
            }
            last = slot;
            heldBack++;
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean startThread() {
        try {
            Thread started =
                    Threads.daemon("linux-aio-device-" + queue.name().replaceFirst(".*/", ""), this::submitHeldBack);
            started.start();
            thread = started;
            return true;
        } catch (OutOfMemoryError noThread) {
            return false;
        }
    }

    private void submitHeldBack() {
        while (true) {
            try {
                Slot slot = awaitFirst();
                if (slot == null) {
                    return;
                }
                awaitRoom(Math.min(requestsOf(slot), bound));
                removeFirst().accept(slot);
            } catch (Throwable e) {
                // Out of memory, for example. Operations that are held back still need this thread.
                Log.continueAfter(e);
            }
        }
    }

    /** Waits for an operation that is held back. Returns null, to end the thread, if none arrived for some seconds. */
    private Slot awaitFirst() {
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
            while (first == null && left > 0) {
                left = awaitArrival(left);
            }
            if (first == null) {
                thread = null;
            }
            return first;
        } finally {
            lock.unlock();
        }
    }

    private long awaitArrival(long nanos) {
        try {
            return arrived.awaitNanos(nanos);
        } catch (InterruptedException strangers) {
            return nanos;
        }
    }

    private void awaitRoom(int requests) {
        int most = bound - requests;
        int now = notGivenUp();
        if (now <= most) {
            return;
        }
        int level = Math.min(most, bound - bound / SHARE_TO_WAKE_FOR);
        long start = System.nanoTime();
        while (now > level) {
            long left = patience - (System.nanoTime() - start);
            if (left <= 0) {
                givenUp = inFlight.get();
                return;
            }
            // An interrupt by other code would end every wait at once.
            Thread.interrupted();
            wakeAt.set(level + givenUp);
            // Operations may have left before they saw it.
            if (notGivenUp() > level) {
                LockSupport.parkNanos(this, left);
            }
            wakeAt.set(NOBODY_WAITS);
            now = notGivenUp();
        }
    }

    private int notGivenUp() {
        int now = inFlight.get();
        givenUp = Math.min(givenUp, now);
        return now - givenUp;
    }

    private Consumer<Slot> removeFirst() {
        lock.lock();
        try {
            Slot slot = first;
            first = slot.nextInQueue();
            if (first == null) {
                last = null;
            }
            heldBack--;
            return slot.endHoldBack();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public String toString() {
        return queue.name() + ": " + inFlight + " of " + bound + " requests in flight, " + heldBack + " held back";
    }
}
