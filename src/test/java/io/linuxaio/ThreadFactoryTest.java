package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The threads of a context that a user's factory creates. */
class ThreadFactoryTest extends FakeKernelFixture {
    private final List<Thread> made = new CopyOnWriteArrayList<>();

    private Thread create(Runnable task) {
        Thread thread =
                Thread.ofPlatform().name("engine-" + made.size()).daemon().unstarted(task);
        made.add(thread);
        return thread;
    }

    private AioContext.Builder builder() {
        return AioContext.builder().queueDepth(4).threadFactory(this::create);
    }

    @Test
    void callbacksRunOnTheThreadOfTheFactory() throws IOException {
        AioContext aio = open(builder());
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Thread> ranOn = file.write(block(1), 0).thenApply(count -> Thread.currentThread());
        kernel.releaseAll();

        assertThat(ranOn.join()).isSameAs(made.getFirst());
        assertThat(made).hasSize(1);
        aio.close();
        Await.until("the thread has ended", () -> !made.getFirst().isAlive());
    }

    @Test
    void offloadedOperationsAreSubmittedByThreadsOfTheFactory() throws IOException {
        AioContext aio = open(builder().submission(AioSubmitMode.NON_BLOCKING));
        AioFile file = file(aio);
        kernel.script(FakeOutcome.error(Errno.EAGAIN), FakeOutcome.NORMAL);
        assertThat(file.write(block(1), 0).join()).isEqualTo(BLOCK);

        assertThat(aio.stats().offloaded()).isEqualTo(1);
        assertThat(made).hasSizeGreaterThanOrEqualTo(2);
        aio.close();
        Await.until("the threads have ended", () -> made.stream().noneMatch(Thread::isAlive));
    }

    @Test
    void aCallbackThatWaitsForItsOwnContextIsRecognized() throws IOException {
        AioContext aio = open(builder());
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Integer> never = file.write(block(1), 0);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CompletableFuture<Void> callback = file.write(block(2), BLOCK).thenAccept(count -> {
            try {
                aio.close();
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        kernel.releaseAll();
        callback.join();
        never.join();

        assertThat(thrown.get()).as("closing in a callback does not wait").isNull();
        assertThat(aio.isOpen()).isFalse();
    }

    @Test
    void aFactoryThatReturnsNoUsableThreadLeavesNothing() {
        for (ThreadFactory factory : List.<ThreadFactory>of(
                task -> null,
                task -> Thread.ofVirtual().unstarted(task),
                task -> {
                    Thread started = Thread.ofPlatform().daemon().start(task);
                    made.add(started);
                    return started;
                },
                task -> {
                    throw new IllegalStateException("no threads today");
                })) {
            for (AioSubmitMode mode : AioSubmitMode.values()) {
                assertThatThrownBy(() -> AioContext.builder()
                                .threadFactory(factory)
                                .submission(mode)
                                .open(kernel))
                        .isInstanceOfAny(IllegalStateException.class, IllegalThreadStateException.class);
                Await.until("the kernel context is destroyed", () -> kernel.openContexts() == 0);
                assertThat(kernel.openDescriptors()).isZero();
                Await.until("no thread runs", () -> made.stream().noneMatch(Thread::isAlive));
            }
        }
    }

    @Test
    void aSecondHelperThatCannotBeMadeIsNotNeeded() throws Exception {
        ThreadFactory two = task -> {
            if (made.size() == 2) {
                throw new IllegalStateException("two are enough");
            }
            return create(task);
        };
        AioContext aio = open(AioContext.builder()
                .queueDepth(4)
                .submission(AioSubmitMode.NON_BLOCKING)
                .threadFactory(two));
        AioFile file = file(aio);
        for (int i = 0; i < 5; i++) {
            kernel.script(FakeOutcome.error(Errno.EAGAIN), FakeOutcome.NORMAL);
            assertThat(file.write(block(1), 0).join()).isEqualTo(BLOCK);
        }
        assertThat(aio.stats().offloaded()).isEqualTo(5);
        aio.shutdown();
        assertThat(aio.awaitTermination(Duration.ofSeconds(10))).isTrue();
    }
}
