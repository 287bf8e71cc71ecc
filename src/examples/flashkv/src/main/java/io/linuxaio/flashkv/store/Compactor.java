package io.linuxaio.flashkv.store;

import io.linuxaio.log.LogWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * The thread that keeps the log short. When the log has grown, it writes a snapshot and discards the log before it.
 *
 * <p>A crash at any moment keeps all data. The snapshot replaces the one before by a rename, after it is durable, and after
 * all is durable that it can contain. The log is discarded after that.
 */
final class Compactor implements AutoCloseable {
    private static final long RETRY_SECONDS = 5;

    private final Keyspace keyspace;
    private final LogWriter log;
    private final DataDirectory directory;
    private final StoreSettings settings;
    private final Consumer<String> console;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private volatile boolean closed;
    private volatile long published;
    private volatile long threshold;
    private volatile long snapshots;
    private volatile String failure = "";

    /**
     * Starts the thread.
     *
     * @param base the position of the last snapshot in the log
     */
    Compactor(
            Keyspace keyspace,
            LogWriter log,
            long base,
            DataDirectory directory,
            StoreSettings settings,
            Consumer<String> console) {
        this.keyspace = keyspace;
        this.log = log;
        this.directory = directory;
        this.settings = settings;
        this.console = console;
        published = log.durableUpTo();
        setThreshold(base);
        thread = Thread.ofPlatform().name("flashkv-compactor").daemon().start(this::run);
    }

    /** Notes the position of a record that is published. */
    void onPublished(long position) {
        published = position;
        if (position >= threshold) {
            wakeUp();
        }
    }

    /** Returns the number of snapshots that this process has written. */
    long snapshots() {
        return snapshots;
    }

    /** Returns the reason for which the last snapshot failed; empty if it did not. */
    String failure() {
        return failure;
    }

    private void wakeUp() {
        lock.lock();
        try {
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void setThreshold(long base) {
        threshold = base + Math.max(settings.snapshotAfter(), 2 * keyspace.bytes());
    }

    private void run() {
        while (awaitWork()) {
            try {
                compact();
                failure = "";
            } catch (IOException | RuntimeException | Error e) {
                if (!closed) {
                    failure = e.toString();
                    console.accept("the snapshot failed, and is tried again: " + e);
                    pause();
                }
            }
        }
    }

    /** Waits until the log has grown, and returns {@code false} when it is closed. */
    private boolean awaitWork() {
        lock.lock();
        try {
            while (!closed && published < threshold) {
                changed.awaitUninterruptibly();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    private void pause() {
        lock.lock();
        try {
            long left = TimeUnit.SECONDS.toNanos(RETRY_SECONDS);
            while (!closed && left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread; to try again early is right too.
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private void compact() throws IOException {
        // All up to here is in the keyspace. Later mutations may be or not: the replay applies them again.
        long position = published;
        Pacer pacer = new Pacer(settings.snapshotRate(), () -> closed);
        try {
            new SnapshotWriter(keyspace, pacer).write(directory.newSnapshot(), position);
            // Without that, the snapshot could contain mutations that the log loses in a power failure.
            sync();
            directory.replaceSnapshot();
        } catch (Throwable e) {
            Files.deleteIfExists(directory.newSnapshot());
            throw e;
        }
        log.discardBefore(position);
        setThreshold(position);
        snapshots++;
    }

    private void sync() throws IOException {
        try {
            log.sync().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
        }
    }

    /** Stops the thread, and waits for it. A snapshot that is under way is dropped. */
    @Override
    public void close() {
        closed = true;
        wakeUp();
        Threads.joinUninterruptibly(thread);
    }
}
