package io.linuxaio.internal.memory;

import java.lang.foreign.MemorySegment;

/** A buffer of a pool, linked into the pool's stack of free buffers. */
public final class PooledBuffer {
    private final int index;
    private final MemorySegment segment;

    /** The next in the pool's stack of free buffers. Guarded by the pool's lock. */
    public PooledBuffer next;

    /** Creates a buffer that is in no stack. */
    public PooledBuffer(int index, MemorySegment segment) {
        this.index = index;
        this.segment = segment;
    }

    /** Returns the buffer's number in the pool's memory, from zero. */
    public int index() {
        return index;
    }

    /** Returns the buffer's memory. */
    public MemorySegment segment() {
        return segment;
    }
}
