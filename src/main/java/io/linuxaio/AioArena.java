package io.linuxaio;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.RefCount;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for direct I/O: aligned, and never freed under an operation in flight.
 *
 * <p>The kernel writes into a segment until the completion event, whatever became of the future meanwhile. So this arena
 * cannot be closed as long as an operation of this library uses one of its segments: {@link #close} throws
 * {@link IllegalStateException}, as the arenas of the JDK do for a segment in use by a native call, and
 * {@link #closeWhenIdle} closes it when the last operation has ended.
 *
 * <p>Safe for use by any thread; segments can be used by any thread. A segment's address is a multiple of the arena's
 * alignment. Each allocation takes up to that many bytes more than it asks for: for many small buffers, allocate one
 * segment and slice it.
 *
 * <p>Segments of other arenas are taken by operations as well. Those of {@link Arena#global} and {@link Arena#ofAuto} are
 * as safe as those of this class. A segment of an {@link Arena#ofShared} or {@link Arena#ofConfined} of the JDK must not
 * be freed before its operations have ended: that is the caller's duty.
 */
public final class AioArena implements Arena {
    /** Serves every device whose blocks are no larger than a page, which today is every one: 4096 bytes. */
    public static final long DEFAULT_ALIGNMENT = 4096;

    private final Arena memory = Arena.ofShared();
    private final long alignment;
    private final RefCount uses;

    private AioArena(long alignment) {
        this.alignment = alignment;
        uses = new RefCount(this::free);
        ArenaRefs.register(memory.scope(), uses);
    }

    /**
     * An arena that aligns to {@value #DEFAULT_ALIGNMENT} bytes.
     *
     * @return the arena, to be closed
     */
    public static AioArena ofShared() {
        return new AioArena(DEFAULT_ALIGNMENT);
    }

    /**
     * An arena that aligns to what is asked for.
     *
     * @param alignment bytes, a power of two
     * @return the arena, to be closed
     * @throws IllegalArgumentException if the alignment is not a power of two
     */
    public static AioArena ofShared(long alignment) {
        return new AioArena(powerOfTwo(alignment));
    }

    static long powerOfTwo(long alignment) {
        if (alignment < 1 || Long.bitCount(alignment) != 1) {
            throw new IllegalArgumentException("the alignment must be a power of two: " + alignment);
        }
        return alignment;
    }

    /**
     * Allocates memory that is filled with zeros.
     *
     * @param byteSize how many bytes
     * @param byteAlignment the least alignment in bytes; the arena's is taken where that is greater
     * @return a segment that lives as long as the arena
     * @throws IllegalStateException if the arena is closed
     */
    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        if (uses.isClosed()) {
            throw new IllegalStateException("the arena is closed");
        }
        return memory.allocate(byteSize, Math.max(byteAlignment, alignment));
    }

    @Override
    public MemorySegment.Scope scope() {
        return memory.scope();
    }

    /**
     * How many operations use this arena's memory now; a vectored one counts once for each segment.
     *
     * @return zero or greater
     */
    public int inFlight() {
        return uses.uses();
    }

    /**
     * Frees the memory. After {@link #closeWhenIdle} it frees memory that a native call outside this library has kept
     * from being freed.
     *
     * @throws IllegalStateException if an operation in flight uses it, if a native call outside this library does, or if
     *     it is closed. The arena is then as open or closed as it was, and can be closed later
     */
    @Override
    public void close() {
        Leftovers.recover();
        if (uses.closeIfUnused()) {
            return;
        }
        if (uses.isClosed()) {
            throw new IllegalStateException("the arena is closed");
        }
        throw new IllegalStateException("the arena is used by " + uses.uses()
                + " operations in flight; wait for their futures, or call closeWhenIdle()");
    }

    /**
     * Frees the memory as soon as no operation uses it, at once if none does. From here on nothing is allocated and no
     * operation takes its segments.
     *
     * <p>A native call outside this library may use a segment at the moment when the memory would be freed. It is then
     * freed after that call, within about a second, or by the next call of this method or of {@link #close}. Otherwise
     * calling it again does nothing.
     */
    public void closeWhenIdle() {
        Leftovers.recover();
        uses.close();
    }

    private void free() {
        // Tried again after an Error behind it.
        if (memory.scope().isAlive()) {
            // Throws where a native call outside this library uses a segment at this moment.
            memory.close();
        }
        ArenaRefs.forget(memory.scope());
    }
}
