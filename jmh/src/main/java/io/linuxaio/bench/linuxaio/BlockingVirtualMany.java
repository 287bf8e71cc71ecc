package io.linuxaio.bench.linuxaio;

import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;

/** {@link io.linuxaio.AioFile}: a thousand virtual threads on one context, none of which waits for a slot. */
public final class BlockingVirtualMany implements Variant {
    private static final int THREADS = 1000;

    @Override
    public String name() {
        return "blocking-virtual-1000";
    }

    @Override
    public String description() {
        return "linux-aio, AioFile: " + THREADS + " virtual threads on a context of " + THREADS
                + " slots whatever the depth, each join()s";
    }

    @Override
    public Policy policy() {
        return Policy.THREADS;
    }

    @Override
    public String unfit(Workload workload) {
        return workload.unlessOneThread("it has " + THREADS + " threads");
    }

    @Override
    public Session open(Workload workload) throws IOException {
        return new WaitingThreads(workload, Thread.ofVirtual(), THREADS, Options.context(THREADS));
    }
}
