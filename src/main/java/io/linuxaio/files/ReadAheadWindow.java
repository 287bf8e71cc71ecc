package io.linuxaio.files;

/**
 * Adaptive read-ahead window, as in the page cache: the number of bytes requested ahead of the reader's position. The
 * window starts small, grows during sequential reads, and collapses at a seek. Not safe for use by several threads at
 * the same time.
 */
final class ReadAheadWindow {
    /** The first window, in bytes. */
    static final int FIRST = 32 << 10;

    /** The divisor of the maximum below which the window grows fourfold, and above which it doubles. */
    private static final int SMALL = 16;

    private final long maxSize;
    private final int blockSize;
    private final int parts;
    private long size;

    /**
     * @param blockSize the size of the largest request, in bytes
     * @param depth the maximum number of requests in flight
     */
    ReadAheadWindow(int blockSize, int depth) {
        this.blockSize = blockSize;
        maxSize = (long) blockSize * depth;
        parts = Math.min(2, depth);
        size = Math.min(FIRST, maxSize);
    }

    /** Returns the size of the window in bytes; 0 if access is random. */
    long size() {
        return size;
    }

    /**
     * Returns the size of each request of the window in bytes: half of it, so that one is read while one is consumed.
     */
    int request() {
        return Math.clamp(size / parts, 1, blockSize);
    }

    /** Returns {@code true} if the window has its maximum size. */
    boolean isFull() {
        return size == maxSize;
    }

    /**
     * Enlarges the window after a sequential read has reached the next request.
     *
     * @param wanted the number of bytes that the reader requests at once
     */
    void grow(long wanted) {
        long next = size == 0 ? FIRST : size < maxSize / SMALL ? 4 * size : 2 * size;
        size = Math.min(maxSize, Math.max(next, 2 * Math.min(wanted, maxSize)));
    }

    /** Stops read-ahead until reads are sequential again. */
    void collapse() {
        size = 0;
    }
}
