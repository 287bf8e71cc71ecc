package io.linuxaio.cli.bench;

import io.linuxaio.cli.runtime.Failures;
import io.linuxaio.cli.text.LatencyHistogram;
import io.linuxaio.cli.transfer.Pacer;
import io.linuxaio.cli.transfer.Progress;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** Keeps as many operations in flight as there are places, or begins them at their times, and measures them. */
final class BenchLoop implements BenchEngine.Ended {
    /** How long a wait may be before somebody who wants the end is heard, and the line on the terminal follows. */
    private static final long PATIENCE = 100_000_000;

    /** A timer of the kernel may be late by so much: the rest of a wait for an intended time is spent asking. */
    private static final long TIMER = 100_000;

    private final BenchEngine engine;
    private final Workload workload;
    private final Pacer pacer;
    private final int blockSize;
    private final LongSupplier nanoTime;
    private final LatencyHistogram reads = new LatencyHistogram();
    private final LatencyHistogram writes = new LatencyHistogram();
    private final int[] free;
    private final long[] intended;
    private final long[] positions;
    private final boolean[] reading;
    private int freeCount;
    private long ended;
    private String failure;

    BenchLoop(BenchEngine engine, Workload workload, Pacer pacer, int blockSize, int depth, LongSupplier nanoTime) {
        this.engine = engine;
        this.workload = workload;
        this.pacer = pacer;
        this.blockSize = blockSize;
        this.nanoTime = nanoTime;
        free = new int[depth];
        intended = new long[depth];
        positions = new long[depth];
        reading = new boolean[depth];
        for (int i = 0; i < depth; i++) {
            free[i] = depth - 1 - i;
        }
        freeCount = depth;
    }

    /**
     * Goes on until a time is reached, an operation fails, or somebody wants the end. What is in flight then stays so.
     *
     * @param stopped whether somebody wants the end
     * @param progress hears of the number of operations that have ended, all in all
     */
    void run(long until, BooleanSupplier stopped, Progress progress) {
        while (failure == null && !stopped.getAsBoolean()) {
            long now = nanoTime.getAsLong();
            if (now - until >= 0) {
                return;
            }
            begin(now, until);
            engine.flush();
            await(Math.min(PATIENCE, until - nanoTime.getAsLong()));
            progress.update(ended);
        }
    }

    private void begin(long start, long until) {
        long now = start;
        while (freeCount > 0) {
            long when = pacer.intended(now);
            if (when - now > 0 || when - until >= 0) {
                return;
            }
            int place = free[--freeCount];
            workload.next();
            intended[place] = when;
            positions[place] = workload.position();
            reading[place] = workload.read();
            engine.begin(place, reading[place], positions[place]);
            pacer.begin();
            now = nanoTime.getAsLong();
        }
    }

    private void await(long most) {
        long nanos = most;
        if (freeCount > 0) {
            long now = nanoTime.getAsLong();
            nanos = Math.min(nanos, pacer.intended(now) - now - TIMER);
        }
        engine.await(Math.max(0, nanos), this);
    }

    /** Waits for what is in flight, and measures that too. */
    void drain() {
        while (inFlight() > 0) {
            engine.await(PATIENCE, this);
        }
    }

    @Override
    public void ended(int place, int result, long nanos) {
        free[freeCount++] = place;
        if (result != blockSize) {
            fail(place, result);
            return;
        }
        ended++;
        (reading[place] ? reads : writes).add(nanos - intended[place], result);
    }

    private void fail(int place, int result) {
        if (failure == null) {
            failure = (reading[place] ? "read" : "write") + " of " + blockSize + " bytes at " + positions[place]
                    + (result < 0
                            ? " failed: " + Failures.ofErrno(-result)
                            : " moved " + result + " bytes alone: does the file end there?");
        }
    }

    /** From here on it counts. */
    void clear() {
        reads.clear();
        writes.clear();
    }

    private int inFlight() {
        return free.length - freeCount;
    }

    /** What went wrong, or null. */
    String failure() {
        return failure;
    }

    LatencyHistogram reads() {
        return reads;
    }

    LatencyHistogram writes() {
        return writes;
    }
}
