package io.linuxaio;

import io.linuxaio.internal.engine.FileHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry of the open queues of the calling thread, in a thread local. */
final class OwnQueues {
    private static final ThreadLocal<List<AioQueue>> QUEUES = new ThreadLocal<>();

    /** The number of queues of all threads. */
    private static final AtomicInteger COUNT = new AtomicInteger();

    private OwnQueues() {}

    static void add(AioQueue queue) {
        if (QUEUES.get() == null) {
            QUEUES.set(new ArrayList<>());
        }
        QUEUES.get().add(queue);
        COUNT.incrementAndGet();
    }

    static void remove(AioQueue queue) {
        List<AioQueue> queues = QUEUES.get();
        queues.remove(queue);
        COUNT.decrementAndGet();
        if (queues.isEmpty()) {
            // A thread that outlives its queues must not keep this class reachable.
            QUEUES.remove();
        }
    }

    /** Throws if one of them has operations on the file: waiting for those would be a wait for this thread itself. */
    static void refuseToWaitFor(FileHandle file) {
        if (COUNT.get() == 0) {
            // The first look at a variable of a thread allocates, and a file must close without memory.
            return;
        }
        List<AioQueue> queues = QUEUES.get();
        if (queues == null) {
            return;
        }
        for (AioQueue queue : queues) {
            if (queue.isUsing(file)) {
                throw new IllegalStateException(
                        "an AioQueue of this thread has operations on " + file.path() + "; poll them first");
            }
        }
    }
}
