package io.linuxaio.testing;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for conditions without a notification, by polling. */
public final class Await {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final long POLL_NANOS = 200_000;

    private Await() {}

    /** Waits for a condition; throws with the given description if it does not become true. */
    public static void until(String what, BooleanSupplier condition) {
        require(what, becomes(condition, PATIENCE));
    }

    /** Waits for a condition as {@link #until} does, without a pause between two looks at it. */
    public static void spinning(String what, BooleanSupplier condition) {
        require(what, becomes(condition, PATIENCE, Thread::onSpinWait));
    }

    private static void require(String what, boolean isMet) {
        if (!isMet) {
            throw new AssertionError("condition not met within " + PATIENCE + ": " + what);
        }
    }

    /** Waits for a condition. Returns {@code true} if it became true within the timeout. */
    public static boolean becomes(BooleanSupplier condition, Duration timeout) {
        return becomes(condition, timeout, () -> LockSupport.parkNanos(POLL_NANOS));
    }

    private static boolean becomes(BooleanSupplier condition, Duration timeout, Runnable pause) {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                return false;
            }
            pause.run();
        }
        return true;
    }

    /** Waits until a thread is waiting or parked. */
    public static void parked(Thread thread) {
        until(thread + " waits", () -> switch (thread.getState()) {
            case WAITING, TIMED_WAITING -> true;
            default -> false;
        });
    }
}
