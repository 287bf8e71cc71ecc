package io.linuxaio;

import io.linuxaio.internal.engine.Backoff;
import io.linuxaio.internal.engine.RepeatedLog;
import io.linuxaio.internal.engine.reap.Reaper;
import java.lang.System.Logger.Level;

/**
 * Patience of one call with a kernel that takes no operation for now: 30 seconds without one that it takes, with
 * exponential back-off. For one thread.
 */
final class SubmitPatience {
    private static final long SECONDS = 30;
    private static final long LOG_NANOS = 1_000_000_000L;
    private static final RepeatedLog LOG = new RepeatedLog(Level.WARNING);

    private Backoff backoff;
    private long began;
    private boolean logged;

    /** Waits once; returns {@code false} if the patience is used up. */
    boolean pause() {
        if (backoff == null) {
            backoff = new Backoff(SECONDS);
            began = System.nanoTime();
        } else if (!logged && System.nanoTime() - began > LOG_NANOS) {
            logged = true;
            LOG.log("io_submit has taken no operation for a second (EAGAIN); it is tried for " + SECONDS + " seconds");
        }
        // A callback of another context: its own context must not stand still meanwhile.
        Reaper.takeEventsInCallback();
        return backoff.pause();
    }

    /** Starts anew: the kernel took an operation or refused it for good. */
    void renew() {
        if (backoff != null) {
            backoff = null;
            logged = false;
        }
    }
}
