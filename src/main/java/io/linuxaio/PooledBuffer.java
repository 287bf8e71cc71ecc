package io.linuxaio;

import java.lang.foreign.MemorySegment;

/** A buffer of a pool, linked into the pool's stack of free buffers. */
final class PooledBuffer {
    private final int index;
    private final MemorySegment segment;

    /** The next in the pool's stack of free buffers. Guarded by the pool's lock. */
    PooledBuffer next;

    PooledBuffer(int index, MemorySegment segment) {
        this.index = index;
        this.segment = segment;
    }

    /** Returns the buffer's number in the pool's memory, from zero. */
    int index() {
        return index;
    }

    MemorySegment segment() {
        return segment;
    }
}
