package io.linuxaio.cli.runtime;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Orderly shutdown of the command when the process receives a signal (Ctrl-C, SIGTERM).
 *
 * <p>The JVM runs a shutdown hook concurrently with the working thread. The hook requests that thread to stop, interrupts
 * it if it waits for another process, and delays the JVM's exit until the command has cleaned up and reported its
 * progress. All methods are safe for use by any thread; one thread works.
 */
public final class ShutdownSignal {
    /** The maximum time for operations in flight to complete. A device that takes longer is considered hung. */
    private static final long PATIENCE_SECONDS = 20;

    /** The message if the process exits before any work was done. */
    public static final String NOTHING_DONE = "aio: interrupted before anything was done";

    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean requested;
    private boolean working;
    private Thread waiting;

    /** A call that may wait for another process without a limit, and that an interrupt ends. */
    interface BlockingCall<T> {
        T run() throws IOException;
    }

    /** Installs the shutdown hook. Returns {@code false} if the JVM is shutting down already. */
    public boolean installHook(PrintStream err) {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> onShutdown(err), "aio-stop"));
            return true;
        } catch (IllegalStateException shuttingDown) {
            onShutdown(err);
            return false;
        }
    }

    /** Runs the hook: returns when the JVM may exit. */
    void onShutdown(PrintStream err) {
        if (ended.getCount() == 0) {
            return;
        }
        if (!request()) {
            err.println(NOTHING_DONE);
            return;
        }
        try {
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                err.println("aio: interrupted; operations in flight did not complete within " + PATIENCE_SECONDS
                        + " s, so the file being written is incomplete; look for a hung device (dmesg)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Requests the working thread to stop. Returns {@code true} if there is work to wait for. */
    public synchronized boolean request() {
        requested = true;
        if (waiting != null) {
            waiting.interrupt();
        }
        return working;
    }

    /** Starts work after which the command must clean up. */
    public synchronized void beginWork() throws StoppedException {
        check();
        working = true;
    }

    /** Returns {@code true} if the JVM's exit waits for the command. */
    public synchronized boolean isWorking() {
        return working;
    }

    /** Suspends the work, if no request to stop has come: there is nothing to clean up for now. */
    public synchronized void interruptWork() throws StoppedException {
        check();
        working = false;
    }

    /** Lets the JVM exit: the command has cleaned up and printed its last line. */
    public void end() {
        ended.countDown();
    }

    /** Returns {@code true} if the caller is requested to stop. */
    public synchronized boolean isRequested() {
        return requested;
    }

    /** Returns {@code true} if the JVM's shutdown caused a failure: hooks can no longer be registered then. */
    public boolean isCauseOf(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalStateException && "Shutdown in progress".equals(cause.getMessage())) {
                return true;
            }
        }
        return false;
    }

    /** Throws if the caller is requested to stop. */
    public synchronized void check() throws StoppedException {
        if (requested) {
            throw new StoppedException();
        }
    }

    /** Runs a call that a request to stop interrupts. */
    <T> T interruptibly(BlockingCall<T> call) throws IOException {
        synchronized (this) {
            check();
            waiting = Thread.currentThread();
        }
        try {
            return call.run();
        } catch (ClosedByInterruptException e) {
            throw new StoppedException();
        } finally {
            synchronized (this) {
                waiting = null;
                if (requested) {
                    // The cleanup must not be interrupted.
                    Thread.interrupted();
                }
            }
        }
    }
}
