package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that wait for results: when their waits end, and when they leave the ring to the reaper. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitingThreadsTest {
    private static final long FOREVER = LeaderFollowers.FOREVER;
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long DAY = TimeUnit.DAYS.toNanos(1);

    private final FakeKernel kernel = new FakeKernel();
    private final ReapedContext aio = new ReapedContext(kernel);
    private final LeaderFollowers leaders = aio.leaders();

    WaitingThreadsTest() {
        kernel.hold();
    }

    @AfterEach
    void close() {
        aio.close();
    }

    private interface Body {
        void run() throws Exception;
    }

    private static Thread start(Body body, AtomicReference<Throwable> thrown) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                body.run();
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
    }

    /** Starts a thread that reaps while it waits for a result. */
    private Thread leaderFor(Result result) {
        Thread thread = start(() -> leaders.await(result, FOREVER, true), new AtomicReference<>());
        Await.until("the thread reaps", () -> kernel.isWaiting(thread));
        return thread;
    }

    private static void runOn(Thread.Builder kind, Runnable body) throws InterruptedException {
        kind.start(body).join();
    }

    private long waits() {
        return kernel.count(FakeCall.GET_EVENTS);
    }

    @Test
    void aLeaderWhoseTimeElapsesReturnsAndIsNoWaiterAnyMore() {
        Result late = aio.submit();
        long start = System.nanoTime();

        leaders.await(late, SHORT, true);

        assertThat(System.nanoTime() - start).isBetween(SHORT, TimeUnit.SECONDS.toNanos(20));
        assertThat(late.isDone()).isFalse();
        assertThat(late.waitingThread()).isNull();
        assertThat(aio.lock.owner()).isNull();
    }

    @Test
    void aWaitWithoutTimeLeftOnlyPollsTheRing() {
        Result late = aio.submit();
        Result there = aio.submit();
        kernel.release(1);

        leaders.await(late, 0, true);
        leaders.await(late, -1, true);
        leaders.await(there, 0, true);

        assertThat(waits()).isEqualTo(3);
        assertThat(late.isDone()).isFalse();
        assertThat(there.isDone()).isTrue();
    }

    @Test
    void aFollowerWhoseTimeElapsesReturns() throws Exception {
        Thread leader = leaderFor(aio.submit());
        Result late = aio.submit();

        leaders.await(late, SHORT, true);

        assertThat(late.isDone()).isFalse();
        assertThat(kernel.isWaiting(leader) || leader.isAlive()).isTrue();
        kernel.releaseAll();
        leader.join();
    }

    @Test
    void aFollowerWithALongTimeoutGetsItsResult() throws Exception {
        Thread leader = leaderFor(aio.submit());
        Result second = aio.submit();
        Thread follower = start(() -> leaders.await(second, DAY, true), new AtomicReference<>());
        Await.parked(follower);
        LockSupport.unpark(follower);
        assertThat(Await.becomes(() -> !follower.isAlive(), Duration.ofMillis(10)))
                .as("returned without a result")
                .isFalse();

        kernel.release(1);
        follower.join();

        assertThat(second.isDone()).isTrue();
        assertThat(leader.isAlive()).isTrue();
        kernel.releaseAll();
        leader.join();
    }

    @Test
    void anInterruptEndsAnInterruptibleWaitOfALeader() throws Exception {
        Result late = aio.submit();
        AtomicBoolean kept = new AtomicBoolean();
        Thread thread = start(
                () -> {
                    leaders.await(late, FOREVER, true);
                    kept.set(Thread.currentThread().isInterrupted());
                },
                new AtomicReference<>());
        Await.until("the thread reaps", () -> kernel.isWaiting(thread));

        thread.interrupt();
        thread.join();

        assertThat(late.isDone()).isFalse();
        assertThat(kept).isTrue();
        assertThat(aio.lock.owner()).isNull();
    }

    @Test
    void anInterruptEndsAnInterruptibleWaitOfAFollower() throws Exception {
        Thread leader = leaderFor(aio.submit());
        Result late = aio.submit();
        AtomicBoolean kept = new AtomicBoolean();
        Thread follower = start(
                () -> {
                    leaders.await(late, FOREVER, true);
                    kept.set(Thread.currentThread().isInterrupted());
                },
                new AtomicReference<>());
        Await.parked(follower);

        follower.interrupt();
        follower.join();

        assertThat(late.isDone()).isFalse();
        assertThat(kept).isTrue();
        kernel.releaseAll();
        leader.join();
    }

    /** A status that stays set would make each wait return at once: the thread clears it while it waits. */
    @Test
    void anInterruptedThreadWaitsOnAndHasItsStatusAgainAfterwards() throws Exception {
        Thread leader = leaderFor(aio.submit());
        Result late = aio.submit();
        AtomicBoolean kept = new AtomicBoolean();
        Thread follower = start(
                () -> {
                    leaders.await(late, FOREVER, false);
                    kept.set(Thread.currentThread().isInterrupted());
                },
                new AtomicReference<>());
        Await.parked(follower);

        follower.interrupt();
        Await.until("the status is cleared and the thread waits", () -> !follower.isInterrupted());
        Await.parked(follower);
        kernel.release(1);
        follower.join();

        assertThat(late.isDone()).isTrue();
        assertThat(kept).isTrue();
        kernel.releaseAll();
        leader.join();
    }

    @Test
    void aThreadThatWasNotInterruptedHasNoStatusAfterwards() {
        Result there = aio.submit();
        kernel.release(0);

        leaders.await(there, FOREVER, false);

        assertThat(Thread.interrupted()).isFalse();
    }

    @Test
    void aThreadThatMustNotReapLeavesTheRingToTheReaper() {
        LeaderFollowers passive = aio.leaders(new AdaptiveSpin(0), false);
        Result there = aio.submit();
        kernel.release(0);
        long before = waits();

        passive.drain();
        passive.await(there, FOREVER, true);

        assertThat(there.isDone()).isFalse();
        assertThat(waits()).isEqualTo(before);
        // Without caller reaping the reaper reaps anyway, and needs no request.
        assertThat(aio.lock.isReserved()).isFalse();
    }

    @Test
    void aVirtualThreadRequestsThatTheReaperReaps() throws Exception {
        Result late = aio.submit();

        runOn(Thread.ofVirtual(), () -> leaders.await(late, FOREVER, true));

        assertThat(late.isDone()).isFalse();
        assertThat(aio.lock.isReserved()).as("reserved for the reaper").isTrue();
    }

    @Test
    void aVirtualThreadTakesAResultThatIsThere() throws Exception {
        Result there = aio.submit();
        kernel.release(0);

        runOn(Thread.ofVirtual(), () -> leaders.await(there, FOREVER, true));

        assertThat(there.isDone()).isTrue();
        assertThat(aio.lock.isReserved()).isFalse();
    }

    @Test
    void aWorkerOfAForkJoinPoolRequestsThatTheReaperReaps() {
        Result late = aio.submit();

        try (ForkJoinPool workers = new ForkJoinPool(1)) {
            workers.submit(() -> leaders.await(late, FOREVER, true)).join();
        }

        assertThat(late.isDone()).isFalse();
        assertThat(aio.lock.isReserved()).as("reserved for the reaper").isTrue();
    }

    @Test
    void aSecondThreadOnTheSameResultRequestsThatTheReaperReaps() throws Exception {
        Result result = aio.submit();
        Thread leader = leaderFor(result);

        leaders.await(result, FOREVER, true);

        assertThat(aio.lock.isReserved()).as("reserved for the reaper").isTrue();
        kernel.releaseAll();
        leader.join();
    }

    @Test
    void aThreadThatReapsMustNotWait() {
        assertThat(aio.lock.tryLock()).isTrue();

        assertThatThrownBy(() -> leaders.await(new Result(), FOREVER, true))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("a callback must not wait");
        aio.lock.unlock();
    }

    @Test
    void theReaperTakesOverIfAWaitOfTheKernelFails() throws Exception {
        Result late = aio.submit();
        Thread leader = leaderFor(late);

        kernel.fixResult(FakeCall.GET_EVENTS, -Errno.EINVAL);

        Await.until("the ring is reserved for the reaper", aio.lock::isReserved);
        Await.parked(leader);
        kernel.endFixedResult(FakeCall.GET_EVENTS);
        aio.lock.unreserve();
        kernel.releaseAll();
        leaders.drain();
        leader.join();
        assertThat(late.isDone()).isTrue();
    }

    @Test
    void theReaperTakesOverIfAResultWasKeptForIt() {
        aio.submit();
        kernel.release(0);
        aio.delivery.keeps = true;

        leaders.drain();

        assertThat(aio.lock.isReserved()).as("reserved for the reaper").isTrue();
    }

    @Test
    void theReaperTakesOverAfterAnErrorOfAWaitingThread() {
        Result there = aio.submit();
        kernel.release(0);
        aio.delivery.whenReaped = () -> {
            throw new OutOfMemoryError("of the test");
        };
        try (LogLines log = new LogLines()) {
            leaders.await(there, FOREVER, true);

            assertThat(log.count("the reaper takes over reaping after an error"))
                    .isEqualTo(1);
        }
        assertThat(there.isDone()).isTrue();
        assertThat(aio.lock.isReserved()).as("reserved for the reaper").isTrue();
        aio.delivery.whenReaped = () -> {};
    }

    @Test
    void aThreadThatReapsLeavesTheRingAfterAnError() throws Exception {
        Result late = aio.submit();
        Thread leader = leaderFor(late);
        aio.submit();
        aio.delivery.whenReaped = () -> {
            aio.delivery.whenReaped = () -> {};
            throw new OutOfMemoryError("of the test");
        };

        kernel.release(1);

        Await.until("the ring is left to the reaper", () -> aio.lock.isReserved() && aio.lock.owner() == null);
        assertThat(leader.isAlive()).isTrue();
        aio.lock.unreserve();
        kernel.releaseAll();
        leaders.drain();
        leader.join();
    }

    @Test
    void theReaperSeesThatWaitingThreadsReap() {
        long before = aio.lock.callerReaps();
        leaders.drain();
        assertThat(aio.lock.callerReaps()).as("nothing reaped").isEqualTo(before);
        aio.submit();
        kernel.release(0);

        leaders.drain();

        assertThat(aio.lock.callerReaps()).isNotEqualTo(before);
    }

    @Test
    void aWaitForASlotEndsWhenTheContextCloses() throws Exception {
        for (Thread.Builder kind : new Thread.Builder[] {Thread.ofVirtual(), Thread.ofPlatform()}) {
            AtomicReference<Slot> claimed = new AtomicReference<>();
            AtomicReference<Throwable> thrown = new AtomicReference<>();
            ReapedContext other = new ReapedContext(kernel);
            LeaderFollowers waiting = other.leaders();
            for (int i = 0; i < ReapedContext.SLOTS; i++) {
                other.submit();
            }
            Thread thread = kind.start(() -> {
                try {
                    claimed.set(waiting.acquire());
                } catch (Throwable e) {
                    thrown.set(e);
                }
            });
            Await.until("the thread waits", () -> kernel.isWaiting(thread) || other.lock.isReserved());

            other.pool.close();
            thread.join();

            assertThat(claimed).hasNullValue();
            assertThat(thrown).hasNullValue();
            assertThat(other.lock.isReserved()).isEqualTo(thread.isVirtual());
            other.close();
            kernel.hold();
        }
    }
}
