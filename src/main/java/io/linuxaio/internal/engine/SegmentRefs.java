package io.linuxaio.internal.engine;

import java.lang.foreign.MemorySegment;

/** The reference counts of one arena: one for all of its memory, or one for each of its buffers. */
public sealed interface SegmentRefs permits RefCount, BufferRefs, BlockRefs {
    /** Returns the count for a segment of the arena, or null if the segment needs none. */
    RefCount of(MemorySegment segment);

    /** Releases each resource that is closed and unused and could not be released earlier. */
    void retryRelease();
}
