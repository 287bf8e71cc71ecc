package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.RefCount;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
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

/** Pooled buffers: each has one owner at a time, none is released under an operation, and losses are reported. */
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
                try (AioBuffer buffer = pool.tryAcquire().orElseThrow()) {
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
            AioBuffer buffer = pool.acquire();
            assertThat(pool.available()).isZero();
            assertThat(pool.tryAcquire()).isEmpty();
            assertThat(pool.tryAcquire(Duration.ofMillis(1))).isEmpty();

            Future<AioBuffer> waiting = other.submit(() -> pool.acquire());
            buffer.close();
            waiting.get().close();
            assertThat(pool.available()).isEqualTo(1);
        }
    }

    @Test
    void aBufferClosedTwiceIsReleasedOnce() throws Exception {
        try (AioBufferPool pool = AioBufferPool.of(2, 512)) {
            AioBuffer buffer = pool.acquire();
            buffer.close();
            buffer.close();
            assertThatThrownBy(buffer::segment)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("released");
            assertThat(pool.available()).isEqualTo(2);

            AioBuffer next = pool.acquire();
            buffer.close();
            assertThat(pool.available()).as("available buffers").isEqualTo(1);
            RefCount uses = ArenaRefs.of(next.segment());
            assertThat(uses.tryAcquire())
                    .as("use of the next borrower's buffer")
                    .isTrue();
            next.close();
            next.close();
            assertThat(pool.available()).as("available buffers").isEqualTo(1);
            uses.release();
            assertThat(pool.available()).isEqualTo(2);
        }
    }

    @Test
    void aBufferClosedTwiceIsNotALeakIfLeaksAreTracked() throws Exception {
        try (AioBufferPool pool =
                AioBufferPool.builder().buffers(1).trackLeaks(true).build()) {
            AioBuffer buffer = pool.acquire();
            buffer.close();
            AioBuffer next = pool.acquire();
            buffer.close();
            assertThatThrownBy(pool::close)
                    .isInstanceOf(IllegalStateException.class)
                    .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
            next.close();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {4096, 1536, 100, 1})
    void buffersOfOneArenaAreCountedOneByOne(long size) throws Exception {
        int count = 5;
        try (AioBufferPool pool = AioBufferPool.builder()
                .buffers(count)
                .bufferSize(size)
                .alignment(512)
                .build()) {
            List<AioBuffer> buffers = new ArrayList<>();
            Set<RefCount> counts = new HashSet<>();
            for (int i = 0; i < count; i++) {
                AioBuffer buffer = pool.acquire();
                MemorySegment segment = buffer.segment();
                assertThat(segment.address() % 512).isZero();
                counts.add(ArenaRefs.of(segment));
                assertThat(ArenaRefs.of(segment.asSlice(size - 1))).isSameAs(ArenaRefs.of(segment));
                assertThat(ArenaRefs.isUnguarded(segment.asSlice(size))).isFalse();
                for (AioBuffer other : buffers) {
                    assertThat(segment.scope()).isEqualTo(other.segment().scope());
                    assertThat(segment.asOverlappingSlice(other.segment())).isEmpty();
                }
                buffers.add(buffer);
            }
            assertThat(counts).hasSize(count);

            MemorySegment released = buffers.get(2).segment();
            buffers.get(2).close();
            assertThat(ArenaRefs.of(released).tryAcquire()).isFalse();
            assertThat(ArenaRefs.of(buffers.get(3).segment()).tryAcquire()).isTrue();
            ArenaRefs.of(buffers.get(3).segment()).release();
            buffers.forEach(AioBuffer::close);
        }
    }

    @Test
    void anInterruptedThreadDoesNotWaitForABuffer() throws Exception {
        try (AioBufferPool pool = AioBufferPool.of(1, 512)) {
            AioBuffer buffer = pool.acquire();
            Thread.currentThread().interrupt();
            assertThatThrownBy(pool::acquire).isInstanceOf(InterruptedException.class);
            Thread.currentThread().interrupt();
            assertThat(pool.tryAcquire()).isEmpty();
            assertThat(pool.tryAcquire(Duration.ZERO)).isEmpty();
            assertThat(pool.tryAcquire(Duration.ofSeconds(-1))).isEmpty();
            assertThatThrownBy(() -> pool.tryAcquire(Duration.ofSeconds(20))).isInstanceOf(InterruptedException.class);
            buffer.close();
        }
    }

    @Test
    void aBufferInFlightIsReleasedWhenTheOperationCompletes() throws Exception {
        try (AioBufferPool pool = AioBufferPool.of(1, 512)) {
            AioBuffer buffer = pool.acquire();
            RefCount uses = ArenaRefs.of(buffer.segment());
            assertThat(uses.tryAcquire()).isTrue();

            buffer.close();

            assertThat(pool.tryAcquire()).isEmpty();
            assertThat(uses.tryAcquire())
                    .as("new operation on a released buffer")
                    .isFalse();
            assertThatThrownBy(pool::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("1 of 1");
            uses.release();
            try (AioBuffer again = pool.tryAcquire().orElseThrow()) {
                assertThat(ArenaRefs.of(again.segment()).tryAcquire()).isTrue();
                ArenaRefs.of(again.segment()).release();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReleasedBufferIsZeroedIfRequested(boolean zero) throws Exception {
        try (AioBufferPool pool =
                AioBufferPool.builder().buffers(1).zeroOnRelease(zero).build()) {
            try (AioBuffer buffer = pool.acquire()) {
                buffer.segment().fill((byte) 7);
            }
            try (AioBuffer buffer = pool.acquire()) {
                assertThat(buffer.segment().get(JAVA_BYTE, 100)).isEqualTo((byte) (zero ? 0 : 7));
            }
        }
    }

    @Test
    void closingReportsTheStackTracesOfMissingBuffers() throws Exception {
        AioBufferPool pool = AioBufferPool.builder().buffers(2).trackLeaks(true).build();
        AioBuffer buffer = pool.acquire();
        assertThatThrownBy(pool::close)
                .isInstanceOf(IllegalStateException.class)
                .satisfies(e -> assertThat(e.getSuppressed()[0])
                        .hasMessageContaining("acquired here")
                        .hasStackTraceContaining("closingReportsTheStackTracesOfMissingBuffers"));
        buffer.close();
        pool.close();
        pool.close();
        assertThatThrownBy(pool::acquire)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(pool::tryAcquire).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLostBufferIsReportedAndNotUsedAgain() throws Exception {
        AioBufferPool pool = AioBufferPool.builder().buffers(1).trackLeaks(true).build();
        MemorySegment kept = pool.acquire().segment();
        try (LogLines log = new LogLines()) {
            Await.until("the loss is reported", () -> {
                System.gc();
                return pool.leakCount() > 0;
            });
            Await.until(
                    "the loss is logged",
                    () -> log.count("a buffer was not released to AioBufferPool of 1 buffers") == 1);
        }
        assertThat(pool.tryAcquire()).isEmpty();
        assertThat(kept.scope().isAlive()).isTrue();
    }

    @Test
    void noBufferHasTwoOwnersAtOnce() throws Exception {
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
                        try (AioBuffer buffer = pool.acquire()) {
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
    void refusesInvalidArguments() {
        assertThatThrownBy(() -> AioBufferPool.of(0, 512)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioBufferPool.of(1, 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioBufferPool.builder().alignment(3)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioBufferPool.of(Integer.MAX_VALUE, Long.MAX_VALUE / 2))
                .isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> AioBufferPool.of(1, Long.MAX_VALUE)).isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> AioBufferPool.of(1, Long.MAX_VALUE - 8191)).isInstanceOf(OutOfMemoryError.class);
    }
}
