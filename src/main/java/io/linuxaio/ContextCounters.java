package io.linuxaio;

import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

/**
 * The counters of a context. Any thread may read them.
 *
 * <p>Counters that every operation increments have one writer at a time, the owner of the ring lock, and so need no atomic
 * instruction.
 */
final class ContextCounters {
    private static final VarHandle SUCCEEDED = counter("succeeded");
    private static final VarHandle FAILED = counter("failed");
    private static final VarHandle BYTES_READ = counter("bytesRead");
    private static final VarHandle BYTES_WRITTEN = counter("bytesWritten");

    private long succeeded;
    private long failed;
    private long bytesRead;
    private long bytesWritten;
    private final LongAdder refused = new LongAdder();
    private final LongAdder queueFullCount = new LongAdder();
    private final LongAdder nowaitRefusals = new LongAdder();
    private final LongAdder offloaded = new LongAdder();

    /** Null if latencies are not recorded. */
    private final LatencyCounters.ByKind latencies;

    /** @param sampling the mean number of operations of which the latency of one is measured; 0 for none */
    ContextCounters(int sampling) {
        latencies = sampling > 0 ? new LatencyCounters.ByKind(sampling) : null;
    }

    private static VarHandle counter(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(ContextCounters.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static void increment(LongAdder counter) {
        try {
            counter.increment();
        } catch (OutOfMemoryError | StackOverflowError e) {
            // A counter must not cost an operation.
        }
    }

    /** Counts an operation that found the queue full. For any thread. */
    void queueFull() {
        increment(queueFullCount);
    }

    /** Counts an operation that the kernel refused because it would have blocked. For any thread. */
    void nowaitRefused() {
        increment(nowaitRefusals);
    }

    /** Counts an offloaded operation. For any thread. */
    void offloaded() {
        increment(offloaded);
    }

    /** Counts an operation that the kernel refused. For any thread. */
    void refused() {
        increment(refused);
    }

    /** Notes the start of an operation, if its latency is to be measured. For the thread that submits it. */
    void started(Slot slot) {
        if (latencies != null && slot.isDue()) {
            latencies.started(slot);
        }
    }

    /** Ends a round of events that arrived together. For the owner of the ring lock. */
    void endRound() {
        if (latencies != null) {
            latencies.endRound();
        }
    }

    /** Counts a completed operation. For the owner of the ring lock. */
    void ended(Slot slot) {
        if (slot.startTime() != 0) {
            latencies.ended(slot);
        }
        if (slot.result() < 0) {
            FAILED.setOpaque(this, failed + 1);
        } else {
            SUCCEEDED.setOpaque(this, succeeded + 1);
        }
        if (slot.opcode().isRead()) {
            BYTES_READ.setOpaque(this, bytesRead + slot.transferred());
        } else if (slot.opcode().isWrite()) {
            BYTES_WRITTEN.setOpaque(this, bytesWritten + slot.transferred());
        }
    }

    AioStats snapshot(SlotPool pool, KernelAioContext engine, int slots, long wakeUps) {
        // Completed before submitted: the sum of completed operations never appears greater than the submitted ones.
        int inFlight = pool.acquired();
        long done = (long) SUCCEEDED.getAcquire(this);
        long broken = (long) FAILED.getAcquire(this) + refused.sum();
        return new AioStats(new AioStats.Figures(
                engine.begun(slots),
                done,
                broken,
                (long) BYTES_READ.getOpaque(this),
                (long) BYTES_WRITTEN.getOpaque(this),
                inFlight,
                pool.maxAcquired(),
                queueFullCount.sum(),
                nowaitRefusals.sum(),
                offloaded.sum(),
                engine.shortTransfers(),
                engine.submitRetries(),
                engine.strays(),
                wakeUps,
                latencies == null ? AioLatencies.NONE : latencies.reads.snapshot(),
                latencies == null ? AioLatencies.NONE : latencies.writes.snapshot(),
                latencies == null ? AioLatencies.NONE : latencies.syncs.snapshot()));
    }
}
