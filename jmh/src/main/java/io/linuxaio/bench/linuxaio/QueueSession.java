package io.linuxaio.bench.linuxaio;

import io.linuxaio.AioArena;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.bench.Buffers;
import io.linuxaio.bench.Meter;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.SessionPerThread;
import io.linuxaio.bench.ThreadShare;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** An {@link AioQueue} of one thread, with its buffers, and a file that all threads share. */
abstract class QueueSession implements Session {
    static final Duration FOREVER = Duration.ofDays(1);

    final AioQueue queue;
    private final AioArena arena = AioArena.ofShared();
    private final AioFile file;
    private final ThreadShare share;
    private final MemorySegment[] buffers;
    private final boolean reads;

    /** Opens the queue of one thread. */
    @FunctionalInterface
    interface Opening {
        QueueSession open(ThreadShare share, AioFile file) throws IOException;
    }

    QueueSession(ThreadShare share, AioFile file) throws IOException {
        this.share = share;
        this.file = file;
        Workload workload = share.workload();
        buffers = Buffers.allocate(arena, workload, share.depth());
        reads = workload.reads();
        queue = Options.queue(share.depth());
    }

    /** Opens a file, and a queue for each of the threads that submit. */
    static Session open(Workload workload, Opening opening) throws Exception {
        AioFile file = Options.open(workload);
        try {
            Session queues = SessionPerThread.open(workload, share -> opening.open(share, file));
            return new Session() {
                @Override
                public void run(Meter meter) throws Exception {
                    queues.run(meter);
                }

                @Override
                public void close() throws IOException {
                    try (file) {
                        queues.close();
                    }
                }
            };
        } catch (Exception e) {
            file.close();
            throw e;
        }
    }

    @Override
    public final void run(Meter meter) {
        run(share.lane(meter, buffers));
        if (queue.inFlight() + queue.prepared() > 0) {
            throw new IllegalStateException("operations were left in the queue");
        }
    }

    abstract void run(OperationSink lane);

    /** Prepares the next operation of a slot. */
    final void prepare(OperationSink lane, int slot) {
        long position = lane.next(slot);
        boolean taken = reads
                ? queue.prepareRead(file, buffers[slot], position, slot)
                : queue.prepareWrite(file, buffers[slot], position, slot);
        if (!taken) {
            throw new IllegalStateException("the queue is full");
        }
    }

    @Override
    public final void close() {
        queue.close();
        arena.close();
    }
}
