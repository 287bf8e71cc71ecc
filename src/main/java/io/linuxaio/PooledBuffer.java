package io.linuxaio;

import io.linuxaio.internal.engine.SegmentGuards;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** One buffer of a pool, with an arena of its own: so that operations on it are counted for it alone. */
final class PooledBuffer {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private final boolean wiped;

    /** The next in the pool's stack of free buffers, which guards it. */
    PooledBuffer next;

    /** @param wiped whether it is filled with zeros when it comes back */
    PooledBuffer(long size, long alignment, boolean wiped) {
        this.wiped = wiped;
        try {
            segment = arena.allocate(size, alignment);
        } catch (OutOfMemoryError e) {
            arena.close();
            throw e;
        }
    }

    MemorySegment segment() {
        return segment;
    }

    /** Counts operations from now on for one borrower. */
    void lendTo(Lease lease) {
        SegmentGuards.register(arena.scope(), lease.uses());
    }

    /** Fills it with zeros, where that is wanted. */
    void wipe() {
        if (wiped) {
            segment.fill((byte) 0);
        }
    }

    /** Returns {@code true} if no operation uses it, nor can from now on. For a buffer that nobody has borrowed. */
    boolean retire() {
        var uses = SegmentGuards.of(segment);
        return uses == null || (uses.isClosed() ? uses.uses() == 0 : uses.closeIfUnused());
    }

    /**
     * Frees the memory of a buffer that was retired.
     *
     * @throws IllegalStateException if a native call outside this library uses it; it can be freed later
     */
    void free() {
        // Tried again after an Error behind it.
        if (arena.scope().isAlive()) {
            arena.close();
        }
        SegmentGuards.forget(arena.scope());
    }
}
