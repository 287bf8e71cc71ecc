package io.linuxaio.bench.peers;

import io.linuxaio.bench.Lane;
import io.linuxaio.bench.Meter;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** One thread that keeps a number of operations in flight and waits for the future of the oldest. */
final class FutureLoop {
    private FutureLoop() {}

    /** Submits. */
    @FunctionalInterface
    interface Start {
        Future<Integer> start(int slot, long position) throws Exception;
    }

    /**
     * Runs until the meter stops; nothing is in flight any more then.
     *
     * @throws Exception what the first failed operation threw
     */
    static void run(Meter meter, MemorySegment[] buffers, Start operation) throws Exception {
        Lane lane = meter.lane(0, 1, buffers);
        Future<?>[] futures = new Future<?>[buffers.length];
        try {
            int inFlight = 0;
            for (int slot = 0; slot < futures.length; slot++) {
                futures[slot] = operation.start(slot, lane.next(slot));
                inFlight++;
            }
            for (int slot = 0; inFlight > 0; slot = (slot + 1) % futures.length) {
                lane.done(slot, (Integer) futures[slot].get());
                futures[slot] = null;
                inFlight--;
                if (lane.running()) {
                    futures[slot] = operation.start(slot, lane.next(slot));
                    inFlight++;
                }
            }
        } finally {
            awaitRest(futures);
        }
    }

    // After a failure the kernel still uses the other buffers.
    private static void awaitRest(Future<?>[] futures) throws InterruptedException {
        for (Future<?> future : futures) {
            if (future != null) {
                try {
                    future.get();
                } catch (ExecutionException alsoFailed) {
                    // Over is over; the first failure is on its way to the caller.
                }
            }
        }
    }
}
