package io.linuxaio.files;

import io.linuxaio.internal.engine.Threads;
import java.io.IOException;
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

    private FileIoExecutor() {}

    /** A task that may fail. */
    interface Task<T> {
        T run() throws Exception;
    }

    /** A task that may fail, and that stops if its future has been cancelled. */
    interface StoppableTask<T> {
        T run(BooleanSupplier unwanted) throws Exception;
    }

    /** Runs a task, as {@link #runWhileWanted} does. */
    static <T> CompletableFuture<T> run(Task<T> task, Executor executor) {
        return runWhileWanted(_ -> task.run(), () -> {}, executor);
    }

    /**
     * Runs a task that can ask if its future was cancelled, timed out or completed by other code. If no thread can be
     * had for it, the future fails and the task does not run.
     *
     * @param neverRun called if the task does not run: releases what the task would have released
     * @param executor runs the task and the stages that depend on the future; null for the threads of this class
     */
    static <T> CompletableFuture<T> runWhileWanted(StoppableTask<T> task, Runnable neverRun, Executor executor) {
        CompletableFuture<T> future = new CompletableFuture<>();
        try {
            if (executor == null) {
                POOL.execute(() -> complete(future, task));
            } else {
                executor.execute(() -> complete(future, task));
            }
        } catch (OutOfMemoryError noThread) {
            neverRun.run();
            future.completeExceptionally(noThread(noThread));
        } catch (RuntimeException rejected) {
            neverRun.run();
            future.completeExceptionally(rejected);
        }
        return future;
    }

    private static <T> void complete(CompletableFuture<T> future, StoppableTask<T> task) {
        T result;
        try {
            result = task.run(future::isDone);
        } catch (Throwable e) {
            lend(() -> future.completeExceptionally(e));
            return;
        }
        // Runs the dependent stages.
        lend(() -> future.complete(result));
    }

    /** Returns the exception for a thread that could not be started. */
    static IOException noThread(OutOfMemoryError cause) {
        return new IOException(
                "no thread can be started to handle the file; remedy: raise the limit of threads (ulimit -u, pids.max of"
                        + " the cgroup, kernel.threads-max), or free memory",
                cause);
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
