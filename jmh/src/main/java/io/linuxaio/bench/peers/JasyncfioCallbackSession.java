package io.linuxaio.bench.peers;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import one.jasyncfio.EventExecutor;

/** A session of chains of operations, all but the first of each started on the library's event loop. */
final class JasyncfioCallbackSession implements Session {
    private final JasyncfioFile file;

    JasyncfioCallbackSession(Workload workload) throws IOException, InterruptedException {
        // Otherwise what callbacks submit lies there until nothing has completed for a second.
        file = new JasyncfioFile(workload, EventExecutor.builder().sleepTimeout(0));
    }

    @Override
    public void run(Meter meter) throws InterruptedException {
        int depth = file.buffers().count();
        Chains chains = new Chains(depth);
        Chain[] all = new Chain[depth];
        for (int i = 0; i < depth; i++) {
            all[i] = new Chain(i, meter.lane(i, depth, file.buffers().segment(i)), chains);
        }
        for (Chain chain : all) {
            chain.start();
        }
        chains.await();
    }

    @Override
    public void close() {
        file.close();
    }

    /** Operations in one buffer. */
    private final class Chain {
        private final int buffer;
        private final OperationSink lane;
        private final Chains chains;

        Chain(int buffer, OperationSink lane, Chains chains) {
            this.buffer = buffer;
            this.lane = lane;
            this.chains = chains;
        }

        void start() {
            file.start(buffer, lane.next(0)).whenComplete(this::ended);
        }

        private void ended(Integer bytes, Throwable failure) {
            if (failure != null) {
                chains.failed(failure);
                return;
            }
            try {
                lane.done(0, bytes);
                if (chains.goesOn(lane)) {
                    start();
                } else {
                    chains.ended();
                }
            } catch (RuntimeException | Error e) {
                chains.failed(e);
            }
        }
    }
}
