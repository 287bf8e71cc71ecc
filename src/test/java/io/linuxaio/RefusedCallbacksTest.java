package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Callbacks of operations that were refused run where those of other operations do, and not inside the submitting call. */
class RefusedCallbacksTest extends FakeKernelFixture {
    private static final String REAPER = "reaper-of-the-test";

    private AioContext.Builder settings() {
        return AioContext.builder().queueDepth(4).threadName(REAPER);
    }

    private static CompletableFuture<Thread> thread(CompletableFuture<Integer> future) {
        return future.handle((_, _) -> Thread.currentThread());
    }

    /** Returns the threads of the callbacks of a batch of which the kernel refuses two, and one has a closed file. */
    private List<Thread> threadsOfRefused(AioContext aio) throws Exception {
        AioFile file = file(aio);
        AioFile closed = file(aio);
        AioBatch batch = aio.batch();
        List<CompletableFuture<Thread>> threads = new ArrayList<>();
        kernel.refuse(request -> request.position() == 0, Errno.EINVAL);
        kernel.refuse(request -> request.position() == 0, Errno.EINVAL);
        kernel.refuse(request -> request.position() == 2 * BLOCK, Errno.EINVAL);
        kernel.refuse(request -> request.position() == 2 * BLOCK, Errno.EINVAL);
        threads.add(thread(batch.write(file, block(0), 0)));
        batch.write(file, block(1), BLOCK);
        threads.add(thread(batch.write(file, block(2), 2 * BLOCK)));
        threads.add(thread(batch.write(closed, block(3), 3 * BLOCK)));
        closed.close();

        batch.submit();

        List<Thread> found = new ArrayList<>();
        for (CompletableFuture<Thread> one : threads) {
            found.add(one.get(20, TimeUnit.SECONDS));
        }
        return found;
    }

    @Test
    void theyRunOnTheReaper() throws Exception {
        AioContext aio = open(settings());
        kernel.awaitWaiting();
        assertThat(threadsOfRefused(aio))
                .hasSize(3)
                .allSatisfy(thread -> assertThat(thread.getName()).isEqualTo(REAPER));
    }

    @Test
    void theyRunOnTheExecutor() throws Exception {
        try (ExecutorService executor = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("executor-of-the-test").factory())) {
            AioContext aio = open(settings().completionExecutor(executor));
            assertThat(threadsOfRefused(aio))
                    .hasSize(3)
                    .allSatisfy(thread -> assertThat(thread.getName()).isEqualTo("executor-of-the-test"));
            aio.close();
        }
    }

    @Test
    void theyRunOnTheReaperIfTheExecutorRejects() throws Exception {
        AioContext aio = open(settings().completionExecutor(task -> {
            throw new java.util.concurrent.RejectedExecutionException("of the test");
        }));
        assertThat(threadsOfRefused(aio))
                .allSatisfy(thread -> assertThat(thread.getName()).isEqualTo(REAPER));
    }

    @Test
    void callbacksOfRejectedOperationsRunOnTheReaper() throws Exception {
        AioContext aio = open(settings().onFullQueue(AioFullQueuePolicy.REJECT));
        AioFile file = file(aio);
        kernel.hold();
        AioBatch batch = aio.batch();
        List<CompletableFuture<Thread>> threads = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            threads.add(thread(batch.write(file, block(i), (long) i * BLOCK)));
        }

        batch.submit();

        assertThat(threads.get(4).get(20, TimeUnit.SECONDS).getName()).isEqualTo(REAPER);
        assertThat(threads.get(5).get(20, TimeUnit.SECONDS).getName()).isEqualTo(REAPER);
        kernel.releaseAll();
    }

    @Test
    void aFutureWithoutCallbacksHasCompletedWhenSubmitReturns() throws IOException {
        AioContext aio = open(settings());
        AioFile closed = file(aio);
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> write = batch.write(closed, block(1), 0);
        closed.close();

        batch.submit();

        assertThat(write).isDone();
        kernel.refuse(request -> !request.device(), Errno.EINVAL);
        assertThat(file(aio).dataSync()).isDone();
    }

    @Test
    void callbacksOfAClosedContextDoNotRunInSubmit() throws Exception {
        AioContext aio = open(settings());
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        CompletableFuture<Thread> thread = thread(batch.write(file, block(1), 0));
        CompletableFuture<Thread> second = thread(batch.write(file, block(1), 0));
        aio.close();

        batch.submit();

        assertThat(thread.get(20, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
        assertThat(second.get(20, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
    }

    @Test
    void aKernelThatRefusesTheWakeupDoesNotKeepThemWaiting() throws Exception {
        AioContext aio = open(settings());
        kernel.awaitWaiting();
        AioFile closed = file(aio);
        AioBatch batch = aio.batch();
        CompletableFuture<Thread> thread = thread(batch.write(closed, block(1), 0));
        closed.close();
        kernel.refuse(request -> request.device(), Errno.EAGAIN);

        batch.submit();

        assertThat(thread.get(20, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
    }

    @Test
    void closingAContextLosesNone() throws Exception {
        for (int round = 0; round < 200; round++) {
            AioContext aio = open(settings());
            AioFile closed = file(aio);
            AioBatch batch = aio.batch();
            CompletableFuture<Thread> thread = thread(batch.write(closed, block(1), 0));
            closed.close();
            Thread closer = Thread.ofPlatform().start(aio::close);
            if (round % 2 == 0) {
                Await.until("it is being closed", () -> !aio.isOpen());
            }

            batch.submit();

            assertThat(thread.get(20, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
            closer.join();
        }
    }
}
