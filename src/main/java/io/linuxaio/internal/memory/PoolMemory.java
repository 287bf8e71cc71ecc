package io.linuxaio.internal.memory;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.BufferRefs;
import io.linuxaio.internal.engine.RefCount;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The memory of a pool: one arena, divided into aligned buffers with a reference count each. Closing a shared arena takes a
 * handshake with all threads of the process; with one arena, a pool does so once, not for each buffer.
 */
public final class PoolMemory {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final long bufferSize;
    private final long distance;
    private final BufferRefs refs;

    /**
     * Allocates the memory.
     *
     * @throws OutOfMemoryError if there is not enough memory
     */
    public PoolMemory(int buffers, long bufferSize, long alignment) {
        this.bufferSize = bufferSize;
        boolean isComplete = false;
        try {
            distance = Math.addExact(bufferSize, alignment - 1) & -alignment;
            long total = Math.multiplyExact(distance, buffers);
            // The sum is checked since the arena adds up to the alignment.
            memory = arena.allocate(Math.addExact(total, alignment) - alignment, alignment);
            refs = new BufferRefs(memory.address(), distance, buffers);
            ArenaRefs.register(arena.scope(), refs);
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
    public MemorySegment buffer(int index) {
        return memory.asSlice(index * distance, bufferSize);
    }

    /** Sets the reference count of a buffer to that of a new borrower. */
    public void beginLoan(int index, RefCount uses) {
        refs.set(index, uses);
    }

    /** Closes a buffer without a borrower to operations; returns {@code true} if no operation uses it. */
    public boolean retire(int index) {
        RefCount uses = refs.get(index);
        return uses.isClosed() ? uses.uses() == 0 : uses.closeIfUnused();
    }

    /**
     * Frees the memory, if all buffers are retired.
     *
     * @throws IllegalStateException if a native call outside this library uses it; it can be freed later
     */
    public void free() {
        // Called again if an Error ended it.
        if (arena.scope().isAlive()) {
            arena.close();
        }
        ArenaRefs.forget(arena.scope());
    }
}
