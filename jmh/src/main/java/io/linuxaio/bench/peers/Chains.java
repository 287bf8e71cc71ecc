package io.linuxaio.bench.peers;

import io.linuxaio.bench.OperationSink;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;

/** Concurrent chains of operations, each of which starts on the completion of the one before. */
final class Chains {
    private final CountDownLatch chains;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    Chains(int count) {
        chains = new CountDownLatch(count);
    }

    /** Returns {@code true} if a chain of this sink continues. */
    boolean goesOn(OperationSink lane) {
        return lane.running() && failure.get() == null;
    }

    /** A chain has ended. */
    void ended() {
        chains.countDown();
    }

    /** A chain has ended, and the others shall end too. */
    void failed(Throwable cause) {
        if (!failure.compareAndSet(null, cause)) {
            failure.get().addSuppressed(cause);
        }
        chains.countDown();
    }

    /**
     * Waits until all have ended.
     *
     * @throws IllegalStateException if one has failed
     */
    void await() throws InterruptedException {
        chains.await();
        if (failure.get() != null) {
            throw new IllegalStateException("a chain of operations broke", failure.get());
        }
    }
}
