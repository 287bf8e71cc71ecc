package io.linuxaio.examples;

import io.linuxaio.AioBufferPool;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import java.io.IOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** An event loop that owns an AioQueue and waits for the disk itself. It needs no other thread. */
final class PollingLoop extends BlockServer {
    /** The maximum time for which the loop waits for the disk and does not look at its connections. */
    private static final Duration TURN = Duration.ofMillis(1);

    private final AioQueue queue;
    private final AioFile file;
    private final Map<Long, Connection> reading = new HashMap<>();
    private long userData;

    /** @param queue the queue of this thread, with as many slots as there are buffers */
    PollingLoop(AioQueue queue, AioFile file, AioBufferPool pool) throws IOException {
        super(pool);
        this.queue = queue;
        this.file = file;
    }

    // @start region="polling"
    @Override
    void startRead(Connection connection, long position) {
        reading.put(++userData, connection);
        queue.prepareRead(file, connection.buffer().segment(), position, userData);
    }

    @Override
    void awaitEvents(Selector selector) throws IOException {
        if (reading.isEmpty()) {
            selector.select();
            return;
        }
        // One system call submits the reads that all connections requested since the last turn.
        queue.submit();
        queue.await(1, TURN, (userData, result) -> reading.remove(userData).answer(result));
        selector.selectNow();
    }
    // @end
}
