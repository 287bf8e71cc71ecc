package io.linuxaio.examples;

import io.linuxaio.AioBufferPool;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import java.io.IOException;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** The loop owns a queue and waits for the disk itself: no other thread has a part in it. */
final class PollingLoop extends BlockServer {
    /** For so long connections may wait while the loop waits for the disk. */
    private static final Duration TURN = Duration.ofMillis(1);

    private final AioQueue queue;
    private final AioFile file;
    private final Map<Long, Connection> reading = new HashMap<>();
    private long userData;

    /** @param queue of this thread, as deep as there are buffers */
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
    void awaitSomething(Selector selector) throws IOException {
        if (reading.isEmpty()) {
            selector.select();
            return;
        }
        // What all connections asked for since the last turn goes with one system call.
        queue.submit();
        queue.await(1, TURN, (userData, result) -> reading.remove(userData).answer(result));
        selector.selectNow();
    }
    // @end
}
