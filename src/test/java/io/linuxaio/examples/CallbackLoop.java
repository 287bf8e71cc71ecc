package io.linuxaio.examples;

import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** An event loop that waits in its selector only. A read that has completed wakes it up. */
final class CallbackLoop extends BlockServer {
    private record Completion(Connection connection, int count) {}

    private final AioContext aio;
    private final AioFile file;
    private final Queue<Completion> completions = new ConcurrentLinkedQueue<>();

    /** @param aio a context with at least as many slots as there are connections, so that its queue is never full */
    CallbackLoop(AioContext aio, AioFile file, AioBufferPool pool) throws IOException {
        super(pool);
        this.aio = aio;
        this.file = file;
    }

    // @start region="callback"
    @Override
    void startRead(Connection connection, long position) {
        aio.read(file, connection.buffer().segment(), position).whenComplete((count, failure) -> {
            // Most often on the reaper thread: passes the result on, and does nothing else.
            completions.add(new Completion(connection, failure == null ? count : -1));
            wakeUp();
        });
    }

    @Override
    void awaitEvents(Selector selector) throws IOException {
        selector.select();
        Completion next;
        while ((next = completions.poll()) != null) {
            next.connection().answer(next.count());
        }
    }
    // @end
}
