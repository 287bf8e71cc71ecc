package io.linuxaio.cli.text;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long operations of one kind took, in nanoseconds, to three digits. For one thread. */
public final class LatencyHistogram {
    private static final long LONGEST = TimeUnit.HOURS.toNanos(1);
    private static final int DIGITS = 3;

    private final Histogram latencies = new Histogram(LONGEST, DIGITS);
    private long bytes;

    public void add(long nanos, int count) {
        latencies.recordValue(Math.clamp(nanos, 0, LONGEST));
        bytes += count;
    }

    /** Forgets all. */
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

    public long least() {
        return latencies.getMinValue();
    }

    public long worst() {
        return latencies.getMaxValue();
    }

    /** What so many of a hundred did not exceed. */
    public long percentile(double share) {
        return latencies.getValueAtPercentile(share);
    }
}
