package io.linuxaio.bench.own;

import io.linuxaio.AioBatch;
import io.linuxaio.bench.Lane;
import io.linuxaio.bench.Meter;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;

/** {@link io.linuxaio.AioContext}, with an {@link AioBatch} for all places that are free. */
public final class FuturesBatch implements Variant {
    @Override
    public String name() {
        return "futures-batch";
    }

    @Override
    public String description() {
        return "linux-aio, AioContext: all free places submitted as one AioBatch, then join() of the oldest";
    }

    @Override
    public Policy policy() {
        return Policy.BATCH;
    }

    @Override
    public Session open(Workload workload) throws IOException {
        return new Batches(workload);
    }

    private static final class Batches extends ContextSession {
        private final AioBatch batch;
        private final CompletableFuture<Integer>[] futures;
        /** Slots in flight, the oldest first; those that have ended are taken out wherever they stand. */
        private final int[] order;

        private int inFlight;

        @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
        Batches(Workload workload) throws IOException {
            super(workload, workload.depth());
            batch = context.batch();
            futures = new CompletableFuture[workload.depth()];
            order = new int[workload.depth()];
        }

        @Override
        public void run(Meter meter) {
            Lane lane = meter.lane(0, 1, buffers);
            int[] free = new int[futures.length];
            for (int i = 0; i < free.length; i++) {
                free[i] = i;
            }
            int freeCount = free.length;
            while (freeCount > 0 && lane.running() || inFlight > 0) {
                while (freeCount > 0 && lane.running()) {
                    add(lane, free[--freeCount]);
                }
                if (batch.size() > 0) {
                    batch.submit();
                }
                futures[order[0]].join();
                freeCount = takeEnded(lane, free, freeCount);
            }
        }

        private void add(Lane lane, int slot) {
            long position = lane.next(slot);
            futures[slot] =
                    reads ? batch.read(file, buffers[slot], position) : batch.write(file, buffers[slot], position);
            order[inFlight++] = slot;
        }

        private int takeEnded(Lane lane, int[] free, int before) {
            int freeCount = before;
            int left = 0;
            for (int i = 0; i < inFlight; i++) {
                int slot = order[i];
                if (futures[slot].isDone()) {
                    lane.done(slot, futures[slot].join());
                    free[freeCount++] = slot;
                } else {
                    order[left++] = slot;
                }
            }
            inFlight = left;
            return freeCount;
        }
    }
}
