package io.linuxaio.internal.engine.reap;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Adaptive spinning: decides whether, and for how long, the ring is polled before the thread waits in the kernel.
 * Spinning pays off only if the device completes operations sooner than a waiting thread wakes up, and if a processor
 * is idle.
 *
 * <p>The usual wait is an exponentially weighted moving average. Used only by the owner of the {@link RingLock}.
 */
public final class AdaptiveSpin {
    private static final AtomicInteger SPINNING = new AtomicInteger();
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /** The multiple of the usual wait after which spinning stops. */
    private static final int PATIENCE = 2;

    /** The weight of one wait in the moving average, as a shift: 1/8. */
    private static final int SMOOTHING = 3;

    private final long maxNanos;
    private long averageNanos;

    /** @param maxNanos the longest time to spin, in nanoseconds; 0 disables spinning */
    public AdaptiveSpin(long maxNanos) {
        this.maxNanos = maxNanos;
    }

    /** Returns {@code true} if the usual wait is short enough. */
    boolean isWorthwhile() {
        return maxNanos > 0 && averageNanos <= maxNanos;
    }

    /** Begins to spin; {@link #end} must follow. Returns the time to spin in nanoseconds, 0 if no processor is idle. */
    long begin() {
        boolean idle = SPINNING.incrementAndGet() < PROCESSORS;
        return idle ? Math.min(maxNanos, PATIENCE * Math.max(averageNanos, maxNanos / PATIENCE / PATIENCE)) : 0;
    }

    /** Ends what {@link #begin} began. */
    void end() {
        SPINNING.decrementAndGet();
    }

    /** Adds a wait to the moving average. */
    void waited(long nanos) {
        averageNanos += (Math.min(nanos, PATIENCE * PATIENCE * Math.max(maxNanos, 1)) - averageNanos) >> SMOOTHING;
    }
}
