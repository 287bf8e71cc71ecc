package io.linuxaio.cli.text;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** A histogram of the latencies of one kind of operation, in nanoseconds, with three significant digits. For one thread. */
public final class LatencyHistogram {
    private static final long MAX_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;

    private final Histogram latencies = new Histogram(MAX_NANOS, DIGITS);
    private long bytes;

    /** Adds an operation that has transferred a number of bytes. */
    public void add(long nanos, int count) {
        latencies.recordValue(Math.clamp(nanos, 0, MAX_NANOS));
        bytes += count;
    }

    /** Removes all values. */
    public void clear() {
        latencies.reset();
        bytes = 0;
    }

    public long count() {
        return latencies.getTotalCount();
    }

    public long bytes() {
        return bytes;
    }

    public long mean() {
        return Math.round(latencies.getMean());
    }

    public long min() {
        return latencies.getMinValue();
    }

    public long max() {
        return latencies.getMaxValue();
    }

    /** Returns the latency that a percentage of the operations did not exceed. */
    public long percentile(double percentage) {
        return latencies.getValueAtPercentile(percentage);
    }
}
