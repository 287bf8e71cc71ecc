package io.linuxaio.bench.peers;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.concurrent.ThreadFactory;

/** A session of threads that share a {@link FileChannel}, each with one blocking operation at a time. */
final class FileChannelSession implements Session {
    private final FileChannel channel;
    private final DirectBuffers buffers;
    private final boolean reads;
    private final ThreadFactory factory;

    /**
     * @param threads how many
     * @param factory makes them
     */
    FileChannelSession(Workload workload, int threads, ThreadFactory factory) throws IOException {
        channel = FileChannel.open(workload.path(), ChannelOptions.of(workload));
        buffers = new DirectBuffers(workload, threads);
        reads = workload.reads();
        this.factory = factory;
    }

    @Override
    public void run(Meter meter) throws InterruptedException {
        Chains chains = new Chains(buffers.count());
        Thread[] threads = new Thread[buffers.count()];
        for (int i = 0; i < threads.length; i++) {
            ByteBuffer buffer = buffers.buffer(i);
            OperationSink lane = meter.lane(i, threads.length, buffers.segment(i));
            threads[i] = factory.newThread(() -> move(chains, lane, buffer));
        }
        for (Thread thread : threads) {
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        chains.await();
    }

    private void move(Chains chains, OperationSink lane, ByteBuffer buffer) {
        try {
            while (chains.goesOn(lane)) {
                long position = lane.next(0);
                buffer.clear();
                lane.done(0, reads ? channel.read(buffer, position) : channel.write(buffer, position));
            }
            chains.ended();
        } catch (IOException | RuntimeException | Error e) {
            chains.failed(e);
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
