package io.linuxaio;

import io.linuxaio.internal.engine.FileKey;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;

/**
 * Exclusive locks, one for each file of this process that is being written at unaligned edges. They are fair and are
 * acquired by futures, so that no thread need wait. Safe for use by any thread.
 */
final class EdgeLocks {
    /** The waiters of each locked file, oldest first. A file without an entry is not locked. Guarded by the class. */
    private static final Map<FileKey, Queue<Waiter>> LOCKED = new HashMap<>();

    private EdgeLocks() {}

    /** A future that completes when the lock is acquired. */
    private static final class Waiter extends CompletableFuture<Integer> {
        private final boolean hasCallback;

        Waiter(boolean hasCallback) {
            this.hasCallback = hasCallback;
        }

        /** Completes the future, on another thread if code depends on it: a chain of those must not be recursive. */
        void grant() {
            if (!hasCallback) {
                complete(null);
                return;
            }
            try {
                completeAsync(() -> null);
            } catch (OutOfMemoryError noThread) {
                complete(null);
            }
        }
    }

    /**
     * Acquires the lock of a file.
     *
     * @param hasCallback {@code false} if a thread will wait for the future and no code depends on it
     * @return a future that completes with null when the caller owns the lock
     */
    static CompletableFuture<Integer> acquire(FileKey file, boolean hasCallback) {
        Waiter waiter = new Waiter(hasCallback);
        synchronized (EdgeLocks.class) {
            Queue<Waiter> waiters = LOCKED.get(file);
            if (waiters != null) {
                waiters.add(waiter);
                return waiter;
            }
            LOCKED.put(file, new ArrayDeque<>());
        }
        waiter.complete(null);
        return waiter;
    }

    /** Releases the lock of a file to the next waiter. */
    static void release(FileKey file) {
        Waiter next;
        synchronized (EdgeLocks.class) {
            next = LOCKED.get(file).poll();
            if (next == null) {
                LOCKED.remove(file);
            }
        }
        if (next != null) {
            next.grant();
        }
    }

    /** Returns the number of locked files. */
    static synchronized int locked() {
        return LOCKED.size();
    }
}
