package io.linuxaio;

/**
 * What direct I/O on a file asks of addresses, positions and lengths, in bytes; each a power of two.
 *
 * <p>The kernel tells by {@code statx(2)} with {@code STATX_DIOALIGN} since Linux 6.1. Where it does not (older kernels;
 * btrfs, tmpfs, FUSE), the device's logical block size is taken, and 4096 where there is no such device. Files opened
 * {@linkplain AioOpenOption#BUFFERED buffered} take anything: both are 1.
 *
 * <p>Immutable, so safe for use by any thread. Later versions may add what later kernels report.
 */
public final class AioAlignment {
    /** Buffered I/O: anything goes. */
    static final AioAlignment NONE = new AioAlignment(1, 1);

    private final int memory;
    private final int offset;

    /** Makes an alignment of two powers of two. */
    AioAlignment(int memory, int offset) {
        if (Integer.bitCount(memory) != 1 || memory < 0 || Integer.bitCount(offset) != 1 || offset < 0) {
            throw new IllegalArgumentException(
                    "alignments must be powers of two: memory " + memory + ", offset " + offset);
        }
        this.memory = memory;
        this.offset = offset;
    }

    /**
     * Returns the number of bytes of which the address of a segment must be a multiple.
     *
     * @return bytes, a power of two
     */
    public int memory() {
        return memory;
    }

    /**
     * Returns the number of bytes of which positions and lengths must be multiples.
     *
     * @return bytes, a power of two
     */
    public int offset() {
        return offset;
    }

    /**
     * The next position or length that is a multiple of {@link #offset()}, at or above the given one.
     *
     * @param bytes zero or greater
     * @return the multiple, in bytes
     */
    public long roundUp(long bytes) {
        return Math.addExact(bytes, offset - 1L) & -offset;
    }

    /**
     * The next position or length that is a multiple of {@link #offset()}, at or below the given one.
     *
     * @param bytes zero or greater
     * @return the multiple, in bytes
     */
    public long roundDown(long bytes) {
        return bytes & -offset;
    }

    /** Returns {@code true} if the other object is an alignment that asks for the same. */
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
