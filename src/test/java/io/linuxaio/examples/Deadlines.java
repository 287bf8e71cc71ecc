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
 * Waiting no longer than so long, and giving up. Neither stops the operation, which the kernel cannot do: its buffer stays
 * in use, a write is carried out whole, and its outcome can still be learnt by who kept the future.
 */
final class Deadlines {
    private Deadlines() {}

    // @start region="get"
    /** Waits so long at most. The future is as it was: wait for it again, attach something, or forget it. */
    static OptionalInt waitFor(CompletableFuture<Integer> operation, Duration limit)
            throws InterruptedException, ExecutionException {
        try {
            return OptionalInt.of(operation.get(limit.toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException e) {
            return OptionalInt.empty();
        }
    }
    // @end

    /**
     * An operation, seen from two sides.
     *
     * @param answer may time out or be cancelled
     * @param outcome what really became of it: completes when the kernel is done
     */
    record Attempt(CompletableFuture<Integer> answer, CompletableFuture<Integer> outcome) {}

    // @start region="copy"
    /** A write whose answer comes in time or not at all. */
    static Attempt write(AioFile file, MemorySegment block, long position, Duration limit) {
        CompletableFuture<Integer> outcome = file.write(block, position);
        // On a copy: a future that was timed out or cancelled tells nothing of its operation any more.
        CompletableFuture<Integer> answer = outcome.copy().orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS);
        return new Attempt(answer, outcome);
    }
    // @end

    // @start region="interrupt"
    /** Waits until the write is done or the thread is interrupted; the memory goes when the kernel is done with it. */
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
