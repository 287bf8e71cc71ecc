package io.linuxaio.bench.peers;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.ThreadShare;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A session of one thread with a ring; completions are reported by callbacks. */
final class LwjglSession implements Session {
    private final ThreadShare share;
    private final LwjglRing ring;
    private final DirectBuffers buffers;
    private final long[] addresses;
    private final int[] slots;
    private final int[] results;
    private final boolean batches;

    private OperationSink lane;
    private int inFlight;

    /** @param batches {@code true} if operations are submitted together when all completions have been delivered */
    LwjglSession(ThreadShare share, boolean batches) throws IOException {
        this.share = share;
        ring = new LwjglRing(share.workload(), share.depth());
        buffers = new DirectBuffers(share.workload(), share.depth());
        addresses = new long[share.depth()];
        for (int i = 0; i < addresses.length; i++) {
            addresses[i] = MemorySegment.ofBuffer(buffers.buffer(i)).address();
        }
        slots = new int[share.depth()];
        results = new int[share.depth()];
        this.batches = batches;
    }

    @Override
    public void run(Meter meter) {
        lane = share.lane(meter, buffers.segments());
        LwjglRing.Ended listener = this::ended;
        inFlight = 0;
        for (int slot = 0; slot < addresses.length; slot++) {
            start(slot);
        }
        while (inFlight > 0) {
            ring.submitAndWait();
            ring.reap(slots, results, listener);
        }
    }

    private void start(int slot) {
        ring.prepare(slot, addresses[slot], lane.next(slot));
        inFlight++;
        if (!batches) {
            ring.submit();
        }
    }

    private void ended(int slot, int result) {
        inFlight--;
        lane.done(slot, result);
        if (lane.running()) {
            start(slot);
        }
    }

    @Override
    public void close() {
        ring.close();
    }
}
