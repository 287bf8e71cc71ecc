package io.linuxaio.examples;

import io.linuxaio.AioArena;
import io.linuxaio.AioFile;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Timeouts and cancellation. Neither stops the operation, since the kernel cannot cancel it: its buffer stays in use, a
 * write is carried out whole, and the future that the operation returned still completes with its outcome.
 */
final class Deadlines {
    private Deadlines() {}

    // @start region="get"
    /** Waits until the operation completes or a time has passed. The future is unchanged, and can be waited for again. */
    static OptionalInt waitFor(CompletableFuture<Integer> operation, Duration timeout)
            throws InterruptedException, ExecutionException {
        try {
            return OptionalInt.of(operation.get(timeout.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return OptionalInt.empty();
        }
    }
    // @end

    /**
     * The two futures of one operation.
     *
     * @param answer a future that may time out or be cancelled
     * @param outcome a future that completes with the operation's outcome when the kernel has completed it
     */
    record Attempt(CompletableFuture<Integer> answer, CompletableFuture<Integer> outcome) {}

    // @start region="copy"
    /** Starts a write whose answer fails if it takes too long. */
    static Attempt write(AioFile file, MemorySegment block, long position, Duration timeout) {
        CompletableFuture<Integer> outcome = file.write(block, position);
        // On a copy: a future that was timed out or cancelled no longer completes with the operation's outcome.
        CompletableFuture<Integer> answer = outcome.copy().orTimeout(timeout.toNanos(), TimeUnit.NANOSECONDS);
        return new Attempt(answer, outcome);
    }
    // @end

    // @start region="interrupt"
    /** Waits until the write completes or the thread is interrupted. The memory is freed when the write has completed. */
    static void writeInterruptibly(AioFile file, AioArena memory, MemorySegment block, long position)
            throws InterruptedException, ExecutionException {
        try {
            file.write(block, position).get();
        } finally {
            memory.closeWhenIdle();
        }
    }
    // @end
}
