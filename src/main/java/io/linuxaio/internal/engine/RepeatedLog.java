package io.linuxaio.internal.engine;

import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A rate-limited log line: the first is logged at once, later ones at most once a second, with the number of those that
 * were left out. Safe for use by any thread.
 *
 * <p>{@link #log(Throwable)} throws nothing, also if memory is short. The message belongs to the line for that reason: a string
 * constant is allocated at its first use, which must not be the first failure of a thread that others rely on.
 */
public final class RepeatedLog {
    private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Level level;
    private final String message;
    private final AtomicLong due = new AtomicLong(System.nanoTime());
    private final AtomicLong leftOut = new AtomicLong();

    /** Creates a line that is logged at a level, with a message in which parameters are <code>{0}</code> and so on. */
    public RepeatedLog(Level level, String message) {
        this.level = level;
        this.message = message;
    }

    /** Logs the message alone, unless the last line is less than a second old. Throws nothing. */
    public void log() {
        log((Throwable) null);
    }

    /** Logs an exception, unless the last line is less than a second old. */
    public void log(Throwable caught) {
        try {
            if (isDue()) {
                Log.log(level, message + suffix(), caught);
            }
        } catch (RuntimeException | Error e) {
            // The thread that logs matters more than the line.
        }
    }

    /** Logs parameters, unless the last line is less than a second old. */
    public void log(Object... parameters) {
        try {
            if (isDue()) {
                Log.log(level, message + suffix(), parameters);
            }
        } catch (RuntimeException | Error e) {
            // As above.
        }
    }

    private boolean isDue() {
        long now = System.nanoTime();
        long next = due.get();
        if (now - next >= 0 && due.compareAndSet(next, now + PERIOD_NANOS)) {
            return true;
        }
        leftOut.incrementAndGet();
        return false;
    }

    private String suffix() {
        long count = leftOut.getAndSet(0);
        return count == 0 ? "" : " (" + count + " more since the last such line)";
    }
}
