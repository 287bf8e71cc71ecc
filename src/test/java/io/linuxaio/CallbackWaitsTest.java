package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callbacks of two contexts that wait for each other, or close each other's context: each returns. */
class CallbackWaitsTest extends FakeKernelFixture {
    private static final int SECONDS = 25;

    private final CyclicBarrier both = new CyclicBarrier(2);

    private interface Body {
        Object run() throws Exception;
    }

    private AioContext context(boolean callerReaping) throws IOException {
        return open(AioContext.builder().queueDepth(2).callerReaping(callerReaping));
    }

    /** Returns a callback that continues when the callback of the other context has started too. */
    private CompletableFuture<Object> callback(AioFile file, Body body) {
        return file.dataSync().thenApply(_ -> {
            try {
                both.await(SECONDS, TimeUnit.SECONDS);
                return body.run();
            } catch (BrokenBarrierException | InterruptedException | TimeoutException e) {
                throw new AssertionError(e);
            } catch (Exception e) {
                throw new CompletionException(e);
            }
        });
    }

    /** Completes the syncs with the callbacks, which were submitted first on each context. */
    private void begin(int first, int second) {
        kernel.release(first);
        kernel.release(second);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void callbacksMayCloseEachOthersContext(boolean callerReaping) throws Exception {
        AioContext one = context(callerReaping);
        AioContext two = context(callerReaping);
        AioFile ofOne = file(one);
        AioFile ofTwo = file(two);
        kernel.hold();
        CompletableFuture<Object> first = callback(ofOne, () -> {
            two.shutdown();
            two.awaitTermination(Duration.ofDays(1));
            return false;
        });
        CompletableFuture<Object> second = callback(ofTwo, () -> {
            one.close();
            return false;
        });
        begin(0, 0);

        assertThat(first.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(false);
        assertThat(second.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(false);
        Await.until("both contexts are destroyed", () -> kernel.openContexts() == 0);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void callbacksThatJoinEachOthersOperationsReturn(boolean callerReaping) throws Exception {
        AioContext one = context(callerReaping);
        AioContext two = context(callerReaping);
        AioFile ofOne = file(one);
        AioFile ofTwo = file(two);
        kernel.hold();
        List<CompletableFuture<Void>> joined = new ArrayList<>();
        CompletableFuture<Object> first = callback(ofOne, () -> joined.get(1).join());
        CompletableFuture<Object> second = callback(ofTwo, () -> joined.get(0).get());
        joined.add(ofOne.dataSync());
        joined.add(ofTwo.dataSync());
        // What has callbacks of its own is completed by its reaper alone, which is in a callback.
        joined.forEach(future -> future.thenRun(() -> {}));
        begin(0, 1);
        Await.until(
                "one operation was refused",
                () -> first.isCompletedExceptionally() || second.isCompletedExceptionally());
        kernel.releaseAll();

        CompletableFuture<Object> refused = first.isCompletedExceptionally() ? first : second;
        CompletableFuture<Object> other = refused == first ? second : first;
        assertThatThrownBy(() -> refused.get(SECONDS, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("callback must not wait");
        assertThat(other.get(SECONDS, TimeUnit.SECONDS)).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallbackMayWaitForAContextThatDoesNotWaitForItsOwn(boolean callerReaping) throws Exception {
        AioContext one = context(callerReaping);
        AioContext two = context(callerReaping);
        AioFile ofTwo = file(two);
        AioFile ofOne = file(one);
        kernel.hold();
        CompletableFuture<Void> awaited = ofTwo.dataSync();
        CompletableFuture<Object> first = ofOne.dataSync().thenApply(_ -> awaited.join());
        kernel.release(0);
        kernel.release(0);

        assertThat(first.get(SECONDS, TimeUnit.SECONDS)).isNull();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aCallbackThatWaitsForItsOwnContextIsRefused(boolean callerReaping) throws Exception {
        AioContext one = context(callerReaping);
        AioFile file = file(one);
        kernel.hold();
        CompletableFuture<Void> awaited = new CompletableFuture<>();
        CompletableFuture<Void> first =
                file.dataSync().thenRun(() -> file.dataSync().join());
        kernel.release(0);

        assertThatThrownBy(() -> first.get(SECONDS, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("callback");
        assertThat(awaited).isNotDone();
        kernel.releaseAll();
    }

    /** Each callback waits for a slot that is released when the other context reaps. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void callbacksThatFillEachOthersQueueReturn(boolean callerReaping) throws Exception {
        AioContext one = context(callerReaping);
        AioContext two = context(callerReaping);
        AioFile ofOne = file(one);
        AioFile ofTwo = file(two);
        kernel.hold();
        CompletableFuture<Object> first = callback(ofOne, () -> fill(ofTwo));
        CompletableFuture<Object> second = callback(ofTwo, () -> fill(ofOne));
        kernel.releaseAll();

        assertThat(first.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(20);
        assertThat(second.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(20);
    }

    private static Object fill(AioFile file) {
        int count = 0;
        while (count < 20) {
            file.dataSync().thenRun(() -> {});
            count++;
        }
        return count;
    }

    @Test
    void aFileMayBeClosedByACallbackOfAnotherContext() throws Exception {
        AioContext one = context(true);
        AioContext two = context(true);
        AioFile ofOne = file(one);
        AioFile ofTwo = file(two);
        kernel.hold();
        ofOne.dataSync();
        CompletableFuture<Object> closed = ofTwo.dataSync().thenApply(_ -> {
            try {
                ofOne.close();
                return true;
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        kernel.release(1);

        assertThat(closed.get(SECONDS, TimeUnit.SECONDS)).isEqualTo(true);
        kernel.releaseAll();
    }
}
