package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeKernel.Submission;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The operations of a batch: each kind is submitted as a file's own method does, and refused where it is added. */
class BatchOperationsTest extends FakeKernelFixture {
    @Test
    void eachKindOfOperationIsSubmitted() throws IOException {
        AioContext aio = open(8);
        AioFile file = file(aio);
        MemorySegment[] two = {block('A'), block('B')};
        MemorySegment[] targets = {block(0), block(0)};
        AioBatch writes = aio.batch();
        CompletableFuture<Integer> vectoredWrite = writes.writev(file, two, 0);
        CompletableFuture<Integer> write = writes.write(file, block('C'), 2 * BLOCK);
        // The arrays are copied.
        two[0] = null;
        writes.submit();
        assertThat(vectoredWrite.join()).isEqualTo(2 * BLOCK);
        assertThat(write.join()).isEqualTo(BLOCK);

        AioBatch batch = aio.batch();
        MemorySegment[] given = targets.clone();
        MemorySegment third = block(0);
        CompletableFuture<Integer> vectoredRead = batch.readv(file, given, 0);
        given[1] = null;
        CompletableFuture<Integer> read = batch.read(file, third, 2 * BLOCK);
        CompletableFuture<Void> sync = batch.sync(file);
        CompletableFuture<Void> dataSync = batch.dataSync(file);
        assertThat(batch.size()).isEqualTo(4);
        batch.submit();

        assertThat(vectoredRead.join()).isEqualTo(2 * BLOCK);
        assertThat(read.join()).isEqualTo(BLOCK);
        assertThat(sync.join()).isNull();
        assertThat(dataSync.join()).isNull();
        assertThat(bytes(targets[0])).containsOnly('A');
        assertThat(bytes(targets[1])).containsOnly('B');
        assertThat(bytes(third)).containsOnly('C');
        assertThat(kernel.requests().stream().map(FakeRequest::opcode))
                .containsExactly(
                        Abi.IOCB_CMD_PWRITEV(),
                        Abi.IOCB_CMD_PWRITE(),
                        Abi.IOCB_CMD_PREADV(),
                        Abi.IOCB_CMD_PREAD(),
                        Abi.IOCB_CMD_FSYNC(),
                        Abi.IOCB_CMD_FDSYNC());
    }

    @Test
    void aTransferOfNoBytesHasCompletedAndIsNotAdded() throws IOException {
        AioContext aio = open(4);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();

        CompletableFuture<Integer> read = batch.read(file, block(0).asSlice(0, 0), 0);
        CompletableFuture<Integer> write = batch.write(file, block(0).asSlice(0, 0), 0);

        assertThat(read).isCompletedWithValue(0);
        assertThat(write).isCompletedWithValue(0);
        assertThat(batch.size()).isZero();
        batch.submit();
        assertThat(kernel.requests()).isEmpty();
    }

