package io.linuxaio.bench.run;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A shutdown hook that lets an interrupted run (Ctrl-C, SIGTERM) clean up and save its results. */
final class Interruption implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch cleanedUp = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupt, "bench-interruption");
    private volatile boolean interrupted;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void interrupt() {
        interrupted = true;
        Programs.killRunning();
        try {
            if (!cleanedUp.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("bench: did not clean up in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns {@code true} if the run is to stop. */
    boolean came() {
        return interrupted;
    }

    @Override
    public void close() {
        if (interrupted) {
            cleanedUp.countDown();
        } else {
            Runtime.getRuntime().removeShutdownHook(hook);
        }
    }
}
