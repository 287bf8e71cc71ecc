package io.linuxaio.internal.engine.reap;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides whether to look at the ring again and again before sleeping: worth it only where the device answers sooner than
 * a sleeping thread wakes up and a processor is to spare. For the thread whose turn it is.
 */
public final class AdaptiveSpin {
    private static final AtomicInteger SPINNING = new AtomicInteger();
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    /** So much longer than usual a wait may be before spinning is given up. */
    private static final int PATIENCE = 2;

    /** The weight of one wait in what is usual, as a shift. */
    private static final int SMOOTHING = 3;

    private final long most;
    private long usual;

    /** @param most how long to spin at most, in nanoseconds; 0 for never */
    public AdaptiveSpin(long most) {
        this.most = most;
    }

    /** Whether waits are usually short enough. */
    boolean isWorthwhile() {
        return most > 0 && usual <= most;
    }

    /** Begins to spin, if a processor is to spare: answers for how long, in nanoseconds. Ends with {@link #end}. */
    long begin() {
        boolean spare = SPINNING.incrementAndGet() < PROCESSORS;
        return spare ? Math.min(most, PATIENCE * Math.max(usual, most / PATIENCE / PATIENCE)) : 0;
    }

    void end() {
        SPINNING.decrementAndGet();
    }

    /** Notes how long a wait was. */
    void waited(long nanos) {
        usual += (Math.min(nanos, PATIENCE * PATIENCE * Math.max(most, 1)) - usual) >> SMOOTHING;
    }
}
