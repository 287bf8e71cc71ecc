package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The completion of futures, and the closing of contexts with operations in flight. */
class CompletionTest extends FakeKernelFixture {
    @Test
    void callbacksRunOnTheReaperThread() throws IOException {
        AioFile file = file(open(AioContext.builder().threadName("the reaper")));
        kernel.hold();

        CompletableFuture<String> name =
                file.write(block(1), 0).thenApply(_ -> Thread.currentThread().getName());
        kernel.releaseAll();

        assertThat(name.join()).isEqualTo("the reaper");
    }

    @Test
    void callbacksRunOnTheConfiguredExecutor() throws IOException {
        try (ExecutorService executor = Executors.newSingleThreadExecutor(task -> new Thread(task, "mine"))) {
            AioContext aio = open(AioContext.builder().completionExecutor(executor));
            AioFile file = file(aio);
            kernel.hold();

            CompletableFuture<String> name = file.write(block(1), 0)
                    .thenApply(_ -> Thread.currentThread().getName());
            kernel.releaseAll();

            assertThat(name.join()).isEqualTo("mine");
        }
    }

    @Test
    void anExecutorThatRejectsLosesNoResult() throws IOException {
        AioFile file = file(open(AioContext.builder().queueDepth(2).completionExecutor(_ -> {
            throw new RejectedExecutionException("of the test");
        })));

        for (int i = 0; i < 5; i++) {
            assertThat(file.write(block(1), (long) i * BLOCK).join()).isEqualTo(BLOCK);
        }
    }

    /** A pool that cannot start a thread throws an OutOfMemoryError. */
    @Test
    void anExecutorThatThrowsAnErrorLosesNoResult() throws IOException {
        AioFile file = file(open(AioContext.builder().queueDepth(2).completionExecutor(_ -> {
            throw new OutOfMemoryError("unable to create native thread, in the test");
        })));

        for (int i = 0; i < 5; i++) {
            assertThat(file.write(block(1), (long) i * BLOCK).join()).isEqualTo(BLOCK);
        }
    }

    @Test
    void aCallbackThatThrowsAffectsNoOtherOperation() throws IOException {
        AioFile file = file(open(2));

        CompletableFuture<Integer> broken = file.write(block(1), 0).thenApply(_ -> {
            throw new IllegalStateException("of the test");
        });

        assertThat(failure(broken)).hasMessage("of the test");
        assertThat(file.write(block(1), 0).join()).isEqualTo(BLOCK);
    }

    @Test
    void memoryAndSlotAreReleasedBeforeTheFutureCompletes() throws IOException {
        AioContext aio = open(1);
        AioFile file = file(aio);

        for (int i = 0; i < 100; i++) {
            AioArena own = AioArena.ofShared();
            assertThat(file.write(own.allocate(BLOCK), 0)
                            .thenApply(_ -> {
                                own.close();
                                return aio.stats().inFlight();
                            })
                            .join())
                    .isZero();
        }
    }

