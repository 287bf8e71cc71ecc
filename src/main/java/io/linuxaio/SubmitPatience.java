package io.linuxaio;

import io.linuxaio.internal.engine.Backoff;
import io.linuxaio.internal.engine.RepeatedLog;
import io.linuxaio.internal.engine.reap.Reaper;
import java.lang.System.Logger.Level;

/**
 * The retry policy of one call for a kernel that accepts no operation for now: exponential back-off, which gives up after 30
 * seconds without an accepted operation. For one thread.
 */
final class SubmitPatience {
    private static final long SECONDS = 30;
    private static final long LOG_NANOS = 1_000_000_000L;
    private static final RepeatedLog LOG = new RepeatedLog(
            Level.WARNING,
            "io_submit has accepted no operation for a second (EAGAIN); it is retried for " + SECONDS + " seconds");

    private Backoff backoff;
    private long began;
    private boolean logged;

    /** Waits once; returns {@code false} if the time is used up. */
    boolean pause() {
        if (backoff == null) {
            backoff = new Backoff(SECONDS);
            began = System.nanoTime();
        } else if (!logged && System.nanoTime() - began > LOG_NANOS) {
            logged = true;
            LOG.log();
        }
        // In a callback of another context: that context must be reaped meanwhile.
        Reaper.takeEventsInCallback();
        return backoff.pause();
    }

    /** Starts anew: the kernel accepted an operation or refused it. */
    void renew() {
        if (backoff != null) {
            backoff = null;
            logged = false;
        }
    }
}
