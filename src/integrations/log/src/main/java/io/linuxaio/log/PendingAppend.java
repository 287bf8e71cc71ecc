package io.linuxaio.log;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;

/** The future of one append or sync, from the buffer to its completion. */
final class PendingAppend extends CompletableFuture<Long> {
    private static final long PAUSE_NANOS = 1_000_000;

    private static final long SYNC = -1;

    /** The record's offset in its group, then its position. */
    private long position = SYNC;

    private Throwable failure;

    void at(long offset) {
        position = offset;
    }

    void succeed(long groupPosition, long durable) {
        position = position == SYNC ? durable : groupPosition + position;
    }

    void fail(Throwable cause) {
        failure = cause;
    }

    /**
     * Completes the future with the outcome it was given. Tries again if there is no memory for that, or a callback ends the
     * attempt: no future stays incomplete.
     */
    void deliver() {
        while (!isDone()) {
            try {
                if (failure == null) {
                    complete(position);
                } else {
                    completeExceptionally(failure);
                }
            } catch (Throwable e) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
