package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.files.AioFiles;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Operations on a pooled buffer that was released: refused, and never carried out in the next borrower's memory. */
class ReturnedBufferTest extends FakeKernelFixture {
    private final AioBufferPool pool = AioBufferPool.of(1, BLOCK);

    private AioContext openWithData(int depth) throws IOException {
        AioContext aio = open(depth);
        byte[] data = new byte[3 * BLOCK];
        for (int i = 0; i < data.length; i++) {
            data[i] = (byte) ('A' + i / BLOCK);
        }
        kernel.put(PATH.toString(), data);
        return aio;
    }

    private static void assertRefused(CompletableFuture<?> future) {
        assertThat(failure(future))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("its pooled buffer was released");
    }

    @Test
    void aBatchDoesNotReadIntoTheNextBorrowersMemory() throws Exception {
        AioContext aio = openWithData(4);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        AioBuffer first = pool.acquire();
        CompletableFuture<Integer> single = batch.read(file, first.segment(), BLOCK);
        CompletableFuture<Integer> vectored = batch.readv(file, new MemorySegment[] {first.segment()}, BLOCK);
        CompletableFuture<Integer> slice = batch.read(file, first.segment().asSlice(0, 512), BLOCK);
        CompletableFuture<Integer> other = batch.read(file, block(0), BLOCK);
        first.close();
        try (AioBuffer second = pool.acquire()) {
            second.segment().fill((byte) 7);

            batch.submit();

            assertRefused(single);
            assertRefused(vectored);
            assertRefused(slice);
            assertThat(other.join()).isEqualTo(BLOCK);
            assertThat(second.segment().get(JAVA_BYTE, 0)).isEqualTo((byte) 7);
        }
        assertThat(pool.available()).isEqualTo(1);
        pool.close();
    }

    @Test
    void aReleasedBufferIsRefusedEverywhere() throws Exception {
        AioContext aio = openWithData(4);
        AioFile file = file(aio);
        AioBuffer buffer = pool.acquire();
        MemorySegment stale = buffer.segment();
        buffer.close();

        assertThatThrownBy(() -> file.read(stale, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> file.writev(new MemorySegment[] {stale}, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> AioFiles.using(aio).write(PATH, stale)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> AioFiles.using(aio).read(PATH, 0, stale)).isInstanceOf(IllegalStateException.class);
        try (AioQueue queue = AioQueue.open(kernel, 2)) {
            assertThatThrownBy(() -> queue.prepareRead(file, stale, 0, 1)).isInstanceOf(IllegalStateException.class);
        }
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> added = batch.read(file, stale, 0);
        batch.submit();
        assertRefused(added);
        assertThat(kernel.requests()).isEmpty();
        pool.close();
    }

    @Test
    void anOperationThatWaitsForASlotDoesNotReadIntoTheNextBorrowersMemory() throws Exception {
        AioContext aio = openWithData(1);
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Integer> holder = file.read(block(0), 0);
        AioBuffer first = pool.acquire();
        MemorySegment segment = first.segment();
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform().start(() -> {
            try {
                outcome.set(file.read(segment, BLOCK).join());
            } catch (IllegalStateException | CompletionException e) {
                outcome.set(e);
            }
        });
        Await.until("the read waits for a slot", () -> aio.stats().queueFullCount() > 0);
        first.close();
        try (AioBuffer second = pool.acquire()) {
            second.segment().fill((byte) 7);
            kernel.releaseAll();
            waiting.join();

            assertThat(holder.join()).isEqualTo(BLOCK);
            assertThat(outcome.get()).isInstanceOf(IllegalStateException.class);
            assertThat(second.segment().get(JAVA_BYTE, 0)).isEqualTo((byte) 7);
        }
        pool.close();
    }

    @Test
    void anEmptySegmentDoesNotAffectTheNextBuffer() throws Exception {
        AioContext aio = openWithData(4);
        AioFile file = file(aio);
        try (AioBufferPool two = AioBufferPool.of(2, BLOCK);
                AioBuffer first = two.acquire()) {
            readWithEmptySegment(aio, file, first.segment());
            // There is none behind the second.
            try (AioBuffer second = two.acquire()) {
                assertThat(second.segment().address())
                        .isGreaterThan(first.segment().address());
                readWithEmptySegment(aio, file, second.segment());
            }
        }
    }

    private static void readWithEmptySegment(AioContext aio, AioFile file, MemorySegment segment) {
        MemorySegment[] both = {segment, segment.asSlice(BLOCK)};
        assertThat(file.readv(both, 0).join()).isEqualTo(BLOCK);
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> batched = batch.readv(file, both, 0);
        batch.submit();
        assertThat(batched.join()).isEqualTo(BLOCK);
    }

    @Test
    void aWholeFileThatIsBeingWrittenKeepsItsBuffer() throws Exception {
        AioContext aio = open(4);
        kernel.hold();
        CompletableFuture<?> written;
        try (AioBuffer buffer = pool.acquire()) {
            buffer.segment().fill((byte) 'W');
            written = AioFiles.using(aio).write(PATH, buffer.segment());
        }
        kernel.awaitHeld(1);
        Optional<AioBuffer> meanwhile = pool.tryAcquire();
        kernel.releaseAll();
        written.join();

        assertThat(meanwhile).isEmpty();
        assertThat(contents()).hasSize(BLOCK).containsOnly('W');
        Await.until("the buffer is released", () -> pool.available() == 1);
        pool.close();
    }
}
