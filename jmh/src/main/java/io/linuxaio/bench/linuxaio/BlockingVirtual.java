package io.linuxaio.bench.linuxaio;

import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;

/** {@link io.linuxaio.AioFile}: a thousand virtual threads on one context of the given queue depth. */
public final class BlockingVirtual implements Variant {
    private static final int THREADS = 1000;

    @Override
    public String name() {
        return "blocking-virtual";
    }

    @Override
    public String description() {
        return "linux-aio, AioFile: " + THREADS + " virtual threads share a queue of the depth, each join()s";
    }

    @Override
    public Policy policy() {
        return Policy.ONE_BY_ONE;
    }

    @Override
    public String unfit(Workload workload) {
        return workload.depth() <= THREADS
                ? workload.unlessOneThread("it has " + THREADS + " threads")
                : "no more than " + THREADS + " threads wait";
    }

    @Override
    public Session open(Workload workload) throws IOException {
        return new WaitingThreads(workload, Thread.ofVirtual(), THREADS, Options.context(workload.depth()));
    }
}
