package io.linuxaio.bench.linuxaio;

import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;

/** {@link io.linuxaio.AioFile}: as many platform threads as the depth, on one context. */
public final class BlockingThreads implements Variant {
    private static final int MOST = 256;

    @Override
    public String name() {
        return "blocking-threads";
    }

    @Override
    public String description() {
        return "linux-aio, AioFile: as many platform threads as the depth says, each join()s its own operation";
    }

    @Override
    public Policy policy() {
        return Policy.THREADS;
    }

    @Override
    public String unfit(Workload workload) {
        return workload.depth() <= MOST
                ? workload.unlessOneThread("it has as many threads as the depth says")
                : "more than " + MOST + " platform threads";
    }

    @Override
    public Session open(Workload workload) throws IOException {
        return new WaitingThreads(
                workload, Thread.ofPlatform().name("bench-", 0), workload.depth(), Options.context(workload.depth()));
    }
}
