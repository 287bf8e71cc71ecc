package io.linuxaio.random;

import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import java.lang.foreign.MemorySegment;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Operations of a {@link RandomWalk} whose futures are cancelled or time out. The kernel continues; a buffer that
 * returns to a pool of one shows that it has finished.
 */
final class RandomCanceller {
    private final RandomWalk walk;
    private final AioBufferPool one;

    RandomCanceller(RandomWalk walk, AioBufferPool one) {
        this.walk = walk;
        this.one = one;
    }

    void run(Random random, AioContext context) throws InterruptedException {
        boolean cancels = random.nextBoolean();
        int micros = random.nextInt(200);
        AioBuffer buffer = one.acquire();
        RandomTransfer transfer = RandomTransfer.draw(walk, random, buffer.segment());
        if (transfer == null) {
            buffer.close();
            return;
        }
        CompletableFuture<Integer> future = transfer.submit(context);
        if (future.isCompletedExceptionally() && AllowedOutcome.isRefusedAtClosing(context, future.exceptionNow())) {
            buffer.close();
            transfer.release();
            walk.tally().count(OperationCounts.Kind.REFUSED_AT_CLOSING);
            return;
        }
        walk.tally().submittedToContext();
        if (cancels) {
            future.cancel(false);
        } else {
            future.orTimeout(micros, TimeUnit.MICROSECONDS);
        }
        Object outcome = outcome(future);
        buffer.close();
        AioBuffer back = one.acquire();
        try {
            settle(transfer, outcome, back.segment());
        } finally {
            back.close();
            transfer.release();
        }
    }

    /** Returns the count, or the exception. */
    private static Object outcome(CompletableFuture<Integer> future) {
        try {
            return future.join();
        } catch (CancellationException e) {
            return e;
        } catch (CompletionException e) {
            return e.getCause();
        }
    }

    private void settle(RandomTransfer transfer, Object outcome, MemorySegment back) {
        if (!transfer.usesMemoryOf(back)) {
            throw new AssertionError("the pool returned another buffer than was released");
        }
        switch (outcome) {
            case Integer count -> transfer.succeeded(count);
            case CancellationException _ -> {
                walk.tally().count(OperationCounts.Kind.CANCELLED);
                transfer.endedUnreported();
            }
            case TimeoutException _ -> {
                walk.tally().count(OperationCounts.Kind.TIMED_OUT);
                transfer.endedUnreported();
            }
            case Throwable thrown -> transfer.failedAfter(AllowedOutcome.moved(walk, thrown, transfer.length()));
            default -> throw new AssertionError(outcome);
        }
    }
}
