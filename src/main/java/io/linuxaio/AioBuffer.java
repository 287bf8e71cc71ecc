package io.linuxaio;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A buffer on loan from an {@link AioBufferPool}: {@link #close} gives it back.
 *
 * <p>Given back while an operation is in flight in it, the buffer reaches the pool when the kernel is done with it: so a
 * {@code try} with a timed-out operation in it is safe. Safe for use by any thread.
 */
public final class AioBuffer implements AutoCloseable {
    private final AioBufferPool pool;
    private final PooledBuffer buffer;
    private final AtomicBoolean returned = new AtomicBoolean();
    private final Runnable whenReturned;

    AioBuffer(AioBufferPool pool, PooledBuffer buffer, Runnable whenReturned) {
        this.pool = pool;
        this.buffer = buffer;
        this.whenReturned = whenReturned;
    }

    /**
     * The memory. It must not be used after {@link #close}: it may be somebody else's then.
     *
     * @return aligned native memory of the pool's buffer size
     * @throws IllegalStateException if the buffer was given back
     */
    public MemorySegment segment() {
        if (returned.get()) {
            throw new IllegalStateException("the buffer was given back to " + pool);
        }
        return buffer.segment();
    }

    /**
     * Gives the buffer back.
     *
     * @throws IllegalStateException if it was given back before
     */
    @Override
    public void close() {
        if (!returned.compareAndSet(false, true)) {
            throw new IllegalStateException("the buffer was given back twice to " + pool);
        }
        whenReturned.run();
        buffer.giveBack();
    }
}
