package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PermitsTest {
    private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long SHORT_NANOS = 5_000_000;

    private final Permits permits = new Permits();

    @Test
    void aPermitServesOnce() throws InterruptedException {
        permits.release();

        assertThat(permits.available()).isOne();
        assertThat(permits.tryAcquire(LONG_NANOS)).isTrue();
        assertThat(permits.available()).isZero();
        assertThat(permits.tryAcquire(0)).isFalse();
    }

    @Test
    void aWaitEndsWithItsTime() throws InterruptedException {
        long start = System.nanoTime();

        assertThat(permits.tryAcquire(SHORT_NANOS)).isFalse();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT_NANOS);
    }

    @Test
    void anInterruptEndsAWait() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> permits.tryAcquire(LONG_NANOS)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void eachPermitEndsTheWaitOfOneThread() throws InterruptedException {
        AtomicInteger served = new AtomicInteger();
        List<Thread> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Thread thread = Thread.ofPlatform().daemon().start(() -> {
                try {
                    served.addAndGet(permits.tryAcquire(LONG_NANOS) ? 1 : 0);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            waiting.add(thread);
            Await.parked(thread);
        }

        permits.release();
        Await.until("one is served", () -> served.get() == 1);
        assertThat(permits.available()).isZero();
        permits.release();
        permits.release();

        for (Thread thread : waiting) {
            thread.join();
        }
        assertThat(served.get()).isEqualTo(3);
    }
}
