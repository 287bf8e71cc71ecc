package io.linuxaio;

/**
 * Runs the completion of an operation that failed at its submission: on the submitting thread or, if the stack of that
 * thread is deep already, on a virtual thread. A callback may submit the next operation, which fails likewise; such a
 * chain would otherwise nest until the stack overflows.
 */
final class BoundedNesting {
    private static final int DEEP_FRAMES = 512;

    private static final StackWalker STACK = StackWalker.getInstance();

    private BoundedNesting() {}

    /** Runs a completion, at once unless the stack is deep. */
    static void run(Runnable completion) {
        if (isStackDeep()) {
            try {
                Thread.ofVirtual().inheritInheritableThreadLocals(false).start(completion);
                return;
            } catch (RuntimeException | Error e) {
                // No thread can be had, so the stack has to do.
            }
        }
        completion.run();
    }

    private static boolean isStackDeep() {
        return STACK.walk(frames -> frames.skip(DEEP_FRAMES).findFirst().isPresent());
    }
}
