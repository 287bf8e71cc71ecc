package io.linuxaio.cli.bench;

import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Operations through an {@link AioQueue}: nothing but the one thread and the kernel. */
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
    public void begin(int place, boolean read, long position) {
        boolean taken = read
                ? queue.prepareRead(file, buffers.of(place), position, place)
                : queue.prepareWrite(file, buffers.of(place), position, place);
        if (!taken) {
            throw new IllegalStateException("the queue has fewer places than the bench");
        }
    }

    @Override
    public void flush() {
        if (queue.prepared() > 0) {
            queue.submit();
        }
    }

    @Override
    public void await(long nanos, Ended ended) {
        if (nanos > 0 && queue.inFlight() + queue.prepared() == 0) {
            LockSupport.parkNanos(nanos);
        } else if (nanos > 0) {
            queue.await(1, Duration.ofNanos(nanos), (place, result) -> tell(ended, place, result));
        } else {
            queue.poll((place, result) -> tell(ended, place, result));
        }
    }

    /** The time of an event is not known any better than this: when it is handed over. */
    private static void tell(Ended ended, long place, int result) {
        ended.ended((int) place, result, System.nanoTime());
    }

    @Override
    public void close() {
        queue.close();
    }
}
