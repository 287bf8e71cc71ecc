package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.FrozenVolume.Hold;
import io.linuxaio.testing.OnRealKernel;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A full queue waits or rejects, and never deadlocks. */
@OnRealKernel
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("try") // Closing what a try statement closes again is what is tested.
class FullQueueIT extends HeldOperations {
    @Test
    void aFullQueueRejectsIfThePolicySaysSo() throws IOException {
        try (AioContext aio = AioContext.builder()
                        .queueDepth(2)
                        .onFullQueue(AioFullQueuePolicy.REJECT)
                        .open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            CompletableFuture<Integer> first = file.write(block(1), 0);
            CompletableFuture<Integer> second = file.write(block(2), BLOCK);
            MemorySegment third = block(3);

            assertThatThrownBy(() -> file.write(third, 2 * BLOCK))
                    .isInstanceOf(RejectedExecutionException.class)
                    .hasMessageContaining("the queue is full: 2 operations");
            assertThatThrownBy(file::sync).isInstanceOf(RejectedExecutionException.class);
            assertThat(aio.stats())
                    .extracting(AioStats::submitted, AioStats::succeeded, AioStats::inFlight, AioStats::queueFullCount)
                    .containsExactly(2L, 0L, 2, 2L);
            assertThat(arena.inFlight()).isEqualTo(2);
            hold.release();
            CompletableFuture.allOf(first, second).join();
            assertThat(file.write(third, 2 * BLOCK).join()).isEqualTo(BLOCK);
        }
        assertThat(inFile(2)).isEqualTo(contents(3));
    }

    @Test
    void threadsWaitForASlot() throws Exception {
        try (AioContext aio = AioContext.builder().queueDepth(1).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            CompletableFuture<Integer> first = file.write(block(1), 0);
            MemorySegment second = block(2);
            MemorySegment third = block(3);
            Started<Integer> platform =
                    Started.platform(() -> file.write(second, BLOCK).join());
            Started<Integer> virtual =
                    Started.virtual(() -> file.write(third, 2 * BLOCK).join());

            Await.until(
                    "both submitters found the queue full", () -> aio.stats().queueFullCount() == 2);
            Await.parked(platform.thread());
            Await.parked(virtual.thread());
            assertThat(aio.stats().submitted()).isEqualTo(1);
            hold.release();
            assertThat(first.join()).isEqualTo(BLOCK);
            assertThat(platform.result()).isEqualTo(BLOCK);
            assertThat(virtual.result()).isEqualTo(BLOCK);
        }
        assertThat(inFile(1)).isEqualTo(contents(2));
        assertThat(inFile(2)).isEqualTo(contents(3));
    }

