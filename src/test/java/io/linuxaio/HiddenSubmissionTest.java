package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An Error hides that the kernel accepted an operation, while another thread is about to submit it again. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HiddenSubmissionTest {
    private static final int BLOCK = 4096;
    private static final int LENGTH = 2 * BLOCK;
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final FakeKernel fake = new FakeKernel();
    private final AioArena arena = AioArena.ofShared();
    private final AtomicInteger calls = new AtomicInteger(Integer.MIN_VALUE);
    private final CountDownLatch submitsAgain = new CountDownLatch(1);
    private final CountDownLatch mayContinue = new CountDownLatch(1);
    private AioContext context;
    private AioFile file;

    private final Kernel kernel = KernelProxy.over(fake, this::call);

    // The first submission throws when another thread has begun the second; that one waits for the test.
    private Object call(KernelProxy.Call call) throws Throwable {
        int number = call.is("submit") ? calls.getAndIncrement() : -1;
        if (number == 1) {
            submitsAgain.countDown();
            assertThat(mayContinue.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
        }
        Object answer = call.proceed();
        if (number == 0) {
            assertThat(submitsAgain.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .isTrue();
            throw new OutOfMemoryError("of the test");
        }
        return answer;
    }

    private void open(AioSubmitMode mode) throws IOException {
        context = AioContext.builder()
                .queueDepth(4)
                .submission(mode)
                .callerReaping(false)
                .open(kernel);
        file = AioFile.open(
                kernel,
                context,
                Path.of("/fake/data"),
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
    }

    private void arm(FakeOutcome first) {
        fake.script(first);
        calls.set(0);
    }

    private CompletableFuture<Integer> write() {
        try {
            return file.write(arena.allocate(LENGTH), 0);
        } catch (OutOfMemoryError e) {
            throw new AssertionError("the operation is in flight", e);
        }
    }

    private static void submit(AioBatch batch) {
        try {
            batch.submit();
        } catch (OutOfMemoryError e) {
            throw new AssertionError("the operation is in flight", e);
        }
    }

    private void assertOwned(CompletableFuture<Integer> future) throws Exception {
        assertThat(future).as("an operation that is submitted again").isNotDone();
        assertThat(arena.inFlight()).as("uses of its memory").isEqualTo(1);
        assertThat(context.stats().inFlight()).as("slots").isEqualTo(1);
        mayContinue.countDown();
        assertThat(future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(LENGTH);
        Await.until("all slots are free", () -> context.stats().inFlight() == 0);
        assertThat(arena.inFlight()).isZero();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        mayContinue.countDown();
        file.close();
        context.shutdown();
        assertThat(context.awaitTermination(PATIENCE)).isTrue();
        assertThat(fake.openContexts()).isZero();
        assertThat(fake.openDescriptors()).isZero();
        arena.close();
    }

    @Test
    void aShortTransferKeepsItsSlotUntilItsRestHasCompleted() throws Exception {
        open(AioSubmitMode.MAY_BLOCK);
        arm(FakeOutcome.shortBy(BLOCK));
        assertOwned(write());
    }

    @Test
    void anInterruptedOperationKeepsItsSlot() throws Exception {
        open(AioSubmitMode.MAY_BLOCK);
        arm(FakeOutcome.interrupted());
        assertOwned(write());
    }

    @Test
    void aShortTransferOfABatchKeepsItsSlot() throws Exception {
        open(AioSubmitMode.MAY_BLOCK);
        AioBatch batch = context.batch();
        CompletableFuture<Integer> future = batch.write(file, arena.allocate(LENGTH), 0);
        arm(FakeOutcome.shortBy(BLOCK));
        submit(batch);
        assertOwned(future);
    }

    @Test
    void anOffloadedOperationBelongsToItsHelper() throws Exception {
        open(AioSubmitMode.NON_BLOCKING);
        arm(FakeOutcome.error(Errno.EAGAIN));
        assertOwned(write());
    }

    @Test
    void anOffloadedOperationOfABatchBelongsToItsHelper() throws Exception {
        open(AioSubmitMode.NON_BLOCKING);
        AioBatch batch = context.batch();
        CompletableFuture<Integer> future = batch.write(file, arena.allocate(LENGTH), 0);
        arm(FakeOutcome.error(Errno.EAGAIN));
        submit(batch);
        assertOwned(future);
    }
}
