package io.linuxaio;

import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.memory.PoolMemory;
import io.linuxaio.internal.memory.PooledBuffer;
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
 * A pool of a fixed number of aligned buffers in one arena, which borrowers acquire and release.
 *
 * {@snippet class="io.linuxaio.examples.BufferPoolExample" region="pool"}
 *
 * <p>All memory is allocated and filled with zeros when the pool is opened. The pool is a stack: the buffer released last is
 * lent first. The pool lends a released buffer only when no operation is in flight in it.
 *
 * <p>Safe for use by any thread; a virtual thread that waits for a buffer releases its carrier.
 */
public final class AioBufferPool implements AutoCloseable {
    private static final Logger LOG = System.getLogger("io.linuxaio");

    /** The cleaner that detects leaks, in a class of its own: its thread is started only if leaks are tracked. */
    private static final class Leaks {
        static final Cleaner CLEANER = Cleaner.create();

        private Leaks() {}
    }

    private final int size;
    private final long bufferSize;
    private final boolean tracksLeaks;
    private final boolean zeroes;
    private final PoolMemory memory;
    private final Set<Lease.Place> places = ConcurrentHashMap.newKeySet();
    private final AtomicInteger leaks = new AtomicInteger();

    // The stack of free buffers, linked in the buffers themselves: to release one allocates nothing. Guarded by a
    // private lock, since a user may synchronize on the pool.
    private final Object lock = new Object();
    private PooledBuffer first;
    private int free;
    private boolean closed;

    AioBufferPool(int size, long bufferSize, long alignment, boolean zeroes, boolean tracksLeaks) {
        this.size = size;
        this.bufferSize = bufferSize;
        this.zeroes = zeroes;
        this.tracksLeaks = tracksLeaks;
        memory = new PoolMemory(size, bufferSize, alignment);
        try {
            // So that the first to be lent is the first in memory.
            for (int i = size - 1; i >= 0; i--) {
                push(new PooledBuffer(i, memory.buffer(i)));
            }
        } catch (OutOfMemoryError e) {
            memory.free();
            throw e;
        }
    }

    /**
     * Opens a pool with the defaults of {@link #builder}.
     *
     * @param buffers the number of buffers
     * @param bufferSize the size of each buffer, in bytes
     * @return the pool, to be closed
     * @throws IllegalArgumentException if a number is less than one
     * @throws OutOfMemoryError if there is not enough memory
     */
    public static AioBufferPool of(int buffers, long bufferSize) {
        return builder().buffers(buffers).bufferSize(bufferSize).build();
    }

    /**
     * Returns a builder of a pool.
     *
     * @return a builder with default settings
     */
    public static AioBufferPool.Builder builder() {
        return new AioBufferPool.Builder();
    }

    /**
     * Acquires a buffer, and waits until one is free. An interrupted thread gets a buffer too, if one is free.
     *
     * @return the buffer, to be closed
     * @throws InterruptedException if no buffer is free and the thread is interrupted, before or while it waits
     * @throws IllegalStateException if the pool is closed, also while the thread waits
     */
    public AioBuffer acquire() throws InterruptedException {
        Lease lease = newLease();
        AioBuffer lent = lent(lease);
        await(lease, Long.MAX_VALUE);
        return lent;
    }

    /**
     * Acquires a buffer, and waits at most until the timeout has elapsed. An interrupted thread gets a buffer too, if one
     * is free.
     *
     * @param timeout the maximum time to wait; zero or less does not wait
     * @return the buffer, to be closed; empty if the timeout has elapsed
     * @throws InterruptedException if no buffer is free and the thread is interrupted, before or while it waits
     * @throws IllegalStateException if the pool is closed, also while the thread waits
     */
    public Optional<AioBuffer> tryAcquire(Duration timeout) throws InterruptedException {
        Lease lease = newLease();
        Optional<AioBuffer> lent = Optional.of(lent(lease));
        return await(lease, TimeUnit.NANOSECONDS.convert(timeout)) ? lent : Optional.empty();
    }

