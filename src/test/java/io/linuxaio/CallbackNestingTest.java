package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callbacks that submit: they run one after the other and do not nest, whatever the outcome of the operations. */
@Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class CallbackNestingTest extends FakeKernelFixture {
    private static final int STEPS = 6_000;
    private static final int JOINS = 200;

    private AioContext aio;
    private AioFile file;

    private void openWarm(AioContext.Builder builder) throws IOException {
        aio = open(builder.queueDepth(4));
        file = file(aio);
        for (int i = 0; i < JOINS; i++) {
            file.write(block(1), 0).join();
        }
    }

    private CompletableFuture<Integer> compose(int step) {
        return step == STEPS
                ? CompletableFuture.completedFuture(step)
                : file.dataSync().handle((_, _) -> step).thenCompose(_ -> compose(step + 1));
    }

    private void callBack(int step, CompletableFuture<Integer> end) {
        if (step == STEPS) {
            end.complete(step);
        } else {
            file.dataSync().whenComplete((_, _) -> callBack(step + 1, end));
        }
    }

    private void callBackByBatch(int step, CompletableFuture<Integer> end) {
        if (step == STEPS) {
            end.complete(step);
            return;
        }
        AioBatch batch = aio.batch();
        batch.dataSync(file).whenComplete((_, _) -> callBackByBatch(step + 1, end));
        batch.submit();
    }

    @Test
    void aChainOfOperationsThatCompleteAtOnceDoesNotNest() throws Exception {
        openWarm(AioContext.builder());

        assertThat(compose(0).get(120, TimeUnit.SECONDS)).isEqualTo(STEPS);
    }

    @Test
    void aChainOfRefusedOperationsIsBounded() throws Exception {
        openWarm(AioContext.builder());
        kernel.refuseAll(request -> !request.device(), Errno.EBADF);

        assertThat(compose(0).get(120, TimeUnit.SECONDS)).isEqualTo(STEPS);
    }

    @Test
    void callbacksOfRefusedOperationsThatSubmitAreBounded() throws Exception {
        openWarm(AioContext.builder());
        kernel.refuseAll(request -> !request.device(), Errno.EBADF);
        CompletableFuture<Integer> end = new CompletableFuture<>();

        callBack(0, end);

        assertThat(end.get(120, TimeUnit.SECONDS)).isEqualTo(STEPS);
    }

    @Test
    void callbacksOfRefusedBatchesThatSubmitBatchesAreBounded() throws Exception {
        openWarm(AioContext.builder());
        kernel.refuseAll(request -> !request.device(), Errno.EBADF);
        CompletableFuture<Integer> end = new CompletableFuture<>();

        callBackByBatch(0, end);

        assertThat(end.get(120, TimeUnit.SECONDS)).isEqualTo(STEPS);
    }

    @Test
    void callbacksOfBatchesThatAFullQueueRejectsAreBounded() throws Exception {
        openWarm(AioContext.builder().onFullQueue(AioFullQueuePolicy.REJECT));
        kernel.hold();
        for (int i = 0; i < 4; i++) {
            file.write(block(2), 0);
        }
        CompletableFuture<Integer> end = new CompletableFuture<>();

        callBackByBatch(0, end);

        assertThat(end.get(120, TimeUnit.SECONDS)).isEqualTo(STEPS);
        kernel.releaseAll();
    }

    /** The queue is full, so the submitter reaps: completions with callbacks are left to the reaper. */
    @Test
    void aSubmitterDoesNotRunCallbacksOfOtherThreads() throws Exception {
        openWarm(AioContext.builder());
        for (int round = 0; round < 50; round++) {
            AioBatch batch = aio.batch();
            CompletableFuture<Thread> where = null;
            for (int i = 0; i < 4; i++) {
                where = batch.write(file, block(3), 0).thenApply(_ -> Thread.currentThread());
            }
            batch.submit();
            file.write(block(4), 0);

            assertThat(where.get(120, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
        }
    }
}
