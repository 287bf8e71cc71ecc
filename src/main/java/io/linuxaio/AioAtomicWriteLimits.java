package io.linuxaio;

/**
 * The limits of the {@linkplain AioRequestFlag#ATOMIC atomic} writes of a file, as {@code statx(2)} reports them
 * ({@code STATX_WRITE_ATOMIC}).
 *
 * <p>Immutable, so safe for use by any thread. Later versions may add figures.
 */
public final class AioAtomicWriteLimits {
    private final int minUnit;
    private final int maxUnit;
    private final int maxSegments;

    AioAtomicWriteLimits(int minUnit, int maxUnit, int maxSegments) {
        this.minUnit = minUnit;
        this.maxUnit = maxUnit;
        this.maxSegments = maxSegments;
    }

    /**
     * Returns the length of the smallest atomic write.
     *
     * @return bytes, a power of two
     */
    public int minUnit() {
        return minUnit;
    }

    /**
     * Returns the length of the largest atomic write.
     *
     * @return bytes, a power of two
     */
    public int maxUnit() {
        return maxUnit;
    }

    /**
     * Returns the greatest number of segments of a vectored atomic write.
     *
     * @return segments
     */
    public int maxSegments() {
        return maxSegments;
    }

    /** Returns all figures with their names. */
    @Override
    public String toString() {
        return "AioAtomicWriteLimits[minUnit=" + minUnit + ", maxUnit=" + maxUnit + ", maxSegments=" + maxSegments
                + ']';
    }
}
