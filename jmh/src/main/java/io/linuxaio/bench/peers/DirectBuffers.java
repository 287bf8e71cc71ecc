package io.linuxaio.bench.peers;

import io.linuxaio.bench.Buffers;
import io.linuxaio.bench.Workload;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * The buffers of every variant as direct buffers without an arena, which NIO would have to keep open for each
 * operation.
 */
final class DirectBuffers {
    private final ByteBuffer[] buffers;
    private final MemorySegment[] segments;

    DirectBuffers(Workload workload, int count) {
        ByteBuffer[] memory = new ByteBuffer[1];
        segments = Buffers.allocate(
                (size, alignment) -> MemorySegment.ofBuffer(memory[0] = allocate(size, alignment)), workload, count);
        buffers = new ByteBuffer[count];
        for (int i = 0; i < count; i++) {
            long start = segments[i].address() - segments[0].address();
            buffers[i] = memory[0].slice(Math.toIntExact(start), workload.blockSize());
        }
    }

    private static ByteBuffer allocate(long size, long alignment) {
        return ByteBuffer.allocateDirect(Math.toIntExact(size + alignment)).alignedSlice(Math.toIntExact(alignment));
    }

    int count() {
        return buffers.length;
    }

    /** The buffer of a slot, as its last user left it. */
    ByteBuffer buffer(int slot) {
        return buffers[slot];
    }

    /** The buffer of a slot, whose whole length is to be moved. */
    ByteBuffer cleared(int slot) {
        return buffers[slot].clear();
    }

    /** The same memory, for a lane with all slots. */
    MemorySegment[] segments() {
        return segments.clone();
    }

    /** The same memory, for a lane with one slot. */
    MemorySegment segment(int slot) {
        return segments[slot];
    }
}
