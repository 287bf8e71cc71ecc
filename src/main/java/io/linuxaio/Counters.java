package io.linuxaio;

import io.linuxaio.internal.engine.Slot;
import java.util.concurrent.atomic.LongAdder;

/** Counts what a context does. Safe for use by any thread. */
final class Counters {
    private final LongAdder submitted = new LongAdder();
    private final LongAdder completed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder bytesRead = new LongAdder();
    private final LongAdder bytesWritten = new LongAdder();
    private final LongAdder fullQueue = new LongAdder();
    private final LongAdder nowaitRefusals = new LongAdder();
    private final LongAdder handedOver = new LongAdder();

    void submitted() {
        submitted.increment();
    }

    void fullQueue() {
        fullQueue.increment();
    }

    void nowaitRefused() {
        nowaitRefusals.increment();
    }

    void handedOver() {
        handedOver.increment();
    }

    void ended(Slot slot) {
        if (slot.result() < 0) {
            failed.increment();
        } else {
            completed.increment();
        }
        if (slot.opcode().isRead()) {
            bytesRead.add(slot.transferred());
        } else if (slot.opcode().isWrite()) {
            bytesWritten.add(slot.transferred());
        }
    }

    AioStats snapshot(
            int inFlight, long shortTransfers, long submitRetries, long strayEvents, int mostInFlight, long wakeUps) {
        // Ended before submitted: so that the sum of what has ended is never seen greater than what was submitted.
        long done = completed.sum();
        long broken = failed.sum();
        return new AioStats(
                submitted.sum(),
                done,
                broken,
                bytesRead.sum(),
                bytesWritten.sum(),
                inFlight,
                fullQueue.sum(),
                nowaitRefusals.sum(),
                handedOver.sum(),
                shortTransfers,
                submitRetries,
                strayEvents,
                mostInFlight,
                wakeUps);
    }
}
