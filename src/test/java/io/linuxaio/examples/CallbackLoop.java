package io.linuxaio.examples;

import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The loop sleeps in the selector alone; a read that has ended wakes it up. */
final class CallbackLoop extends BlockServer {
    private record Ended(Connection connection, int count) {}

    private final AioContext aio;
    private final AioFile file;
    private final Queue<Ended> ended = new ConcurrentLinkedQueue<>();

    /** @param aio a context at least as deep as there are connections, so that its queue is never full */
    CallbackLoop(AioContext aio, AioFile file, AioBufferPool pool) throws IOException {
        super(pool);
        this.aio = aio;
        this.file = file;
    }

    // @start region="callback"
    @Override
    void startRead(Connection connection, long position) {
        aio.read(file, connection.buffer().segment(), position).whenComplete((count, failure) -> {
            // On the reaper thread, most often: hands over, and does nothing else.
            ended.add(new Ended(connection, failure == null ? count : -1));
            wakeUp();
        });
    }

    @Override
    void awaitSomething(Selector selector) throws IOException {
        selector.select();
        Ended next;
        while ((next = ended.poll()) != null) {
            next.connection().answer(next.count());
        }
    }
    // @end
}
