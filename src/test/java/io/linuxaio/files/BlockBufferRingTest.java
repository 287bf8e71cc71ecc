package io.linuxaio.files;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.AioArena;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.Arguments;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.internal.memory.BounceBuffers;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The blocks of a channel: submitted in halves of the ring, continued after short reads, and settled at the end. */
class BlockBufferRingTest extends FakeKernelFixture {
    private final byte[] bytes = Bytes.random(17, 4 * BLOCK);
    private AioContext aio;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        aio = open(8);
        kernel.put(PATH.toString(), bytes);
        file = file(aio);
    }

    private List<Long> positions() {
        return kernel.requests().stream().map(FakeRequest::position).toList();
    }

    private byte[] expected(int from, int length) {
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    private static byte[] bytesOf(MemorySegment segment) {
        return segment.toArray(JAVA_BYTE);
    }

    @Test
    void halfOfTheRingIsSubmittedAtOnce() throws IOException {
        try (BlockBufferRing ring = new BlockBufferRing(aio, file, BLOCK, 4)) {
            ring.read(0, 0);
            assertThat(kernel.requests()).isEmpty();
            ring.read(1, BLOCK);
            assertThat(positions()).containsExactly(0L, (long) BLOCK);
            ring.read(2, 2 * BLOCK);
            assertThat(kernel.requests()).hasSize(2);
            ring.submit();
            assertThat(kernel.requests()).hasSize(3);

            for (int i = 0; i < 3; i++) {
                assertThat(ring.await(i)).isEqualTo(BLOCK);
                assertThat(ring.start(i)).isEqualTo((long) i * BLOCK);
                assertThat(ring.length(i)).isEqualTo(BLOCK);
                assertThat(bytesOf(ring.bytes(i))).isEqualTo(expected(i * BLOCK, BLOCK));
            }
        }
    }

    @Test
    void anOperationIsSubmittedWhenItIsWaitedFor() throws IOException {
        try (BlockBufferRing ring = new BlockBufferRing(aio, file, BLOCK, 8)) {
            assertThat(ring.inFlight(0)).isNull();
            assertThat(ring.take(0)).isZero();
            ring.write(0, 512, 0);
            assertThat(kernel.requests()).isEmpty();

            CompletableFuture<Integer> write = ring.inFlight(0);

            assertThat(kernel.requests()).hasSize(1);
            assertThat(write.join()).isEqualTo(512);
            assertThat(ring.take(0)).isEqualTo(512);
            assertThat(ring.inFlight(0)).isNull();
            assertThat(ring.take(0)).isZero();
        }
    }

    @Test
    void aRingOfOneBlockSubmitsAtOnce() throws IOException {
        try (BlockBufferRing ring = new BlockBufferRing(aio, file, 1, 1)) {
            assertThat(ring.blockSize()).isEqualTo(512);
            assertThat(ring.depth()).isEqualTo(1);
            assertThat(ring.capacity()).isEqualTo(512);
            ring.read(0, 0);
            assertThat(kernel.requests()).hasSize(1);
            assertThat(ring.await(0)).isEqualTo(512);
        }
    }

    @Test
    void blocksHaveTheirOwnMemoryAtTheAlignmentOfTheFile() throws IOException {
        try (BlockBufferRing ring = new BlockBufferRing(aio, file, 1000, 8)) {
            assertThat(ring.blockSize()).isEqualTo(1024);
            assertThat(ring.capacity()).isEqualTo(8 * 1024);
            assertThat(ring.alignment()).isEqualTo(file.alignment());
            for (int i = 0; i < 8; i++) {
                assertThat(ring.block(i).byteSize()).isEqualTo(1024);
                assertThat(ring.block(i).address() % 512).isZero();
                assertThat(ring.block(i).address()).isEqualTo(ring.block(0).address() + i * 1024L);
            }
        }
    }

    @Test
    void aShortReadIsContinuedWhereItStopped() throws IOException {
        try (BlockBufferRing ring = new BlockBufferRing(aio, file, BLOCK, 1)) {
            // The filesystem reports an end where there is none.
            kernel.script(FakeOutcome.shortBy(1100), FakeOutcome.shortBy(0));
            ring.read(0, BLOCK);

            assertThat(ring.await(0)).isEqualTo(BLOCK);

            assertThat(bytesOf(ring.bytes(0))).isEqualTo(expected(BLOCK, BLOCK));
            assertThat(ring.start(0)).isEqualTo(BLOCK);
            assertThat(positions()).startsWith((long) BLOCK).endsWith(BLOCK + 1024L);
        }
    }

    @Test
    void aReadThatAlwaysEndsEarlyFails() throws IOException {
        try (BlockBufferRing ring = new BlockBufferRing(aio, file, BLOCK, 1)) {
            kernel.script(FakeOutcome.shortBy(1024), FakeOutcome.shortBy(0), FakeOutcome.shortBy(0));
            ring.read(0, BLOCK);

            assertThatThrownBy(() -> ring.await(0))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining(PATH.toString())
                    .hasMessageContaining("1024");
        }
    }

    @Test
    void aReadEndsAtTheEndOfTheFile() throws IOException {
        kernel.put(PATH.toString(), Arrays.copyOf(bytes, BLOCK + 700));
        AioFile shorter = file(aio);
        try (BlockBufferRing ring = new BlockBufferRing(aio, shorter, BLOCK, 1)) {
            ring.read(0, BLOCK);
            assertThat(ring.await(0)).isEqualTo(700);
            ring.read(0, 2 * BLOCK);
            assertThat(ring.await(0)).isZero();
            ring.read(0, 1024, BLOCK);
            assertThat(ring.length(0)).isEqualTo(1024);
            assertThat(ring.await(0)).isEqualTo(700);
        }
        assertThat(positions()).doesNotContain(BLOCK + 512L);
    }

    @Test
    void aReadBeyondTheLargestPositionFailsWithoutACall() throws IOException {
        try (BlockBufferRing ring = new BlockBufferRing(aio, file, BLOCK, 1)) {
            ring.read(0, Long.MAX_VALUE - 511);
            assertThatThrownBy(() -> ring.await(0)).isInstanceOf(IOException.class);
            assertThat(kernel.requests()).isEmpty();
        }
    }

    @Test
    void otherMemoryIsReadAndWrittenAsTheOperationOfABlock() throws IOException {
        try (BlockBufferRing ring = BlockBufferRing.withoutMemory(aio, file, BLOCK, 2)) {
            MemorySegment own = arena.allocate(BLOCK);
            ring.read(0, own, 2 * BLOCK);
            assertThat(ring.await(0)).isEqualTo(BLOCK);
            assertThat(bytesOf(own)).isEqualTo(expected(2 * BLOCK, BLOCK));
            assertThat(ring.bytes(0)).isSameAs(own);

            ring.write(1, own, 0);
            assertThat(ring.await(1)).isEqualTo(BLOCK);
            assertThat(Arrays.copyOf(contents(), BLOCK)).isEqualTo(expected(2 * BLOCK, BLOCK));
        }
    }

    @Test
    void memoryOfAClosedArenaFailsTheBlock() throws IOException {
        AioArena closed = AioArena.ofShared();
        MemorySegment memory = closed.allocate(BLOCK);
        closed.close();
        try (BlockBufferRing ring = BlockBufferRing.withoutMemory(aio, file, BLOCK, 1)) {
            ring.read(0, memory, 0);

            assertThatThrownBy(() -> ring.await(0))
                    .isInstanceOf(IOException.class)
                    .hasCauseInstanceOf(IllegalStateException.class);
            assertThat(ring.inFlight(0)).isNull();
        }
    }

    @Test
    void settlingWaitsForAllBlocksWhateverTheirResults() throws Exception {
        kernel.script(FakeOutcome.NORMAL, FakeOutcome.error(Errno.EIO));
        kernel.hold();
        try (BlockBufferRing ring = new BlockBufferRing(aio, file, BLOCK, 3)) {
            for (int i = 0; i < 3; i++) {
                ring.read(i, (long) i * BLOCK);
            }
            ring.submit();
            CompletableFuture<Void> settling = CompletableFuture.runAsync(ring::settle);
            kernel.awaitHeld(3);
            kernel.release(1);
            kernel.release(0);
            assertThat(Await.becomes(settling::isDone, Duration.ofMillis(20))).isFalse();
            kernel.releaseAll();
            settling.join();

            for (int i = 0; i < 3; i++) {
                assertThat(ring.inFlight(i)).as("block %d", i).isNull();
            }
        }
    }

    @Test
    void aFailedReadIsNotContinued() throws IOException {
        kernel.script(FakeOutcome.error(Errno.EIO));
        try (BlockBufferRing ring = new BlockBufferRing(aio, file, BLOCK, 1)) {
            ring.read(0, 0);
            assertThatThrownBy(() -> ring.await(0)).isInstanceOf(AioException.class);
            assertThat(ring.readOn(0, 100)).isFalse();
            assertThat(kernel.requests()).hasSize(1);
        }
    }

    @Test
    void closingCancelsWhatWasNotSubmittedAndFreesTheMemory() throws IOException {
        BlockBufferRing ring = new BlockBufferRing(aio, file, BLOCK, 8);
        MemorySegment block = ring.block(0);
        ring.write(0, BLOCK, 0);

        ring.close();

        assertThat(block.scope().isAlive()).isFalse();
        assertThat(kernel.requests()).isEmpty();
        assertThat(ring.inFlight(0)).isCancelled();
    }

    @Test
    void fewShortBlocksAreBounceBuffers() throws IOException {
        try (BlockBufferRing ring = new BlockBufferRing(aio, file, 1000, 4)) {
            for (int i = 0; i < 4; i++) {
                assertThat(ring.block(i).byteSize()).isEqualTo(1024);
                assertThat(ring.block(i).address() % 512).isZero();
                assertThat(ring.block(i)).isSameAs(ring.block(i));
                for (int k = 0; k < i; k++) {
                    assertThat(ring.block(i).asOverlappingSlice(ring.block(k))).isEmpty();
                }
            }
            assertThat(ArenaRefs.isUnguarded(ring.block(0)))
                    .as("no other code can free it")
                    .isFalse();
        }
    }

    @Test
    void bounceBuffersReturnWhenTheRingIsClosed() throws IOException {
        BlockBufferRing ring = new BlockBufferRing(aio, file, BLOCK, 1);
        ring.read(0, 0);
        ring.await(0);
        int free = BounceBuffers.available(BLOCK);
        ring.close();
        ring.close();
        assertThat(BounceBuffers.available(BLOCK)).isEqualTo(free + 1);
    }

    @Test
    void aBounceBufferInFlightIsNotReused() throws Exception {
        BlockBufferRing ring = new BlockBufferRing(aio, file, BLOCK, 1);
        long address = ring.block(0).address();
        kernel.hold();
        ring.read(0, 0);
        ring.submit();
        kernel.awaitHeld(1);

        ring.close();

        MemorySegment next = BounceBuffers.acquire(BLOCK, 512);
        assertThat(next.address()).isNotEqualTo(address);
        BounceBuffers.release(next);
        kernel.releaseAll();
    }

    @Test
    void memoryInFlightIsFreedLater() throws Exception {
        BlockBufferRing ring = new BlockBufferRing(aio, file, BLOCK, 8);
        MemorySegment block = ring.block(0);
        kernel.hold();
        ring.write(0, BLOCK, 0);
        ring.submit();
        kernel.awaitHeld(1);

        ring.close();

        assertThat(block.scope().isAlive()).isTrue();
        kernel.releaseAll();
        Await.until("the memory is freed", () -> !block.scope().isAlive());
    }

    @Test
    void blocksOfAPoolAreBorrowedAsLongAsThereAreAny() throws IOException {
        try (AioBufferPool pool = AioBufferPool.of(2, 2 * BLOCK)) {
            BlockBufferRing ring = BlockBufferRing.pooled(aio, file, BLOCK, 3, pool);
            assertThat(pool.available()).isEqualTo(2);
            assertThat(ring.block(0).byteSize()).isEqualTo(BLOCK);
            assertThat(pool.available()).isEqualTo(1);
            assertThat(ring.block(0)).isSameAs(ring.block(0));
            assertThat(ring.block(1).byteSize()).isEqualTo(BLOCK);
            assertThat(pool.available()).isZero();
            MemorySegment own = ring.block(2);
            assertThat(own.byteSize()).isEqualTo(BLOCK);
            assertThat(own.scope()).isNotEqualTo(ring.block(0).scope());

            ring.close();

            assertThat(pool.available()).isEqualTo(2);
            assertThat(own.scope().isAlive()).isFalse();
        }
    }

    @Test
    void sizesAndDepthsOfTheUserAreChecked() {
        int most = Math.toIntExact(Arguments.MAX_LENGTH / 2);
        assertThatCode(() -> BlockBufferRing.check(1, 1)).doesNotThrowAnyException();
        assertThatCode(() -> BlockBufferRing.check(most, 1)).doesNotThrowAnyException();
        for (int bad : new int[] {Integer.MIN_VALUE, -1, 0, most + 1, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> BlockBufferRing.check(bad, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("the block size must be from 1 to " + most + " bytes: " + bad);
        }
        assertThatThrownBy(() -> BlockBufferRing.check(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void blocksOfAPoolAreWholeUnits() {
        try (AioBufferPool pool = AioBufferPool.of(1, 5000)) {
            assertThat(BlockBufferRing.blockSize(pool, 512)).isEqualTo(4608);
            assertThat(BlockBufferRing.blockSize(pool, 4096)).isEqualTo(4096);
            assertThatThrownBy(() -> BlockBufferRing.blockSize(pool, 8192))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("5000 bytes, fewer than a unit of 8192");
        }
        try (AioBufferPool pool = AioBufferPool.of(1, 512)) {
            assertThat(BlockBufferRing.blockSize(pool, 512)).isEqualTo(512);
        }
    }

    private static Throwable resultOf(Throwable failure) {
        return catchThrowable(() -> BlockBufferRing.result(CompletableFuture.failedFuture(failure)));
    }

    @Test
    void theFailureOfAnOperationIsThrownAsAnIOExceptionOfItsKind() throws IOException {
        assertThat(BlockBufferRing.result(CompletableFuture.completedFuture(7))).isEqualTo(7);
        InterruptedIOException interrupted = new InterruptedIOException("of the test");
        assertThat(resultOf(interrupted)).isSameAs(interrupted);
        IllegalStateException closed = new IllegalStateException("of the test");
        assertThat(resultOf(closed)).isSameAs(closed);
        FileSystemException other = new FileSystemException("of the test");
        assertThat(resultOf(other))
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("of the test")
                .hasCause(other);
        Error error = new OutOfMemoryError("of the test");
        assertThat(resultOf(error)).isExactlyInstanceOf(IOException.class).hasCause(error);
    }

    @Test
    void onlyAnInterruptAtAFullQueueIsTriedAgain() {
        assertThat(BlockBufferRing.wasInterrupted(null)).isFalse();
        assertThat(BlockBufferRing.wasInterrupted(new CompletableFuture<>())).isFalse();
        assertThat(BlockBufferRing.wasInterrupted(CompletableFuture.completedFuture(1)))
                .isFalse();
        assertThat(BlockBufferRing.wasInterrupted(CompletableFuture.failedFuture(new IOException())))
                .isFalse();
        assertThat(BlockBufferRing.wasInterrupted(CompletableFuture.failedFuture(new InterruptedIOException())))
                .isTrue();
        CompletableFuture<Integer> cancelled = new CompletableFuture<>();
        cancelled.cancel(true);
        assertThat(BlockBufferRing.wasInterrupted(cancelled)).isFalse();
    }
}
