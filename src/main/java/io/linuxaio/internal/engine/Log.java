package io.linuxaio.internal.engine;

import java.lang.System.Logger.Level;
import java.util.concurrent.locks.LockSupport;

/**
 * The log for failures that no exception can report to a caller. The logger is looked up at the first message: setting up
 * that of the JDK takes milliseconds, which would delay a program's start. Methods throw nothing, also if memory is short
 * or the application's logger throws.
 */
public final class Log {
    private static final String NAME = "io.linuxaio";
    private static final long PAUSE_NANOS = 1_000_000;

    private Log() {}

    /**
     * Loads this class, and finds that of the JDK which those who continue after an error need. Memory may be too short for
     * that when they are called.
     */
    public static void initialize() {
        LockSupport.parkNanos(0);
    }

    /** Logs a caught exception. */
    public static void log(Level level, String message, Throwable caught) {
        try {
            System.getLogger(NAME).log(level, message, caught);
        } catch (RuntimeException | Error e) {
            // The logging thread must continue: other threads rely on it.
        }
    }

    /** Logs that a thread on which others rely continues, after a pause in which memory may be freed. Throws nothing. */
    public static void continueAfter(Throwable trouble) {
        try {
            LockSupport.parkNanos(PAUSE_NANOS);
            log(Level.ERROR, "a thread goes on after an error", trouble);
        } catch (Throwable again) {
            // The thread matters more than the line.
        }
    }

    /** Logs a message with parameters. */
    public static void log(Level level, String message, Object... parameters) {
        try {
            System.getLogger(NAME).log(level, message, parameters);
        } catch (RuntimeException | Error e) {
            // As above.
        }
    }
}
