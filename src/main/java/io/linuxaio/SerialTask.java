package io.linuxaio;

import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Steps that run on the threads of {@link FileTasks}, never two at once: at least one after each {@link #wake}. Between
 * two steps the threads serve others.
 */
final class SerialTask {
    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int WOKEN = 2;

    private final AtomicInteger state = new AtomicInteger();
    private final Step step;

    /** Does some of the work. */
    interface Step {
        /** Answers whether there is more to do; otherwise the next wake-up is waited for. */
        boolean run();
    }

    SerialTask(Step step) {
        this.step = step;
    }

    /** Has a step run, after the one that is running. For any thread; does not wait. */
    void wake() {
        if (state.getAndSet(WOKEN) == IDLE) {
            try {
                FileTasks.execute(this::run);
            } catch (Error noThread) {
                state.set(IDLE);
                throw noThread;
            }
        }
    }

    private void run() {
        do {
            state.set(RUNNING);
            boolean more = step.run();
            if (!more && state.compareAndSet(RUNNING, IDLE)) {
                return;
            }
        } while (!handOver());
    }

    private boolean handOver() {
        try {
            FileTasks.execute(this::run);
            return true;
        } catch (Error noThread) {
            System.getLogger("io.linuxaio").log(Level.WARNING, "no other thread can be started; this one goes on");
            return false;
        }
    }
}
