package io.linuxaio;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.FrozenVolume.Hold;
import io.linuxaio.testing.OnRealKernel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The single-owner queue while its operations are in flight. */
@OnRealKernel
@SuppressWarnings("try") // Closing what a try statement closes again is what is tested.
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class HeldQueueIT extends HeldOperations {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final AioCompletionHandler UNEXPECTED = (userData, result) -> {
        throw new AssertionError("reported " + userData + ", " + result);
    };

    @Test
    void awaitReturnsWhenTheTimeoutExpires() throws Exception {
        try (AioFile file = AioFile.open(path, READ, WRITE);
                AioQueue queue = AioQueue.open(2);
                Hold hold = volume.hold()) {
            queue.prepareWrite(file, block(1), 0, 1);
            assertThat(queue.submit()).isEqualTo(1);

            for (Duration limit : List.of(
                    Duration.ofMillis(20),
                    Duration.ofNanos(1),
                    Duration.ZERO,
                    Duration.ofNanos(-1),
                    Duration.ofSeconds(-5),
                    Duration.ofSeconds(Long.MIN_VALUE))) {
                long start = System.nanoTime();
                assertThat(queue.await(1, limit, UNEXPECTED)).as("%s", limit).isZero();
                assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(limit.isNegative() ? 0 : limit.toNanos());
            }
            assertThat(queue.poll(UNEXPECTED)).isZero();
            assertThat(queue.inFlight()).isEqualTo(1);
            hold.release();
            assertThat(queue.await(1, Duration.ofSeconds(Long.MAX_VALUE), (userData, result) -> {
                        assertThat(userData).isEqualTo(1);
                        assertThat(result).isEqualTo(BLOCK);
                    }))
                    .isEqualTo(1);
        }
    }

    @Test
    void anOperationInFlightOccupiesItsSlot() throws Exception {
        try (AioFile file = AioFile.open(path, READ, WRITE);
                AioQueue queue = AioQueue.open(2);
                Hold hold = volume.hold()) {
            assertThat(queue.prepareWrite(file, block(1), 0, 1)).isTrue();
            assertThat(queue.prepareWrite(file, block(2), BLOCK, 2)).isTrue();
            assertThat(queue.submit()).isEqualTo(2);

            assertThat(queue.poll(UNEXPECTED)).isZero();
            assertThat(queue.prepareSync(file, 3)).isFalse();
            assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(file::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("poll them first");
            hold.release();
            assertThat(queue.await(2, LONG, (userData, result) -> {})).isEqualTo(2);
            assertThat(queue.prepareSync(file, 3)).isTrue();
        }
    }

    @Test
    void anotherThreadClosesTheFileWhenTheOwnerHasPolled() throws Exception {
        try (AioFile file = AioFile.open(path, READ, WRITE);
                AioQueue queue = AioQueue.open(2);
                Hold hold = volume.hold()) {
            queue.prepareWrite(file, block(1), 0, 1);
            queue.submit();
            Started<Void> closing = Started.platform(() -> {
                file.close();
                return null;
            });

            Await.until("the file is closing", () -> !file.isOpen());
            Await.parked(closing.thread());
            assertThat(Descriptors.isOpen(path)).isTrue();
            assertThatThrownBy(() -> queue.prepareSync(file, 2)).isInstanceOf(IllegalStateException.class);
            hold.release();
            assertThat(queue.await(
                            1, LONG, (userData, result) -> assertThat(result).isEqualTo(BLOCK)))
                    .isEqualTo(1);
            closing.result();
            assertThat(Descriptors.isOpen(path)).isFalse();
        }
    }

    @Test
    void closingWaitsForOperationsInFlight() throws Exception {
        try (AioFile file = AioFile.open(path, READ, WRITE);
                AioQueue queue = AioQueue.open(2);
                Hold hold = volume.hold()) {
            queue.prepareWrite(file, block(9), 0, 1);
            queue.submit();
            Started<Void> release = Started.platform(() -> {
                hold.release();
                return null;
            });
            queue.close();

            assertThat(arena.inFlight()).isZero();
            arena.close();
            release.result();
        }
        assertThat(inFile(0)).isEqualTo(contents(9));
    }
}
