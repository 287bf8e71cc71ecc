package io.linuxaio;

/** Prepares an {@link AioBufferPool}. Not safe for use by several threads. */
public final class AioBufferPoolBuilder {
    private int buffers = AioContextBuilder.DEFAULT_QUEUE_DEPTH;
    private long bufferSize = AioArena.DEFAULT_ALIGNMENT;
    private long alignment = AioArena.DEFAULT_ALIGNMENT;
    private boolean zeroes;
    private boolean tracksLeaks;

    AioBufferPoolBuilder() {}

    /**
     * How many buffers.
     *
     * @param count at least one; {@value AioContextBuilder#DEFAULT_QUEUE_DEPTH} if nothing is said
     * @return this
     * @throws IllegalArgumentException if it is less than one
     */
    public AioBufferPoolBuilder buffers(int count) {
        if (count < 1) {
            throw new IllegalArgumentException("a pool has at least one buffer: " + count);
        }
        buffers = count;
        return this;
    }

    /**
     * How large each buffer is.
     *
     * @param bytes at least one; {@value AioArena#DEFAULT_ALIGNMENT} if nothing is said
     * @return this
     * @throws IllegalArgumentException if it is less than one
     */
    public AioBufferPoolBuilder bufferSize(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("a buffer has at least one byte: " + bytes);
        }
        bufferSize = bytes;
        return this;
    }

    /**
     * Of what the buffers' addresses are multiples.
     *
     * @param bytes a power of two; {@value AioArena#DEFAULT_ALIGNMENT} if nothing is said
     * @return this
     * @throws IllegalArgumentException if it is no power of two
     */
    public AioBufferPoolBuilder alignment(long bytes) {
        alignment = AioArena.powerOfTwo(bytes);
        return this;
    }

    /**
     * Sets whether a released buffer is filled with zeros, so that the next borrower does not see its contents. The
     * thread that releases the buffer does it, or the reaper if an operation was still in flight.
     *
     * @param zero {@code true} to fill with zeros; the default is {@code false}
     * @return this
     */
    public AioBufferPoolBuilder zeroOnRelease(boolean zero) {
        zeroes = zero;
        return this;
    }

    /**
     * Sets whether the pool remembers where buffers were acquired, and reports those that are lost to the logger
     * {@code io.linuxaio}. Costs a stack trace and a {@link java.lang.ref.Cleaner} for each buffer acquired.
     *
     * @param track {@code true} to track; the default is {@code false}
     * @return this
     */
    public AioBufferPoolBuilder trackLeaks(boolean track) {
        tracksLeaks = track;
        return this;
    }

    /**
     * Makes the pool, and takes its memory.
     *
     * @return the pool, to be closed
     * @throws OutOfMemoryError if there is not that much
     */
    public AioBufferPool build() {
        return new AioBufferPool(buffers, bufferSize, alignment, zeroes, tracksLeaks);
    }
}