    @Test
    void aThousandVirtualThreadsWaitWithoutPinningTheirCarriers() throws Exception {
        int threads = 1000;
        try (AioContext aio = AioContext.builder().queueDepth(8).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            MemorySegment block = block(5);
            List<Started<Integer>> all = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                long position = (long) BLOCK * (i % BLOCKS);
                all.add(Started.virtual(() -> file.write(block, position).join()));
            }

            // With pinned carriers no more threads than carriers would come as far.
            Await.until("all but eight wait", () -> aio.stats().queueFullCount() == threads - 8);
            hold.release();
            for (Started<Integer> each : all) {
                assertThat(each.result()).isEqualTo(BLOCK);
            }
            assertThat(aio.stats().succeeded()).isEqualTo(threads);
            assertThat(aio.stats().inFlight()).isZero();
        }
    }

    @Test
    void aThreadInterruptedWhileItWaitsSubmitsNothing() throws Exception {
        try (AioContext aio = AioContext.builder().queueDepth(1).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            CompletableFuture<Integer> first = file.write(block(1), 0);
            MemorySegment second = block(2);
            Started<CompletableFuture<Integer>> waiting = Started.platform(() -> {
                CompletableFuture<Integer> write = file.write(second, BLOCK);
                assertThat(Thread.currentThread().isInterrupted()).isTrue();
                return write;
            });

            Await.until("the queue was full", () -> aio.stats().queueFullCount() == 1);
            waiting.thread().interrupt();
            CompletableFuture<Integer> interrupted = waiting.result();
            assertThatThrownBy(interrupted::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOf(InterruptedIOException.class)
                    .hasMessageContaining("not submitted");
            assertThat(arena.inFlight()).isEqualTo(1);
            hold.release();
            first.join();
            assertThat(aio.stats().submitted()).isEqualTo(1);
        }
        assertThat(inFile(1)).isEqualTo(new byte[BLOCK]);
    }

    @Test
    void aWaitingThreadFailsWhenTheContextCloses() throws Exception {
        try (AioContext aio = AioContext.builder().queueDepth(1).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            CompletableFuture<Integer> first = file.write(block(1), 0);
            MemorySegment second = block(2);
            Started<Throwable> platform = Started.platform(() -> thrownByWrite(file, second));
            Started<Throwable> virtual = Started.virtual(() -> thrownByWrite(file, second));
            Await.until(
                    "both submitters found the queue full", () -> aio.stats().queueFullCount() == 2);
            Await.parked(platform.thread());
            Await.parked(virtual.thread());

            aio.shutdown();
            assertThat(aio.awaitTermination(Duration.ZERO)).isFalse();
            for (Started<Throwable> each : List.of(platform, virtual)) {
                assertThat(each.result())
                        .hasCauseInstanceOf(ClosedChannelException.class)
                        .hasMessageContaining("context is closed");
            }
            assertThat(first).isNotDone();
            assertThat(aio.stats())
                    .extracting(AioStats::submitted, AioStats::inFlight)
                    .containsExactly(1L, 1);
            hold.release();
            assertThat(first.join()).isEqualTo(BLOCK);
            aio.close();
            assertThat(arena.inFlight()).isZero();
        }
    }

    private static Throwable thrownByWrite(AioFile file, MemorySegment block) {
        try {
            file.write(block, BLOCK).join();
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    @Test
    void aCallbackSubmitsEvenIfTheQueueIsFull() throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(2).open();
                AioFile quick = openQuick(aio);
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            CompletableFuture<Integer> first = file.write(block(1), 0);
            MemorySegment second = block(2);
            MemorySegment third = block(3);
            CompletableFuture<Integer> chain = onReaper(aio, quick, () -> {
                        CompletableFuture<Integer> fills = file.write(second, BLOCK);
                        CompletableFuture<Integer> beyond = file.write(third, 2 * BLOCK);
                        return fills.thenCombine(beyond, Integer::sum);
                    })
                    .thenCompose(sum -> sum);

            Await.until("the queue was full for the callback", () -> aio.stats().queueFullCount() == 1);
            assertThat(first).isNotDone();
            hold.release();
            assertThat(chain.join()).isEqualTo(2 * BLOCK);
            assertThat(first.join()).isEqualTo(BLOCK);
        }
        assertThat(inFile(2)).isEqualTo(contents(3));
    }

    @Test
    void aWaitingCallbackFailsWhenTheContextCloses() throws IOException, InterruptedException {
        try (AioContext aio = AioContext.builder().queueDepth(2).open();
                AioFile quick = openQuick(aio);
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            CompletableFuture<Integer> first = file.write(block(1), 0);
            MemorySegment second = block(2);
            CompletableFuture<Throwable> refusal = onReaper(aio, quick, () -> {
                file.write(second, BLOCK);
                return thrownByWrite(file, second);
            });
            Await.until("the queue was full for the callback", () -> aio.stats().queueFullCount() == 1);

            aio.shutdown();
            assertThat(aio.awaitTermination(Duration.ZERO)).isFalse();
            assertThat(refusal.join())
                    .hasCauseInstanceOf(ClosedChannelException.class)
                    .hasMessageContaining("context is closed");
            assertThat(first).isNotDone();
            hold.release();
            assertThat(first.join()).isEqualTo(BLOCK);
        }
    }

    @Test
    void aBatchLargerThanTheQueueWaits() throws Exception {
        try (AioContext aio = AioContext.builder().queueDepth(2).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            AioBatch batch = aio.batch();
            List<CompletableFuture<Integer>> writes = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                writes.add(batch.write(file, block(i), (long) i * BLOCK));
            }
            Started<Integer> submitting = Started.platform(() -> {
                batch.submit();
                return batch.size();
            });

            Await.until("the queue was full", () -> aio.stats().queueFullCount() == 1);
            Await.parked(submitting.thread());
            assertThat(aio.stats().submitted()).isEqualTo(2);
            hold.release();
            assertThat(submitting.result()).isZero();
            assertThat(writes).allSatisfy(write -> assertThat(write.join()).isEqualTo(BLOCK));
        }
        for (int i = 0; i < 7; i++) {
            assertThat(inFile(i)).isEqualTo(contents(i));
        }
    }

    @Test
    void aBatchLargerThanTheQueueIsRejectedInPart() throws IOException {
        try (AioContext aio = AioContext.builder()
                        .queueDepth(2)
                        .onFullQueue(AioFullQueuePolicy.REJECT)
                        .open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            AioBatch batch = aio.batch();
            List<CompletableFuture<Integer>> writes = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                writes.add(batch.write(file, block(i), (long) i * BLOCK));
            }
            batch.submit();

            assertThat(writes.subList(2, 5))
                    .allSatisfy(write -> assertThat(write)
                            .isCompletedExceptionally()
                            .failsWithin(0, TimeUnit.SECONDS)
                            .withThrowableThat()
                            .withCauseInstanceOf(RejectedExecutionException.class));
            assertThat(arena.inFlight()).isEqualTo(2);
            hold.release();
            assertThat(writes.subList(0, 2))
                    .allSatisfy(write -> assertThat(write.join()).isEqualTo(BLOCK));
        }
    }
}
