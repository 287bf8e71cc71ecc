package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The statistics of a context that are more than counts of calls. */
class StatsTest extends FakeKernelFixture {
    private List<CompletableFuture<Integer>> write(AioFile file, int count) {
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            futures.add(file.write(block(i), (long) i * BLOCK));
        }
        return futures;
    }

    @Test
    void theMaximumStaysWhenOperationsHaveCompleted() throws IOException {
        AioContext aio = open(8);
        AioFile file = file(aio);
        assertThat(aio.stats().maxInFlight()).isZero();
        kernel.hold();
        List<CompletableFuture<Integer>> futures = write(file, 3);
        assertThat(aio.stats().maxInFlight()).isEqualTo(3);
        kernel.releaseAll();
        futures.forEach(CompletableFuture::join);
        write(file, 1).getFirst().join();

        assertThat(aio.stats().inFlight()).isZero();
        assertThat(aio.stats().maxInFlight()).isEqualTo(3);

        kernel.hold();
        futures = write(file, 5);
        kernel.releaseAll();
        futures.forEach(CompletableFuture::join);
        assertThat(aio.stats().maxInFlight()).isEqualTo(5);
    }

    @Test
    void closingIsNotCountedAsAnOperation() throws IOException {
        AioContext aio = open(8);
        write(file(aio), 1).getFirst().join();

        aio.close();

        assertThat(aio.stats().maxInFlight()).isEqualTo(1);
    }

    @Test
    void theReaperWakesUpOnceForAnOperationWithACallback() throws Exception {
        AioContext aio = open(8);
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Integer> twice = file.write(block(1), 0).thenApply(count -> 2 * count);
        kernel.awaitWaiting();
        long before = aio.stats().reaperWakeups();

        kernel.releaseAll();
        twice.join();

        assertThat(aio.stats().reaperWakeups()).isEqualTo(before + 1);
    }
}
