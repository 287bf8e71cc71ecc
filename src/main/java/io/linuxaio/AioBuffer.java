package io.linuxaio;

import java.lang.foreign.MemorySegment;

/**
 * A buffer on loan from an {@link AioBufferPool}, which {@link #close} releases.
 *
 * <p>If the buffer is released while an operation is in flight in it, the pool lends it again only when the kernel is done
 * with it. So a {@code try} statement with a timed-out operation in it is safe. An operation that was added to an
 * {@link AioBatch} and not submitted when the buffer was released fails by its future. Safe for use by any thread.
 */
public final class AioBuffer implements AutoCloseable {
    private final Lease lease;

    AioBuffer(Lease lease) {
        this.lease = lease;
    }

    /**
     * Returns the memory. It must not be used after {@link #close}, since the pool may have lent it to another borrower
     * by then. Until it has, operations on it are refused.
     *
     * @return aligned native memory of the pool's buffer size
     * @throws IllegalStateException if the buffer was released
     */
    public MemorySegment segment() {
        if (lease.uses().isClosed()) {
            throw new IllegalStateException("the buffer was released to " + lease.pool());
        }
        return lease.buffer.segment();
    }

    /** Releases the buffer. Closing again does nothing, also if the pool has lent it to another borrower since. */
    @Override
    public void close() {
        lease.uses().close();
        lease.pool().forget(lease.place());
    }
}
