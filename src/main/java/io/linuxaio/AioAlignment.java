package io.linuxaio;

/**
 * What direct I/O on a file asks of addresses, positions and lengths, in bytes; each a power of two.
 *
 * <p>The kernel tells by {@code statx(2)} with {@code STATX_DIOALIGN} since Linux 6.1. Where it does not (older kernels;
 * btrfs, tmpfs, FUSE), the device's logical block size is taken, and 4096 where there is no such device. Files opened
 * {@linkplain AioOpenOption#BUFFERED buffered} take anything: both are 1.
 *
 * @param memory a segment's address must be a multiple of this
 * @param offset positions and lengths must be multiples of this
 */
public record AioAlignment(int memory, int offset) {
    /** Buffered I/O: anything goes. */
    static final AioAlignment NONE = new AioAlignment(1, 1);

    /**
     * Checks that both are powers of two.
     *
     * @throws IllegalArgumentException if one is not
     */
    public AioAlignment {
        if (Integer.bitCount(memory) != 1 || memory < 0 || Integer.bitCount(offset) != 1 || offset < 0) {
            throw new IllegalArgumentException(
                    "alignments must be powers of two: memory " + memory + ", offset " + offset);
        }
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
}
