package io.linuxaio;

/**
 * The alignment that direct I/O on a file requires of addresses, positions and lengths, in bytes. Each is a power of two.
 *
 * <p>The kernel reports it by {@code statx(2)} with {@code STATX_DIOALIGN} since Linux 6.1. If it does not (older kernels;
 * btrfs, tmpfs, FUSE), the alignment is the device's logical block size, or 4096 if there is no such device. For files
 * opened {@linkplain AioOpenOption#BUFFERED buffered} both alignments are 1.
 *
 * <p>Immutable, so safe for use by any thread. Later versions may add alignments that later kernels report.
 */
public final class AioAlignment {
    /** The alignment of buffered I/O, which requires none. */
    static final AioAlignment NONE = new AioAlignment(1, 1);

    private final int memory;
    private final int offset;

    /** Creates an alignment from two powers of two. */
    AioAlignment(int memory, int offset) {
        if (Integer.bitCount(memory) != 1 || memory < 0 || Integer.bitCount(offset) != 1 || offset < 0) {
            throw new IllegalArgumentException(
                    "alignments must be powers of two: memory " + memory + ", offset " + offset);
        }
        this.memory = memory;
        this.offset = offset;
    }

    /**
     * Returns the alignment of segments: the address of a segment must be a multiple of it.
     *
     * @return bytes, a power of two
     */
    public int memory() {
        return memory;
    }

    /**
     * Returns the alignment of positions and lengths, which must be multiples of it.
     *
     * @return bytes, a power of two
     */
    public int offset() {
        return offset;
    }

    /**
     * Rounds a position or length up to a multiple of {@link #offset()}.
     *
     * @param bytes the position or length in bytes, zero or greater
     * @return the smallest multiple at or above it, in bytes
     * @throws ArithmeticException if that multiple exceeds the range of a {@code long}
     */
    public long roundUp(long bytes) {
        return Math.addExact(bytes, offset - 1L) & -offset;
    }

    /**
     * Rounds a position or length down to a multiple of {@link #offset()}.
     *
     * @param bytes the position or length in bytes, zero or greater
     * @return the greatest multiple at or below it, in bytes
     */
    public long roundDown(long bytes) {
        return bytes & -offset;
    }

    /**
     * Returns the alignment that satisfies this one and another, for memory that is read from one file and written to
     * another.
     *
     * @param other the other alignment
     * @return the greater requirements of both
     */
    public AioAlignment combine(AioAlignment other) {
        return new AioAlignment(Math.max(memory, other.memory), Math.max(offset, other.offset));
    }

    /** Returns {@code true} if the other object is an alignment with the same requirements. */
    @Override
    public boolean equals(Object other) {
        return other instanceof AioAlignment that && memory == that.memory && offset == that.offset;
    }

    @Override
    public int hashCode() {
        return 31 * memory + offset;
    }

    /** Returns both figures with their names. */
    @Override
    public String toString() {
        return "AioAlignment[memory=" + memory + ", offset=" + offset + ']';
    }
}
