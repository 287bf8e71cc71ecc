package io.linuxaio.files;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Steps that run on the threads of {@link FileIoExecutor}, never two at once: at least one after each {@link #wake}. After
 * some in a row the threads serve others.
 */
final class SerialTask {
    private static final int STEPS_IN_A_ROW = 16;

    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int WOKEN = 2;

    private final AtomicInteger state = new AtomicInteger();
    private final Work work;

    /** What is done step by step. */
    interface Work {
        /** Does some of it. Answers whether there may be more to do; otherwise the next wake-up is waited for. */
        boolean step() throws IOException;

        /** Ends it, as a step has failed. */
        void end(Throwable failure);
    }

    SerialTask(Work work) {
        this.work = work;
    }

    /**
     * Has a step run, after the one that is running; ends the work if there is no thread for it. For any thread; does not
     * wait.
     */
    void wake() {
        if (state.getAndSet(WOKEN) == IDLE) {
            try {
                FileIoExecutor.execute(this::run);
            } catch (OutOfMemoryError noThread) {
                work.end(FileIoExecutor.noThread(noThread));
                state.set(IDLE);
            }
        }
    }

    private void run() {
        do {
            state.set(RUNNING);
            if (!runSome() && state.compareAndSet(RUNNING, IDLE)) {
                return;
            }
        } while (!handOver());
    }

    private boolean runSome() {
        try {
            for (int i = 0; i < STEPS_IN_A_ROW; i++) {
                if (!work.step()) {
                    return false;
                }
            }
            return true;
        } catch (Throwable e) {
            // Out of memory is told as well: who waits for the end would wait for ever.
            work.end(e);
            return false;
        }
    }

    private boolean handOver() {
        try {
            FileIoExecutor.execute(this::run);
            return true;
        } catch (Error noThread) {
            System.getLogger("io.linuxaio").log(Level.WARNING, "no other thread can be started; this one goes on");
            return false;
        }
    }
}
