package io.linuxaio;

import io.linuxaio.internal.engine.Slot;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A histogram of latencies with log-linear buckets: each power of two of nanoseconds is divided into 16 buckets, so that a
 * bucket is at most 1/16 of its values wide.
 *
 * <p>The owner of the ring lock is the only writer, so that counting needs no atomic instruction. Any thread may read.
 */
final class LatencyCounters {
    /** The buckets of a power of two, as a power of two. */
    private static final int SUB_BUCKET_BITS = 4;

    private static final int SUB_BUCKETS = 1 << SUB_BUCKET_BITS;

    /** Latencies from 2^42 ns (73 minutes) on share the last bucket. */
    private static final int MAX_BITS = 42;

    static final int BUCKETS = (MAX_BITS - SUB_BUCKET_BITS + 1) * SUB_BUCKETS;

    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle SUM;
    private static final VarHandle MAX;

    static {
        try {
            SUM = MethodHandles.lookup().findVarHandle(LatencyCounters.class, "sum", long.class);
            MAX = MethodHandles.lookup().findVarHandle(LatencyCounters.class, "max", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final long[] counts = new long[BUCKETS];
    private long sum;
    private long max;

    /** Returns the index of the bucket of a latency. */
    static int bucket(long nanos) {
        if (nanos < SUB_BUCKETS) {
            return nanos < 0 ? 0 : (int) nanos;
        }
        int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - SUB_BUCKET_BITS;
        int bucket = (shift << SUB_BUCKET_BITS) + (int) (nanos >>> shift);
        return Math.min(bucket, BUCKETS - 1);
    }

    /** Returns the smallest latency of a bucket, in nanoseconds. */
    static long lowerBound(int bucket) {
        if (bucket < SUB_BUCKETS) {
            return bucket;
        }
        int shift = (bucket >>> SUB_BUCKET_BITS) - 1;
        return (long) (SUB_BUCKETS + (bucket & SUB_BUCKETS - 1)) << shift;
    }

    /** Counts a latency. For the owner of the ring lock. */
    void add(long nanos) {
        int bucket = bucket(nanos);
        COUNTS.setOpaque(counts, bucket, counts[bucket] + 1);
        SUM.setOpaque(this, sum + nanos);
        if (nanos > max) {
            MAX.setOpaque(this, nanos);
        }
    }

    /** Returns a snapshot. For any thread. */
    AioLatencies snapshot() {
        long[] copy = new long[BUCKETS];
        for (int i = 0; i < BUCKETS; i++) {
            copy[i] = (long) COUNTS.getOpaque(counts, i);
        }
        return new AioLatencies(copy, (long) SUM.getOpaque(this), (long) MAX.getOpaque(this));
    }

    /** The histograms of a context, by the kind of operation. */
    static final class ByKind {
        final LatencyCounters reads = new LatencyCounters();
        final LatencyCounters writes = new LatencyCounters();
        final LatencyCounters syncs = new LatencyCounters();

        private final int sampling;

        // Events that arrive together share a time: reading the clock costs more than the rest.
        private boolean isTimeKnown;
        private long now;

        ByKind(int sampling) {
            this.sampling = sampling;
        }

        /** Starts to measure an operation, and chooses the next one. For the thread that submits it. */
        void started(Slot slot) {
            // Never zero, which marks an operation that is not measured.
            long start = System.nanoTime() | 1;
            // Not a fixed distance, which a period of the application could match. The upper bits are the random ones.
            int random = (int) (start * 0x9E3779B97F4A7C15L >>> 33);
            slot.measure(start, 1 + random % (2 * sampling - 1));
        }

        /** Counts an operation that was measured. For the owner of the ring lock. */
        void ended(Slot slot) {
            if (!isTimeKnown) {
                now = System.nanoTime();
                isTimeKnown = true;
            }
            LatencyCounters kind =
                    slot.opcode().isRead() ? reads : slot.opcode().isWrite() ? writes : syncs;
            // Negative if the operation was submitted after the first event of this round was reaped.
            kind.add(Math.max(0, now - slot.startTime()));
        }

        /** Ends a round of events that arrived together. For the owner of the ring lock. */
        void endRound() {
            isTimeKnown = false;
        }
    }
}
