package io.linuxaio.cli.bench;

import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** An engine that uses an {@link AioQueue}, with one thread. */
final class QueueEngine implements BenchEngine {
    private final AioFile file;
    private final BenchBuffers buffers;
    private final AioQueue queue;

    private QueueEngine(AioFile file, BenchBuffers buffers, AioQueue queue) {
        this.file = file;
        this.buffers = buffers;
        this.queue = queue;
    }

    static QueueEngine open(AioFile file, BenchBuffers buffers) throws IOException {
        return new QueueEngine(file, buffers, AioQueue.open(buffers.count()));
    }

    @Override
    public void prepare(int slot, boolean read, long position) {
        boolean accepted = read
                ? queue.prepareRead(file, buffers.of(slot), position, slot)
                : queue.prepareWrite(file, buffers.of(slot), position, slot);
        if (!accepted) {
            throw new IllegalStateException("the queue has fewer slots than the bench");
        }
    }

    @Override
    public void submit() {
        if (queue.prepared() > 0) {
            queue.submit();
        }
    }

    @Override
    public void await(long nanos, CompletionHandler handler) {
        if (nanos > 0 && queue.inFlight() + queue.prepared() == 0) {
            LockSupport.parkNanos(nanos);
        } else if (nanos > 0) {
            queue.await(1, Duration.ofNanos(nanos), (slot, result) -> deliver(handler, slot, result));
        } else {
            queue.poll((slot, result) -> deliver(handler, slot, result));
        }
    }

    /** Delivers a completion. The kernel does not record its time: it is that of the delivery. */
    private static void deliver(CompletionHandler handler, long slot, int result) {
        handler.onCompletion((int) slot, result, System.nanoTime());
    }

    @Override
    public void close() {
        queue.close();
    }
}
