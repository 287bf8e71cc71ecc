package io.linuxaio.files;

/**
 * Adaptive read-ahead, as the page cache does it: how many bytes a reader keeps requested ahead of its position. The window
 * starts small, grows while reading is sequential, and collapses at a seek. For one thread at a time.
 */
final class ReadAheadWindow {
    /** The first window, in bytes. */
    static final int FIRST = 32 << 10;

    /** Below this fraction of the maximum the window grows fourfold, above it twofold. */
    private static final int SMALL = 16;

    private final long most;
    private final int blockSize;
    private final int parts;
    private long size;

    /**
     * @param blockSize of the largest request, in bytes
     * @param depth how many requests are in flight at most
     */
    ReadAheadWindow(int blockSize, int depth) {
        this.blockSize = blockSize;
        most = (long) blockSize * depth;
        parts = Math.min(2, depth);
        size = Math.min(FIRST, most);
    }

    /** Returns the size of the window in bytes; 0 if access is random. */
    long size() {
        return size;
    }

    /** Returns the size of each request of the window in bytes: half of it, so that one is read while one is consumed. */
    int request() {
        return Math.clamp(size / parts, 1, blockSize);
    }

    /** Returns {@code true} if the window has its maximum. */
    boolean isFull() {
        return size == most;
    }

    /**
     * Enlarges the window: reading has gone on from one request to the next.
     *
     * @param wanted how many bytes the reader asks for at once
     */
    void grow(long wanted) {
        long next = size == 0 ? FIRST : size < most / SMALL ? 4 * size : 2 * size;
        size = Math.min(most, Math.max(next, 2 * Math.min(wanted, most)));
    }

    /** Reads nothing ahead any more, until reading is sequential again. */
    void collapse() {
        size = 0;
    }
}
