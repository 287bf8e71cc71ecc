package io.linuxaio.bench;

import org.HdrHistogram.Histogram;

/** A sink that measures the latency of every operation, from its preparation until its completion is observed. */
final class LatencySink extends OperationSink {
    private static final int DIGITS = 3;

    private final long[] started;
    private final Histogram times = new Histogram(DIGITS);

    LatencySink(Meter meter, Positions positions, int slots) {
        super(meter, positions);
        started = new long[slots];
    }

    @Override
    void starts(int slot, long position) {
        started[slot] = System.nanoTime();
    }

    @Override
    void ended(int slot) {
        times.recordValue(System.nanoTime() - started[slot]);
    }

    Histogram times() {
        return times;
    }
}
