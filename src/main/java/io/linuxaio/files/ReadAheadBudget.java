package io.linuxaio.files;

import java.util.concurrent.atomic.AtomicLong;

/** A shared limit on the read-ahead memory of several channels. Safe for use by any thread. */
final class ReadAheadBudget {
    /** The default of the system property {@code io.linuxaio.readahead}, in bytes. */
    private static final long DEFAULT = 64L << 20;

    /** The budget that the channels without an explicit block size and depth share. */
    static final ReadAheadBudget SHARED =
            new ReadAheadBudget(Math.max(0, Long.getLong("io.linuxaio.readahead", DEFAULT)));

    /** No limit: only the depth of the channel bounds its memory. */
    static final ReadAheadBudget UNLIMITED = new ReadAheadBudget(Long.MAX_VALUE);

    private final long max;
    private final AtomicLong taken = new AtomicLong();

    /** @param max the maximum number of bytes acquired at the same time */
    ReadAheadBudget(long max) {
        this.max = max;
    }

    /** Acquires bytes. Returns {@code false} and acquires nothing if fewer are available. */
    boolean tryAcquire(long bytes) {
        long now;
        do {
            now = taken.get();
            if (bytes > max - now) {
                return false;
            }
        } while (!taken.compareAndSet(now, now + bytes));
        return true;
    }

    /** Releases acquired bytes. */
    void release(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** Returns the number of acquired bytes. */
    long taken() {
        return taken.get();
    }
}
