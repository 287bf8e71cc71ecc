package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Batches that are cleared: each operation is submitted or cancelled, and no future stays incomplete. */
class BatchClearTest extends FakeKernelFixture {
    @Test
    void aClearedBatchCancelsItsFuturesAndCanBeUsedAgain() throws IOException {
        AioContext aio = open(4);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        List<CompletableFuture<?>> cleared = new ArrayList<>();
        // More than the depth of the queue.
        for (int i = 0; i < 9; i++) {
            cleared.add(batch.write(file, block(1), 0));
        }
        cleared.add(batch.sync(file));

        batch.clear();

        assertThat(batch.size()).isZero();
        for (CompletableFuture<?> future : cleared) {
            assertThat(future).isCancelled();
            assertThatThrownBy(future::join)
                    .isInstanceOf(CancellationException.class)
                    .hasStackTraceContaining("the batch was cleared");
        }
        assertThat(cleared.stream().map(BatchClearTest::cancellation).distinct())
                .as("separate exceptions")
                .hasSameSizeAs(cleared);
        batch.submit();
        batch.clear();
        assertThat(kernel.requests()).isEmpty();
        CompletableFuture<Integer> next = batch.write(file, block(2), 0);
        batch.submit();
        assertThat(next.join()).isEqualTo(BLOCK);
    }

    private static Throwable cancellation(CompletableFuture<?> future) {
        try {
            return new AssertionError("unexpectedly succeeded with " + future.join());
        } catch (CancellationException e) {
            return e.getCause();
        }
    }

    @Test
    void clearingReleasesAWaitingThread() throws Exception {
        AioContext aio = open(4);
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> added = batch.write(file(aio), block(1), 0);
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform().start(() -> outcome.set(cancellation(added)));
        Await.until("the thread waits", () -> waiting.getState() != Thread.State.RUNNABLE);

        batch.clear();

        waiting.join();
        assertThat(outcome.get()).isInstanceOf(CancellationException.class);
    }

    @Test
    void aCallbackOfACancellationMaySubmitTheSameBatch() throws IOException {
        AioContext aio = open(4);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        AtomicReference<CompletableFuture<Integer>> instead = new AtomicReference<>();
        batch.write(file, block(1), 0).whenComplete((count, failure) -> {
            assertThat(batch.size()).isZero();
            instead.set(batch.write(file, block(2), BLOCK));
            batch.submit();
        });
        CompletableFuture<Integer> other = batch.write(file, block(3), 0);

        batch.clear();

        assertThat(instead.get().join()).isEqualTo(BLOCK);
        assertThat(other).isCancelled();
        assertThat(batch.size()).isZero();
        assertThat(kernel.requests()).hasSize(1);
    }

    @Test
    void operationsBeingSubmittedAreNotCancelled() throws IOException {
        // The callback uses the batch, which belongs to the submitting thread.
        AioContext aio = open(AioContext.builder().queueDepth(2).callbacksInSubmit(true));
        AioFile file = file(aio);
        AioFile closed = file(aio);
        AioBatch batch = aio.batch();
        AtomicReference<CompletableFuture<Integer>> added = new AtomicReference<>();
        CompletableFuture<Integer> failing = batch.write(closed, block(1), 0);
        failing.whenComplete((count, failure) -> {
            added.set(batch.write(file, block(2), 0));
            batch.clear();
        });
        List<CompletableFuture<Integer>> submitted = new ArrayList<>();
        for (int i = 1; i < 6; i++) {
            submitted.add(batch.write(file, block(3), (long) i * BLOCK));
        }
        closed.close();

        batch.submit();

        assertThat(failing).isCompletedExceptionally();
        assertThat(added.get()).isCancelled();
        for (CompletableFuture<Integer> future : submitted) {
            assertThat(future.join()).isEqualTo(BLOCK);
        }
        assertThat(kernel.requests()).hasSize(5);
    }

    @Test
    void memoryOfAJdkArenaClosedMeanwhileIsRefused() throws IOException {
        AioContext aio = open(4);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        Arena foreign = Arena.ofShared();
        MemorySegment lost = foreign.allocate(BLOCK, BLOCK);
        CompletableFuture<Integer> single = batch.read(file, lost, 0);
        CompletableFuture<Integer> vectored = batch.writev(file, new MemorySegment[] {block(1), lost}, 0);
        foreign.close();

        batch.submit();

        for (CompletableFuture<Integer> each : List.of(single, vectored)) {
            assertThat(failure(each)).isInstanceOf(IllegalStateException.class).hasMessageContaining("arena is closed");
        }
        assertThat(kernel.requests()).isEmpty();
        assertThat(arena.inFlight()).isZero();
    }
}
