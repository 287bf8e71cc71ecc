package io.linuxaio.bench;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The contents of files with verified data: every eight bytes encode their position in the file and their writer. */
enum Pattern {
    /** The contents of the file before the run. */
    PREFILLED(0x1),
    /** Contents that the run writes. */
    WRITTEN(0x2);

    private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG_UNALIGNED;

    private final long salt;

    Pattern(long salt) {
        this.salt = salt << 56;
    }

    void fill(MemorySegment block, long position) {
        for (long i = 0; i < block.byteSize(); i += Long.BYTES) {
            block.set(WORD, i, word(position + i));
        }
    }

    /**
     * Checks a block.
     *
     * @throws IllegalStateException if it is not what belongs there
     */
    void check(MemorySegment block, long position) {
        for (long i = 0; i < block.byteSize(); i += Long.BYTES) {
            long found = block.get(WORD, i);
            if (found != word(position + i)) {
                throw new IllegalStateException("wrong data at byte " + (position + i) + " of the file: "
                        + Long.toHexString(found) + " instead of " + Long.toHexString(word(position + i)));
            }
        }
    }

    private long word(long position) {
        return salt ^ (position + 1) * 0x9E3779B97F4A7C15L;
    }
}
