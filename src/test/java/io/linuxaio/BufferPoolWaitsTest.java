package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.memory.PooledBuffer;
import io.linuxaio.testing.Await;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Threads that wait for a pooled buffer, and the order in which buffers are lent. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BufferPoolWaitsTest {
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aReleaseWakesAWaitingThread(boolean forEver) throws Exception {
        try (AioBufferPool pool = AioBufferPool.of(1, 512)) {
            AioBuffer only = pool.acquire();
            AtomicReference<Object> outcome = new AtomicReference<>();
            Thread waiting = Thread.ofPlatform().start(() -> {
                try (AioBuffer got = forEver
                        ? pool.acquire()
                        : pool.tryAcquire(Duration.ofDays(1)).orElseThrow()) {
                    outcome.set(got.segment().byteSize());
                } catch (Exception e) {
                    outcome.set(e);
                }
            });
            Await.parked(waiting);

            only.close();

            assertThat(waiting.join(Duration.ofSeconds(20))).isTrue();
            assertThat(outcome).hasValue(512L);
            assertThat(pool.available()).isEqualTo(1);
        }
    }

    @Test
    void aThreadThatIsWokenAndFindsNoBufferWaitsOn() throws Exception {
        try (AioBufferPool pool = AioBufferPool.of(1, 512)) {
            AioBuffer only = pool.acquire();
            AtomicReference<Object> outcome = new AtomicReference<>();
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    pool.tryAcquire(Duration.ofSeconds(50)).orElseThrow().close();
                    outcome.set("acquired");
                } catch (Exception e) {
                    outcome.set(e);
                }
            });
            Await.parked(waiting);
            // As if an Error had ended the release of a buffer that another thread has acquired since.
            Lease released = new Lease(pool, null);
            released.buffer = new PooledBuffer(0, only.segment());
            released.back = true;
            for (int i = 0; i < 10; i++) {
                pool.takeBack(released);
            }
            assertThat(pool.available()).isZero();

            only.close();

            assertThat(waiting.join(Duration.ofSeconds(20))).isTrue();
            assertThat(outcome).hasValue("acquired");
            assertThat(pool.available()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void eachUseOfAPoolRecoversWhatAnErrorLeft(int use) throws Exception {
        AioBufferPool pool = AioBufferPool.of(1, 512);
        AioFuture<Void> future = new AioFuture<>(null);
        Requests left = new Requests(1);
        left.add(Opcode.SYNC, null, null, 0, 0, future);
        Leftovers.add(left);

        switch (use) {
            case 0 -> assertThat(pool.available()).isEqualTo(1);
            case 1 -> pool.acquire().close();
            case 2 -> pool.tryAcquire().orElseThrow().close();
            default -> pool.close();
        }

        assertThat(future).isCompletedExceptionally();
        pool.close();
    }

    @Test
    void eachWayToAcquireABufferIsReportedIfItIsMissing() throws Exception {
        AioBufferPool pool = AioBufferPool.builder().buffers(3).trackLeaks(true).build();
        List<AioBuffer> out = List.of(
                pool.acquire(),
                pool.tryAcquire().orElseThrow(),
                pool.tryAcquire(Duration.ofSeconds(1)).orElseThrow());

        assertThatThrownBy(pool::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("3 of 3 buffers are not back")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(3));

        out.forEach(AioBuffer::close);
        pool.close();
    }

    @Test
    void aTimedWaitEndsAfterItsTime() throws Exception {
        try (AioBufferPool pool = AioBufferPool.of(1, 512);
                AioBuffer only = pool.acquire()) {
            assertThat(only.segment().byteSize()).isEqualTo(512);
            long start = System.nanoTime();

            Optional<AioBuffer> none = pool.tryAcquire(Duration.ofMillis(30));

            assertThat(none).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(30));
        }
    }

    @Test
    void theBufferReleasedLastIsLentFirst() throws Exception {
        try (AioBufferPool pool = AioBufferPool.of(3, 4096)) {
            AioBuffer first = pool.acquire();
            AioBuffer second = pool.acquire();
            AioBuffer third = pool.acquire();
            long lowest = first.segment().address();
            long middle = second.segment().address();
            assertThat(middle).as("in the order of memory, side by side").isEqualTo(lowest + 4096);
            assertThat(third.segment().address()).isEqualTo(lowest + 2 * 4096);

            third.close();
            first.close();
            second.close();

            try (AioBuffer again = pool.acquire();
                    AioBuffer next = pool.acquire()) {
                assertThat(again.segment().address()).isEqualTo(middle);
                assertThat(next.segment().address()).isEqualTo(lowest);
                assertThat(pool.available()).isEqualTo(1);
            }
        }
    }

    @Test
    void thePoolDescribesItself() throws Exception {
        AioBufferPool pool = AioBufferPool.of(3, 1024);
        AioBuffer one = pool.acquire();
        assertThat(pool).hasToString("AioBufferPool of 3 buffers of 1024 bytes, 2 available");
        assertThat(pool.size()).isEqualTo(3);
        assertThat(pool.bufferSize()).isEqualTo(1024);
        assertThat(pool.leakCount()).isZero();
        one.close();
        pool.close();
        assertThat(pool).hasToString("AioBufferPool of 3 buffers of 1024 bytes, 0 available");
    }

    @Test
    void aPoolHasAsManyBlocksAsAContextHasSlotsByDefault() {
        try (AioBufferPool pool = AioBufferPool.builder().build()) {
            assertThat(pool.size()).isEqualTo(AioContext.Builder.DEFAULT_QUEUE_DEPTH);
            assertThat(pool.available()).isEqualTo(pool.size());
            assertThat(pool.bufferSize()).isEqualTo(AioArena.DEFAULT_ALIGNMENT);
        }
    }

    @Test
    void anAcquisitionThatFailedIsNotReportedAsMissing() throws Exception {
        AioBufferPool pool = AioBufferPool.builder().buffers(1).trackLeaks(true).build();
        AioBuffer only = pool.acquire();
        assertThat(pool.tryAcquire()).isEmpty();
        assertThat(pool.tryAcquire(Duration.ofMillis(1))).isEmpty();

        assertThatThrownBy(pool::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("1 of 1 buffers are not back")
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));

        only.close();
        pool.close();
        assertThat(pool.leakCount()).isZero();
    }
}
