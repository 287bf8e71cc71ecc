package io.linuxaio.bench.peers;

import io.linuxaio.bench.Meter;
import io.linuxaio.bench.OperationSink;
import io.linuxaio.bench.Session;
import io.linuxaio.bench.ThreadShare;
import java.io.IOException;
import org.apache.activemq.artemis.nativo.jlibaio.SubmitInfo;

/** A session of one thread that submits an operation as soon as its slot is free, and polls. */
final class ArtemisPollSession implements Session {
    private final ThreadShare share;
    private final ArtemisFile<Slot> file;
    private final Slot[] slots;
    private final Slot[] ended;

    ArtemisPollSession(ThreadShare share) throws IOException {
        this.share = share;
        file = new ArtemisFile<>(share.workload(), share.depth());
        slots = new Slot[share.depth()];
        ended = new Slot[file.queueSize()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = new Slot(i);
        }
    }

    @Override
    public void run(Meter meter) throws IOException {
        OperationSink lane = share.lane(meter, file.buffers().segments());
        int inFlight = 0;
        for (Slot slot : slots) {
            file.submit(slot.number, lane.next(slot.number), slot);
            inFlight++;
        }
        while (inFlight > 0) {
            int count = file.context().poll(ended, 1, ended.length);
            if (count < 0) {
                throw new IOException("poll answered " + count);
            }
            inFlight -= count;
            for (int i = 0; i < count; i++) {
                Slot slot = ended[i];
                lane.done(slot.number, slot.error == 0 ? file.blockSize() : -slot.error);
                if (lane.running()) {
                    file.submit(slot.number, lane.next(slot.number), slot);
                    inFlight++;
                }
            }
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** The callback of one slot's operations. */
    private static final class Slot implements SubmitInfo {
        private final int number;
        private int error;

        Slot(int number) {
            this.number = number;
        }

        @Override
        public void onError(int errno, String message) {
            error = errno;
        }

        @Override
        public void done() {
            // A poll that is given an array puts the callback there instead.
        }
    }
}
