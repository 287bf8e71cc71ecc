package io.linuxaio.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits until something is so, for what nobody tells about. */
public final class Await {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long LOOK_NANOS = 200_000;

    private Await() {}

    /** Waits for a condition; throws, with the words given, where it does not come about. */
    public static void until(String what, BooleanSupplier condition) {
        if (!becomes(condition, PATIENCE)) {
            throw new AssertionError("it did not come about within " + PATIENCE + ": " + what);
        }
    }

    /** Waits for a condition, and says whether it came about. */
    public static boolean becomes(BooleanSupplier condition, Duration limit) {
        long deadline = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    /** Waits until a thread does nothing but wait. */
    public static void parked(Thread thread) {
        until(thread + " waits", () -> switch (thread.getState()) {
            case WAITING, TIMED_WAITING -> true;
            default -> false;
        });
    }
}
