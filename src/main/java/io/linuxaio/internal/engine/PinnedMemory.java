package io.linuxaio.internal.engine;

import java.lang.foreign.MemorySegment;

/**
 * A user's memory, pinned while a task of another thread works with it. Memory of an {@code AioArena} or a pool cannot be
 * freed meanwhile.
 */
public final class PinnedMemory implements AutoCloseable {
    private static final Thread ANOTHER_THREAD = Threads.daemon("linux-aio-none", () -> {});

    private final MemorySegment segment;
    private final RefCount guard;
    private final boolean directly;

    private PinnedMemory(MemorySegment segment, RefCount guard) {
        this.segment = segment;
        this.guard = guard;
        // Mapped memory is excluded: the kernel would fault in its pages during I/O, perhaps on the same file.
        directly = segment.isNative() && !segment.isMapped() && !ArenaRefs.isUnguarded(segment);
    }

    /**
     * Pins memory.
     *
     * @throws IllegalStateException if its arena is closed
     * @throws WrongThreadException if it is confined to a thread
     */
    public static PinnedMemory of(MemorySegment segment) {
        if (!segment.isAccessibleBy(ANOTHER_THREAD)) {
            throw new WrongThreadException(
                    "the segment is confined to one thread, and others transfer its bytes; allocate it from an"
                            + " AioArena, or from a shared, the automatic or the global arena");
        }
        return pin(segment);
    }

    /**
     * Pins memory that only the calling thread works with.
     *
     * @throws IllegalStateException if its arena is closed
     * @throws WrongThreadException if it is confined to another thread
     */
    public static PinnedMemory ofThisThread(MemorySegment segment) {
        if (!segment.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("the segment is confined to another thread; allocate it from an AioArena");
        }
        return pin(segment);
    }

    private static PinnedMemory pin(MemorySegment segment) {
        RefCount uses = ArenaRefs.of(segment);
        // Allocated first: a use that nobody ends would keep the arena open.
        PinnedMemory pinned = new PinnedMemory(segment, uses);
        if (uses == null ? !segment.scope().isAlive() : !uses.tryAcquire()) {
            throw new IllegalStateException("the segment's arena is closed");
        }
        return pinned;
    }

    public long size() {
        return segment.byteSize();
    }

    /** Returns the memory. Access throws {@link IllegalStateException} if an arena of the JDK was closed meanwhile. */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * Returns {@code true} if the kernel may access a range of the memory without a copy: it is aligned, and cannot be freed
     * during the access.
     *
     * @param offset the start of the range, in bytes
     * @param length the length of the range, in bytes
     * @param alignment the alignment of addresses, in bytes
     */
    public boolean fits(long offset, long length, int alignment) {
        return directly
                && offset >= 0
                && length <= segment.byteSize() - offset
                && (segment.address() + offset & alignment - 1L) == 0;
    }

    /** Releases the memory. To be called once. */
    @Override
    public void close() {
        if (guard != null) {
            guard.release();
        }
    }
}
