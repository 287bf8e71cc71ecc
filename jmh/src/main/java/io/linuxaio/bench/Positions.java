package io.linuxaio.bench;

/**
 * The positions of operations: sequential, or random by SplitMix64. The C program uses the same arithmetic, so the same
 * seed gives the same positions.
 */
public final class Positions {
    /** 2^64 divided by the golden ratio: SplitMix64's step. */
    private static final long STEP = 0x9E3779B97F4A7C15L;

    private final boolean random;
    private final long blocks;
    private final int blockSize;
    private final long stride;
    private long state;

    Positions(boolean random, long blocks, int blockSize, long seed, int lane, int lanes) {
        this.random = random;
        this.blocks = blocks;
        this.blockSize = blockSize;
        stride = lanes;
        state = random ? mix(seed + lane) : lane;
    }

    /** The next position, in bytes: a multiple of the block size. */
    public long next() {
        if (random) {
            state += STEP;
            // The high half of the product: as even as a remainder, without a division.
            return Math.unsignedMultiplyHigh(mix(state), blocks) * blockSize;
        }
        long block = state % blocks;
        state += stride;
        return block * blockSize;
    }

    private static long mix(long z) {
        long x = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        x = (x ^ (x >>> 27)) * 0x94D049BB133111EBL;
        return x ^ (x >>> 31);
    }
}
