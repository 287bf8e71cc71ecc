package io.linuxaio;

import io.linuxaio.internal.engine.ArenaRefs;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A buffer that is too large for an allocator's chunks, in an arena of its own. */
final class LargeBuffer extends AllocatedBuffer {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment segment;
    private final AioBuffer buffer = new AioBuffer(this);

    /** @throws OutOfMemoryError if there is not enough memory */
    LargeBuffer(AioBufferAllocator allocator, long size, long alignment) {
        super(allocator);
        boolean isComplete = false;
        try {
            // The sum is checked since the arena adds up to the alignment.
            segment = arena.allocate(Math.addExact(size, alignment) - alignment, alignment);
            ArenaRefs.register(arena.scope(), uses);
            isComplete = true;
        } catch (ArithmeticException e) {
            throw new OutOfMemoryError(size + " bytes exceed the address space");
        } finally {
            if (!isComplete) {
                arena.close();
            }
        }
    }

    AioBuffer buffer() {
        return buffer;
    }

    /** Returns {@code true} if an address is in this buffer, and the buffer is not released. */
    boolean contains(long address) {
        return !uses.isClosed() && address >= segment.address() && address - segment.address() < segment.byteSize();
    }

    @Override
    public MemorySegment segment() {
        return segment;
    }

    /**
     * Frees the memory: the borrower has closed the buffer, and no operation uses it. Called again if it has thrown, since a
     * native call outside this library uses the memory.
     */
    @Override
    public void run() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        ArenaRefs.forget(arena.scope());
        allocator.freed(this);
    }
}
