package io.linuxaio;

import java.time.Duration;

/**
 * A snapshot of the latencies of a context's operations of one kind, measured since the context was opened: of a random
 * sample of them, unless {@link AioContext.Builder#latencySampling} has chosen all.
 *
 * <p>A latency is the time from the submission of an operation until its completion event was reaped, in
 * {@link System#nanoTime} nanoseconds, the time in the library's own queue for non-blocking operations included, and the
 * time until callbacks have run excluded. Latencies are counted in buckets; a percentile is exact to 1/16 of its value.
 * Operations that the kernel refused at their submission are not counted.
 *
 * <p>Immutable, so safe for use by any thread.
 */
public final class AioLatencies {
    /** The latencies of a context that does not measure them, or without an operation. */
    static final AioLatencies NONE = new AioLatencies(new long[0], 0, 0);

    private final long[] counts;
    private final long sum;
    private final long max;
    private final long count;

    /**
     * @param counts the numbers of latencies in each bucket of {@link LatencyCounters}; not copied
     * @param sum the sum of all latencies, in nanoseconds
     * @param max the maximum, in nanoseconds
     */
    AioLatencies(long[] counts, long sum, long max) {
        this.counts = counts;
        this.sum = sum;
        this.max = max;
        long total = 0;
        for (long each : counts) {
            total += each;
        }
        count = total;
    }

    /** A receiver of the buckets of a histogram. */
    @FunctionalInterface
    public interface BucketConsumer {
        /**
         * Receives a bucket.
         *
         * @param fromNanos the least latency of the bucket, in nanoseconds
         * @param toNanos the greatest latency of the bucket, in nanoseconds
         * @param count the number of operations with such a latency
         */
        void accept(long fromNanos, long toNanos, long count);
    }

    /** Returns the sum of two snapshots. */
    AioLatencies plus(AioLatencies other) {
        if (other.count == 0) {
            return this;
        } else if (count == 0) {
            return other;
        }
        long[] both = counts.clone();
        for (int i = 0; i < both.length; i++) {
            both[i] += other.counts[i];
        }
        return new AioLatencies(both, sum + other.sum, Math.max(max, other.max));
    }

    /**
     * Returns the number of operations that were measured.
     *
     * @return operations; 0 if the context does not measure latencies
     */
    public long count() {
        return count;
    }

    /**
     * Returns the mean latency.
     *
     * @return the mean; zero without operations
     */
    public Duration mean() {
        return Duration.ofNanos(count == 0 ? 0 : sum / count);
    }

    /**
     * Returns the maximum latency that was measured, which is exact.
     *
     * @return the maximum; zero without operations
     */
    public Duration max() {
        return Duration.ofNanos(max);
    }

    /**
     * Returns the latency that a given share of the operations did not exceed.
     *
     * @param percent the share in percent, from 0 to 100: 99.9 for the latency that one operation of a thousand exceeds
     * @return the upper bound of the bucket in which the percentile is, at most the maximum; zero without operations
     * @throws IllegalArgumentException if the share is not in that range
     */
    public Duration percentile(double percent) {
        if (!(percent >= 0 && percent <= 100)) {
            throw new IllegalArgumentException("a percentile is from 0 to 100: " + percent);
        }
        // At least one, so that 0 gives the first bucket that is not empty.
        long rank = Math.max(1, (long) Math.ceil(count * (percent / 100)));
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank) {
                return Duration.ofNanos(Math.min(max, upperBound(i)));
            }
        }
        return Duration.ZERO;
    }

    /**
     * Calls a receiver for each bucket that is not empty, in ascending order: for export to another histogram.
     *
     * @param receiver receives the buckets
     */
    public void forEachBucket(BucketConsumer receiver) {
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                receiver.accept(LatencyCounters.lowerBound(i), upperBound(i), counts[i]);
            }
        }
    }

    private static long upperBound(int bucket) {
        return bucket == LatencyCounters.BUCKETS - 1 ? Long.MAX_VALUE : LatencyCounters.lowerBound(bucket + 1) - 1;
    }

    /** Returns the number of operations and the most common percentiles. */
    @Override
    public String toString() {
        return count + " operations, p50 " + percentile(50) + ", p99 " + percentile(99) + ", p99.9 " + percentile(99.9)
                + ", max " + max();
    }
}
