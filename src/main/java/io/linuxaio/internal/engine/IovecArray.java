package io.linuxaio.internal.engine;

import io.linuxaio.internal.abi.iovec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A slot's array of {@code struct iovec}, allocated for its first vectored operation and grown on demand. */
final class IovecArray {
    private final Arena arena;
    private MemorySegment array = MemorySegment.NULL;
    private int capacity;
    private int count;

    IovecArray(Arena arena) {
        this.arena = arena;
    }

    /**
     * Fills the array with the rest of the segments after some bytes.
     *
     * @param segments the segments, in the order of the file
     * @param skip the number of bytes already transferred
     * @return the array's address
     */
    long fill(MemorySegment[] segments, long skip) {
        if (capacity < segments.length) {
            // Doubled: old arrays, which stay allocated until the queue closes, take no more memory than the new one.
            int wanted = Math.max(segments.length, 2 * capacity);
            array = iovec.allocateArray(wanted, arena);
            capacity = wanted;
        }
        count = 0;
        long done = skip;
        for (MemorySegment segment : segments) {
            long size = segment.byteSize();
            if (done >= size) {
                done -= size;
                continue;
            }
            MemorySegment element = iovec.asSlice(array, count++);
            iovec.iov_base(element, MemorySegment.ofAddress(segment.address() + done));
            iovec.iov_len(element, size - done);
            done = 0;
        }
        return array.address();
    }

    /** Returns the number of entries that {@link #fill} wrote last. */
    int count() {
        return count;
    }
}
