package io.linuxaio.files;

import io.linuxaio.internal.engine.RepeatedLog;
import io.linuxaio.internal.engine.StackRoom;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A serial executor of steps on the threads of {@link FileIoExecutor}: never two at once, and at least one after each
 * {@link #wake}. After 16 steps in a row the thread is yielded to other tasks.
 */
final class SerialTask {
    private static final RepeatedLog NO_THREAD =
            new RepeatedLog(Level.WARNING, "no other thread can be started; this one continues");

    private static final int STEPS_IN_A_ROW = 16;

    private static final int IDLE = 0;
    private static final int RUNNING = 1;
    private static final int WOKEN = 2;

    private final AtomicInteger state = new AtomicInteger();
    private final Work work;

    /** Work that is done in steps. */
    interface Work {
        /** Runs one step. Returns {@code true} if more may follow, {@code false} to wait for the next wakeup. */
        boolean step() throws IOException;

        /** Ends the work after a step has failed. */
        void end(Throwable failure);
    }

    SerialTask(Work work) {
        this.work = work;
    }

    /**
     * Schedules a step, after the one that is running. Ends the work if no thread can be started. Safe for any thread;
     * does not wait.
     */
    void wake() {
        // An overflow behind the next line would leave the task woken, and never run.
        StackRoom.require();
        if (state.getAndSet(WOKEN) == IDLE) {
            try {
                FileIoExecutor.execute(this::run);
            } catch (OutOfMemoryError noThread) {
                try {
                    work.end(FileIoExecutor.noThread(noThread));
                } finally {
                    state.set(IDLE);
                }
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
            // OutOfMemoryError is reported as well: a thread waiting for the end would wait forever.
            work.end(e);
            return false;
        }
    }

    private boolean handOver() {
        try {
            FileIoExecutor.execute(this::run);
            return true;
        } catch (Error noThread) {
            NO_THREAD.log();
            return false;
        }
    }
}
