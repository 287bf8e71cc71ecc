package io.linuxaio;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.RefCount;
import io.linuxaio.internal.engine.StackRoom;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A shared arena for direct I/O, with a reference count of the operations in flight. Its memory is aligned, and not freed
 * while an operation uses it.
 *
 * <p>The kernel writes into a segment until the completion event, even if the future has completed earlier. So this arena
 * cannot be closed while an operation of this library uses one of its segments. {@link #close} throws
 * {@link IllegalStateException}, as the arenas of the JDK do for a segment in use by a native call.
 * {@link #closeWhenIdle} closes the arena when the last operation has completed.
 *
 * <p>Safe for use by any thread; segments can be used by any thread. A segment's address is a multiple of the arena's
 * alignment. Each allocation takes up to that many bytes more than requested: for many small buffers, allocate one
 * segment and slice it, or use an {@link AioBufferPool}.
 *
 * <p>Operations accept segments of other arenas as well. Those of {@link Arena#global} and {@link Arena#ofAuto} are as safe
 * as those of this class. The caller must not close an {@link Arena#ofShared} or {@link Arena#ofConfined} of the JDK before
 * all operations on its segments have completed.
 */
public final class AioArena implements Arena {
    /** The default alignment: 4096 bytes, enough for all devices whose blocks are no larger than a page. */
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
     * Opens an arena that aligns segments to {@value #DEFAULT_ALIGNMENT} bytes.
     *
     * @return the arena, to be closed
     */
    public static AioArena ofShared() {
        return new AioArena(DEFAULT_ALIGNMENT);
    }

    /**
     * Opens an arena that aligns segments to a given number of bytes.
     *
     * @param alignment the alignment in bytes, a power of two
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
     * @param byteSize the number of bytes
     * @param byteAlignment the minimum alignment in bytes; the arena's alignment applies if it is greater
     * @return a segment that lives as long as the arena
     * @throws IllegalStateException if the arena is closed
     * @throws IllegalArgumentException if the size is negative, or the alignment is not a power of two
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
     * Returns the number of operations that use this arena's memory now. A vectored operation counts once for each segment.
     *
     * @return operations
     */
    public int inFlight() {
        return uses.uses();
    }

    /**
     * Closes the arena and frees its memory. After {@link #closeWhenIdle}, frees memory that a native call outside this
     * library has kept from being freed.
     *
     * @throws IllegalStateException if an operation in flight or a native call outside this library uses the memory, or if
     *     the arena is closed. The arena keeps its state then, and can be closed later
     */
    @Override
    public void close() {
        StackRoom.require();
        Leftovers.recoverIfPossible();
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
     * Closes the arena to new allocations and operations, and frees its memory as soon as no operation uses it, at once if
     * none does.
     *
     * <p>A native call outside this library may use a segment at the moment when the memory would be freed. The memory is
     * then freed after that call, within about a second, or by the next call of this method or of {@link #close}. Otherwise
     * calling this method again has no effect.
     */
    public void closeWhenIdle() {
        StackRoom.require();
        Leftovers.recoverIfPossible();
        uses.close();
    }

    private void free() {
        // Called again if an Error has ended it after the close.
        if (memory.scope().isAlive()) {
            // Throws if a native call outside this library uses a segment at this moment.
            memory.close();
        }
        ArenaRefs.forget(memory.scope());
    }
}
