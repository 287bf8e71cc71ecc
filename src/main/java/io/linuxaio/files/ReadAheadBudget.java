package io.linuxaio.files;

import java.util.concurrent.atomic.AtomicLong;

/** A bound on the memory that several channels read ahead into. Safe for use by any thread. */
final class ReadAheadBudget {
    /** In bytes, unless the system property {@code io.linuxaio.readahead} says otherwise. */
    private static final long DEFAULT = 64L << 20;

    /** The budget that the channels without an explicit block size and depth share. */
    static final ReadAheadBudget SHARED =
            new ReadAheadBudget(Math.max(0, Long.getLong("io.linuxaio.readahead", DEFAULT)));

    /** No bound: the channel has one of its own. */
    static final ReadAheadBudget UNLIMITED = new ReadAheadBudget(Long.MAX_VALUE);

    private final long most;
    private final AtomicLong taken = new AtomicLong();

    /** @param most how many bytes are lent at the same time */
    ReadAheadBudget(long most) {
        this.most = most;
    }

    /** Takes so many bytes; returns {@code false} and takes nothing if that is more than is left. */
    boolean tryTake(long bytes) {
        long now;
        do {
            now = taken.get();
            if (bytes > most - now) {
                return false;
            }
        } while (!taken.compareAndSet(now, now + bytes));
        return true;
    }

    /** Gives bytes back that were taken. */
    void give(long bytes) {
        taken.addAndGet(-bytes);
    }

    /** Returns how many bytes are taken. */
    long taken() {
        return taken.get();
    }
}
