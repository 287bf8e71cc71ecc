package io.linuxaio;

import java.util.concurrent.locks.LockSupport;

/**
 * A trampoline for the completion of an operation that failed at its submission. It runs the completion on the submitting
 * thread or, if the stack of that thread is deep already, on a virtual thread. A callback may submit the next operation,
 * which fails likewise; such a chain would otherwise nest until the stack overflows.
 */
final class BoundedNesting {
    private static final int DEEP_FRAMES = 512;

    /**
     * The time that the virtual thread waits first, in nanoseconds. Meanwhile the submitting method returns and its caller
     * attaches the next stage. A stage attached to a completed future would run, and nest, on the deep stack.
     */
    private static final long HEAD_START_NANOS = 1_000_000;

    private static final StackWalker STACK = StackWalker.getInstance();

    private BoundedNesting() {}

    /**
     * Initializes this class and those that it uses. A class whose initialization fails, at the end of the stack for
     * example, is unusable for the rest of the process's life.
     */
    static void initialize() {
        run(() -> {});
    }

    /** Runs a completion: at once, or on a virtual thread if the stack is deep. */
    static void run(Runnable completion) {
        if (isStackDeep()) {
            try {
                Thread.ofVirtual().inheritInheritableThreadLocals(false).start(() -> runLater(completion));
                return;
            } catch (RuntimeException | Error e) {
                // No thread can be started, so it runs on this stack.
            }
        }
        completion.run();
    }

    /** Runs a completion on a virtual thread, or on this one if none can be started. */
    static void runElsewhere(Runnable completion) {
        try {
            Thread.ofVirtual().inheritInheritableThreadLocals(false).start(completion);
        } catch (RuntimeException | Error e) {
            // No memory for it.
            completion.run();
        }
    }

    private static void runLater(Runnable completion) {
        try {
            LockSupport.parkNanos(HEAD_START_NANOS);
        } finally {
            completion.run();
        }
    }

    private static boolean isStackDeep() {
        try {
            return STACK.walk(frames -> frames.skip(DEEP_FRAMES).findFirst().isPresent());
        } catch (StackOverflowError | InternalError e) {
            // The walk itself reached the end of the stack, which the JDK reports by either.
            return true;
        }
    }
}
