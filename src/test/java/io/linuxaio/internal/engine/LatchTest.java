package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class LatchTest {
    private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(1);
    private static final long SHORT_NANOS = 5_000_000;

    private final Latch latch = new Latch();

    @Test
    void aWaitEndsWhenTheLatchIsOpened() {
        CompletableFuture<Boolean> waiting =
                CompletableFuture.supplyAsync(() -> latch.awaitUninterruptibly(LONG_NANOS));

        latch.open();

        assertThat(waiting.join()).isTrue();
        assertThat(latch.isOpen()).isTrue();
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    @Test
    void aWaitEndsWithItsTime() throws InterruptedException {
        long start = System.nanoTime();

        assertThat(latch.await(SHORT_NANOS)).isFalse();

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT_NANOS);
    }

    @Test
    void anInterruptEndsAWait() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> latch.await(LONG_NANOS)).isInstanceOf(InterruptedException.class);
    }

    @Test
    void anInterruptDoesNotMatterOnceTheLatchIsOpen() throws InterruptedException {
        latch.open();
        Thread.currentThread().interrupt();

        assertThat(latch.await(LONG_NANOS)).isTrue();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void anInterruptDoesNotShortenAnUninterruptibleWaitAndIsKept() {
        long start = System.nanoTime();
        Thread.currentThread().interrupt();

        boolean open = latch.awaitUninterruptibly(SHORT_NANOS);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(open).isFalse();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(SHORT_NANOS);
    }
}
