package io.linuxaio;

import io.linuxaio.internal.engine.OpenFile;
import java.util.ArrayList;
import java.util.List;

/** A registry of the open queues of the calling thread, in a thread local. */
final class OwnQueues {
    private static final ThreadLocal<List<AioQueue>> QUEUES = new ThreadLocal<>();

    private OwnQueues() {}

    static void add(AioQueue queue) {
        if (QUEUES.get() == null) {
            QUEUES.set(new ArrayList<>());
        }
        QUEUES.get().add(queue);
    }

    static void remove(AioQueue queue) {
        List<AioQueue> queues = QUEUES.get();
        queues.remove(queue);
        if (queues.isEmpty()) {
            // A thread that outlives its queues must not keep this class reachable.
            QUEUES.remove();
        }
    }

    /** Throws if one of them has operations on the file: waiting for those would be a wait for this thread itself. */
    static void refuseToWaitFor(OpenFile file) {
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