    @Test
    void badArgumentsAreRefusedWhereTheyAreAdded() throws IOException {
        AioContext aio = open(4);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        MemorySegment misaligned = arena.allocate(2 * BLOCK).asSlice(1, BLOCK);
        MemorySegment onHeap = MemorySegment.ofArray(new byte[BLOCK]);
        for (MemorySegment bad : new MemorySegment[] {misaligned, onHeap}) {
            assertThatThrownBy(() -> batch.read(file, bad, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> batch.write(file, bad, 0)).isInstanceOf(IllegalArgumentException.class);
            MemorySegment[] array = {bad};
            assertThatThrownBy(() -> batch.readv(file, array, 0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> batch.writev(file, array, 0)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> batch.read(file, block(0), 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> batch.write(file, block(0), -512)).isInstanceOf(IllegalArgumentException.class);
        try (AioFile readOnly = aio.open(PATH, StandardOpenOption.READ)) {
            assertThatThrownBy(() -> batch.write(readOnly, block(0), 0))
                    .isInstanceOf(NonWritableChannelException.class);
        }
        assertThat(batch.size()).isZero();
    }

    @Test
    void operationsOnAClosedFileOrContextAreNotAdded() throws IOException {
        AioContext aio = open(4);
        AioFile closed = file(aio);
        AioFile file = file(aio);
        closed.close();
        AioBatch batch = aio.batch();

        assertThat(failure(batch.write(closed, block(1), 0)))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessageContaining(PATH.toString());
        assertThat(failure(batch.sync(closed))).isInstanceOf(ClosedChannelException.class);
        aio.close();
        assertThat(failure(batch.sync(file)))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessage("the context is closed");
        assertThat(batch.size()).isZero();
    }

    @Test
    void aStrictContextRefusesMemoryThatItCannotGuard() throws IOException {
        AioContext aio = open(AioContext.builder().queueDepth(4).strict(true));
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment foreign = confined.allocate(BLOCK, BLOCK);
            assertThatThrownBy(() -> batch.read(file, foreign, 0)).isInstanceOf(IllegalArgumentException.class);
        }
        CompletableFuture<Integer> write = batch.write(file, block(1), 0);
        assertThat(batch.size()).isEqualTo(1);
        batch.submit();
        assertThat(write.join()).isEqualTo(BLOCK);
    }

    @Test
    void aBatchWithoutOperationsMakesNoCall() throws IOException {
        AioContext aio = open(4);
        AioBatch batch = aio.batch();
        int before = kernel.submissions().size();

        batch.submit();
        batch.clear();

        assertThat(kernel.submissions()).hasSize(before);
    }

    @Test
    void aBatchIsUsedAgainWithoutItsOldOperations() throws IOException {
        AioContext aio = open(4);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        for (int round = 1; round <= 3; round++) {
            List<CompletableFuture<Integer>> writes = new ArrayList<>();
            for (int i = 0; i < 2 * round; i++) {
                writes.add(batch.write(file, block(round), (long) i * BLOCK));
            }
            assertThat(batch.size()).isEqualTo(2 * round);
            batch.submit();
            assertThat(batch.size()).isZero();
            assertThat(writes).allSatisfy(write -> assertThat(write.join()).isEqualTo(BLOCK));
        }
        assertThat(kernel.requests()).hasSize(2 + 4 + 6);
    }

    @Test
    void aCallTakesAtMost1024Operations() throws IOException {
        AioContext aio = open(1100);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        MemorySegment block = block(1);
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        for (int i = 0; i < 1100; i++) {
            writes.add(batch.write(file, block, 0));
        }

        batch.submit();

        assertThat(writes).allSatisfy(write -> assertThat(write.join()).isEqualTo(BLOCK));
        assertThat(kernel.submissions().stream()
                        .filter(one -> one.accepted().stream().noneMatch(FakeRequest::device))
                        .map(Submission::asked))
                .containsExactly(1024L, 76L);
    }

    @Test
    void aFullQueueIsReportedWithItsDepth() throws IOException {
        AioContext aio = open(AioContext.builder().queueDepth(2));
        AioFile file = file(aio);
        AioFile impatient = file.with(AioFullQueuePolicy.REJECT);
        kernel.hold();
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> first = batch.write(impatient, block(1), 0);
        CompletableFuture<Integer> second = batch.write(impatient, block(2), BLOCK);
        CompletableFuture<Integer> third = batch.write(impatient, block(3), 2 * BLOCK);
        CompletableFuture<Integer> fourth = batch.write(impatient, block(4), 3 * BLOCK);

        batch.submit();

        for (CompletableFuture<Integer> refused : List.of(third, fourth)) {
            assertThat(failure(refused))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessage("the queue is full: 2 operations are in flight");
        }
        assertThat(aio.stats().queueFullCount()).isEqualTo(2);
        kernel.releaseAll();
        assertThat(first.join() + second.join()).isEqualTo(2 * BLOCK);
    }

    @Test
    void refusedOperationsAreCountedAsFailed() throws IOException {
        AioContext aio = open(4);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        kernel.refuseAll(request -> request.isSync(), Errno.EINVAL);
        CompletableFuture<Void> refused = batch.sync(file);
        CompletableFuture<Integer> write = batch.write(file, block(1), 0);
        CompletableFuture<Void> last = batch.dataSync(file);

        batch.submit();

        assertFailsWith(refused, "EINVAL", 0);
        assertFailsWith(last, "EINVAL", 0);
        assertThat(write.join()).isEqualTo(BLOCK);
        assertThat(aio.stats().failed()).isEqualTo(2);
        assertThat(aio.stats().succeeded()).isEqualTo(1);
        assertThat(aio.stats().inFlight()).isZero();
    }

    @Test
    void aThreadInterruptedAtAFullQueueStaysInterrupted() throws IOException {
        AioContext aio = open(1);
        AioFile file = file(aio);
        kernel.hold();
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> first = batch.write(file, block(1), 0);
        CompletableFuture<Integer> second = batch.write(file, block(2), BLOCK);
        Thread.currentThread().interrupt();

        batch.submit();

        assertThat(Thread.interrupted()).as("interrupt status").isTrue();
        assertThat(failure(second)).isInstanceOf(InterruptedIOException.class);
        kernel.releaseAll();
        assertThat(first.join()).isEqualTo(BLOCK);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBatchRecoversWhatAnErrorLeftBefore(boolean submits) throws IOException {
        AioContext aio = open(2);
        AioBatch batch = aio.batch();
        CompletableFuture<Void> sync = batch.sync(file(aio));
        AioFuture<Void> lost = new AioFuture<>(null);
        Requests left = new Requests(1);
        left.add(Opcode.SYNC, null, null, 0, 0, lost);
        Leftovers.add(left);

        if (submits) {
            batch.submit();
        } else {
            batch.clear();
        }

        assertThat(lost).isCompletedExceptionally();
        assertThat(sync.handle((_, failure) -> failure == null).join()).isEqualTo(submits);
    }

    @Test
    void aSubmittedBatchAndItsContextKeepNoFutureReachable() throws IOException {
        AioContext aio = open(2);
        AioBatch batch = aio.batch();
        List<WeakReference<Object>> futures = submitTwo(batch, file(aio));

        Await.until("the futures are collected", () -> {
            System.gc();
            return futures.stream().allMatch(future -> future.refersTo(null));
        });
        assertThat(batch.size()).isZero();
    }

    private List<WeakReference<Object>> submitTwo(AioBatch batch, AioFile file) {
        CompletableFuture<Integer> write = batch.write(file, block(1), 0);
        CompletableFuture<Integer> last = batch.write(file, block(2), BLOCK);
        batch.submit();
        assertThat(write.join() + last.join()).isEqualTo(2 * BLOCK);
        return List.of(new WeakReference<>(write), new WeakReference<>(last));
    }
}
