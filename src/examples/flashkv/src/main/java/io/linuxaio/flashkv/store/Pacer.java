package io.linuxaio.flashkv.store;

import java.io.InterruptedIOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A rate limit: a thread that asks for bytes waits until their time has come, or until it is cancelled. */
final class Pacer {
    private static final long MAX_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

    private final long bytesPerSecond;
    private final BooleanSupplier cancelled;
    private long next = System.nanoTime();

    Pacer(long bytesPerSecond, BooleanSupplier cancelled) {
        this.bytesPerSecond = bytesPerSecond;
        this.cancelled = cancelled;
    }

    /** Waits until the bytes may be written. */
    void await(int bytes) throws InterruptedIOException {
        long left;
        while ((left = next - System.nanoTime()) > 0 && !cancelled.getAsBoolean()) {
            LockSupport.parkNanos(Math.min(left, MAX_PAUSE));
        }
        if (cancelled.getAsBoolean()) {
            throw new InterruptedIOException("cancelled by the shutdown");
        }
        next = Math.max(next, System.nanoTime() - MAX_PAUSE)
                + TimeUnit.SECONDS.toNanos(1) / 1024 * bytes / Math.max(1, bytesPerSecond / 1024);
    }
}
