package io.linuxaio.cli.bench;

import io.linuxaio.cli.runtime.Failures;
import io.linuxaio.cli.text.LatencyHistogram;
import io.linuxaio.cli.transfer.Pacer;
import io.linuxaio.cli.transfer.Progress;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The loop of a bench: fills all slots, or starts operations at the intended times, and records their latencies. */
final class BenchLoop implements BenchEngine.CompletionHandler {
    /** The maximum wait, after which the loop checks for a request to stop and updates the progress. */
    private static final long MAX_WAIT = 100_000_000;

    /** The latency of the kernel's timers: for the rest of a wait for an intended time, the loop polls. */
    private static final long TIMER = 100_000;

    private final BenchEngine engine;
    private final Workload workload;
    private final Pacer pacer;
    private final int blockSize;
    private final LongSupplier nanoTime;
    private final LatencyHistogram reads = new LatencyHistogram();
    private final LatencyHistogram writes = new LatencyHistogram();
    private final LatencyHistogram syncs = new LatencyHistogram();
    private final PeriodicSync sync;
    private final int[] free;
    private final long[] intended;
    private final long[] positions;
    private final boolean[] reading;
    private int freeCount;
    private long completed;
    private String failure;

    BenchLoop(
            BenchEngine engine,
            Workload workload,
            Pacer pacer,
            PeriodicSync sync,
            int blockSize,
            int depth,
            LongSupplier nanoTime) {
        this.engine = engine;
        this.workload = workload;
        this.pacer = pacer;
        this.sync = sync;
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
     * Runs until a time is reached, an operation fails, or a stop is requested. Operations in flight then stay in flight.
     *
     * @param stopped returns {@code true} if a stop is requested
     * @param progress receives the total number of completed operations
     */
    void run(long until, BooleanSupplier stopped, Progress progress) {
        while (failure == null && !stopped.getAsBoolean()) {
            long now = nanoTime.getAsLong();
            if (now - until >= 0) {
                return;
            }
            if (sync.isDue() && inFlight() == 0) {
                sync();
                continue;
            }
            begin(now, until);
            engine.submit();
            await(Math.min(MAX_WAIT, until - nanoTime.getAsLong()));
            progress.update(completed);
        }
    }

    private void sync() {
        long start = nanoTime.getAsLong();
        try {
            sync.run();
            syncs.add(nanoTime.getAsLong() - start, 0);
        } catch (IOException e) {
            failure = "fsync failed: " + Failures.line(e);
        }
    }

    private void begin(long start, long until) {
        long now = start;
        while (freeCount > 0 && !sync.isDue()) {
            long when = pacer.intended(now);
            if (when - now > 0 || when - until >= 0) {
                return;
            }
            int slot = free[--freeCount];
            workload.next();
            intended[slot] = when;
            positions[slot] = workload.position();
            reading[slot] = workload.read();
            engine.prepare(slot, reading[slot], positions[slot]);
            if (!reading[slot]) {
                sync.onWrite();
            }
            pacer.begin();
            now = nanoTime.getAsLong();
        }
    }

    private void await(long timeout) {
        long nanos = timeout;
        if (freeCount > 0 && !sync.isDue()) {
            long now = nanoTime.getAsLong();
            nanos = Math.min(nanos, pacer.intended(now) - now - TIMER);
        }
        engine.await(Math.max(0, nanos), this);
    }

    /** Waits for the operations in flight, and records their latencies too. */
    void drain() {
        while (inFlight() > 0) {
            engine.await(MAX_WAIT, this);
        }
    }

    @Override
    public void onCompletion(int slot, int result, long nanos) {
        free[freeCount++] = slot;
        if (result != blockSize) {
            fail(slot, result);
            return;
        }
        completed++;
        (reading[slot] ? reads : writes).add(nanos - intended[slot], result);
    }

    private void fail(int slot, int result) {
        if (failure == null) {
            failure = (reading[slot] ? "read" : "write") + " of " + blockSize + " bytes at " + positions[slot]
                    + (result < 0
                            ? " failed: " + Failures.ofErrno(-result)
                            : " transferred " + result + " bytes only: does the file end there?");
        }
    }

    /** Discards the measurements of the warm-up. */
    void clear() {
        reads.clear();
        writes.clear();
        syncs.clear();
    }

    private int inFlight() {
        return free.length - freeCount;
    }

    /** Returns the first failure, or null. */
    String failure() {
        return failure;
    }

    LatencyHistogram reads() {
        return reads;
    }

    LatencyHistogram writes() {
        return writes;
    }

    LatencyHistogram syncs() {
        return syncs;
    }
}
