package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A batch whose callbacks use it again while it is being submitted: each operation is submitted once. */
class BatchReentryTest extends FakeKernelFixture {
    private long writesAt(long position) {
        return kernel.requests().stream()
                .filter(request -> request.isWrite() && request.position() == position)
                .count();
    }

    /**
     * Adds a callback to a failing operation: it writes one more block with the same batch, inside the failing submit.
     */
    private CompletableFuture<Integer> noteOf(
            CompletableFuture<Integer> failing, AioBatch batch, AioFile log, long position) {
        return failing.handle((count, failure) -> {
                    assertThat(failure).isNotNull();
                    CompletableFuture<Integer> written = batch.write(log, block('N'), position);
                    batch.submit();
                    return written;
                })
                .thenCompose(written -> written);
    }

    @Test
    void aCallbackOfAFailureMaySubmitTheSameBatch() throws IOException {
        AioContext aio = open(AioContext.builder().queueDepth(8).callbacksInSubmit(true));
        AioFile log = file(aio);
        AioFile closed = file(aio);
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> first = batch.write(log, block('A'), 0);
        CompletableFuture<Integer> failing = batch.write(closed, block('B'), BLOCK);
        CompletableFuture<Integer> last = batch.write(log, block('C'), 2 * BLOCK);
        CompletableFuture<Integer> note = noteOf(failing, batch, log, 3 * BLOCK);
        closed.close();

        batch.submit();

        assertThat(first.join()).isEqualTo(BLOCK);
        assertThat(last.join()).isEqualTo(BLOCK);
        assertThat(note.join()).isEqualTo(BLOCK);
        assertThat(batch.size()).isZero();
        assertThat(kernel.requests()).hasSize(3);
    }

    @Test
    void aCallbackOfARejectionMaySubmitTheSameBatch() throws Exception {
        AioContext aio = open(AioContext.builder()
                .queueDepth(2)
                .onFullQueue(AioFullQueuePolicy.REJECT)
                .callbacksInSubmit(true));
        AioFile log = file(aio);
        kernel.hold();
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            futures.add(batch.write(log, block('A' + i), (long) i * BLOCK));
        }
        AtomicReference<CompletableFuture<Integer>> note = new AtomicReference<>();
        futures.get(2).whenComplete((count, failure) -> {
            kernel.releaseAll();
            futures.get(1).join();
            futures.get(0).join();
            note.set(batch.write(log, block('N'), 4 * BLOCK));
            batch.submit();
        });

        // On a thread that may wait for the results, as callbacks of the reaper must not.
        batch.submit();

        assertThat(failure(futures.get(2))).isInstanceOf(RejectedExecutionException.class);
        assertThat(note.get().join()).isEqualTo(BLOCK);
        // No thread has waited for the last result.
        futures.get(3).exceptionally(refused -> 0).join();
        assertThat(futures).allMatch(CompletableFuture::isDone);
        for (int i = 0; i < 5; i++) {
            assertThat(writesAt((long) i * BLOCK)).as("block %d", i).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void aCallbackOfAnInterruptMaySubmitTheSameBatch() throws Exception {
        AioContext aio = open(AioContext.builder().queueDepth(1).callbacksInSubmit(true));
        AioFile log = file(aio);
        kernel.hold();
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> first = batch.write(log, block('A'), 0);
        CompletableFuture<Integer> interrupted = batch.write(log, block('B'), BLOCK);
        CompletableFuture<Integer> note = noteOf(
                interrupted.whenComplete((count, failure) -> {
                    assertThat(failure).isInstanceOf(InterruptedIOException.class);
                    Thread.interrupted();
                    kernel.releaseAll();
                }),
                batch,
                log,
                2 * BLOCK);
        Thread.currentThread().interrupt();

        batch.submit();

        assertThat(first.join()).isEqualTo(BLOCK);
        assertThat(note.join()).isEqualTo(BLOCK);
        assertThat(kernel.requests()).hasSize(2);
    }

    @Test
    void operationsThatACallbackAddsStayInTheBatchUntilSubmitted() throws IOException {
        AioContext aio = open(AioContext.builder().queueDepth(8).callbacksInSubmit(true));
        AioFile log = file(aio);
        AioFile closed = file(aio);
        AioBatch batch = aio.batch();
        AtomicReference<CompletableFuture<Integer>> added = new AtomicReference<>();
        batch.write(closed, block('B'), 0)
                .whenComplete((count, failure) -> added.set(batch.write(log, block('N'), BLOCK)));
        closed.close();

        batch.submit();

        assertThat(batch.size()).isEqualTo(1);
        assertThat(added.get()).isNotDone();
        batch.submit();
        assertThat(added.get().join()).isEqualTo(BLOCK);
        assertThat(kernel.requests()).hasSize(1);
    }
}
