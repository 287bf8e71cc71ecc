package io.linuxaio.internal.engine;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The reference counts of buffers at equal distances in one arena: one for each buffer, which changes with each borrower.
 *
 * <p>The pool sets and gets counts with its lock held. Any thread may look up the count of a segment: a borrower acquired
 * its buffer under that lock, so it sees its own count or a later one. A stale segment may find an earlier count, which
 * is closed.
 */
public final class BufferRefs implements SegmentRefs {
    private final long start;
    private final long distance;

    // Negative if the distance is not a power of two. A shift is much faster than a division.
    private final int shift;
    private final RefCount[] counts;

    /**
     * @param start the address of the first buffer
     * @param distance from the start of one buffer to the start of the next, in bytes
     * @param count the number of buffers
     */
    public BufferRefs(long start, long distance, int count) {
        this.start = start;
        this.distance = distance;
        shift = Long.bitCount(distance) == 1 ? Long.numberOfTrailingZeros(distance) : -1;
        counts = new RefCount[count];
        Arrays.fill(counts, RefCount.CLOSED);
    }

    /** Sets the count of a buffer to that of a new borrower. */
    public void set(int buffer, RefCount uses) {
        counts[buffer] = uses;
    }

    /** Returns the count of a buffer's present or last borrower. */
    public RefCount get(int buffer) {
        return counts[buffer];
    }

    // A segment without bytes at the end of a buffer has the address of the next one, and the kernel does not access
    // it.
    @Override
    public RefCount of(MemorySegment segment) {
        if (segment.byteSize() == 0) {
            return null;
        }
        long offset = segment.address() - start;
        return counts[(int) (shift >= 0 ? offset >>> shift : offset / distance)];
    }

    @Override
    public void retryRelease() {
        for (RefCount uses : counts) {
            uses.retryRelease();
        }
    }
}
