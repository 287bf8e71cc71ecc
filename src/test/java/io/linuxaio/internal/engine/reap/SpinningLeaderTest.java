package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.testing.Await;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A thread that polls the ring before it waits in the kernel, and one that must not reap any more. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SpinningLeaderTest {
    private static final long FOREVER = LeaderFollowers.FOREVER;
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();
    private static final int POLLS = 20;

    private final FakeKernel kernel = new FakeKernel();
    private final ReapedContext aio = new ReapedContext(kernel);

    SpinningLeaderTest() {
        kernel.hold();
    }

    @AfterEach
    void close() {
        aio.close();
    }

    private Thread leaderFor(LeaderFollowers leaders, Result result) {
        return Thread.ofPlatform().daemon().start(() -> leaders.await(result, FOREVER, false));
    }

    @Test
    void theRingIsPolledUntilTheResultIsThere() throws InterruptedException {
        assumeTrue(PROCESSORS > 1);
        AdaptiveSpin spin = new AdaptiveSpin(TimeUnit.SECONDS.toNanos(100));
        LeaderFollowers leaders = aio.leaders(spin, true);
        Result result = aio.submit();
        Thread leader = leaderFor(leaders, result);

        Await.until("the ring is polled", () -> kernel.count(FakeCall.GET_EVENTS) > POLLS);
        assertThat(kernel.isWaiting(leader)).isFalse();
        kernel.releaseAll();
        leader.join();

        assertThat(result.isDone()).isTrue();
        assertThat(spin.isWorthwhile()).isTrue();
    }

    @Test
    void pollingEndsWhenTheTimeToWaitIsOver() {
        assumeTrue(PROCESSORS > 1);
        LeaderFollowers leaders = aio.leaders(new AdaptiveSpin(TimeUnit.SECONDS.toNanos(40)), true);
        Result late = aio.submit();
        long start = System.nanoTime();

        leaders.await(late, TimeUnit.MILLISECONDS.toNanos(5), true);

        assertThat(System.nanoTime() - start).isBetween(5_000_000L, TimeUnit.SECONDS.toNanos(10));
        assertThat(late.isDone()).isFalse();
    }

    @Test
    void anInterruptEndsThePolling() throws InterruptedException {
        assumeTrue(PROCESSORS > 1);
        LeaderFollowers leaders = aio.leaders(new AdaptiveSpin(TimeUnit.SECONDS.toNanos(40)), true);
        Result late = aio.submit();
        Thread leader = Thread.ofPlatform().daemon().start(() -> leaders.await(late, FOREVER, true));
        Await.until("the ring is polled", () -> kernel.count(FakeCall.GET_EVENTS) > POLLS);

        leader.interrupt();

        assertThat(leader.join(Duration.ofSeconds(10))).isTrue();
    }

    @Test
    void longWaitsEndThePollingOfTheRing() {
        AdaptiveSpin spin = new AdaptiveSpin(1000);
        LeaderFollowers leaders = aio.leaders(spin, true);
        Result late = aio.submit();
        for (int i = 0; i < 10; i++) {
            leaders.await(late, TimeUnit.MILLISECONDS.toNanos(1), true);
        }
        assertThat(spin.isWorthwhile()).isFalse();
        assertThat(late.isDone()).isFalse();
    }

    @Test
    void shortWaitsKeepThePollingOfTheRing() {
        AdaptiveSpin spin = new AdaptiveSpin(TimeUnit.SECONDS.toNanos(100));
        LeaderFollowers leaders = aio.leaders(spin, true);
        Result late = aio.submit();
        for (int i = 0; i < 10; i++) {
            leaders.await(late, 1, true);
        }
        assertThat(spin.isWorthwhile()).isTrue();
        assertThat(late.isDone()).isFalse();
    }

    @Test
    void aThreadThatHasPolledLeavesItsProcessorToOthers() {
        assumeTrue(PROCESSORS > 1);
        AdaptiveSpin spin = new AdaptiveSpin(1000);
        LeaderFollowers leaders = aio.leaders(spin, true);
        for (int i = 0; i <= PROCESSORS; i++) {
            leaders.await(aio.submit(), 1, true);
            aio.kernel.release(0);
            leaders.drain();
        }

        long nanos = spin.begin();
        spin.end();

        assertThat(nanos).isPositive();
    }

    @Test
    void onlyAThreadThatReapsIsWokenIfItsResultIsCompletedElsewhere() throws InterruptedException {
        try (ReapedContext left = new ReapedContext(kernel).startAndLeaveRing()) {
            LeaderFollowers leaders = left.leaders();
            Result result = left.submit();
            Thread leader = leaderFor(leaders, result);
            Await.until("the thread reaps", () -> kernel.isWaiting(leader));
            long before = left.wakeupsSubmitted();

            leaders.interruptWait(Thread.currentThread());
            assertThat(left.wakeupsSubmitted()).isEqualTo(before);
            leaders.interruptWait(leader);
            assertThat(left.wakeupsSubmitted()).isEqualTo(before + 1);

            result.done = true;
            leader.join();
        }
    }

    /** Otherwise the stack would overflow in the middle, and the operations that the thread has reaped be lost. */
    @Test
    void aThreadNearTheEndOfItsStackDoesNotReap() throws InterruptedException {
        LeaderFollowers leaders = aio.leaders();
        Result late = aio.submit();
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread thread = new Thread(
                null,
                () -> {
                    try {
                        awaitDeeperAndDeeper(leaders, late);
                    } catch (StackOverflowError e) {
                        thrown.set(e);
                    }
                },
                "a deep stack",
                1 << 18);
        thread.start();
        thread.join();

        assertThat(thrown.get()).isInstanceOf(StackOverflowError.class);
        assertThat(aio.lock.owner()).isNull();
        assertThat(aio.lock.isReserved()).as("after an error").isFalse();
    }

    private static void awaitDeeperAndDeeper(LeaderFollowers leaders, Result late) {
        leaders.await(late, 0, true);
        awaitDeeperAndDeeper(leaders, late);
    }
}
