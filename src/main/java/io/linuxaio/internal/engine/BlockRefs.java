package io.linuxaio.internal.engine;

import java.lang.foreign.MemorySegment;

/**
 * The reference counts of blocks of different sizes in one arena. A block's size is a power of two, and its distance from
 * the start of the arena a multiple of its size.
 *
 * <p>The allocator sets and clears counts with its lock held. Any thread may look up the count of a segment: a borrower
 * allocated its block under that lock, so it sees its own count. A stale segment finds no block, and so a closed count, or
 * that of the next borrower.
 */
public final class BlockRefs implements SegmentRefs {
    /** The size of the smallest block: the smallest logical block of a device. */
    public static final int MIN_BLOCK = 512;

    private static final int SHIFT = Integer.numberOfTrailingZeros(MIN_BLOCK);

    private final long start;

    // Both by the index of a block's first bytes, counted in smallest blocks. A count is null if no block starts there.
    private final RefCount[] counts;
    private final byte[] orders;

    /**
     * @param start the address of the arena's first byte
     * @param size the size of the arena, in bytes
     */
    public BlockRefs(long start, long size) {
        this.start = start;
        int blocks = Math.toIntExact(size + MIN_BLOCK - 1 >>> SHIFT);
        counts = new RefCount[blocks];
        orders = new byte[blocks];
    }

    /** Sets the count of a block that is now allocated, of the size {@code MIN_BLOCK << order}. */
    public void set(int block, int order, RefCount uses) {
        orders[block] = (byte) order;
        counts[block] = uses;
    }

    /** Clears the count of a block that is free. */
    public void clear(int block) {
        counts[block] = null;
    }

    /** Returns the index of the allocated block that contains an address, or -1 if there is none. */
    public int find(long address) {
        long offset = address - start;
        if (offset < 0 || offset >>> SHIFT >= counts.length) {
            return -1;
        }
        // The first round finds it, unless the address is in the middle of a block.
        int index = (int) (offset >>> SHIFT);
        for (int order = 0; 1L << order <= counts.length; order++) {
            int block = index >>> order << order;
            if (counts[block] != null && orders[block] >= order) {
                return block;
            }
        }
        return -1;
    }

    // A segment without bytes at the end of a block has the address of the next one, and the kernel does not access it.
    @Override
    public RefCount of(MemorySegment segment) {
        if (segment.byteSize() == 0) {
            return null;
        }
        int block = find(segment.address());
        RefCount uses = block < 0 ? null : counts[block];
        return uses == null ? RefCount.CLOSED : uses;
    }

    @Override
    public void retryRelease() {
        for (RefCount uses : counts) {
            if (uses != null) {
                uses.retryRelease();
            }
        }
    }
}
