package io.linuxaio.bench.peers;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.Policy;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Variant;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.nio.channels.AsynchronousFileChannel;

/** {@link AsynchronousFileChannel} with futures, on the JDK's own threads. */
public final class AsyncChannelFutures implements Variant {
    @Override
    public String name() {
        return "async-channel-futures";
    }

    @Override
    public String description() {
        return "AsynchronousFileChannel with DIRECT, threads that submit wait for futures";
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
        return new FutureSession(workload);
    }

    /** The channel and its buffers. */
    private static final class FutureSession implements Session {
        private final AsynchronousFileChannel channel;
        private final FutureLoop loop;

        FutureSession(Workload workload) throws IOException {
            channel = AsynchronousFileChannel.open(workload.path(), ChannelOptions.of(workload), null);
            DirectBuffers buffers = new DirectBuffers(workload, workload.depth());
            boolean reads = workload.reads();
            loop = new FutureLoop(
                    workload,
                    buffers.segments(),
                    (slot, position) -> reads
                            ? channel.read(buffers.cleared(slot), position)
                            : channel.write(buffers.cleared(slot), position));
        }

        @Override
        public void run(Meter meter) throws Exception {
            loop.run(meter);
        }

        @Override
        public void close() throws IOException {
            try (loop) {
                channel.close();
            }
        }
    }
}
