package io.linuxaio.files;

import io.linuxaio.internal.engine.Log;
import io.linuxaio.internal.engine.PinnedMemory;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A task for the threads of {@link FileIoExecutor}, with the future of its result. All objects are allocated before memory
 * of the caller is pinned. Completing the future allocates only inside the future, and is tried again while the Java heap
 * is full.
 */
final class FileJob<T> implements Runnable {
    /** The number of tries to inform dependent stages of a result, unless memory is short. */
    private static final int MOST_TRIES = 1000;

    private static final long SHORTEST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 128_000_000;

    private final CompletableFuture<T> future = new CompletableFuture<>();
    private final BooleanSupplier unwanted = future::isDone;
    private final FilePool.UserCode<RuntimeException> completion = this::complete;
    private final FileIoExecutor.MemoryTask<T> task;
    private PinnedMemory memory;
    private T result;
    private Throwable failure;

    FileJob(FileIoExecutor.MemoryTask<T> task) {
        this.task = task;
    }

    CompletableFuture<T> future() {
        return future;
    }

    /** Pins memory for the task, until the task has ended or {@link #unpin} is called. */
    void pin(MemorySegment segment) {
        memory = PinnedMemory.of(segment);
    }

    void unpin() {
        PinnedMemory pinned = memory;
        memory = null;
        if (pinned != null) {
            pinned.close();
        }
    }

    /** Fails the future, on the calling thread, as the task cannot be run. */
    void refuse(Throwable reason) {
        unpin();
        failure = reason;
        complete();
    }

    @Override
    public void run() {
        try {
            result = task.run(memory, unwanted);
        } catch (Throwable e) {
            failure = e;
        }
        unpin();
        // Runs dependent stages.
        FilePool.lend(completion);
    }

    private void complete() {
        long pause = SHORTEST_PAUSE_NANOS;
        int tries = 0;
        boolean over = false;
        while (!over) {
            try {
                tryComplete();
                over = true;
            } catch (RuntimeException | Error e) {
                if (tries++ == 0) {
                    Log.log(Level.ERROR, "the future of a file could not be completed at once", e);
                }
                if (e instanceof OutOfMemoryError) {
                    // Each try makes the JVM collect: other threads must come to free memory.
                    LockSupport.parkNanos(pause);
                    pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
                } else {
                    over = tries == MOST_TRIES;
                }
            }
        }
    }

    // Completing a complete future again informs the dependent stages that an Error kept from their result.
    private void tryComplete() {
        if (failure == null) {
            future.complete(result);
        } else {
            future.completeExceptionally(failure);
        }
    }
}
