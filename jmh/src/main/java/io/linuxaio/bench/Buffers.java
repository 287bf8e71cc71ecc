package io.linuxaio.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;

/** The memory of operations: adjacent aligned blocks, as in the C program. */
public final class Buffers {
    private static final int ALIGNMENT = 4096;

    private Buffers() {}

    /** So many blocks of the workload's size. */
    public static MemorySegment[] allocate(SegmentAllocator memory, Workload workload, int count) {
        long stride = Math.ceilDiv(workload.blockSize(), ALIGNMENT) * (long) ALIGNMENT;
        MemorySegment all = memory.allocate(count * stride, ALIGNMENT);
        MemorySegment[] blocks = new MemorySegment[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = all.asSlice(i * stride, workload.blockSize());
            // Written once, so that the pages are there, and not all the same.
            Pattern.WRITTEN.fill(blocks[i], i * stride);
        }
        return blocks;
    }
}
