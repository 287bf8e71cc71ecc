package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UninterruptiblesTest {
    private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final CountDownLatch latch = new CountDownLatch(1);

    @Test
    void aWaitEndsWithTheLatch() {
        CompletableFuture<Boolean> waiting =
                CompletableFuture.supplyAsync(() -> Uninterruptibles.await(latch, LONG_NANOS));

        latch.countDown();

        assertThat(waiting.join()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aWaitEndsWithItsTime() {
        long start = System.nanoTime();

        assertThat(Uninterruptibles.await(latch, 5_000_000)).isFalse();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000);
    }

    @Test
    void anInterruptDoesNotShortenAWaitAndIsKept() {
        long start = System.nanoTime();
        Thread.currentThread().interrupt();

        boolean counted = Uninterruptibles.await(latch, 5_000_000);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(counted).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000);
    }
}
