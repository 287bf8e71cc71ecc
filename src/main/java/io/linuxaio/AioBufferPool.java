package io.linuxaio;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingDeque;
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
    private static final Cleaner CLEANER = Cleaner.create();

    private final int size;
    private final long bufferSize;
    private final boolean tracksLeaks;
    private final LinkedBlockingDeque<PooledBuffer> free = new LinkedBlockingDeque<>();
    private final Set<Loan> loans = ConcurrentHashMap.newKeySet();
    private final AtomicInteger leaked = new AtomicInteger();
    private boolean closed;

    AioBufferPool(int size, long bufferSize, long alignment, boolean wipes, boolean tracksLeaks) {
        this.size = size;
        this.bufferSize = bufferSize;
        this.tracksLeaks = tracksLeaks;
        try {
            for (int i = 0; i < size; i++) {
                free.add(new PooledBuffer(bufferSize, alignment, wipes, free::addFirst));
            }
        } catch (OutOfMemoryError e) {
            free.forEach(PooledBuffer::free);
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
        return take(Duration.ofNanos(Long.MAX_VALUE)).orElseThrow();
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
        return Optional.ofNullable(free.pollFirst(TimeUnit.NANOSECONDS.convert(limit), TimeUnit.NANOSECONDS))
                .map(this::lend);
    }

    /**
     * Takes a buffer if there is one.
     *
     * @return the buffer, to be closed; empty where all are out
     * @throws IllegalStateException if the pool is closed
     */
    public Optional<AioBuffer> tryTake() {
        return Optional.ofNullable(free.pollFirst()).map(this::lend);
    }

    private AioBuffer lend(PooledBuffer buffer) {
        if (buffer == PooledBuffer.CLOSED) {
            // For the next one who comes, or waits already.
            free.addFirst(buffer);
            throw new IllegalStateException("the pool is closed");
        }
        if (!tracksLeaks) {
            return new AioBuffer(this, buffer, () -> {});
        }
        Loan loan = new Loan(new Throwable("taken here, by " + Thread.currentThread()));
        loans.add(loan);
        AioBuffer lent = new AioBuffer(this, buffer, () -> loans.remove(loan));
        String name = toString();
        CLEANER.register(lent, () -> reportIfOut(name, loan));
        return lent;
    }

    /** A buffer that is out, and where it was taken. */
    private static final class Loan {
        private final Throwable place;

        Loan(Throwable place) {
            this.place = place;
        }
    }

    // The memory is not taken back: who lost the buffer may still have its segment.
    private void reportIfOut(String name, Loan loan) {
        if (loans.remove(loan)) {
            leaked.incrementAndGet();
            LOG.log(Level.WARNING, "a buffer was not given back to " + name, loan.place);
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
    public synchronized int available() {
        return closed ? 0 : free.size();
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
     *     as suppressed exceptions, where they were taken if leaks are tracked. The pool stays open
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        PooledBuffer[] home = free.toArray(PooledBuffer[]::new);
        if (home.length < size) {
            IllegalStateException out =
                    new IllegalStateException((size - home.length) + " of " + size + " buffers are not back");
            loans.forEach(loan -> out.addSuppressed(loan.place));
            throw out;
        }
        closed = true;
        free.clear();
        free.add(PooledBuffer.CLOSED);
        for (PooledBuffer buffer : home) {
            buffer.free();
        }
    }

    @Override
    public String toString() {
        return "AioBufferPool of " + size + " buffers of " + bufferSize + " bytes, " + available() + " available";
    }
}
