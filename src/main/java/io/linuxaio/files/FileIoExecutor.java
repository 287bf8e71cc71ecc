package io.linuxaio.files;

import io.linuxaio.internal.engine.PinnedMemory;
import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.engine.Threads;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * The executor of tasks on whole files. Its threads are platform threads, since opening and closing files blocks in the
 * kernel; few, since each task keeps several blocks in flight; and daemons that exit when idle.
 */
final class FileIoExecutor {
    private static final int THREADS = 8;
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final FilePool POOL = new FilePool(
            THREADS,
            TimeUnit.SECONDS.toNanos(5),
            task -> Threads.daemon("linux-aio-files-" + NUMBERS.incrementAndGet(), task));

    private static final String NO_THREAD =
            "no thread can be started to handle the file; remedy: raise the limit of threads (ulimit -u, pids.max of"
                    + " the cgroup, kernel.threads-max), or free memory";

    /** Used if memory is too short for an exception with a cause. */
    private static final IOException NEITHER_THREAD_NOR_MEMORY = new IOException(NO_THREAD);

    private FileIoExecutor() {}

    /** A task that may fail. */
    interface Task<T> {
        T run() throws Exception;
    }

    /** A task that may fail, and that stops if its future has been cancelled. */
    interface StoppableTask<T> {
        T run(BooleanSupplier unwanted) throws Exception;
    }

    /** A stoppable task that works with memory of the caller. */
    interface MemoryTask<T> {
        T run(PinnedMemory memory, BooleanSupplier unwanted) throws Exception;
    }

    /** Runs a task, as {@link #runWhileWanted} does. */
    static <T> CompletableFuture<T> run(Task<T> task, Executor executor) {
        return runWhileWanted(_ -> task.run(), executor);
    }

    /**
     * Runs a task that can ask if its future was cancelled, timed out or completed by other code. If no thread can be
     * had for it, the future fails and the task does not run.
     *
     * @param executor runs the task and the stages that depend on the future; null for the threads of this class
     */
    static <T> CompletableFuture<T> runWhileWanted(StoppableTask<T> task, Executor executor) {
        return start(new FileJob<>((_, unwanted) -> task.run(unwanted)), executor);
    }

    /**
     * Runs a task as {@link #runWhileWanted} does, and pins memory of the caller until the task has ended, or cannot be run.
     *
     * @throws IllegalStateException if the memory is freed already
     * @throws WrongThreadException if the memory is confined to a thread
     */
    static <T> CompletableFuture<T> runWithMemory(MemorySegment memory, MemoryTask<T> task, Executor executor) {
        FileJob<T> job = new FileJob<>(task);
        job.pin(memory);
        return start(job, executor);
    }

    private static <T> CompletableFuture<T> start(FileJob<T> job, Executor executor) {
        try {
            StackRoom.requireForSeveral();
            if (executor == null) {
                POOL.execute(job);
            } else {
                executor.execute(job);
            }
        } catch (OutOfMemoryError noThread) {
            job.refuse(noThread(noThread));
        } catch (RuntimeException rejected) {
            job.refuse(rejected);
        } catch (Error e) {
            job.unpin();
            throw e;
        }
        return job.future();
    }

    /** Returns the exception for a thread that could not be started. */
    static IOException noThread(OutOfMemoryError cause) {
        try {
            return new IOException(NO_THREAD, cause);
        } catch (OutOfMemoryError e) {
            return NEITHER_THREAD_NOR_MEMORY;
        }
    }

    /**
     * Runs a task that reports its end itself.
     *
     * @throws OutOfMemoryError if no thread can be started
     */
    static void execute(Runnable task) {
        POOL.execute(task);
    }

    /** Runs code of the user, which may wait for other tasks: another thread replaces its thread meanwhile. */
    static <E extends Exception> void lend(FilePool.UserCode<E> userCode) throws E {
        FilePool.lend(userCode);
    }
}
