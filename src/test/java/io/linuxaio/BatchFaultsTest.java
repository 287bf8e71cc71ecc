package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel.Submission;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches on a faulty kernel: few calls for each, and an outcome for each operation. */
class BatchFaultsTest extends FakeKernelFixture {
    private static List<CompletableFuture<Integer>> fill(AioBatch batch, AioFile file, AioArena arena, int count) {
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            futures.add(batch.write(file, arena.allocate(BLOCK).fill((byte) (i + 1)), (long) i * BLOCK));
        }
        return futures;
    }

    /** Returns the number of pointers of each call of io_submit for operations on files. */
    private List<Long> asked() {
        return kernel.submissions().stream()
                .filter(submission -> submission.accepted().stream().noneMatch(request -> request.device()))
                .map(Submission::asked)
                .toList();
    }

    @Test
    void aBatchIsOneCall() throws IOException {
        AioContext aio = open(8);
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> futures = fill(batch, file(aio), arena, 8);
        assertThat(batch.size()).isEqualTo(8);

        batch.submit();

        assertThat(batch.size()).isZero();
        assertThat(futures).allSatisfy(future -> assertThat(future.join()).isEqualTo(BLOCK));
        assertThat(asked()).containsExactly(8L);
    }

    @Test
    void operationsThatTheKernelDidNotAcceptGoWithTheNextCall() throws IOException {
        AioContext aio = open(8);
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> futures = fill(batch, file(aio), arena, 8);
        kernel.limitAcceptance(3);
        kernel.limitAcceptance(1);

        batch.submit();

        assertThat(futures).allSatisfy(future -> assertThat(future.join()).isEqualTo(BLOCK));
        assertThat(asked()).containsExactly(8L, 5L, 4L);
        assertThat(contents()).hasSize(8 * BLOCK);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 7})
    void aRefusedOperationFailsAlone(int refused) throws IOException {
        AioContext aio = open(8);
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> futures = fill(batch, file(aio), arena, 8);
        // Refused twice: within the batch, and when it is retried alone.
        kernel.refuse(request -> request.position() == (long) refused * BLOCK && request.isWrite(), Errno.EBADF);
        kernel.refuse(request -> request.position() == (long) refused * BLOCK && request.isWrite(), Errno.EBADF);
        if (refused > 0) {
            kernel.refuse(request -> request.position() == (long) refused * BLOCK && request.isWrite(), Errno.EBADF);
        }

        batch.submit();

        for (int i = 0; i < 8; i++) {
            if (i == refused) {
                assertFailsWith(futures.get(i), "EBADF", 0);
            } else {
                assertThat(futures.get(i).join()).isEqualTo(BLOCK);
            }
        }
        assertThat(aio.stats().failed()).isEqualTo(1);
    }

    @Test
    void aSubmissionRefusedWithEagainIsRetried() throws IOException {
        AioContext aio = open(4);
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> futures = fill(batch, file(aio), arena, 4);
        kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 4);

        batch.submit();

        assertThat(futures).allSatisfy(future -> assertThat(future.join()).isEqualTo(BLOCK));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aBatchMayBeLargerThanTheQueue(int depth) throws IOException {
        AioContext aio = open(depth);
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> futures = fill(batch, file(aio), arena, 10);

        batch.submit();

        assertThat(futures).allSatisfy(future -> assertThat(future.join()).isEqualTo(BLOCK));
        assertThat(contents()).hasSize(10 * BLOCK);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aCallbackMaySubmitABatch(int depth) throws IOException {
        AioContext aio = open(depth);
        AioFile file = file(aio);

        CompletableFuture<List<CompletableFuture<Integer>>> more = file.write(block(0), 0)
                .thenApply(_ -> {
                    kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 3);
                    AioBatch batch = aio.batch();
                    List<CompletableFuture<Integer>> futures = fill(batch, file, arena, 7);
                    batch.submit();
                    return futures;
                });

        assertThat(more.join()).allSatisfy(future -> assertThat(future.join()).isEqualTo(BLOCK));
    }

    @Test
    void theRestFailsIfTheQueueRejects() throws IOException {
        AioContext aio = open(AioContext.builder().queueDepth(2).onFullQueue(AioFullQueuePolicy.REJECT));
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> futures = fill(batch, file(aio), arena, 3);
        kernel.hold();

        batch.submit();

        assertThat(failure(futures.get(2))).isInstanceOf(RejectedExecutionException.class);
        kernel.releaseAll();
        assertThat(futures.get(0).join() + futures.get(1).join()).isEqualTo(2 * BLOCK);
    }

    @Test
    void onlyOperationsOnAClosedFileFail() throws IOException {
        AioContext aio = open(4);
        AioFile file = file(aio);
        AioArena own = AioArena.ofShared();
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> lost = batch.write(file, own.allocate(BLOCK), 0);
        CompletableFuture<Integer> kept = batch.write(file, block(1), BLOCK);
        own.close();

        batch.submit();

        assertThat(failure(lost)).isInstanceOf(IllegalStateException.class).hasMessageContaining("arena is closed");
        assertThat(kept.join()).isEqualTo(BLOCK);
        aio.close();
        assertThat(failure(batch.write(file, block(1), 0))).isInstanceOf(ClosedChannelException.class);
    }

    /** The rest of the batch has slots and no system call yet: the callback must not wait for it. */
    @Test
    void aCallbackOfARefusedOperationMaySubmitMoreThanTheQueueTakes() throws IOException {
        AioContext aio = open(2);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> futures = fill(batch, file, arena, 2);
        kernel.refuse(request -> request.position() == 0 && request.isWrite(), Errno.EBADF);
        kernel.refuse(request -> request.position() == 0 && request.isWrite(), Errno.EBADF);
        CompletableFuture<Integer> more = futures.getFirst()
                .handle((_, _) -> {
                    CompletableFuture<Integer> first = file.write(block(7), 2 * BLOCK);
                    return first.thenCombine(file.write(block(8), 3 * BLOCK), Integer::sum);
                })
                .thenCompose(future -> future);

        batch.submit();

        assertThat(more.join()).isEqualTo(2 * BLOCK);
        assertThat(futures.getLast().join()).isEqualTo(BLOCK);
    }

    @Test
    void aCallbackInsideSubmitMayWaitForTheOthersOfItsBatch() throws IOException {
        AioContext aio = open(AioContext.builder().queueDepth(2).callbacksInSubmit(true));
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> futures = fill(batch, file(aio), arena, 2);
        kernel.refuse(request -> request.position() == 0 && request.isWrite(), Errno.EBADF);
        kernel.refuse(request -> request.position() == 0 && request.isWrite(), Errno.EBADF);
        CompletableFuture<Integer> other =
                futures.getFirst().handle((_, _) -> futures.getLast().join());

        batch.submit();

        assertThat(other.join()).isEqualTo(BLOCK);
        assertFailsWith(futures.getFirst(), "EBADF", 0);
    }

    @Test
    void aCallbackOfARefusedOperationOnTheReaperMustNotWaitForTheOthersOfItsBatch() throws IOException {
        AioContext aio = open(2);
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> futures = fill(batch, file(aio), arena, 2);
        kernel.refuse(request -> request.position() == 0 && request.isWrite(), Errno.EBADF);
        kernel.refuse(request -> request.position() == 0 && request.isWrite(), Errno.EBADF);
        kernel.hold();
        CompletableFuture<Integer> other =
                futures.getFirst().handle((_, _) -> futures.getLast().join());

        batch.submit();

        assertThat(failure(other))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a callback must not wait");
        kernel.releaseAll();
        assertThat(futures.getLast().join()).isEqualTo(BLOCK);
    }

    @Test
    void aCallbackOfAnOperationOnAClosedArenaMaySubmitMoreThanTheQueueTakes() throws IOException {
        AioContext aio = open(2);
        AioFile file = file(aio);
        AioArena own = AioArena.ofShared();
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> kept = batch.write(file, block(1), 0);
        CompletableFuture<Integer> lost = batch.write(file, own.allocate(BLOCK), BLOCK);
        own.close();
        CompletableFuture<Integer> more = lost.handle((_, _) -> {
                    CompletableFuture<Integer> first = file.write(block(7), 2 * BLOCK);
                    return first.thenCombine(file.write(block(8), 3 * BLOCK), Integer::sum);
                })
                .thenCompose(future -> future);

        batch.submit();

        assertThat(more.join()).isEqualTo(2 * BLOCK);
        assertThat(kept.join()).isEqualTo(BLOCK);
    }
}
