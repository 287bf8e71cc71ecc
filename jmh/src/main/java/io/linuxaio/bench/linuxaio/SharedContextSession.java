package io.linuxaio.bench.linuxaio;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Submitters;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A session with one context of the whole depth, on which each submitting thread keeps its share in flight. */
abstract class SharedContextSession extends ContextSession {
    private final Submitters threads;

    SharedContextSession(Workload workload) throws IOException {
        super(workload, workload.depth());
        threads = new Submitters(workload);
    }

    @Override
    public final void run(Meter meter) throws Exception {
        threads.run(share -> {
            MemorySegment[] own = share.of(buffers);
            run(share.lane(meter, own), own);
        });
    }

    /** Runs the operations of one thread, with buffers of its own. */
    abstract void run(OperationSink lane, MemorySegment[] own);

    @Override
    public final void close() throws IOException {
        try (threads) {
            super.close();
        }
    }
}
