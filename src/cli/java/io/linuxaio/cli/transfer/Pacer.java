package io.linuxaio.cli.transfer;

/**
 * When operations are to begin: at even distances where a rate was asked for, else whenever there is a place.
 *
 * <p>With a rate, an operation's beginning is intended at a time that does not depend on how those before it fared.
 * Measured from there, the time that it waits for its turn behind slow ones counts, which is what somebody who arrives
 * at that rate would see. Measured from the moment it is submitted, a disk that stands still for a second would show as
 * one slow operation among many quick ones ("coordinated omission").
 */
public final class Pacer {
    private static final double NANOS = 1e9;

    private final double interval;
    private final long start;
    private long begun;

    private Pacer(double interval, long start) {
        this.interval = interval;
        this.start = start;
    }

    /** As many as there are places for. */
    public static Pacer unlimited() {
        return new Pacer(0, 0);
    }

    /**
     * @param rate operations per second
     * @param start when the first is to begin, by System.nanoTime
     */
    public static Pacer of(long rate, long start) {
        return new Pacer(NANOS / rate, start);
    }

    /** When the next operation is to begin; now, where there is no rate. */
    public long intended(long now) {
        return interval == 0 ? now : start + (long) (begun * interval);
    }

    /** The next operation begins. */
    public void begin() {
        begun++;
    }

    /** How many should have begun by now and have not. */
    public long late(long now) {
        if (interval == 0 || now - start < 0) {
            return 0;
        }
        // The first one is to begin at the start itself.
        return Math.max(0, (long) ((now - start) / interval) + 1 - begun);
    }
}
