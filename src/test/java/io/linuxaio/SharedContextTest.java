package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shared context, which closes when idle and opens again: no operation fails because of it. */
class SharedContextTest extends FakeKernelFixture {
    private static final int THREADS = 4;

    private final AtomicInteger openings = new AtomicInteger();

    private SharedContext shared(long idleMillis) {
        return new SharedContext(TimeUnit.MILLISECONDS.toNanos(idleMillis), THREADS, depth -> {
            openings.incrementAndGet();
            return AioContext.builder().queueDepth(depth).open(kernel);
        });
    }

    private void awaitEnd() {
        Await.until("the context is closed", () -> kernel.openContexts() == 0);
    }

    @Test
    void itsDepthIsThatOfTheProperty() throws IOException {
        SharedContext shared = shared(20);
        assertThat(shared.queueDepth()).isEqualTo(THREADS);
        assertThat(SharedContext.depth(" 7 ")).isEqualTo(7);
        assertThat(SharedContext.depth(null)).isEqualTo(AioContext.Builder.DEFAULT_QUEUE_DEPTH);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "-1", "many", "1048576", "99999999999"})
    void aPropertyThatIsNoDepthIsIgnored(String property) {
        assertThat(SharedContext.depth(property)).isEqualTo(AioContext.Builder.DEFAULT_QUEUE_DEPTH);
    }

    @Test
    void closesWhenIdleAndTheNextOperationOpensItAgain() throws IOException {
        SharedContext shared = shared(20);
        AioFile file = file(shared);

        for (int round = 1; round <= 3; round++) {
            assertThat(file.write(block(round), 0).join()).isEqualTo(BLOCK);
            awaitEnd();
            assertThat(openings).hasValue(round);
            assertThat(shared.isOpen()).isTrue();
        }
        assertThat(shared.stats().succeeded()).isEqualTo(3);
        assertThat(shared.stats().submitted()).isEqualTo(3);
    }

    @Test
    void anOperationInFlightKeepsItOpen() throws IOException {
        SharedContext shared = shared(2);
        AioFile file = file(shared);
        kernel.hold();
        CompletableFuture<Integer> write = file.write(block(1), 0);

        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
        assertThat(kernel.openContexts()).isEqualTo(1);
        kernel.releaseAll();
        assertThat(write.join()).isEqualTo(BLOCK);
        awaitEnd();
    }

    @Test
    void aBatchKeepsItOpenUntilItIsSubmitted() throws IOException {
        SharedContext shared = shared(2);
        AioFile file = file(shared);
        AioBatch batch = shared.batch();

        for (int round = 1; round <= 2; round++) {
            CompletableFuture<Integer> write = batch.write(file, block(1), 0);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            assertThat(openings).hasValue(round);
            assertThat(kernel.openContexts()).isEqualTo(1);
            batch.submit();
            assertThat(write.join()).isEqualTo(BLOCK);
            awaitEnd();
        }
    }

    @Test
    void anEmptyOrClearedBatchDoesNotKeepItOpen() throws IOException {
        SharedContext shared = shared(2);
        AioFile file = file(shared);
        AioBatch batch = shared.batch();

        assertThat(batch.write(file, block(1).asSlice(0, 0), 0).join()).isZero();
        awaitEnd();
        batch.write(file, block(1), 0);
        batch.clear();
        awaitEnd();
    }

    @Test
    void theFutureFailsIfItCannotBeOpenedAgain() throws IOException {
        SharedContext shared = shared(20);
        AioFile file = file(shared);
        kernel.fail(FakeCall.SETUP, Errno.EAGAIN, 2);

        assertFailsWith(file.write(block(1), 0), "EAGAIN", 0);
        assertFailsWith(shared.batch().write(file, block(1), 0), "EAGAIN", 0);
        assertThat(file.write(block(1), 0).join()).isEqualTo(BLOCK);
        awaitEnd();
    }

    @Test
    void operationsSubmittedWhileItClosesDoNotFail() throws Exception {
        SharedContext shared = new SharedContext(2_000, THREADS, depth -> {
            openings.incrementAndGet();
            return AioContext.builder().queueDepth(THREADS).open(kernel);
        });
        AioFile file = file(shared);
        List<CompletableFuture<Void>> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            int own = i;
            CompletableFuture<Void> done = new CompletableFuture<>();
            threads.add(done);
            Thread.ofPlatform().start(() -> {
                try {
                    hammer(shared, file, own);
                    done.complete(null);
                } catch (Throwable e) {
                    done.completeExceptionally(e);
                }
            });
        }
        threads.forEach(CompletableFuture::join);

        assertThat(openings).as("number of consecutive contexts").hasValueGreaterThan(3);
        assertThat(shared.stats().succeeded()).isEqualTo(THREADS * 300L);
        awaitEnd();
    }

    private void hammer(SharedContext shared, AioFile file, int own) {
        AioBatch batch = shared.batch();
        for (int i = 0; i < 300; i++) {
            LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(1, 300_000));
            CompletableFuture<Integer> write;
            if (own % 2 == 0) {
                write = file.write(block(own), (long) own * BLOCK);
            } else {
                write = batch.write(file, block(own), (long) own * BLOCK);
                batch.submit();
            }
            assertThat(write.join()).isEqualTo(BLOCK);
        }
    }
}
