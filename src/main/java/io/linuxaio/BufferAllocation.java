package io.linuxaio;

import io.linuxaio.internal.memory.BufferChunk;
import java.lang.foreign.MemorySegment;

/** A block of an allocator's chunk, allocated for one borrower. */
final class BufferAllocation extends AllocatedBuffer {
    private final int order;

    // Set when the block is allocated. Guarded by the allocator's lock.
    private BufferChunk<AioBuffer> chunk;
    private int block;
    private MemorySegment segment;

    BufferAllocation(AioBufferAllocator allocator, int order) {
        super(allocator);
        this.order = order;
    }

    /** Allocates a block of a chunk that has a free one. With the allocator's lock held. */
    void allocateFrom(BufferChunk<AioBuffer> from, long size, AioBuffer buffer) {
        block = from.peek(order);
        // Before the block is taken: it is the only thing here that allocates.
        segment = from.segment(block, size);
        from.allocate(block, order, uses, buffer);
        chunk = from;
    }

    /** Frees the block, unless it is free already. With the allocator's lock held. */
    boolean free() {
        BufferChunk<AioBuffer> from = chunk;
        if (from == null) {
            return false;
        }
        chunk = null;
        from.free(block, order);
        return true;
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }

    /** Frees the block: the borrower has closed the buffer, and no operation uses it. */
    @Override
    public void run() {
        allocator.free(this);
    }
}
