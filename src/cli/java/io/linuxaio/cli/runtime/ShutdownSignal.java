package io.linuxaio.cli.runtime;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets the command end in order when the process is told to end (Ctrl-C, SIGTERM).
 *
 * <p>The JVM runs a shutdown hook beside the thread that works. The hook asks that thread to stop, wakes it where it
 * waits for somebody else's data, and holds the JVM's end up until the command has cleaned up and said how far it came.
 * All methods are safe for use by any thread; one thread works.
 */
public final class ShutdownSignal {
    /** How long work in flight may take to end. A device that answers later than this is as good as gone. */
    private static final long PATIENCE_SECONDS = 20;

    /** The message if the process ends before there was work. */
    public static final String NOTHING_DONE = "aio: interrupted before anything was done";

    private final CountDownLatch ended = new CountDownLatch(1);
    private boolean requested;
    private boolean working;
    private Thread waiting;

    /** A call that may wait for another process for as long as it likes, and that an interrupt ends. */
    interface Waiting<T> {
        T run() throws IOException;
    }

    /** Has the JVM call {@link #request} when it is told to end, and wait. Returns {@code false} if it ends already. */
    public boolean installHook(PrintStream err) {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> onShutdown(err), "aio-stop"));
            return true;
        } catch (IllegalStateException shuttingDown) {
            onShutdown(err);
            return false;
        }
    }

    /** What the hook does; returns when the JVM may end. */
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
                err.println("aio: interrupted; what is in flight did not end within " + PATIENCE_SECONDS
                        + " s, so what was being written is incomplete; look for a hung device (dmesg)");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Asks the working thread to stop. Answers whether there is work to wait for. */
    public synchronized boolean request() {
        requested = true;
        if (waiting != null) {
            waiting.interrupt();
        }
        return working;
    }

    /** From here on there is something to clean up. */
    public synchronized void beginWork() throws StoppedException {
        check();
        working = true;
    }

    /** Returns {@code true} if the JVM's end waits for the command. */
    public synchronized boolean isWorking() {
        return working;
    }

    /** There is nothing to clean up for now, unless the command is to end: then it has to say so. */
    public synchronized void interruptWork() throws StoppedException {
        check();
        working = false;
    }

    /** The command has cleaned up and printed its last line. */
    public void end() {
        ended.countDown();
    }

    /** Whether the caller's work is to end. */
    public synchronized boolean isRequested() {
        return requested;
    }

    /** Returns {@code true} if a failure comes of the JVM's end: nothing can be registered with it any more. */
    public boolean isBehind(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof IllegalStateException && "Shutdown in progress".equals(cause.getMessage())) {
                return true;
            }
        }
        return false;
    }

    /** Ends the caller's work if that was asked for. */
    public synchronized void check() throws StoppedException {
        if (requested) {
            throw new StoppedException();
        }
    }

    /** Runs a call that a request to stop is to interrupt. */
    <T> T interruptibly(Waiting<T> call) throws IOException {
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
                    // Cleaning up must not be interrupted too.
                    Thread.interrupted();
                }
            }
        }
    }
}