    private static boolean hasTerminated(AioContext aio) {
        try {
            return aio.awaitTermination(Duration.ofDays(1));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aContextMayBeClosedByACallback() throws IOException {
        AioContext aio = open(2);
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Boolean> closed = file.write(block(1), 0).thenApply(_ -> {
            aio.close();
            return hasTerminated(aio);
        });
        CompletableFuture<Integer> other = file.write(block(2), BLOCK);

        kernel.release(0);
        assertThat(closed.join()).as("closed by a callback").isFalse();
        assertThat(aio.isOpen()).isFalse();
        assertThat(failure(file.write(block(1), 0)))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessageContaining("context is closed");
        assertThat(kernel.calls()).doesNotContain(FakeCall.DESTROY);
        kernel.releaseAll();

        assertThat(other.join()).isEqualTo(BLOCK);
        aio.close();
        assertThat(kernel.openContexts()).isZero();
    }

    @Test
    void aFileMayBeClosedByACallback() throws IOException {
        AioContext aio = open(2);
        AioFile file = file(aio);
        kernel.hold();
        AtomicReference<IOException> thrown = new AtomicReference<>();
        CompletableFuture<Void> closed = file.write(block(1), 0).thenAccept(_ -> {
            try {
                file.close();
            } catch (IOException e) {
                thrown.set(e);
            }
        });
        CompletableFuture<Integer> other = file.write(block(2), BLOCK);

        kernel.release(0);
        closed.join();
        assertThat(kernel.calls()).doesNotContain(FakeCall.CLOSE);
        kernel.releaseAll();

        assertThat(other.join()).isEqualTo(BLOCK);
        assertThat(thrown).hasNullValue();
        assertThat(kernel.calls()).contains(FakeCall.CLOSE);
    }

    @Test
    void aCloseThatTimesOutContinuesInTheBackground() throws IOException, InterruptedException {
        AioContext aio = open(2);
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Integer> future = file.write(block(1), 0);

        aio.shutdown();
        assertThat(aio.awaitTermination(Duration.ofMillis(20))).isFalse();
        assertThat(aio.awaitTermination(Duration.ZERO)).isFalse();
        assertThat(aio.awaitTermination(Duration.ofSeconds(-1))).isFalse();
        assertThat(future).isNotDone();
        assertThat(kernel.openContexts()).isEqualTo(1);
        kernel.releaseAll();

        assertThat(future.join()).isEqualTo(BLOCK);
        aio.shutdown();
        assertThat(aio.awaitTermination(Duration.ofSeconds(20))).isTrue();
        assertThat(kernel.openContexts()).isZero();
    }

    @Test
    void shutdownReturnsAtOnceAndRefusesNewOperations() throws Exception {
        AioContext aio = open(2);
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Integer> future = file.write(block(1), 0);

        aio.shutdown();
        aio.shutdown();

        assertThat(aio.isOpen()).isFalse();
        assertThat(failure(file.write(block(1), 0)))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessageContaining("context is closed");
        assertThat(future).isNotDone();
        assertThat(kernel.openContexts()).isEqualTo(1);
        kernel.releaseAll();
        assertThat(aio.awaitTermination(Duration.ofSeconds(20))).isTrue();
        assertThat(future).isCompletedWithValue(BLOCK);
        assertThat(kernel.openContexts()).isZero();
    }

    @Test
    void aContextThatIsNotShutDownDoesNotTerminate() throws Exception {
        AioContext aio = open(2);
        AioFile file = file(aio);

        assertThat(aio.awaitTermination(Duration.ofMillis(20))).isFalse();
        assertThat(aio.awaitTermination(Duration.ZERO)).isFalse();

        assertThat(aio.isOpen()).isTrue();
        assertThat(file.write(block(1), 0).join()).isEqualTo(BLOCK);
    }

    @Test
    void anInterruptEndsAwaitTerminationButNotClose() throws Exception {
        AioContext aio = open(2);
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Integer> future = file.write(block(1), 0);
        aio.shutdown();

        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> aio.awaitTermination(Duration.ofDays(1))).isInstanceOf(InterruptedException.class);
        assertThat(Thread.interrupted()).as("interrupt status").isFalse();

        Thread closer = Thread.ofPlatform().start(() -> {
            Thread.currentThread().interrupt();
            aio.close();
            assertThat(Thread.currentThread().isInterrupted())
                    .as("interrupt status")
                    .isTrue();
            assertThat(future).isDone();
        });
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        closer.setUncaughtExceptionHandler((_, e) -> thrown.set(e));
        assertThat(closer.join(Duration.ofMillis(20))).isFalse();
        kernel.releaseAll();
        closer.join();
        assertThat(thrown).hasNullValue();
    }

    @Test
    void aCallbackSeesThatAnotherContextHasTerminated() throws Exception {
        AioContext gone = open(1);
        gone.close();
        AioFile file = file(open(2));

        assertThat(file.dataSync().thenApply(_ -> hasTerminated(gone)).join()).isTrue();
    }

    @Test
    void aWaiterForASlotFailsWhenTheContextCloses() throws Exception {
        AioContext aio = open(1);
        AioFile file = file(aio);
        kernel.hold();
        file.write(block(1), 0);
        List<Thread> waiters = new ArrayList<>();
        List<AtomicReference<Throwable>> thrown = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            AtomicReference<Throwable> one = new AtomicReference<>();
            thrown.add(one);
            Runnable body = () -> one.set(failure(file.write(block(2), BLOCK)));
            waiters.add(
                    i % 2 == 0
                            ? Thread.ofVirtual().start(body)
                            : Thread.ofPlatform().start(body));
        }
        Await.until("all find the queue full", () -> aio.stats().queueFullCount() >= 4);

        aio.shutdown();
        assertThat(aio.awaitTermination(Duration.ZERO)).isFalse();
        kernel.releaseAll();
        for (Thread waiter : waiters) {
            waiter.join();
        }

        assertThat(thrown).allSatisfy(one -> assertThat(one.get()).hasMessage("the context is closed"));
        assertThat(kernel.requests()).hasSize(1);
    }

    @Test
    void anIdleContextMayBeClosedTwice() throws Exception {
        AioContext aio = open(1);
        kernel.awaitWaiting();

        aio.close();
        aio.close();
        aio.shutdown();
        assertThat(aio.awaitTermination(Duration.ZERO)).isTrue();

        assertThat(kernel.calls().stream().filter(call -> call == FakeCall.DESTROY))
                .hasSize(1);
    }
}
