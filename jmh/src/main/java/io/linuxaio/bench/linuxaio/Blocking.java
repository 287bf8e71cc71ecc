package io.linuxaio.bench.linuxaio;

import io.linuxaio.AioContext;
import io.linuxaio.bench.Meter;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;

/** {@link io.linuxaio.AioFile}: one thread waits for each operation. */
public final class Blocking implements Variant {
    @Override
    public String name() {
        return "blocking";
    }

    @Override
    public String description() {
        return "linux-aio, AioFile: one thread, join() after each operation";
    }

    @Override
    public Policy policy() {
        return Policy.ONE_BY_ONE;
    }

    @Override
    public String unfit(Workload workload) {
        return workload.depth() == 1 ? null : "one thread that waits has one operation in flight";
    }

    @Override
    public Session open(Workload workload) throws IOException {
        return new OneThread(workload, Options.context(workload.depth()));
    }

    /** Waits for each operation before it starts the next. */
    static final class OneThread extends ContextSession {
        OneThread(Workload workload, AioContext context) throws IOException {
            super(workload, 1, context);
        }

        @Override
        public void run(Meter meter) {
            OperationSink lane = meter.lane(0, 1, buffers[0]);
            while (lane.running()) {
                lane.done(0, start(0, lane.next(0)).join());
            }
        }
    }
}
