package io.linuxaio;

import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.memory.BufferClaim;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * A buffer acquired from an {@link AioBufferPool} or allocated by an {@link AioBufferAllocator}; {@link #close} releases it.
 *
 * <p>If the buffer is released while an operation is in flight in it, its memory is used again only when the kernel is done
 * with it. So a {@code try} statement with a timed-out operation in it is safe. If an operation was added to an
 * {@link AioBatch} and not submitted when the buffer was released, its future fails with {@link IllegalStateException}.
 *
 * <p>Safe for use by any thread.
 */
public final class AioBuffer implements AutoCloseable {
    private final BufferClaim claim;

    // Made at its first use. Two threads may make one each; either is valid.
    private ByteBuffer bytes;

    AioBuffer(BufferClaim claim) {
        this.claim = claim;
    }

    /**
     * Returns the memory. The caller must not use it after {@link #close}, since another borrower may then have it. Until
     * another borrower has it, operations on it throw {@link IllegalStateException}.
     *
     * @return aligned native memory, of the pool's buffer size or the size that was requested
     * @throws IllegalStateException if the buffer was released
     */
    public MemorySegment segment() {
        if (claim.uses().isClosed()) {
            throw new IllegalStateException("the buffer was released to " + claim.owner());
        }
        return claim.segment();
    }

    /**
     * Returns the memory as a byte buffer: direct, in big-endian order, with all of the memory between its position and its
     * limit at first. It is made once for a borrower: each call returns the same object, with the position and limit that
     * the caller has set. What is said of {@link #segment} after {@link #close} holds for it too.
     *
     * @return a byte buffer that shares the memory
     * @throws IllegalStateException if the buffer was released
     * @throws UnsupportedOperationException if the buffer has more than {@link Integer#MAX_VALUE} bytes
     */
    public ByteBuffer asByteBuffer() {
        MemorySegment segment = segment();
        ByteBuffer made = bytes;
        if (made == null) {
            made = segment.asByteBuffer();
            bytes = made;
        }
        return made;
    }

    /** Releases the buffer. Closing again has no effect, also if another borrower has the memory since. */
    @Override
    public void close() {
        StackRoom.require();
        claim.uses().close();
        claim.forget();
    }
}
