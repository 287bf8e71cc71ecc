package io.linuxaio;

/**
 * A snapshot of the host's limit on operations in flight, which all processes and all containers share.
 *
 * <p>Immutable, so safe for use by any thread. Later versions may add figures.
 */
public final class AioLimits {
    private final long max;
    private final long used;

    AioLimits(long max, long used) {
        this.max = max;
        this.used = used;
    }

    /**
     * Returns {@code /proc/sys/fs/aio-max-nr}: the maximum sum of the queue depths of all contexts.
     *
     * @return operations
     */
    public long max() {
        return max;
    }

    /**
     * Returns {@code /proc/sys/fs/aio-nr}: the number of operations that have been claimed. A context claims its depth
     * when it is opened.
     *
     * @return operations
     */
    public long used() {
        return used;
    }

    /**
     * Returns the number of operations that can still be claimed.
     *
     * @return operations, at least 0
     */
    public long free() {
        return Math.max(0, max - used);
    }

    /** Returns both figures with their names. */
    @Override
    public String toString() {
        return "AioLimits[max=" + max + ", used=" + used + ']';
    }
}
