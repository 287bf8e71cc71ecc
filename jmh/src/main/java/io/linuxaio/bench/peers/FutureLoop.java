package io.linuxaio.bench.peers;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Submitters;
import io.linuxaio.bench.ThreadShare;
import io.linuxaio.bench.Workload;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** A loop of threads, each of which keeps its share of the depth in flight and waits for its oldest future. */
final class FutureLoop implements AutoCloseable {
    private final Submitters threads;
    private final MemorySegment[] buffers;
    private final Start operation;

    /** Submits; of all threads the slots are counted together. */
    @FunctionalInterface
    interface Start {
        Future<Integer> start(int slot, long position) throws Exception;
    }

    /** @param buffers one for each slot */
    FutureLoop(Workload workload, MemorySegment[] buffers, Start operation) {
        threads = new Submitters(workload);
        this.buffers = buffers;
        this.operation = operation;
    }

    /**
     * Runs until the meter stops; nothing is in flight any more then.
     *
     * @throws Exception what the first failed operation threw
     */
    void run(Meter meter) throws Exception {
        threads.run(share -> run(meter, share));
    }

    private void run(Meter meter, ThreadShare share) throws Exception {
        OperationSink lane = share.lane(meter, share.of(buffers));
        int first = share.firstSlot();
        Future<?>[] futures = new Future<?>[share.depth()];
        try {
            int inFlight = 0;
            for (int slot = 0; slot < futures.length; slot++) {
                futures[slot] = operation.start(first + slot, lane.next(slot));
                inFlight++;
            }
            for (int slot = 0; inFlight > 0; slot = (slot + 1) % futures.length) {
                lane.done(slot, (Integer) futures[slot].get());
                futures[slot] = null;
                inFlight--;
                if (lane.running()) {
                    futures[slot] = operation.start(first + slot, lane.next(slot));
                    inFlight++;
                }
            }
        } finally {
            awaitRest(futures);
        }
    }

    @Override
    public void close() {
        threads.close();
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
