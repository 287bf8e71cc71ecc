package io.linuxaio.cli;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long operations of one kind took, in nanoseconds, to three digits. For one thread. */
final class LatencyHistogram {
    private static final long LONGEST = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;

    private final Histogram latencies = new Histogram(LONGEST, DIGITS);
    private long bytes;

    void add(long nanos, int count) {
        latencies.recordValue(Math.clamp(nanos, 0, LONGEST));
        bytes += count;
    }

    /** Forgets all. */
    void clear() {
        latencies.reset();
        bytes = 0;
    }

    long count() {
        return latencies.getTotalCount();
    }

    long bytes() {
        return bytes;
    }

    long mean() {
        return Math.round(latencies.getMean());
    }

    long least() {
        return latencies.getMinValue();
    }

    long worst() {
        return latencies.getMaxValue();
    }

    /** What so many of a hundred did not exceed. */
    long percentile(double share) {
        return latencies.getValueAtPercentile(share);
    }
}
