package io.linuxaio.bench.linuxaio;

import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;

/** {@link io.linuxaio.AioFile}: a ring of futures, of which the oldest is awaited. */
public final class FuturesOne implements Variant {
    @Override
    public String name() {
        return "futures-one";
    }

    @Override
    public String description() {
        return "linux-aio, AioFile: one call for each operation, join() of the oldest future";
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
    public Session open(Workload workload) throws IOException {
        return new Ring(workload);
    }

    private static final class Ring extends SharedContextSession {
        Ring(Workload workload) throws IOException {
            super(workload);
        }

        @Override
        @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of generic types
        void run(OperationSink lane, MemorySegment[] own) {
            CompletableFuture<Integer>[] ring = new CompletableFuture[own.length];
            for (int slot = 0; slot < ring.length; slot++) {
                ring[slot] = start(own[slot], lane.next(slot));
            }
            int oldest = 0;
            while (lane.running()) {
                lane.done(oldest, ring[oldest].join());
                ring[oldest] = start(own[oldest], lane.next(oldest));
                oldest = oldest + 1 < ring.length ? oldest + 1 : 0;
            }
            for (int slot = 0; slot < ring.length; slot++) {
                lane.done(slot, ring[slot].join());
            }
        }
    }
}
