package io.linuxaio.internal.engine;

import io.linuxaio.internal.abi.iovec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A slot's array of {@code struct iovec}: made when the first vectored operation comes, grown when one needs more. */
final class IovecArray {
    private final Arena arena;
    private MemorySegment array = MemorySegment.NULL;
    private int capacity;
    private int count;

    IovecArray(Arena arena) {
        this.arena = arena;
    }

    /**
     * Describes what is left of the segments after some bytes.
     *
     * @param segments in the order of the file
     * @param skip how many bytes are done
     * @return the array's address
     */
    long fill(MemorySegment[] segments, long skip) {
        if (capacity < segments.length) {
            // Doubled, so that what is left behind until the queue closes is never more than what is in use.
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

    /** How many entries the last description has. */
    int count() {
        return count;
    }
}
