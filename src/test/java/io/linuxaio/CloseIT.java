package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.FrozenVolume.Hold;
import io.linuxaio.testing.KernelContexts;
import io.linuxaio.testing.OnRealKernel;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The order of closing a context: it refuses new operations, drains those in flight, and destroys the kernel context.
 */
@OnRealKernel
@SuppressWarnings("try") // Closing what a try statement closes again is what is tested.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class CloseIT extends HeldOperations {
    @Test
    void closingWaitsForOperationsInFlightFromManyThreads() throws Exception {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            int contexts = KernelContexts.countWithoutShared();
            CompletableFuture<Integer> write = file.write(block(1), 0);
            Started<Boolean> first = Started.platform(() -> closeAndSee(aio, write));
            Started<Boolean> second = Started.platform(() -> closeAndSee(aio, write));
            Started<Boolean> third = Started.virtual(() -> closeAndSee(aio, write));

            Await.until("the context is closing", () -> !aio.isOpen());
            Await.parked(first.thread());
            Await.parked(second.thread());
            Await.parked(third.thread());
            assertThat(write).isNotDone();
            assertThat(KernelContexts.count()).isEqualTo(contexts);
            assertThatThrownBy(() -> file.sync().join())
                    .hasCauseInstanceOf(ClosedChannelException.class)
                    .hasMessageContaining("context is closed");
            hold.release();
            assertThat(first.result()).isTrue();
            assertThat(second.result()).isTrue();
            assertThat(third.result()).isTrue();
            assertThat(KernelContexts.count()).isEqualTo(contexts - 1);
            aio.close();
            aio.shutdown();
            assertThat(aio.awaitTermination(Duration.ZERO)).isTrue();
        }
        assertThat(inFile(0)).isEqualTo(contents(1));
    }

    private static boolean closeAndSee(AioContext aio, CompletableFuture<?> future) {
        aio.close();
        return future.isDone();
    }

    @Test
    void closingWaitsNoLongerThanItsTimeout() throws IOException, InterruptedException {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            CompletableFuture<Integer> write = file.write(block(1), 0);

            aio.shutdown();
            assertThat(aio.awaitTermination(Duration.ofMillis(1))).isFalse();
            assertThat(aio.awaitTermination(Duration.ZERO)).isFalse();
            assertThat(aio.awaitTermination(Duration.ofSeconds(-1))).isFalse();
            assertThat(aio.isOpen()).isFalse();
            assertThat(write).isNotDone();
            hold.release();
            assertThat(aio.awaitTermination(Duration.ofSeconds(Long.MAX_VALUE))).isTrue();
            assertThat(write).isCompletedWithValue(BLOCK);
        }
    }

    @Test
    void anInterruptNeitherStopsTheWaitNorIsLost() throws Exception {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            CompletableFuture<Integer> write = file.write(block(1), 0);
            Started<Boolean> closing = Started.platform(
                    () -> closeAndSee(aio, write) && Thread.currentThread().isInterrupted());
            Await.until("the context is closing", () -> !aio.isOpen());
            closing.thread().interrupt();
            Await.parked(closing.thread());
            assertThat(closing.task().isDone()).isFalse();
            hold.release();
            assertThat(closing.result()).isTrue();
        }
    }

    @Test
    void aCallbackClosesTheContextWithoutWaiting() throws IOException, InterruptedException {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile quick = openQuick(aio);
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            int contexts = KernelContexts.countWithoutShared();
            CompletableFuture<Integer> write = file.write(block(1), 0);
            CompletableFuture<Boolean> ended = onReaper(aio, quick, () -> {
                aio.close();
                return aio.awaitTermination(Duration.ofDays(1));
            });

            assertThat(ended.join()).isFalse();
            assertThat(aio.isOpen()).isFalse();
            assertThat(write).isNotDone();
            assertThat(KernelContexts.count()).isEqualTo(contexts);
            hold.release();
            assertThat(write.join()).isEqualTo(BLOCK);
            aio.shutdown();
            assertThat(aio.awaitTermination(Duration.ofSeconds(20))).isTrue();
            assertThat(KernelContexts.count()).isEqualTo(contexts - 1);
        }
    }
}
