package io.linuxaio.cli.bench;

import java.util.SplittableRandom;

/**
 * The sequence of blocks that are read and written. It is either sequential, starting again after the last block, or
 * random with a uniform distribution. The same seed gives the same sequence.
 */
final class Workload {
    private final BenchMode mode;
    private final int mix;
    private final int blockSize;
    private final long blocks;
    private final SplittableRandom random;
    private long following;
    private long position;
    private boolean read;

    /**
     * @param mix the percentage of reads, if there are both
     * @param blocks the number of blocks of the file, at least one
     */
    Workload(BenchMode mode, int mix, int blockSize, long blocks, long seed) {
        this.mode = mode;
        this.mix = mix;
        this.blockSize = blockSize;
        this.blocks = blocks;
        random = new SplittableRandom(seed);
    }

    /** Advances to the next operation. */
    void next() {
        read = mode.mixed() ? random.nextInt(100) < mix : mode.reads();
        if (mode.random()) {
            position = random.nextLong(blocks) * blockSize;
        } else {
            position = following * blockSize;
            following = following + 1 == blocks ? 0 : following + 1;
        }
    }

    /** Returns the position in the file, in bytes. */
    long position() {
        return position;
    }

    /** Returns {@code true} if the operation is a read. */
    boolean read() {
        return read;
    }
}
