package io.linuxaio.internal.engine;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The queue between threads that offload operations and the helper threads that submit them. First in, first out, except
 * that operations of one device occupy all but one of the threads at most: the others of that device wait in the queue.
 * So a device that makes each submission wait leaves a thread to the other devices.
 *
 * <p>The queue is an intrusive list: offloading an operation allocates nothing. Safe for use by any thread.
 */
public final class OffloadQueue {
    /** The maximum number of threads. The first is permanent, the others come and go. */
    public static final int MOST_THREADS = 3;

    private static final int MOST_FOR_DEVICE = MOST_THREADS - 1;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();

    /** The devices whose operations the threads submit at present; null for a thread that waits or does not exist. */
    private final FileDevice[] served = new FileDevice[MOST_THREADS];

    private final boolean[] exists = new boolean[MOST_THREADS];
    private Slot first;
    private Slot last;

    /** The number of threads that wait and were not woken. */
    private int idle;

    /** The number of threads that wait and were woken, each for one operation. */
    private int woken;

    /** Creates an empty queue. */
    public OffloadQueue() {
        exists[0] = true;
    }

    /**
     * Adds an operation.
     *
     * @return the number of a thread that the caller should start for it; 0 if the present ones suffice. If the thread cannot
     *     be started, the caller calls {@link #dismiss}.
     */
    public int add(Slot slot) {
        lock.lock();
        try {
            if (first == null) {
                first = slot;
            } else {
                last.nextInQueue(slot);
            }
            last = slot;
            if (isBlocked(slot)) {
                return 0;
            } else if (idle > 0) {
                idle--;
                woken++;
                arrived.signal();
                return 0;
            }
            return hire();
        } finally {
            lock.unlock();
        }
    }

    private int hire() {
        for (int i = 1; i < MOST_THREADS; i++) {
            if (!exists[i]) {
                exists[i] = true;
                return i;
            }
        }
        return 0;
    }

    /** Notes that a thread does not exist: it could not be started. Its operation waits for another thread. */
    public void dismiss(int thread) {
        lock.lock();
        exists[thread] = false;
        lock.unlock();
    }

    /**
     * Takes the next operation that a thread is to submit, and ends its work on the one before.
     *
     * @param thread the number of the calling thread
     * @param seconds the maximum time to wait
     * @return the operation, or null if none arrived in time: unless it is permanent, the thread no longer exists then
     * @throws InterruptedException if the calling thread is interrupted; it still exists then
     */
    public Slot take(int thread, long seconds) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            served[thread] = null;
            Slot slot = remove();
            long left = TimeUnit.SECONDS.toNanos(seconds);
            while (slot == null && left > 0) {
                left = await(left);
                slot = remove();
            }
            if (slot == null) {
                exists[thread] = thread == 0;
                return null;
            }
            served[thread] = slot.file().device();
            return slot;
        } finally {
            lock.unlock();
        }
    }

    private long await(long nanos) throws InterruptedException {
        idle++;
        try {
            return arrived.awaitNanos(nanos);
        } finally {
            // The first to continue, if only since its time is over, takes the operation for which another was woken.
            if (woken > 0) {
                woken--;
            } else {
                idle--;
            }
        }
    }

    /** Removes the oldest operation that is not blocked; returns null if there is none. */
    private Slot remove() {
        Slot before = null;
        Slot slot = first;
        while (slot != null && isBlocked(slot)) {
            before = slot;
            slot = slot.nextInQueue();
        }
        if (slot == null) {
            return null;
        }
        Slot next = slot.nextInQueue();
        slot.nextInQueue(null);
        if (before == null) {
            first = next;
        } else {
            before.nextInQueue(next);
        }
        if (next == null) {
            last = before;
        }
        return slot;
    }

    /** Returns {@code true} if as many threads as may submit operations of the same device at present. */
    private boolean isBlocked(Slot slot) {
        FileDevice device = slot.file().device();
        int count = 0;
        for (FileDevice other : served) {
            count += other != null && other.isSame(device) ? 1 : 0;
        }
        return count >= MOST_FOR_DEVICE;
    }
}
