package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.engine.OffloadQueue;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The helper threads of a non-blocking context: one that the kernel blocks does not delay other operations. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OffloaderThreadsTest {
    private static final int BLOCK = 4096;

    private final FakeKernel fake = new FakeKernel();
    private final CountDownLatch unblocked = new CountDownLatch(1);
    private final AioArena arena = AioArena.ofShared();
    private final List<Thread> submitters = new CopyOnWriteArrayList<>();
    private volatile Thread blocked;

    private AioContext aio;
    private AioFile file;

    /** Returns the kernel in memory, in which the first submission by a helper thread waits. */
    private Kernel kernel() {
        return KernelProxy.over(fake, call -> {
            if (call.is("submit") && Thread.currentThread().getName().contains("-helper")) {
                submitters.add(Thread.currentThread());
                if (blocked == null) {
                    blocked = Thread.currentThread();
                    unblocked.await();
                }
            }
            return call.proceed();
        });
    }

    private void open(AioContext.Builder builder) throws IOException {
        Kernel kernel = kernel();
        aio = builder.queueDepth(8).submission(AioSubmitMode.NON_BLOCKING).open(kernel);
        file = AioFile.open(
                kernel,
                aio,
                Path.of("/fake/data"),
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
        // Until then, an operation has another thread started.
        Await.until("the permanent helper waits", OffloaderThreadsTest::aHelperWaits);
    }

    private static boolean aHelperWaits() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(each -> each.getKey().getState() == Thread.State.TIMED_WAITING)
                .flatMap(each -> Arrays.stream(each.getValue()))
                .anyMatch(frame -> frame.getClassName().equals(OffloadQueue.class.getName())
                        && frame.getMethodName().equals("await"));
    }

    /** Starts an operation that would block, so that it is offloaded. */
    private CompletableFuture<Integer> offload(int position) {
        fake.script(FakeOutcome.error(Errno.EAGAIN));
        long before = aio.stats().offloaded();
        CompletableFuture<Integer> write = file.write(arena.allocate(BLOCK).fill((byte) 1), position * (long) BLOCK);
        Await.until("offloaded", () -> aio.stats().offloaded() > before);
        return write;
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        unblocked.countDown();
        aio.shutdown();
        assertThat(aio.awaitTermination(Duration.ofSeconds(20))).isTrue();
        file.close();
        for (Thread thread : submitters) {
            // An idle one would end by itself, but later.
            assertThat(thread.join(Duration.ofSeconds(4)))
                    .as(thread + " has ended")
                    .isTrue();
        }
        assertThat(arena.inFlight()).isZero();
        arena.close();
        assertThat(fake.openContexts()).isZero();
        assertThat(fake.openDescriptors()).isZero();
    }

    @Test
    void anotherThreadIsStartedWhileTheFirstIsBlocked() throws IOException {
        open(AioContext.builder().threadName("of the test"));
        CompletableFuture<Integer> first = offload(0);
        Await.until("the helper is blocked", () -> blocked != null);

        CompletableFuture<Integer> second = offload(1);

        assertThat(second.join()).isEqualTo(BLOCK);
        assertThat(first).isNotDone();
        assertThat(submitters.stream().map(Thread::getName))
                .containsExactly("of the test-helper", "of the test-helper-2");
        assertThat(submitters).allMatch(Thread::isDaemon);
        unblocked.countDown();
        assertThat(first.join()).isEqualTo(BLOCK);
    }

    @Test
    void aThreadThatIsIdleSubmitsTheNextOperation() throws IOException {
        open(AioContext.builder().threadName("of the test"));
        unblocked.countDown();

        for (int i = 0; i < 4; i++) {
            assertThat(offload(i).join()).isEqualTo(BLOCK);
        }

        assertThat(submitters).hasSize(4);
        assertThat(aio.stats().offloaded()).isEqualTo(4);
    }

    @Test
    void afterAThreadThatCouldNotBeStartedTheNextOperationTriesAgain() throws IOException {
        AtomicInteger made = new AtomicInteger();
        ThreadFactory factory = task -> {
            // The reaper and the permanent helper come first.
            int number = made.incrementAndGet();
            if (number == 3) {
                throw new IllegalStateException("of the test");
            }
            return Thread.ofPlatform().daemon().name("own-helper-" + number).unstarted(task);
        };
        open(AioContext.builder().threadFactory(factory));
        CompletableFuture<Integer> first = offload(0);
        Await.until("the helper is blocked", () -> blocked != null);

        CompletableFuture<Integer> waiting = offload(1);
        assertThat(waiting).isNotDone();
        CompletableFuture<Integer> third = offload(2);

        assertThat(third.join()).isEqualTo(BLOCK);
        assertThat(waiting.join()).isEqualTo(BLOCK);
        assertThat(first).isNotDone();
        assertThat(made).hasValue(4);
    }

    @Test
    void aFlagThatTheKernelRefusesIsNotTriedAgain() throws IOException {
        open(AioContext.builder().threadName("of the test"));
        unblocked.countDown();
        fake.refuse(request -> request.isWrite(), Errno.EOPNOTSUPP);

        for (int i = 0; i < 3; i++) {
            assertThat(file.write(arena.allocate(BLOCK), (long) i * BLOCK).join())
                    .isEqualTo(BLOCK);
        }

        assertThat(aio.stats().offloaded()).isEqualTo(3);
        assertThat(fake.requests()).hasSize(3).allMatch(request -> request.rwFlags() == 0);
    }

    @Test
    void syncsAreNotOffloaded() throws IOException {
        open(AioContext.builder().threadName("of the test"));

        file.sync().join();
        file.dataSync().join();

        assertThat(submitters).isEmpty();
        assertThat(aio.stats().offloaded()).isZero();
    }
}
