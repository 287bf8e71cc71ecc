package io.linuxaio.bench.linuxaio;

import io.linuxaio.AioContext;
import io.linuxaio.bench.Meter;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A session of threads on one context, each of which waits for its operations one by one. */
final class WaitingThreads extends ContextSession {
    private final Thread.Builder builder;

    WaitingThreads(Workload workload, Thread.Builder builder, int threads, AioContext context) throws IOException {
        super(workload, threads, context);
        this.builder = builder;
    }

    @Override
    public void run(Meter meter) throws ExecutionException, InterruptedException {
        List<Future<?>> ends = new ArrayList<>();
        try (ExecutorService threads = Executors.newThreadPerTaskExecutor(builder.factory())) {
            for (int i = 0; i < buffers.length; i++) {
                int slot = i;
                OperationSink lane = meter.lane(i, buffers.length, buffers[i]);
                ends.add(threads.submit(() -> work(lane, slot)));
            }
        }
        for (Future<?> end : ends) {
            end.get();
        }
    }

    private void work(OperationSink lane, int slot) {
        while (lane.running()) {
            lane.done(0, start(slot, lane.next(0)).join());
        }
    }
}
