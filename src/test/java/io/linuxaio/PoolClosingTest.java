package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.ForeignCall;
import io.linuxaio.testing.Race;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A pool that is closed beside threads that acquire and release buffers. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PoolClosingTest {
    private static final int ROUNDS = 5_000;
    private static final int TRIES = 20;

    @Test
    void aPoolDoesNotCloseWhileABufferIsAcquired() throws InterruptedException {
        AtomicReference<AioBufferPool> pool = new AtomicReference<>();
        Queue<AioBuffer> out = new ConcurrentLinkedQueue<>();
        AtomicBoolean closed = new AtomicBoolean();
        Runnable taker = () -> {
            try {
                for (int i = 0; i < TRIES; i++) {
                    pool.get().tryAcquire().ifPresent(AioBuffer::close);
                }
                pool.get().tryAcquire().ifPresent(out::add);
            } catch (IllegalStateException e) {
                assertThat(e).hasMessageContaining("the pool is closed");
            }
        };
        Runnable closer = () -> {
            while (out.isEmpty() && !closed.get()) {
                try {
                    pool.get().close();
                    closed.set(true);
                } catch (IllegalStateException e) {
                    assertThat(e).hasMessageContaining("of 3 buffers are not back");
                }
            }
        };
        Race.of(ROUNDS, taker, taker, taker, closer)
                .run(
                        () -> {
                            pool.set(AioBufferPool.of(3, 512));
                            out.clear();
                            closed.set(false);
                        },
                        () -> {
                            if (!out.isEmpty()) {
                                assertThat(closed)
                                        .as("closed while a buffer was acquired")
                                        .isFalse();
                                assertThat(pool.get().available()).isEqualTo(3 - out.size());
                                out.forEach(AioBuffer::close);
                            }
                            pool.get().close();
                            assertThat(pool.get().available()).isZero();
                            assertThat(pool.get().size()).isEqualTo(3);
                        });
    }

    @Test
    void eachWaitingThreadFailsWhenThePoolCloses() throws InterruptedException {
        // Closed by the thread that released the last buffer: waiters acquire it, or see that the pool is closed.
        for (int i = 0; i < 200; i++) {
            AioBufferPool pool = AioBufferPool.of(1, 512);
            AioBuffer buffer = pool.acquire();
            AtomicInteger reported = new AtomicInteger();
            Thread[] waiting = new Thread[3];
            for (int t = 0; t < waiting.length; t++) {
                waiting[t] = Thread.ofVirtual().start(() -> {
                    try {
                        pool.acquire().close();
                        reported.incrementAndGet();
                    } catch (IllegalStateException | InterruptedException e) {
                        reported.incrementAndGet();
                    }
                });
            }
            buffer.close();
            boolean closed = false;
            while (!closed) {
                try {
                    pool.close();
                    closed = true;
                } catch (IllegalStateException notBack) {
                    Thread.onSpinWait();
                }
            }
            for (Thread thread : waiting) {
                assertThat(thread.join(Duration.ofSeconds(20))).isTrue();
            }
            assertThat(reported).hasValue(waiting.length);
        }
    }

    @Test
    void noBufferIsLostToAnInterruptedThread() throws InterruptedException {
        for (int i = 0; i < 500; i++) {
            AioBufferPool pool = AioBufferPool.of(1, 512);
            AioBuffer buffer = pool.acquire();
            Thread interrupted = Thread.ofPlatform().start(() -> acquireAndRelease(pool));
            Thread patient = Thread.ofPlatform().start(() -> acquireAndRelease(pool));
            interrupted.interrupt();
            buffer.close();
            assertThat(interrupted.join(Duration.ofSeconds(20))).isTrue();
            assertThat(patient.join(Duration.ofSeconds(20))).isTrue();
            assertThat(pool.available()).isEqualTo(1);
            pool.close();
        }
    }

    private static void acquireAndRelease(AioBufferPool pool) {
        try {
            pool.acquire().close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aBufferInUseByOtherNativeCodeIsFreedLater() throws Exception {
        AioBufferPool pool = AioBufferPool.of(2, 512);
        MemorySegment memory;
        try (AioBuffer buffer = pool.acquire()) {
            memory = buffer.segment();
        }
        try (ForeignCall call = ForeignCall.using(memory)) {
            assertThatThrownBy(pool::close).isInstanceOf(IllegalStateException.class);
            assertThat(memory.scope().isAlive()).isTrue();
            assertThatThrownBy(pool::tryAcquire)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
            call.end();
        }
        pool.close();
        assertThat(memory.scope().isAlive()).isFalse();
    }

    @Test
    void anInterruptedThreadAcquiresAFreeBuffer() throws InterruptedException {
        try (AioBufferPool pool = AioBufferPool.of(1, 512)) {
            Thread.currentThread().interrupt();
            Optional<AioBuffer> buffer = pool.tryAcquire(Duration.ofSeconds(1));
            assertThat(Thread.interrupted()).isTrue();
            buffer.orElseThrow().close();
        }
    }
}
