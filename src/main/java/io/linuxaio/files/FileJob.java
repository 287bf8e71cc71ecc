package io.linuxaio.files;

import io.linuxaio.internal.engine.PinnedMemory;
import io.linuxaio.internal.engine.RepeatedLog;
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
    private static final RepeatedLog NOT_AT_ONCE =
            new RepeatedLog(Level.ERROR, "the future of a file could not be completed at once");

    /** The number of tries to inform dependent stages of a result, unless memory is short. */
    private static final int MOST_TRIES = 1000;

    private static final long SHORTEST_PAUSE_NANOS = 1_000_000;
    private static final long LONGEST_PAUSE_NANOS = 128_000_000;

    /** The number of tries after which the pause is no longer doubled. */
    private static final int DOUBLINGS = 7;

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
            failure = thrown(e);
        }
        unpin();
        // Runs dependent stages.
        FilePool.lend(completion);
    }

    /**
     * Returns what a task has thrown. The JVM has one {@link OutOfMemoryError} for a full heap: a try statement that meets it
     * twice, in its body and in closing a resource, throws an exception of {@link Throwable#addSuppressed} in its place.
     */
    private static Throwable thrown(Throwable e) {
        return e instanceof IllegalArgumentException && e.getCause() instanceof OutOfMemoryError shortage
                ? shortage
                : e;
    }

    private void complete() {
        int tries = 0;
        while (!isOver(tries)) {
            tries++;
        }
    }

    /** Completes the future. Returns {@code false} if that should be tried again. */
    private boolean isOver(int tries) {
        try {
            tryComplete();
            return true;
        } catch (RuntimeException | Error e) {
            return isHopeless(e, tries);
        }
    }

    private static boolean isHopeless(Throwable failure, int tries) {
        try {
            if (tries == 0) {
                NOT_AT_ONCE.log(failure);
            }
            if (!(failure instanceof OutOfMemoryError)) {
                return tries + 1 >= MOST_TRIES;
            }
            // Each try makes the JVM collect: other threads must come to free memory.
            LockSupport.parkNanos(Math.min(SHORTEST_PAUSE_NANOS << Math.min(tries, DOUBLINGS), LONGEST_PAUSE_NANOS));
        } catch (OutOfMemoryError e) {
            // At the first use of what is called here.
        }
        return false;
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
