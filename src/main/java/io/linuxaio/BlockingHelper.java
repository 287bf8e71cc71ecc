package io.linuxaio;

import io.linuxaio.internal.engine.Slot;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Submits in the place of callers what may block in the kernel. Its queue is bounded by the context's depth: what waits
 * here has a slot. Two threads, so that one frozen filesystem does not hold up the others at once; daemons that go when
 * there is nothing to do.
 */
final class BlockingHelper {
    private static final int THREADS = 2;
    private static final long IDLE_SECONDS = 5;

    private final Consumer<Slot> submission;
    private final Counters counters;
    private final ThreadPoolExecutor threads;

    /** @param submission what a helper thread does with a slot */
    BlockingHelper(String name, Counters counters, Consumer<Slot> submission) {
        this.counters = counters;
        this.submission = submission;
        threads = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> Thread.ofPlatform().daemon().name(name + "-helper").unstarted(task));
        threads.allowCoreThreadTimeOut(true);
    }

    /** Has a prepared slot submitted by a thread that may block. */
    void submit(Slot slot) {
        slot.allowBlocking();
        counters.handedOver();
        threads.execute(() -> submission.accept(slot));
    }

    /** Nothing comes any more. */
    void close() {
        threads.shutdown();
    }
}
