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

/** {@link io.linuxaio.AioQueue}, with one system call for each operation as soon as its slot is free. */
public final class QueueOne implements Variant {
    @Override
    public String name() {
        return "queue-one";
    }

    @Override
    public String description() {
        return "linux-aio, AioQueue: each operation submitted as soon as its slot is free";
    }

    @Override
    public Policy policy() {
        return Policy.ONE_BY_ONE;
    }

    @Override
    public String unfit(Workload workload) {
        return null;
    }

    @Override
    public Session open(Workload workload) throws Exception {
        return QueueSession.open(workload, OneByOne::new);
    }

    private static final class OneByOne extends QueueSession {
        OneByOne(ThreadShare share, AioFile file) throws IOException {
            super(share, file);
        }

        @Override
        void run(OperationSink lane) {
            AioCompletionHandler handler = (slot, result) -> {
                lane.done((int) slot, result);
                if (lane.running()) {
                    prepare(lane, (int) slot);
                    queue.submit();
                }
            };
            for (int slot = 0; slot < queue.depth(); slot++) {
                prepare(lane, slot);
                queue.submit();
            }
            while (queue.inFlight() + queue.prepared() > 0) {
                queue.submit();
                queue.await(1, FOREVER, handler);
            }
        }
    }
}
