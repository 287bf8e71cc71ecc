package io.linuxaio.log;

import static io.linuxaio.log.LogFixture.bytes;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;

/** Actions on the thread of a log. */
final class LogThread {
    static final String NAME = "linux-aio-log";

    private LogThread() {}

    /**
     * Begins an action on the log's thread, in a callback. Appends records until one is still pending when its callback is
     * registered: otherwise that runs on the calling thread.
     */
    static void run(LogWriter log, Runnable action) throws InterruptedException {
        AtomicBoolean there = new AtomicBoolean();
        while (!there.get()) {
            CountDownLatch decided = new CountDownLatch(1);
            log.append(bytes("x")).thenRun(() -> {
                there.set(Thread.currentThread().getName().equals(NAME));
                decided.countDown();
                if (there.get()) {
                    action.run();
                }
            });
            decided.await();
        }
    }
}
