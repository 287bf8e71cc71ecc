package io.linuxaio.cli.bench;

import java.util.SplittableRandom;

/**
 * Which blocks are read and written, in which order: from the first to the last and again from the first, or at random,
 * each block as likely as another and independent of those before. The same seed gives the same order.
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
     * @param mix how many of a hundred operations read, where there are both
     * @param blocks how many blocks the file has, at least one
     */
    Workload(BenchMode mode, int mix, int blockSize, long blocks, long seed) {
        this.mode = mode;
        this.mix = mix;
        this.blockSize = blockSize;
        this.blocks = blocks;
        random = new SplittableRandom(seed);
    }

    /** Goes on to the next operation. */
    void next() {
        read = mode.mixed() ? random.nextInt(100) < mix : mode.reads();
        if (mode.random()) {
            position = random.nextLong(blocks) * blockSize;
        } else {
            position = following * blockSize;
            following = following + 1 == blocks ? 0 : following + 1;
        }
    }

    /** Where in the file, in bytes. */
    long position() {
        return position;
    }

    /** Whether it reads; else it writes. */
    boolean read() {
        return read;
    }
}
