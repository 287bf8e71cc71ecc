package io.linuxaio.internal.engine;

import java.lang.System.Logger.Level;
import java.util.concurrent.locks.LockSupport;

/**
 * What goes wrong where nobody can be told by an exception. The logger is asked for when there is something to say: to
 * set up the JDK's takes milliseconds, which no program's start shall wait for. Methods throw nothing, also if memory is
 * short or the application's logger throws.
 */
public final class Log {
    private static final String NAME = "io.linuxaio";
    private static final long PAUSE_NANOS = 1_000_000;

    private Log() {}

    /** Says what was caught. */
    public static void log(Level level, String message, Throwable caught) {
        try {
            System.getLogger(NAME).log(level, message, caught);
        } catch (RuntimeException | Error e) {
            // Threads that log go on after errors, and others rely on that.
        }
    }

    /** Says that a thread that others rely on goes on, after a pause in which memory may be freed. Throws nothing. */
    public static void goOnAfter(Throwable trouble) {
        try {
            LockSupport.parkNanos(PAUSE_NANOS);
            log(Level.ERROR, "a thread goes on after an error", trouble);
        } catch (Throwable again) {
            // It is the thread that matters.
        }
    }

    /** Says a message with parameters. */
    public static void log(Level level, String message, Object... parameters) {
        try {
            System.getLogger(NAME).log(level, message, parameters);
        } catch (RuntimeException | Error e) {
            // As above.
        }
    }
}
