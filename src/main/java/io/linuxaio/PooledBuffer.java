package io.linuxaio;

import java.lang.foreign.MemorySegment;

/** One buffer of a pool. */
final class PooledBuffer {
    private final int index;
    private final MemorySegment segment;

    /** The next in the pool's stack of free buffers, which guards it. */
    PooledBuffer next;

    PooledBuffer(int index, MemorySegment segment) {
        this.index = index;
        this.segment = segment;
    }

    /** Its number in the pool's memory, from zero. */
    int index() {
        return index;
    }

    MemorySegment segment() {
        return segment;
    }
}
