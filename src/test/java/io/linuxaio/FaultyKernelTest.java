package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A kernel that refuses, stalls and returns impossible results: they become failures, waits end, and logs stay short.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FaultyKernelTest extends FakeKernelFixture {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /** More calls than a loop with pauses makes in a second, and far fewer than one without. */
    private static final long MANY_CALLS = 5_000;

    private static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @ParameterizedTest
    @ValueSource(
            longs = {
                BLOCK + 1,
                1L << 31,
                1L << 32,
                (1L << 32) + BLOCK,
                Long.MAX_VALUE,
                -4096,
                -(1L << 32),
                Long.MIN_VALUE
            })
    void anImpossibleResultIsAFailure(long result) throws Exception {
        try (LogLines log = new LogLines()) {
            AioFile file = file(open(4));
            file.write(block(1), 0).join();
            FakeOutcome impossible = new FakeOutcome(0, result);
            kernel.script(impossible, impossible, impossible, impossible);

            assertFailsWith(file.write(block(1), 0), "EIO", 0);
            assertFailsWith(file.read(block(1), 0), "EIO", 0);
            assertFailsWith(file.dataSync(), "EIO", 0);
            assertFailsWith(file.readv(new MemorySegment[] {block(1)}, 0), "EIO", 0);

            assertThat(log.count("the kernel reports the result")).isLessThanOrEqualTo(3);
        }
    }

    @Test
    void aSyncThatReportsBytesIsAFailure() throws Exception {
        AioFile file = file(open(4));
        kernel.script(new FakeOutcome(0, 1));

        assertFailsWith(file.sync(), "EIO", 0);
    }

    @Test
    void moreEventsThanTheBufferHoldsLoseNothing() throws Exception {
        try (LogLines log = new LogLines()) {
            AioContext aio = open(4);
            AioFile file = file(aio);
            kernel.hold();
            List<CompletableFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                futures.add(file.write(block(i), (long) i * BLOCK));
            }
            kernel.releaseAll();
            kernel.fixResult(FakeCall.GET_EVENTS, 100_000);
            for (CompletableFuture<Integer> future : futures) {
                assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo(BLOCK);
            }
            kernel.endFixedResult(FakeCall.GET_EVENTS);

            assertThat(file.write(block(5), 0).join()).isEqualTo(BLOCK);
            assertThat(log.lines()).hasSizeLessThan(20);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(ints = {-22, -1, 0, -4})
    void aWaitThatKeepsFailingNeitherFillsTheLogNorSpins(int answer) throws Exception {
        try (LogLines log = new LogLines()) {
            AioContext aio = open(4);
            AioFile file = file(aio);
            kernel.hold();
            CompletableFuture<Integer> future = file.write(block(1), 0);
            kernel.awaitHeld(1);
            kernel.fixResult(FakeCall.GET_EVENTS, answer);
            pass(SECOND);
            long open = kernel.count(FakeCall.GET_EVENTS);
            pass(SECOND);
            long later = kernel.count(FakeCall.GET_EVENTS);
            aio.shutdown();
            assertThat(aio.awaitTermination(SECOND)).isFalse();
            long closing = kernel.count(FakeCall.GET_EVENTS);

            assertThat(later - open).isLessThan(MANY_CALLS);
            assertThat(closing - later).isLessThan(MANY_CALLS);
            assertThat(log.count("io_getevents")).isBetween(1L, 10L);
            kernel.endFixedResult(FakeCall.GET_EVENTS);
            kernel.releaseAll();
            assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo(BLOCK);
        }
    }

    @Tag("slow")
    @ParameterizedTest
    @ValueSource(ints = {-22, 0, -4})
    void aCallbackThatWaitsForASlotDoesNotSpin(int answer) throws Exception {
        AioContext aio = open(1);
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Integer> more = file.write(block(1), 0).thenCompose(_ -> {
            file.write(block(2), 0);
            kernel.fixResult(FakeCall.GET_EVENTS, answer);
            return file.write(block(3), 0);
        });
        kernel.release(0);
        kernel.awaitHeld(1);
        Await.until("the callback waits", () -> aio.stats().queueFullCount() > 0);
        long before = kernel.count(FakeCall.GET_EVENTS);
        pass(SECOND);

        assertThat(kernel.count(FakeCall.GET_EVENTS) - before).isLessThan(MANY_CALLS);
        kernel.endFixedResult(FakeCall.GET_EVENTS);
        kernel.releaseAll();
        assertThat(more.get(20, TimeUnit.SECONDS)).isEqualTo(BLOCK);
    }

    @Tag("slow")
    @Test
    void aQueueWhoseEventsCannotBeReapedCanBeClosed() throws Exception {
        AioFile file = file(null);
        AioQueue queue = AioQueue.open(kernel, 2);
        kernel.hold();
        queue.prepareWrite(file, block(1), 0, 1);
        queue.submit();
        kernel.fixResult(FakeCall.GET_EVENTS, -Errno.EINVAL);
        long before = kernel.count(FakeCall.GET_EVENTS);

        assertThatThrownBy(queue::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("EINVAL")
                .hasMessageContaining("closed again");

        assertThat(kernel.count(FakeCall.GET_EVENTS) - before).isLessThan(MANY_CALLS);
        assertThat(kernel.openContexts()).isEqualTo(1);
        kernel.endFixedResult(FakeCall.GET_EVENTS);
        kernel.releaseAll();
        queue.close();
        assertThat(kernel.openContexts()).isZero();
    }

    @Test
    void aQueueReportsThatItsContextWasNotDestroyed() throws Exception {
        try (LogLines log = new LogLines()) {
            AioQueue queue = AioQueue.open(kernel, 2);
            kernel.fail(FakeCall.DESTROY, Errno.EINVAL, 1);
            queue.close();

            assertThat(log.count("io_destroy failed: EINVAL")).isEqualTo(1);
            kernel.destroyAll();
        }
    }

    @Test
    void anOperationThatKeepsBeingInterruptedIsResubmittedAfterAPause() throws Exception {
        try (LogLines log = new LogLines()) {
            AioFile file = file(open(4));
            FakeOutcome[] outcomes = new FakeOutcome[300];
            Arrays.fill(outcomes, FakeOutcome.interrupted());
            kernel.script(outcomes);
            long start = System.nanoTime();

            assertThat(file.write(block(1), 0).join()).isEqualTo(BLOCK);

            assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(200));
            assertThat(log.count("EINTR again and again")).isBetween(1L, 10L);
        }
    }

    @Test
    void strayEventsDoNotFillTheLog() throws Exception {
        try (LogLines log = new LogLines()) {
            AioContext aio = open(4);
            for (int i = 0; i < 2_000; i++) {
                kernel.addEvent(-1, 0);
            }
            Await.until("all stray events are counted", () -> aio.stats().strayEvents() == 2_000);

            assertThat(log.count("not in flight")).isBetween(1L, 5L);
        }
    }

    @Tag("slow")
    @Test
    void theTimeoutOfCloseHoldsIfTheKernelAcceptsNothing() throws Exception {
        AioContext aio = open(4);
        kernel.awaitWaiting();
        kernel.fixResult(FakeCall.SUBMIT, -Errno.EAGAIN);
        for (int i = 0; i < 2; i++) {
            long start = System.nanoTime();
            aio.shutdown();
            assertThat(aio.awaitTermination(SECOND)).isFalse();
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(6));
        }
        kernel.endFixedResult(FakeCall.SUBMIT);

        Await.until("the context is destroyed", () -> kernel.openContexts() == 0);
    }

    @Test
    void openingDoesNotWaitForAKernelThatAcceptsNothing() throws Exception {
        kernel.fixResult(FakeCall.SUBMIT, -Errno.EAGAIN);
        long start = System.nanoTime();
        AioContext aio = open(4);
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(6));
        kernel.endFixedResult(FakeCall.SUBMIT);

        assertThat(file(aio).write(block(1), 0).join()).isEqualTo(BLOCK);
        kernel.awaitWaiting();
    }

    /** Alone, in a batch and from a callback, at the same time. */
    @Tag("slow")
    @ParameterizedTest
    @ValueSource(ints = {-11, 0})
    void anOperationThatTheKernelNeverAcceptsFailsAfterOneTimeout(int answer) throws Exception {
        try (LogLines log = new LogLines()) {
            AioContext aio = open(16);
            AioFile file = file(aio);
            kernel.hold();
            CompletableFuture<Integer> fromCallback = file.write(block(1), 0).thenCompose(_ -> file.write(block(2), 0));
            kernel.awaitHeld(1);
            kernel.fixResult(FakeCall.SUBMIT, answer);
            kernel.release(0);
            long start = System.nanoTime();
            AioBatch batch = aio.batch();
            List<CompletableFuture<Integer>> futures = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                futures.add(batch.write(file, block(3), 0));
            }
            Thread other = Thread.ofPlatform().start(() -> assertFailsWith(file.write(block(4), 0), "EAGAIN", 0));
            batch.submit();
            other.join();

            for (CompletableFuture<Integer> future : futures) {
                assertFailsWith(future, "EAGAIN", 0);
            }
            assertFailsWith(fromCallback, "EAGAIN", 0);
            assertThat(System.nanoTime() - start).isBetween(TimeUnit.SECONDS.toNanos(25), TimeUnit.SECONDS.toNanos(60));
            assertThat(log.count("io_submit has accepted no")).isBetween(1L, 40L);
            kernel.endFixedResult(FakeCall.SUBMIT);
            kernel.releaseAll();
        }
    }
}
