package io.linuxaio.internal.engine;

/**
 * A run of consecutive failures of one call, with exponential back-off: each pause is twice as long as the one before, up to
 * 50 ms. For one thread at a time, except {@link #hasLasted}.
 */
public final class FailureRun {
    private static final long FIRST_NANOS = 1_000_000;
    private static final long LONGEST_NANOS = 50_000_000;

    private volatile long began;
    private long pause;

    /** Ends the run, if there is one: the call succeeded. */
    public void end() {
        if (began != 0) {
            began = 0;
        }
    }

    /** Notes a failure and waits. */
    public void pause() {
        if (began == 0) {
            pause = FIRST_NANOS;
            // Zero means that there is no run.
            began = System.nanoTime() | 1;
        }
        Backoff.sleep(pause);
        pause = Math.min(2 * pause, LONGEST_NANOS);
    }

    /** Returns {@code true} if the call has failed for longer than so many nanoseconds. For any thread. */
    public boolean hasLasted(long nanos) {
        long start = began;
        return start != 0 && System.nanoTime() - start > nanos;
    }
}
