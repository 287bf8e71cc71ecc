package io.linuxaio.bench.linuxaio;

import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.time.Duration;

/** As {@link Blocking}, on a context whose waiting threads may poll. */
public final class BlockingSpin implements Variant {
    /** Longer than the devices take that spinning is for. */
    private static final Duration LONGEST = Duration.ofMillis(1).dividedBy(5);

    @Override
    public String name() {
        return "blocking-spin";
    }

    @Override
    public String description() {
        return "linux-aio, AioFile: one thread, join() after each operation, busy polling of 200 us at most";
    }

    @Override
    public Policy policy() {
        return Policy.ONE_BY_ONE;
    }

    @Override
    public String unfit(Workload workload) {
        return new Blocking().unfit(workload);
    }

    @Override
    public Session open(Workload workload) throws IOException {
        return new Blocking.OneThread(workload, Options.context(workload.depth(), LONGEST));
    }
}
