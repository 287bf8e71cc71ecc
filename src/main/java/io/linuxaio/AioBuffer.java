package io.linuxaio;

import java.lang.foreign.MemorySegment;

/**
 * A buffer acquired from an {@link AioBufferPool}; {@link #close} releases it.
 *
 * <p>If the buffer is released while an operation is in flight in it, the pool lends it again only when the kernel is done
 * with it. So a {@code try} statement with a timed-out operation in it is safe. If an operation was added to an
 * {@link AioBatch} and not submitted when the buffer was released, its future fails with {@link IllegalStateException}.
 *
 * <p>Safe for use by any thread.
 */
public final class AioBuffer implements AutoCloseable {
    private final Lease lease;

    AioBuffer(Lease lease) {
        this.lease = lease;
    }

    /**
     * Returns the memory. The caller must not use it after {@link #close}, since the pool may then lend it to another
     * borrower. Until the pool does, operations on it throw {@link IllegalStateException}.
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

    /** Releases the buffer. Closing again has no effect, also if the pool has lent the memory to another borrower since. */
    @Override
    public void close() {
        lease.uses().close();
        lease.pool().forget(lease.place());
    }
}
