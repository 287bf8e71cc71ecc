package io.linuxaio.testing;

/** Runs code near the end of a thread's stack. */
public final class SmallStack {
    private static final long BYTES = 256 * 1024;

    private SmallStack() {}

    /**
     * Calls deeper and deeper in a new thread until its stack overflows, and runs an action at each depth on the way back. An
     * overflow of the action ends that attempt; the next one has more of the stack.
     *
     * @param most the maximum number of attempts
     * @return the thread, which has ended
     */
    public static Thread onTheWayBack(int most, Runnable action) throws InterruptedException {
        Thread thread = new Thread(null, () -> descend(new int[] {most}, action), "of a small stack", BYTES);
        thread.start();
        thread.join();
        return thread;
    }

    private static void descend(int[] left, Runnable action) {
        try {
            descend(left, action);
        } catch (StackOverflowError e) {
            // From here on upwards.
        }
        if (left[0] > 0) {
            left[0]--;
            action.run();
        }
    }
}