    /**
     * Acquires a buffer if one is free.
     *
     * @return the buffer, to be closed; empty if none is free
     * @throws IllegalStateException if the pool is closed
     */
    public Optional<AioBuffer> tryAcquire() {
        Lease lease = newLease();
        Optional<AioBuffer> lent = Optional.of(lent(lease));
        boolean acquired = false;
        try {
            synchronized (lock) {
                acquired = acquireFor(lease);
            }
            return acquired ? lent : Optional.empty();
        } finally {
            if (!acquired) {
                forget(lease.place());
            }
        }
    }

    // Everything that a lease needs is allocated before a buffer is acquired: an Error in between must not lose the
    // buffer.
    private Lease newLease() {
        StackRoom.require();
        Leftovers.recover();
        return new Lease(
                this,
                tracksLeaks ? new Lease.Place(new Throwable("acquired here, by " + Thread.currentThread())) : null);
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

    /** Waits for a buffer for at most so many nanoseconds; returns {@code false} if the time has elapsed. */
    private boolean await(Lease lease, long nanos) throws InterruptedException {
        boolean acquired = false;
        try {
            synchronized (lock) {
                long start = System.nanoTime();
                long left = nanos;
                while (!(acquired = acquireFor(lease)) && left > 0) {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                    left = nanos - (System.nanoTime() - start);
                }
            }
            return acquired;
        } finally {
            if (!acquired) {
                forget(lease.place());
            }
        }
    }

    // With the lock held. Once the buffer has left the stack, nothing is called that could throw an Error.
    private boolean acquireFor(Lease lease) {
        if (closed) {
            throw new IllegalStateException("the pool is closed");
        }
        PooledBuffer lent = first;
        if (lent == null) {
            return false;
        }
        Lease.Place place = lease.place();
        memory.beginLoan(lent.index(), lease.uses());
        first = lent.next;
        free--;
        lent.next = null;
        lease.buffer = lent;
        if (place != null) {
            place.out = true;
        }
        return true;
    }

    /** Puts a released buffer that nothing uses back on the stack. Called again if an Error has ended it. */
    void takeBack(Lease lease) {
        PooledBuffer buffer = lease.buffer;
        if (buffer == null) {
            // No buffer was acquired for this lease.
            return;
        }
        // Once it is back, its memory may belong to another borrower.
        if (zeroes && !lease.back) {
            buffer.segment().fill((byte) 0);
        }
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

    /** Removes the record of where a buffer was acquired, if leaks are tracked. */
    void forget(Lease.Place place) {
        if (place != null) {
            place.out = false;
            places.remove(place);
        }
    }

    // The memory stays out: the thread that lost the buffer may still have its segment.
    private void reportIfOut(String name, Lease.Place place) {
        if (places.remove(place) && place.out) {
            leaks.incrementAndGet();
            LOG.log(Level.WARNING, "a buffer was not released to " + name, place.where());
        }
    }

    /**
     * Returns the number of buffers of the pool, free or not.
     *
     * @return buffers
     */
    public int size() {
        return size;
    }

    /**
     * Returns the number of buffers that are free, and so can be acquired without waiting.
     *
     * @return buffers; 0 if the pool is closed
     */
    public int available() {
        Leftovers.recover();
        synchronized (lock) {
            return closed ? 0 : free;
        }
    }

    /**
     * Returns the size of each buffer.
     *
     * @return bytes
     */
    public long bufferSize() {
        return bufferSize;
    }

    /**
     * Returns the number of buffers that were lost: no longer reachable, and never released. Counted only if
     * {@linkplain AioBufferPool.Builder#trackLeaks leaks are tracked}.
     *
     * @return buffers
     */
    public int leakCount() {
        return leaks.get();
    }

    /**
     * Closes the pool and frees its memory. Closing again has no effect.
     *
     * @throws IllegalStateException if buffers are not released, or an operation is in flight in them; the pool then
     *     stays open. If leaks are tracked, suppressed exceptions show where the buffers were acquired. Also if a native
     *     call outside this library uses a released buffer: the pool is then closed, and closing it again frees the
     *     memory
     */
    @Override
    public void close() {
        StackRoom.require();
        Leftovers.recover();
        synchronized (lock) {
            if (!closed) {
                requireAllBack();
                closed = true;
                lock.notifyAll();
            }
            first = null;
            free = 0;
            memory.free();
        }
    }

    private void requireAllBack() {
        int used = size - free;
        for (PooledBuffer buffer = first; buffer != null; buffer = buffer.next) {
            if (!memory.retire(buffer.index())) {
                used++;
            }
        }
        if (used > 0) {
            IllegalStateException out = new IllegalStateException(used + " of " + size + " buffers are not back");
            places.stream().filter(place -> place.out).forEach(place -> out.addSuppressed(place.where()));
            throw out;
        }
    }

    @Override
    public String toString() {
        return "AioBufferPool of " + size + " buffers of " + bufferSize + " bytes, " + available() + " available";
    }

    /** A builder of {@link AioBufferPool}s. Not safe for use by several threads. */
    public static final class Builder {
        private int buffers = AioContext.Builder.DEFAULT_QUEUE_DEPTH;
        private long bufferSize = AioArena.DEFAULT_ALIGNMENT;
        private long alignment = AioArena.DEFAULT_ALIGNMENT;
        private boolean zeroes;
        private boolean tracksLeaks;

        Builder() {}

        /**
         * Sets the number of buffers.
         *
         * @param count the number, at least 1; the default is {@value AioContext.Builder#DEFAULT_QUEUE_DEPTH}
         * @return this builder
         * @throws IllegalArgumentException if the number is less than one
         */
        public AioBufferPool.Builder buffers(int count) {
            if (count < 1) {
                throw new IllegalArgumentException("a pool has at least one buffer: " + count);
            }
            buffers = count;
            return this;
        }

        /**
         * Sets the size of each buffer.
         *
         * @param bytes the size in bytes, at least 1; the default is {@value AioArena#DEFAULT_ALIGNMENT}
         * @return this builder
         * @throws IllegalArgumentException if the size is less than one
         */
        public AioBufferPool.Builder bufferSize(long bytes) {
            if (bytes < 1) {
                throw new IllegalArgumentException("a buffer has at least one byte: " + bytes);
            }
            bufferSize = bytes;
            return this;
        }

        /**
         * Sets the alignment of buffer addresses.
         *
         * @param bytes the alignment in bytes, a power of two; the default is {@value AioArena#DEFAULT_ALIGNMENT}
         * @return this builder
         * @throws IllegalArgumentException if the alignment is not a power of two
         */
        public AioBufferPool.Builder alignment(long bytes) {
            alignment = AioArena.powerOfTwo(bytes);
            return this;
        }

        /**
         * Sets whether a released buffer is filled with zeros, so that the next borrower does not see its contents. The
         * releasing thread fills it, or the reaper if an operation was still in flight.
         *
         * @param zero {@code true} to fill with zeros; the default is {@code false}
         * @return this builder
         */
        public AioBufferPool.Builder zeroOnRelease(boolean zero) {
            zeroes = zero;
            return this;
        }

        /**
         * Sets whether the pool records where buffers were acquired, and logs lost buffers with the logger
         * {@code io.linuxaio}. Each acquisition then costs a stack trace and a registration with a
         * {@link java.lang.ref.Cleaner}.
         *
         * @param track {@code true} to track; the default is {@code false}
         * @return this builder
         */
        public AioBufferPool.Builder trackLeaks(boolean track) {
            tracksLeaks = track;
            return this;
        }

        /**
         * Opens the pool, and allocates its memory.
         *
         * @return the pool, to be closed
         * @throws OutOfMemoryError if there is not enough memory
         */
        public AioBufferPool build() {
            return new AioBufferPool(buffers, bufferSize, alignment, zeroes, tracksLeaks);
        }
    }
}
