package io.linuxaio.bench.own;

import io.linuxaio.AioArena;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.bench.Buffers;
import io.linuxaio.bench.Lane;
import io.linuxaio.bench.Meter;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.Workload;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/** An {@link AioQueue} with its file and its buffers. */
abstract class QueueSession implements Session {
    static final Duration FOREVER = Duration.ofDays(1);

    final AioQueue queue;
    private final AioArena arena = AioArena.ofShared();
    private final AioFile file;
    private final MemorySegment[] buffers;
    private final boolean reads;

    QueueSession(Workload workload) throws IOException {
        buffers = Buffers.allocate(arena, workload, workload.depth());
        reads = workload.reads();
        file = Options.open(workload);
        try {
            queue = Options.queue(workload.depth());
        } catch (IOException | RuntimeException e) {
            file.close();
            throw e;
        }
    }

    @Override
    public final void run(Meter meter) {
        run(meter.lane(0, 1, buffers));
        if (queue.inFlight() + queue.prepared() > 0) {
            throw new IllegalStateException("operations were left in the queue");
        }
    }

    abstract void run(Lane lane);

    /** Prepares the next operation of a slot. */
    final void prepare(Lane lane, int slot) {
        long position = lane.next(slot);
        boolean taken = reads
                ? queue.prepareRead(file, buffers[slot], position, slot)
                : queue.prepareWrite(file, buffers[slot], position, slot);
        if (!taken) {
            throw new IllegalStateException("the queue is full");
        }
    }

    @Override
    public final void close() throws IOException {
        queue.close();
        file.close();
        arena.close();
    }
}
