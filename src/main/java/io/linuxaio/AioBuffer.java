package io.linuxaio;

import java.lang.foreign.MemorySegment;

/**
 * A buffer on loan from an {@link AioBufferPool}: {@link #close} gives it back.
 *
 * <p>Given back while an operation is in flight in it, the buffer reaches the pool when the kernel is done with it: so a
 * {@code try} with a timed-out operation in it is safe. An operation that was added to an {@link AioBatch} and not
 * submitted when the buffer was given back fails by its future. Safe for use by any thread.
 */
public final class AioBuffer implements AutoCloseable {
    private final Lease lease;

    AioBuffer(Lease lease) {
        this.lease = lease;
    }

    /**
     * The memory. It must not be used after {@link #close}: it may be somebody else's then. As long as it is nobody's,
     * operations on it are refused.
     *
     * @return aligned native memory of the pool's buffer size
     * @throws IllegalStateException if the buffer was given back
     */
    public MemorySegment segment() {
        if (lease.uses().isClosed()) {
            throw new IllegalStateException("the buffer was given back to " + lease.pool());
        }
        return lease.buffer.segment();
    }

    /**
     * Gives the buffer back.
     *
     * @throws IllegalStateException if it was given back before
     */
    @Override
    public void close() {
        if (!lease.uses().close()) {
            throw new IllegalStateException("the buffer was given back twice to " + lease.pool());
        }
        lease.pool().forget(lease.place());
    }
}
