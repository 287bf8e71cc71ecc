package io.linuxaio;

import io.linuxaio.internal.engine.RefCount;
import io.linuxaio.internal.memory.BufferClaim;

/** The claim to a buffer of an allocator, whose memory is freed by {@link #run} when nothing uses it. */
abstract class AllocatedBuffer implements BufferClaim, Runnable {
    final AioBufferAllocator allocator;
    final RefCount uses = new RefCount(this);

    AllocatedBuffer(AioBufferAllocator allocator) {
        this.allocator = allocator;
    }

    @Override
    public final RefCount uses() {
        return uses;
    }

    @Override
    public final Object owner() {
        return allocator;
    }

    @Override
    public final void forget() {
        // An allocator has no records beside the memory's own.
    }
}
