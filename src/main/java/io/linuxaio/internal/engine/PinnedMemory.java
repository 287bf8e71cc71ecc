package io.linuxaio.internal.engine;

import java.lang.foreign.MemorySegment;

/**
 * A user's memory while a task of another thread works with it. Memory of an an {@code AioArena} or a pool cannot be freed
 * meanwhile.
 */
public final class PinnedMemory implements AutoCloseable {
    private static final Thread ANOTHER_THREAD = Threads.daemon("linux-aio-none", () -> {});

    private final MemorySegment segment;
    private final RefCount guard;
    private final boolean directly;

    private PinnedMemory(MemorySegment segment, RefCount guard) {
        this.segment = segment;
        this.guard = guard;
        // A mapping is left out, since the kernel would come upon its pages while it works on a file, perhaps the same.
        directly = segment.isNative() && !segment.isMapped() && !ArenaRefs.isUnguarded(segment);
    }

    /**
     * Takes hold of memory.
     *
     * @throws IllegalStateException if its arena is closed
     * @throws WrongThreadException if it is confined to a thread
     */
    public static PinnedMemory of(MemorySegment segment) {
        if (!segment.isAccessibleBy(ANOTHER_THREAD)) {
            throw new WrongThreadException(
                    "the segment is confined to one thread, and whole files are handled by others; allocate it from an"
                            + " AioArena, or from a shared, the automatic or the global arena");
        }
        RefCount uses = ArenaRefs.of(segment);
        if (uses == null ? !segment.scope().isAlive() : !uses.tryAcquire()) {
            throw new IllegalStateException("the segment's arena is closed");
        }
        return new PinnedMemory(segment, uses);
    }

    public long size() {
        return segment.byteSize();
    }

    /** The memory, for copying. Where a foreign arena was closed meanwhile that throws {@link IllegalStateException}. */
    public MemorySegment segment() {
        return segment;
    }

    /**
     * Whether the kernel may work on so many bytes of it without a copy: it is aligned, and nobody can free it under the
     * kernel.
     *
     * @param offset where they begin
     * @param length how many
     * @param alignment of which the address must be a multiple, in bytes
     */
    public boolean fits(long offset, long length, int alignment) {
        return directly
                && offset >= 0
                && length <= segment.byteSize() - offset
                && (segment.address() + offset & alignment - 1L) == 0;
    }

    /** Gives it back. Once only. */
    @Override
    public void close() {
        if (guard != null) {
            guard.release();
        }
    }
}
