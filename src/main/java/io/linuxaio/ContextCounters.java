package io.linuxaio;

import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what a context does. Read by any thread.
 *
 * <p>What every operation counts has one writer at a time, who needs no exclusive access to a cache line: its slot's owner,
 * or whose turn it is to take events.
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

    private static VarHandle counter(String name) {
        try {
            return MethodHandles.lookup().findVarHandle(ContextCounters.class, name, long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The queue was full. For any thread. */
    void queueFull() {
        queueFullCount.increment();
    }

    /** The kernel refused rather than block. For any thread. */
    void nowaitRefused() {
        nowaitRefusals.increment();
    }

    /** Another thread submits in the caller's place. For any thread. */
    void offloaded() {
        offloaded.increment();
    }

    /** The kernel did not take an operation. For any thread. */
    void refused() {
        refused.increment();
    }

    /** An operation has ended. For the thread whose turn it is to take events. */
    void ended(Slot slot) {
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
        // Ended before submitted: so that the sum of what has ended is never seen greater than what was submitted.
        int inFlight = pool.claimed();
        long done = (long) SUCCEEDED.getAcquire(this);
        long broken = (long) FAILED.getAcquire(this) + refused.sum();
        return new AioStats(new AioStats.Figures(
                engine.begun(slots),
                done,
                broken,
                (long) BYTES_READ.getOpaque(this),
                (long) BYTES_WRITTEN.getOpaque(this),
                inFlight,
                pool.maxClaimed(),
                queueFullCount.sum(),
                nowaitRefusals.sum(),
                offloaded.sum(),
                engine.shortTransfers(),
                engine.submitRetries(),
                engine.strays(),
                wakeUps));
    }
}
