package io.linuxaio.flashkv.store;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * A virtual thread that removes entries that have expired. Reads do not need it: an entry that has expired is invisible. It
 * removes by the log as every writer does, so that an entry that is gone stays gone, whatever the clock does.
 */
final class Sweeper implements AutoCloseable {
    private static final int MAX_KEYS = 1000;
    private static final long INTERVAL_MILLIS = 100;
    private static final long RETRY_MILLIS = 1000;

    private final Keyspace keyspace;
    private final WriteQueue queue;
    private final LongSupplier clock;
    private final int maxRecord;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition closing = lock.newCondition();
    private final Thread thread;
    private boolean closed;
    private volatile long swept;

    Sweeper(Keyspace keyspace, WriteQueue queue, LongSupplier clock, int maxRecord) {
        this.keyspace = keyspace;
        this.queue = queue;
        this.clock = clock;
        this.maxRecord = maxRecord;
        thread = Thread.ofVirtual().name("flashkv-sweeper").start(this::run);
    }

    /** Returns the number of entries that were removed. */
    long swept() {
        return swept;
    }

    private void run() {
        long pause = INTERVAL_MILLIS;
        while (!awaitClose(pause)) {
            List<Key> due = due();
            pause = INTERVAL_MILLIS;
            if (!due.isEmpty()) {
                Sweep sweep = new Sweep(due);
                queue.execute(sweep);
                swept += sweep.removed;
                pause = sweep.refused ? RETRY_MILLIS : due.size() < MAX_KEYS ? INTERVAL_MILLIS : 0;
            }
        }
    }

    /** Returns {@code true} when the sweeper is closed, {@code false} after the pause. */
    private boolean awaitClose(long millis) {
        lock.lock();
        try {
            long left = TimeUnit.MILLISECONDS.toNanos(millis);
            while (!closed && left > 0) {
                left = closing.awaitNanos(left);
            }
            return closed;
        } catch (InterruptedException e) {
            return true;
        } finally {
            lock.unlock();
        }
    }

    private List<Key> due() {
        List<Key> due = new ArrayList<>();
        long now = clock.getAsLong();
        int size = 0;
        for (Keyspace.Deadline deadline : keyspace.deadlines()) {
            size += deadline.key().bytes().length + MutationWriter.OVERHEAD;
            if (deadline.at() > now || due.size() == MAX_KEYS || size > maxRecord && !due.isEmpty()) {
                break;
            }
            due.add(deadline.key());
        }
        return due;
    }

    /** Stops the thread, and waits for it. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            closing.signal();
        } finally {
            lock.unlock();
        }
        Threads.joinUninterruptibly(thread);
    }

    /** Removes those of some keys whose entries have expired. */
    private static final class Sweep implements Batch {
        private final List<Key> keys;
        private int removed;
        private boolean refused;

        Sweep(List<Key> keys) {
            this.keys = keys;
        }

        @Override
        public void run(View view) {
            removed = 0;
            try {
                for (Key key : keys) {
                    Entry entry = view.find(key);
                    if (entry != null && !entry.isLive(view.now())) {
                        view.remove(key);
                        removed++;
                    }
                }
            } catch (WriteRefusedException e) {
                refused = true;
            }
        }

        @Override
        public int maxRecordSize() {
            return keys.stream()
                    .mapToInt(key -> key.bytes().length + MutationWriter.OVERHEAD)
                    .sum();
        }
    }
}
