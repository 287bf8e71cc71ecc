package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Batches in which an operation or its completion throws: each other operation has its outcome, and no slot is lost. */
class BatchErrorsTest extends FakeKernelFixture {
    private static final long STACK_BYTES = 1 << 18;

    /** A future whose completion throws so often. */
    private static final class Troubled extends AioFuture<Void> {
        private int troubles;

        Troubled(int troubles) {
            super(null);
            this.troubles = troubles;
        }

        @Override
        void endAsNoted() {
            if (troubles-- > 0) {
                throw new StackOverflowError("of the test");
            }
            super.endAsNoted();
        }
    }

    /** Returns the operations of a batch that has one at least. */
    private static Requests requestsOf(AioBatch batch) {
        try {
            VarHandle requests = MethodHandles.privateLookupIn(AioBatch.class, MethodHandles.lookup())
                    .findVarHandle(AioBatch.class, "requests", Requests.class);
            return (Requests) requests.get(batch);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static AioFuture<Void> addBroken(AioBatch batch) {
        AioFuture<Void> future = new AioFuture<>(null);
        // Without a file.
        requestsOf(batch).add(Opcode.SYNC, null, null, 0, 0, future);
        return future;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void anOperationThatCannotBeSubmittedFailsAlone(int others) throws IOException {
        AioContext aio = open(8);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> first = batch.write(file, block(1), 0);
        AioFuture<Void> broken = addBroken(batch);
        CompletableFuture<Integer> last = CompletableFuture.completedFuture(BLOCK);
        for (int i = 0; i < others; i++) {
            last = batch.write(file, block(2), BLOCK);
        }
        assertThat(batch.size()).isEqualTo(2 + others);

        batch.submit();

        assertThat(batch.size()).isZero();
        assertThat(broken).isCompletedExceptionally();
        assertThat(failure(broken)).isInstanceOf(NullPointerException.class);
        assertThat(Slot.someLeft).as("a slot is left").isFalse();
        assertThat(first.join() + last.join()).isEqualTo(2 * BLOCK);
        assertThat(kernel.requests()).hasSize(1 + others);
        Await.until("each slot is free", () -> aio.inFlight() == 0);
        CompletableFuture<Void> next = batch.sync(file);
        batch.submit();
        assertThat(next.join()).isNull();
    }

    @Test
    void anErrorOfACancellationFailsTheOthersAndLeavesTheBatchUsable() throws IOException {
        AioContext aio = open(4);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        CompletableFuture<Void> first = batch.sync(file);
        Troubled troubled = new Troubled(1);
        requestsOf(batch).add(Opcode.SYNC, file, null, 0, 0, troubled);
        CompletableFuture<Void> last = batch.sync(file);

        assertThatThrownBy(batch::clear).isInstanceOf(StackOverflowError.class);

        assertThat(batch.size()).isZero();
        assertThat(first).isCancelled();
        assertThat(troubled).isCompletedExceptionally();
        assertThat(last).isCompletedExceptionally();
        assertThat(requestsOf(batch)).as("used again").isNotNull();
        CompletableFuture<Void> next = batch.sync(file);
        batch.submit();
        assertThat(next.join()).isNull();
        assertThat(kernel.requests()).hasSize(1);
    }

    /** No other call follows: the reaper completes them. */
    @Test
    void futuresThatCannotFailNowAreFailedByTheReaper() throws Exception {
        AioContext aio = open(4);
        kernel.awaitWaiting();
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        CompletableFuture<Void> first = batch.sync(file);
        Troubled troubled = new Troubled(2);
        requestsOf(batch).add(Opcode.SYNC, file, null, 0, 0, troubled);
        CompletableFuture<Void> last = batch.sync(file);

        assertThatThrownBy(batch::clear).isInstanceOf(StackOverflowError.class);

        assertThat(batch.size()).isZero();
        assertThat(requestsOf(batch)).as("belongs to the reaper").isNull();
        assertThat(first).isCancelled();
        Await.until("the reaper completes the others", () -> troubled.isDone() && last.isDone());
        assertThat(troubled).isCompletedExceptionally();
        assertThat(last).isCompletedExceptionally();
        assertThat(kernel.requests()).isEmpty();
        CompletableFuture<Void> next = batch.sync(file);
        assertThat(batch.size()).isEqualTo(1);
        batch.submit();
        assertThat(next.join()).isNull();
    }

    @Test
    void operationsThatACallbackOfACancellationAddedAreNotLost() throws IOException {
        AioContext aio = open(4);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        AtomicReference<CompletableFuture<Void>> added = new AtomicReference<>();
        batch.sync(file).whenComplete((_, failure) -> {
            assertThat(failure).isInstanceOf(CancellationException.class);
            added.set(batch.sync(file));
        });
        CompletableFuture<Void> other = batch.sync(file);

        batch.clear();

        assertThat(other).isCancelled();
        assertThat(batch.size()).isEqualTo(1);
        batch.submit();
        assertThat(added.get().join()).isNull();
    }

    /** The findings of a thread near the end of its stack. */
    private static final class Depth {
        private CompletableFuture<Void> added;
        private Throwable thrown;
    }

    private static Depth submitAtTheEndOfTheStack(AioBatch batch, AioFile file) throws InterruptedException {
        Depth depth = new Depth();
        Thread thread = new Thread(null, () -> goDeeper(batch, file, depth), "a deep stack", STACK_BYTES);
        thread.setUncaughtExceptionHandler((_, _) -> {});
        thread.start();
        thread.join();
        return depth;
    }

    private static void goDeeper(AioBatch batch, AioFile file, Depth depth) {
        try {
            batch.submit();
        } catch (StackOverflowError e) {
            depth.added = batch.sync(file);
            submitAgain(batch, depth);
            return;
        }
        goDeeper(batch, file, depth);
    }

    private static void submitAgain(AioBatch batch, Depth depth) {
        try {
            batch.submit();
        } catch (StackOverflowError e) {
            depth.thrown = e;
        }
    }

    @Test
    void nearTheEndOfTheStackAllOperationsStayInTheBatch() throws Exception {
        AioContext aio = open(4);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        // All code has run before, and the batch has nothing to submit.
        CompletableFuture<Void> before = batch.sync(file);
        batch.submit();
        before.join();
        int submitted = 1;
        Depth depth = submitAtTheEndOfTheStack(batch, file);
        // Compiled between its two calls, the second submit takes less of the stack than the first, and may succeed.
        // Or the stack ends before the operation is added.
        for (int tries = 1; depth.thrown == null && tries < 100; tries++) {
            if (depth.added != null) {
                assertThat(depth.added.join()).isNull();
                submitted++;
            }
            depth = submitAtTheEndOfTheStack(batch, file);
        }

        assertThat(depth.thrown).isInstanceOf(StackOverflowError.class);
        assertThat(batch.size()).isEqualTo(1);
        assertThat(depth.added).isNotDone();
        batch.submit();
        assertThat(depth.added.join()).isNull();
        assertThat(kernel.requests()).hasSize(submitted + 1);
    }
}
