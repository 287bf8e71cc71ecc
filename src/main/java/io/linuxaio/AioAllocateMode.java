package io.linuxaio;

import io.linuxaio.internal.kernel.FallocateMode;

/** A mode of {@link AioFile#allocate(AioAllocateMode, long, long)}, for a range of a file (fallocate(2)). */
public enum AioAllocateMode {
    /** Reserves space. A file that ends before the end of the range is extended to there. */
    EXTEND(FallocateMode.EXTEND),

    /** Reserves space, also beyond the end of the file, and leaves the length of the file as it is. */
    KEEP_SIZE(FallocateMode.KEEP_SIZE),

    /**
     * Releases the space of whole blocks in the range, and fills the rest of it with zeros. Reads return zeros. The length
     * of the file stays as it is.
     */
    PUNCH_HOLE(FallocateMode.PUNCH_HOLE),

    /**
     * Reserves space whose bytes read as zeros, in general without writing them. A file that ends before the end of the
     * range is extended to there.
     */
    ZERO_RANGE(FallocateMode.ZERO_RANGE),

    /** As {@link #ZERO_RANGE}, but leaves the length of the file as it is. */
    ZERO_RANGE_KEEP_SIZE(FallocateMode.ZERO_RANGE | FallocateMode.KEEP_SIZE);

    private final int bits;

    AioAllocateMode(int bits) {
        this.bits = bits;
    }

    /** Returns the mode as {@code FALLOC_FL_*} of linux/falloc.h. */
    int bits() {
        return bits;
    }
}
