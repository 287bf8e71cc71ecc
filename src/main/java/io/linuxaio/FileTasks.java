package io.linuxaio;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;

/**
 * Runs what handles a whole file. The threads are platform threads, since opening and closing files block in the kernel;
 * few, since each keeps several blocks in flight; and daemons that go when there is nothing to do.
 */
final class FileTasks {
    private static final int THREADS = 8;
    private static final long IDLE_SECONDS = 5;
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final ThreadPoolExecutor THREAD_POOL = pool();

    private FileTasks() {}

    /** Something that may fail. */
    interface Task<T> {
        T run() throws Exception;
    }

    /** Something that may fail, and that gives up where nobody waits for it any more. */
    interface StoppableTask<T> {
        T run(BooleanSupplier unwanted) throws Exception;
    }

    static <T> CompletableFuture<T> run(Task<T> task) {
        return runWhileWanted(_ -> task.run());
    }

    /** Runs a task that can ask whether its future was cancelled, timed out or completed by somebody else. */
    static <T> CompletableFuture<T> runWhileWanted(StoppableTask<T> task) {
        CompletableFuture<T> future = new CompletableFuture<>();
        THREAD_POOL.execute(() -> {
            try {
                future.complete(task.run(future::isDone));
            } catch (Throwable e) {
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    /** Runs what tells of its end by itself. */
    static void execute(Runnable task) {
        THREAD_POOL.execute(task);
    }

    private static ThreadPoolExecutor pool() {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                THREADS,
                THREADS,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                task -> Thread.ofPlatform()
                        .daemon()
                        .name("linux-aio-files-" + NUMBERS.incrementAndGet())
                        .unstarted(task));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }
}
