package io.linuxaio;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.BufferRefs;
import io.linuxaio.internal.engine.RefCount;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The memory of a pool: one arena, divided into aligned buffers with a reference count each. To close a shared arena
 * takes a handshake with all threads of the process, so a pool does that once, not for each buffer.
 */
final class PoolMemory {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final long bufferSize;
    private final long distance;
    private final BufferRefs guards;

    /** @throws OutOfMemoryError if there is not that much */
    PoolMemory(int buffers, long bufferSize, long alignment) {
        this.bufferSize = bufferSize;
        boolean isComplete = false;
        try {
            distance = Math.addExact(bufferSize, alignment - 1) & -alignment;
            long total = Math.multiplyExact(distance, buffers);
            // The arena adds up to the alignment.
            memory = arena.allocate(Math.addExact(total, alignment) - alignment, alignment);
            guards = new BufferRefs(memory.address(), distance, buffers);
            ArenaRefs.register(arena.scope(), guards);
            isComplete = true;
        } catch (ArithmeticException e) {
            throw new OutOfMemoryError(buffers + " buffers of " + bufferSize + " bytes exceed the address space");
        } finally {
            if (!isComplete) {
                free();
            }
        }
    }

    /** Returns the memory of one buffer. */
    MemorySegment buffer(int index) {
        return memory.asSlice(index * distance, bufferSize);
    }

    /** Counts operations on a buffer from now on for one borrower. */
    void lend(int index, RefCount uses) {
        guards.set(index, uses);
    }

    /** Returns {@code true} if no operation uses a buffer, nor can from now on. For a buffer without a borrower. */
    boolean retire(int index) {
        RefCount uses = guards.get(index);
        return uses.isClosed() ? uses.uses() == 0 : uses.closeIfUnused();
    }

    /**
     * Frees the memory, if all buffers are retired.
     *
     * @throws IllegalStateException if a native call outside this library uses it; it can be freed later
     */
    void free() {
        // Called again if an Error ended it.
        if (arena.scope().isAlive()) {
            arena.close();
        }
        ArenaRefs.forget(arena.scope());
    }
}
