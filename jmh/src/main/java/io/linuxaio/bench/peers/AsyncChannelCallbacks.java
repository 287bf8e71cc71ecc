package io.linuxaio.bench.peers;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.CompletionHandler;

/** {@link AsynchronousFileChannel} with handlers, each of which starts the next operation, on the JDK's own threads. */
public final class AsyncChannelCallbacks implements Variant {
    @Override
    public String name() {
        return "async-channel-callbacks";
    }

    @Override
    public String description() {
        return "AsynchronousFileChannel with DIRECT, completion handlers that start the next operation";
    }

    @Override
    public Policy policy() {
        return Policy.ONE_BY_ONE;
    }

    @Override
    public String unfit(Workload workload) {
        return workload.unlessOneThread("callbacks submit, on the threads that complete");
    }

    @Override
    public Session open(Workload workload) throws IOException {
        return new HandlerSession(workload);
    }

    /** The channel and its buffers. */
    private static final class HandlerSession implements Session {
        private final AsynchronousFileChannel channel;
        private final DirectBuffers buffers;
        private final boolean reads;

        HandlerSession(Workload workload) throws IOException {
            channel = AsynchronousFileChannel.open(workload.path(), ChannelOptions.of(workload), null);
            buffers = new DirectBuffers(workload, workload.depth());
            reads = workload.reads();
        }

        @Override
        public void run(Meter meter) throws InterruptedException {
            int depth = buffers.count();
            Chains chains = new Chains(depth);
            Chain[] all = new Chain[depth];
            for (int i = 0; i < depth; i++) {
                all[i] = new Chain(i, meter.lane(i, depth, buffers.segment(i)), chains);
            }
            for (Chain chain : all) {
                chain.start();
            }
            chains.await();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }

        /** Operations in one buffer. */
        private final class Chain implements CompletionHandler<Integer, Void> {
            private final int buffer;
            private final OperationSink lane;
            private final Chains chains;

            Chain(int buffer, OperationSink lane, Chains chains) {
                this.buffer = buffer;
                this.lane = lane;
                this.chains = chains;
            }

            private void start() {
                long position = lane.next(0);
                if (reads) {
                    channel.read(buffers.cleared(buffer), position, null, this);
                } else {
                    channel.write(buffers.cleared(buffer), position, null, this);
                }
            }

            @Override
            public void completed(Integer bytes, Void nothing) {
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

            @Override
            public void failed(Throwable cause, Void nothing) {
                chains.failed(cause);
            }
        }
    }
}
