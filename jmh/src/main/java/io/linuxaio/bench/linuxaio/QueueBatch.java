package io.linuxaio.bench.linuxaio;

import io.linuxaio.AioCompletionHandler;
import io.linuxaio.AioFile;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.ThreadShare;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;

/** {@link io.linuxaio.AioQueue}, with one system call for all free slots. */
public final class QueueBatch implements Variant {
    @Override
    public String name() {
        return "queue-batch";
    }

    @Override
    public String description() {
        return "linux-aio, AioQueue: all free slots submitted in one call, then await(1)";
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
    public Session open(Workload workload) throws Exception {
        return QueueSession.open(workload, Batches::new);
    }

    private static final class Batches extends QueueSession {
        private final int[] free;
        private int freeCount;

        Batches(ThreadShare share, AioFile file) throws IOException {
            super(share, file);
            free = new int[share.depth()];
            freeCount = free.length;
            for (int i = 0; i < free.length; i++) {
                free[i] = i;
            }
        }

        @Override
        void run(OperationSink lane) {
            AioCompletionHandler handler = (slot, result) -> {
                lane.done((int) slot, result);
                free[freeCount++] = (int) slot;
            };
            while (lane.running()) {
                while (freeCount > 0) {
                    prepare(lane, free[--freeCount]);
                }
                queue.submit();
                queue.await(1, FOREVER, handler);
            }
            while (queue.inFlight() + queue.prepared() > 0) {
                queue.submit();
                queue.await(1, FOREVER, handler);
            }
        }
    }
}
