package io.linuxaio.cli.transfer;

/**
 * The intended start times of operations: at even intervals with a rate, otherwise as soon as a slot is free.
 *
 * <p>With a rate, the intended start of an operation does not depend on the operations before it. A latency measured from
 * there includes the wait behind slow operations, as a client that arrives at that rate would see it. Measured from the
 * submission, a disk that stalls for a second would show as one slow operation among many quick ones ("coordinated
 * omission").
 */
public final class Pacer {
    private static final double NANOS = 1e9;

    private final double interval;
    private final long start;
    private long started;

    private Pacer(double interval, long start) {
        this.interval = interval;
        this.start = start;
    }

    /** Returns a pacer without a rate. */
    public static Pacer unlimited() {
        return new Pacer(0, 0);
    }

    /**
     * Returns a pacer with a rate.
     *
     * @param rate the operations per second
     * @param start the intended start of the first operation, by System.nanoTime
     */
    public static Pacer of(long rate, long start) {
        return new Pacer(NANOS / rate, start);
    }

    /** Returns the intended start of the next operation; the given time if there is no rate. */
    public long intended(long now) {
        return interval == 0 ? now : start + (long) (started * interval);
    }

    /** Counts the start of the next operation. */
    public void begin() {
        started++;
    }

    /** Returns the number of operations that should have started by a time and have not. */
    public long late(long now) {
        if (interval == 0 || now - start < 0) {
            return 0;
        }
        // The first one starts at the start time itself.
        return Math.max(0, (long) ((now - start) / interval) + 1 - started);
    }
}
