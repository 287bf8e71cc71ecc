package io.linuxaio;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A fixed number of aligned buffers that are used again and again.
 *
 * {@snippet class="io.linuxaio.examples.BufferPoolExample" region="pool"}
 *
 * <p>All memory is taken when the pool is made. The buffer that came back last goes out first. A buffer comes back only
 * when no operation is in flight in it, whenever its {@link AioBuffer} was closed.
 *
 * <p>Safe for use by any thread; a virtual thread that waits for a buffer leaves its carrier.
 */
public final class AioBufferPool implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.linuxaio");

    /** Started only where leaks are tracked: a cleaner is a thread. */
    private static final class Leaks {
        static final Cleaner CLEANER = Cleaner.create();

        private Leaks() {}
    }

    private final int size;
    private final long bufferSize;
    private final boolean tracksLeaks;
    private final Set<Lease.Place> places = ConcurrentHashMap.newKeySet();
    private final AtomicInteger leaked = new AtomicInteger();

    // The stack of free buffers, linked in the buffers themselves: to give one back allocates nothing. Guarded by a
    // lock of its own, since a user may hold the pool's.
    private final Object lock = new Object();
    private PooledBuffer first;
    private int free;
    private boolean closed;

    AioBufferPool(int size, long bufferSize, long alignment, boolean wipes, boolean tracksLeaks) {
        this.size = size;
        this.bufferSize = bufferSize;
        this.tracksLeaks = tracksLeaks;
        try {
            while (free < size) {
                push(new PooledBuffer(bufferSize, alignment, wipes));
            }
        } catch (OutOfMemoryError e) {
            freeAll();
            throw e;
        }
    }

    /**
     * A pool with the defaults of {@link #builder}.
     *
     * @param buffers how many
     * @param bufferSize of each, in bytes
     * @return the pool, to be closed
     * @throws IllegalArgumentException if a number is less than one
     */
    public static AioBufferPool of(int buffers, long bufferSize) {
        return builder().buffers(buffers).bufferSize(bufferSize).build();
    }

    /**
     * Prepares a pool.
     *
     * @return a builder
     */
    public static AioBufferPoolBuilder builder() {
        return new AioBufferPoolBuilder();
    }

    /**
     * Takes a buffer, waiting for one.
     *
     * @return the buffer, to be closed
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws IllegalStateException if the pool is closed
     */
    public AioBuffer take() throws InterruptedException {
        Lease lease = newLease();
        AioBuffer lent = lent(lease);
        await(lease, Long.MAX_VALUE);
        return lent;
    }

    /**
     * Takes a buffer, waiting for one no longer than so long.
     *
     * @param limit how long to wait at most; zero does not wait
     * @return the buffer, to be closed; empty where the time ran out
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws IllegalStateException if the pool is closed
     */
    public Optional<AioBuffer> take(Duration limit) throws InterruptedException {
        Lease lease = newLease();
        Optional<AioBuffer> lent = Optional.of(lent(lease));
        return await(lease, TimeUnit.NANOSECONDS.convert(limit)) ? lent : Optional.empty();
    }

    /**
     * Takes a buffer if there is one.
     *
     * @return the buffer, to be closed; empty where all are out
     * @throws IllegalStateException if the pool is closed
     */
    public Optional<AioBuffer> tryTake() {
        Lease lease = newLease();
        Optional<AioBuffer> lent = Optional.of(lent(lease));
        synchronized (lock) {
            return takeFor(lease) ? lent : Optional.empty();
        }
    }

    // Everything that a loan needs is allocated before a buffer is taken: an Error in between must not lose the buffer.
    private Lease newLease() {
        Leftovers.recover();
        return new Lease(
                this, tracksLeaks ? new Lease.Place(new Throwable("taken here, by " + Thread.currentThread())) : null);
    }

    private AioBuffer lent(Lease lease) {
        AioBuffer lent = new AioBuffer(lease);
        Lease.Place place = lease.place();
        if (place != null) {
            String name = toString();
            places.add(place);
            Leaks.CLEANER.register(lent, () -> reportIfOut(name, place));
        }
        return lent;
    }

    /** Waits for a buffer so long at most; false where the time ran out. */
    private boolean await(Lease lease, long nanos) throws InterruptedException {
        boolean taken = false;
        try {
            synchronized (lock) {
                long start = System.nanoTime();
                long left = nanos;
                while (!(taken = takeFor(lease)) && left > 0) {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                    left = nanos - (System.nanoTime() - start);
                }
            }
            return taken;
        } finally {
            if (!taken) {
                forget(lease.place());
            }
        }
    }

    // With the lock. From the moment when the buffer leaves the stack nothing is called that could throw an Error.
    private boolean takeFor(Lease lease) {
        if (closed) {
            throw new IllegalStateException("the pool is closed");
        }
        PooledBuffer taken = first;
        if (taken == null) {
            return false;
        }
        Lease.Place place = lease.place();
        taken.lendTo(lease);
        first = taken.next;
        free--;
        taken.next = null;
        lease.buffer = taken;
        if (place != null) {
            place.out = true;
        }
        return true;
    }

    /** Takes a buffer back that nothing uses any more. Called again where an Error has ended it. */
    void takeBack(Lease lease) {
        PooledBuffer buffer = lease.buffer;
        if (buffer == null) {
            // The buffer was never taken for it.
            return;
        }
        buffer.wipe();
        synchronized (lock) {
            if (!lease.back) {
                // Without a call: an Error in the middle would lose the buffer.
                lease.back = true;
                buffer.next = first;
                first = buffer;
                free++;
            }
            lock.notify();
        }
    }

    private void push(PooledBuffer buffer) {
        buffer.next = first;
        first = buffer;
        free++;
    }

    /** Forgets where a buffer was taken, if leaks are tracked. */
    void forget(Lease.Place place) {
        if (place != null) {
            place.out = false;
            places.remove(place);
        }
    }

    // The memory is not taken back: who lost the buffer may still have its segment.
    private void reportIfOut(String name, Lease.Place place) {
        if (places.remove(place) && place.out) {
            leaked.incrementAndGet();
            LOG.log(Level.WARNING, "a buffer was not given back to " + name, place.where());
        }
    }

    /**
     * How many buffers there are.
     *
     * @return as the pool was made
     */
    public int size() {
        return size;
    }

    /**
     * How many buffers can be taken without waiting.
     *
     * @return zero or greater
     */
    public int available() {
        Leftovers.recover();
        synchronized (lock) {
            return closed ? 0 : free;
        }
    }

    /**
     * How large each buffer is.
     *
     * @return bytes
     */
    public long bufferSize() {
        return bufferSize;
    }

    /**
     * How many buffers were lost: never given back, and no longer reachable. Counted only where leaks are tracked.
     *
     * @return zero, unless there is a leak
     */
    public int leaked() {
        return leaked.get();
    }

    /**
     * Frees the memory. Closing again does nothing.
     *
     * @throws IllegalStateException if buffers are out, or not back yet since an operation is in flight in them; with,
     *     as suppressed exceptions, where they were taken if leaks are tracked. The pool stays open. Also if a native
     *     call outside this library uses a buffer that was given back: then the pool is closed, and closing it again
     *     frees the rest
     */
    @Override
    public void close() {
        Leftovers.recover();
        synchronized (lock) {
            if (!closed) {
                requireAllBack();
                closed = true;
                lock.notifyAll();
            }
            freeAll();
        }
    }

    private void requireAllBack() {
        int used = size - free;
        for (PooledBuffer buffer = first; buffer != null; buffer = buffer.next) {
            if (!buffer.retire()) {
                used++;
            }
        }
        if (used > 0) {
            IllegalStateException out = new IllegalStateException(used + " of " + size + " buffers are not back");
            places.stream().filter(place -> place.out).forEach(place -> out.addSuppressed(place.where()));
            throw out;
        }
    }

    private void freeAll() {
        while (first != null) {
            first.free();
            first = first.next;
            free--;
        }
    }

    @Override
    public String toString() {
        return "AioBufferPool of " + size + " buffers of " + bufferSize + " bytes, " + available() + " available";
    }
}
