package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A full queue waits or rejects, and never waits for itself. */
class QueueOverflowTest extends FakeKernelFixture {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void aCallbackMaySubmitMoreThanTheQueueHolds(int depth) throws IOException {
        AioFile file = file(open(depth));

        CompletableFuture<List<CompletableFuture<Integer>>> more = file.write(block(0), 0)
                .thenApply(_ -> {
                    List<CompletableFuture<Integer>> futures = new ArrayList<>();
                    for (int i = 1; i <= 20; i++) {
                        futures.add(file.write(block(i), (long) i * BLOCK));
                    }
                    return futures;
                });

        assertThat(more.join())
                .hasSize(20)
                .allSatisfy(future -> assertThat(future.join()).isEqualTo(BLOCK));
        assertThat(contents()).hasSize(21 * BLOCK);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aCallbackMaySubmitWhileTheKernelAcceptsNothing(int depth) throws IOException {
        AioFile file = file(open(depth));

        CompletableFuture<CompletableFuture<Integer>> more = file.write(block(0), 0)
                .thenApply(_ -> {
                    kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 5);
                    CompletableFuture<Integer> first = file.write(block(1), BLOCK);
                    return first.thenCombine(file.write(block(2), 2 * BLOCK), Integer::sum);
                });

        assertThat(more.join().join()).isEqualTo(2 * BLOCK);
    }

    /** A callback that reaps more events must not lose those reaped together with its own. */
    @Test
    void callbacksOfSimultaneousCompletionsMaySubmitMoreThanTheQueueHolds() throws Exception {
        AioContext aio = open(2);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> chains = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            long position = (long) i * BLOCK;
            chains.add(batch.write(file, block(i), position).thenCompose(_ -> {
                CompletableFuture<Integer> sum = CompletableFuture.completedFuture(0);
                for (int more = 0; more < 5; more++) {
                    sum = sum.thenCombine(file.write(block(7), position), Integer::sum);
                }
                return sum;
            }));
        }
        kernel.hold();
        batch.submit();
        kernel.awaitHeld(2);

        kernel.releaseAll();

        assertThat(chains).allSatisfy(chain -> assertThat(chain.join()).isEqualTo(5 * BLOCK));
        assertThat(aio.stats().strayEvents()).isZero();
    }

    /** Only the thread of the callback makes room in the ring: it must not wait for room. */
    @Test
    void aCallbackMaySubmitWhileTheRingIsFull() throws IOException {
        AioContext aio = open(2);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> more = batch.write(file, block(0), 0).thenCompose(_ -> {
            for (int i = 0; i < 10; i++) {
                kernel.addEvent(-1, 0);
            }
            return file.write(block(1), BLOCK);
        });

        batch.submit();

        assertThat(more.join()).isEqualTo(BLOCK);
        assertThat(aio.stats().submitRetries()).isPositive();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void aCallbackMaySubmitTheNextOperation(int depth) throws IOException {
        AioFile file = file(open(depth));
        CompletableFuture<Integer> chain = file.write(block(0), 0);
        for (int i = 1; i < 200; i++) {
            int position = i * BLOCK;
            chain = chain.thenCompose(_ -> file.write(block(1), position));
        }

        assertThat(chain.join()).isEqualTo(BLOCK);
        assertThat(contents()).hasSize(200 * BLOCK);
    }

    @Test
    void aSubmitterWaitsIfTheQueueIsFull() throws Exception {
        AioContext aio = open(1);
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Integer> first = file.write(block(1), 0);
        AtomicReference<CompletableFuture<Integer>> second = new AtomicReference<>();
        Thread waiter = Thread.ofVirtual().start(() -> second.set(file.write(block(2), BLOCK)));
        Await.until("the queue is found full", () -> aio.stats().queueFullCount() > 0);
        assertThat(kernel.held()).hasSize(1);

        kernel.releaseAll();
        waiter.join();

        assertThat(first.join()).isEqualTo(BLOCK);
        assertThat(second.get().join()).isEqualTo(BLOCK);
    }

    @Test
    void aSubmitterInterruptedWhileWaitingSubmitsNothing() throws Exception {
        AioContext aio = open(1);
        AioFile file = file(aio);
        kernel.hold();
        file.write(block(1), 0);
        AtomicReference<CompletableFuture<Integer>> second = new AtomicReference<>();
        Thread waiter = Thread.ofPlatform().start(() -> {
            second.set(file.write(block(2), BLOCK));
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        });
        Await.until("the queue is found full", () -> aio.stats().queueFullCount() > 0);

        waiter.interrupt();
        waiter.join();

        assertThat(failure(second.get())).isInstanceOf(InterruptedIOException.class);
        assertThat(arena.inFlight()).isEqualTo(1);
        assertThat(kernel.requests()).hasSize(1);
    }

    @Test
    void aQueueThatRejectsThrowsAndKeepsNothingInUse() throws IOException {
        AioContext aio = open(AioContext.builder().queueDepth(2).onFullQueue(AioFullQueuePolicy.REJECT));
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Integer> first = file.write(block(1), 0);
        file.write(block(2), BLOCK);

        assertThatThrownBy(() -> file.write(block(3), 2 * BLOCK))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("2 operations");
        assertThat(arena.inFlight()).isEqualTo(2);
        assertThat(aio.stats().queueFullCount()).isEqualTo(1);

        kernel.release(0);
        first.join();
        kernel.releaseAll();
        assertThat(file.write(block(3), 2 * BLOCK).join()).isEqualTo(BLOCK);
    }

    @Test
    void aCallbackOfAQueueThatRejectsFindsTheSlotOfItsOperationFree() throws IOException {
        AioFile file = file(open(AioContext.builder().queueDepth(1).onFullQueue(AioFullQueuePolicy.REJECT)));

        assertThat(file.write(block(1), 0)
                        .thenCompose(_ -> file.write(block(2), BLOCK))
                        .join())
                .isEqualTo(BLOCK);
    }

    /** Callbacks run one after the other and do not nest: the stack suffices for any number of them. */
    @Test
    void aLongChainOfCallbacksOnAFullQueueDoesNotNest() throws Exception {
        AioFile file = file(open(1));
        CompletableFuture<Void> end = new CompletableFuture<>();

        link(file, block(1), 20_000, end);

        end.get(20, TimeUnit.SECONDS);
    }

    private static void link(AioFile file, MemorySegment block, int more, CompletableFuture<Void> end) {
        file.write(block, 0)
                .thenRun(() -> {
                    if (more == 0) {
                        end.complete(null);
                    } else {
                        link(file, block, more - 1, end);
                        file.write(block, BLOCK);
                    }
                })
                .exceptionally(e -> {
                    end.completeExceptionally(e);
                    return null;
                });
    }
}
