package io.linuxaio;

import io.linuxaio.internal.engine.SegmentGuards;
import io.linuxaio.internal.engine.UseCount;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/** One buffer of a pool, with an arena of its own: so that operations on it are counted for it alone. */
final class PooledBuffer {
    /** Stands in a closed pool, so that who waits for a buffer wakes up. */
    static final PooledBuffer CLOSED = new PooledBuffer(1, 1, false, buffer -> {});

    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private final boolean wiped;
    private final Consumer<PooledBuffer> home;
    private final UseCount uses = new UseCount(this::recycle);

    /**
     * @param wiped whether it is filled with zeros when it comes back
     * @param home takes it when it has come back and nothing is in flight in it
     */
    PooledBuffer(long size, long alignment, boolean wiped, Consumer<PooledBuffer> home) {
        segment = arena.allocate(size, alignment);
        this.wiped = wiped;
        this.home = home;
        SegmentGuards.register(arena.scope(), uses);
    }

    MemorySegment segment() {
        return segment;
    }

    /** Takes no more operations; goes home when the last in flight has ended. */
    void giveBack() {
        uses.close();
    }

    private void recycle() {
        if (wiped) {
            segment.fill((byte) 0);
        }
        uses.reopen();
        home.accept(this);
    }

    /** Frees the memory of a buffer that is at home. */
    void free() {
        SegmentGuards.forget(arena.scope());
        arena.close();
    }
}
