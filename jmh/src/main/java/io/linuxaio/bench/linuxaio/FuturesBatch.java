package io.linuxaio.bench.linuxaio;

import io.linuxaio.AioBatch;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/** {@link io.linuxaio.AioContext}, with an {@link AioBatch} for all free slots. */
public final class FuturesBatch implements Variant {
    @Override
    public String name() {
        return "futures-batch";
    }

    @Override
    public String description() {
        return "linux-aio, AioContext: all free slots submitted as one AioBatch, then join() of the oldest";
    }

    @Override
    public Policy policy() {
        return Policy.BATCH;
    }

    @Override
    public String unfit(Workload workload) {
        return null;
    }

    @Override
    public Session open(Workload workload) throws IOException {
        return new Batches(workload);
    }

    private static final class Batches extends SharedContextSession {
        Batches(Workload workload) throws IOException {
            super(workload);
        }

        @Override
        void run(OperationSink lane, MemorySegment[] own) {
            new OneThread(lane, own).run();
        }

        /** The operations that one of the threads has in flight. */
        private final class OneThread {
            private final OperationSink lane;
            private final MemorySegment[] own;
            private final AioBatch batch = context.batch();
            private final CompletableFuture<Integer>[] futures;
            /** Slots in flight, the oldest first; those that have ended are taken out wherever they stand. */
            private final int[] order;

            private int inFlight;

            @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
            OneThread(OperationSink lane, MemorySegment[] own) {
                this.lane = lane;
                this.own = own;
                futures = new CompletableFuture[own.length];
                order = new int[own.length];
            }

            void run() {
                int[] free = new int[futures.length];
                for (int i = 0; i < free.length; i++) {
                    free[i] = i;
                }
                int freeCount = free.length;
                while (freeCount > 0 && lane.running() || inFlight > 0) {
                    while (freeCount > 0 && lane.running()) {
                        add(free[--freeCount]);
                    }
                    if (batch.size() > 0) {
                        batch.submit();
                    }
                    // Nothing is where the time was over before anything had begun.
                    if (inFlight > 0) {
                        futures[order[0]].join();
                        freeCount = takeEnded(free, freeCount);
                    }
                }
            }

            private void add(int slot) {
                long position = lane.next(slot);
                futures[slot] = reads ? batch.read(file, own[slot], position) : batch.write(file, own[slot], position);
                order[inFlight++] = slot;
            }

            private int takeEnded(int[] free, int before) {
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
}
