package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.engine.SegmentGuards;
import io.linuxaio.internal.engine.UseCount;
import io.linuxaio.testing.Await;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffers on loan: never with two at once, never back under an operation, never lost in silence. */
@Timeout(30)
class AioBufferPoolTest {
    @Test
    void buffersAreAlignedAndOfOneSize() {
        try (AioBufferPool pool = AioBufferPool.builder()
                .buffers(3)
                .bufferSize(8192)
                .alignment(8192)
                .build()) {
            for (int i = 0; i < 3; i++) {
                try (AioBuffer buffer = pool.tryTake().orElseThrow()) {
                    assertThat(buffer.segment().byteSize()).isEqualTo(8192);
                    assertThat(buffer.segment().address() % 8192).isZero();
                }
            }
        }
    }

    @Test
    void anEmptyPoolFailsOrWaits() throws Exception {
        try (AioBufferPool pool = AioBufferPool.of(1, 512);
                ExecutorService other = Executors.newSingleThreadExecutor()) {
            AioBuffer buffer = pool.take();
            assertThat(pool.available()).isZero();
            assertThat(pool.tryTake()).isEmpty();
            assertThat(pool.take(Duration.ofMillis(1))).isEmpty();

            Future<AioBuffer> waiting = other.submit(() -> pool.take());
            buffer.close();
            waiting.get().close();
            assertThat(pool.available()).isEqualTo(1);
        }
    }

    @Test
    void aBufferGivenBackTwiceIsToldAndNotLentTwice() throws Exception {
        try (AioBufferPool pool = AioBufferPool.of(2, 512)) {
            AioBuffer buffer = pool.take();
            buffer.close();
            assertThatThrownBy(buffer::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("twice");
            assertThatThrownBy(buffer::segment).isInstanceOf(IllegalStateException.class);
            assertThat(pool.available()).isEqualTo(2);
        }
    }

    @Test
    void aBufferInFlightComesBackWhenTheOperationEnds() throws Exception {
        try (AioBufferPool pool = AioBufferPool.of(1, 512)) {
            AioBuffer buffer = pool.take();
            UseCount uses = SegmentGuards.of(buffer.segment());
            assertThat(uses.begin()).isTrue();

            buffer.close();

            assertThat(pool.tryTake()).isEmpty();
            assertThat(uses.begin())
                    .as("no new operation on a buffer given back")
                    .isFalse();
            assertThatThrownBy(pool::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("1 of 1");
            uses.end();
            try (AioBuffer again = pool.tryTake().orElseThrow()) {
                assertThat(SegmentGuards.of(again.segment()).begin()).isTrue();
                SegmentGuards.of(again.segment()).end();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasInABufferIsWipedWhereAskedFor(boolean wipe) throws Exception {
        try (AioBufferPool pool =
                AioBufferPool.builder().buffers(1).wipeOnReturn(wipe).build()) {
            try (AioBuffer buffer = pool.take()) {
                buffer.segment().fill((byte) 7);
            }
            try (AioBuffer buffer = pool.take()) {
                assertThat(buffer.segment().get(JAVA_BYTE, 100)).isEqualTo((byte) (wipe ? 0 : 7));
            }
        }
    }

    @Test
    void closingTellsWhereMissingBuffersWereTaken() throws Exception {
        AioBufferPool pool = AioBufferPool.builder().buffers(2).trackLeaks(true).build();
        AioBuffer buffer = pool.take();
        assertThatThrownBy(pool::close)
                .isInstanceOf(IllegalStateException.class)
                .satisfies(e -> assertThat(e.getSuppressed()[0])
                        .hasMessageContaining("taken here")
                        .hasStackTraceContaining("closingTellsWhereMissingBuffersWereTaken"));
        buffer.close();
        pool.close();
        pool.close();
        assertThatThrownBy(pool::take).isInstanceOf(IllegalStateException.class).hasMessageContaining("closed");
        assertThatThrownBy(pool::tryTake).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLostBufferIsReportedAndNotUsedAgain() throws Exception {
        AioBufferPool pool = AioBufferPool.builder().buffers(1).trackLeaks(true).build();
        MemorySegment kept = pool.take().segment();
        Await.until("the loss is reported", () -> {
            System.gc();
            return pool.leaked() > 0;
        });
        assertThat(pool.tryTake()).isEmpty();
        assertThat(kept.scope().isAlive()).isTrue();
    }

    @Test
    void noBufferIsWithTwoAtOnce() throws Exception {
        int threads = 4;
        Set<Long> out = ConcurrentHashMap.newKeySet();
        CountDownLatch start = new CountDownLatch(1);
        try (AioBufferPool pool = AioBufferPool.of(3, 64);
                ExecutorService executor = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> workers = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                workers.add(executor.submit(() -> {
                    start.await();
                    for (int round = 0; round < 20_000; round++) {
                        try (AioBuffer buffer = pool.take()) {
                            assertThat(out.add(buffer.segment().address())).isTrue();
                            out.remove(buffer.segment().address());
                        }
                    }
                    return null;
                }));
            }
            start.countDown();
            for (Future<?> worker : workers) {
                worker.get();
            }
            assertThat(pool.available()).isEqualTo(3);
        }
    }

    @Test
    void nonsenseIsRefused() {
        assertThatThrownBy(() -> AioBufferPool.of(0, 512)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioBufferPool.of(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioBufferPool.builder().alignment(3)).isInstanceOf(IllegalArgumentException.class);
    }
}
