package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.Waiter;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A reaper with nothing to reap, or nothing but errors: it continues, and occupies no processor. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReaperPausesTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);

    /** The pause after an error, and between polls of a context that closes. */
    private static final long PAUSE = 5 * MILLISECOND;

    /** Pauses that are cut short by an unpark or not measured in full. */
    private static final int SLACK = 4;

    private static final int ROUNDS = 6;

    private final FakeKernel kernel = new FakeKernel();
    private ReapedContext aio = new ReapedContext(kernel);

    @AfterEach
    void close() {
        aio.close();
    }

    /** Asserts that a count goes on, and not faster than once in an interval. */
    private static void assertPaced(LongSupplier count, long interval) {
        long start = System.nanoTime();
        long before = count.getAsLong();
        Await.until("it happens again", () -> count.getAsLong() - before >= ROUNDS);
        long times = count.getAsLong() - before;
        long possible = (System.nanoTime() - start) / interval;

        assertThat(times).as("times in %d intervals", possible).isLessThanOrEqualTo(possible + SLACK);
    }

    @Test
    void anIdleReaperWaitsInTheKernelWithoutEnd() throws InterruptedException {
        aio.start();
        kernel.awaitWaiting();
        long calls = kernel.count(FakeCall.GET_EVENTS);

        assertThat(Await.becomes(() -> kernel.count(FakeCall.GET_EVENTS) != calls, Duration.ofMillis(80)))
                .as("calls while there is no event")
                .isFalse();
    }

    @Test
    void aRingThatIsLeftToWaitingThreadsIsPolledEachMillisecond() {
        aio.startAndLeaveRing();

        assertPaced(aio.reaper::wakeups, Reaper.IDLE_POLL_NANOS);
    }

    @Test
    void aRingThatAnotherThreadKeepsIsTriedAtLongerIntervalsWhileClosing() {
        aio.startAndLeaveRing();
        aio.submit();
        Await.until("the ring is free", aio.lock::tryLock);
        aio.reaper.close();

        assertPaced(aio.reaper::wakeups, PAUSE);
        aio.lock.unlock();
    }

    @Test
    void aSlotThatIsReleasedWithoutAnEventEndsAContextThatCloses() {
        aio.start();
        Slot slot = aio.pool.tryAcquire();
        aio.reaper.close();
        assertPaced(() -> kernel.count(FakeCall.GET_EVENTS), PAUSE);

        aio.pool.release(slot);

        assertThat(aio.reaper.awaitEnd(LONG)).isTrue();
    }

    @Test
    void aRingWhoseWaitersReapIsNotTakenBack() {
        replaceBy(new ReapedContext(kernel, ROUNDS / 2, null));
        aio.delivery.whenAskedForKept = aio.lock::countCallerReap;
        aio.startAndLeaveRing();
        long before = aio.reaper.wakeups();

        Await.until("the reaper has polled often enough", () -> aio.reaper.wakeups() - before > 10 * ROUNDS);

        assertThat(aio.lock.isReserved()).isFalse();
        aio.delivery.whenAskedForKept = () -> {};
    }

    @Test
    void aRingThatNoThreadUsesIsTakenBack() throws InterruptedException {
        replaceBy(new ReapedContext(kernel, ROUNDS, null));
        aio.startAndLeaveRing();

        Await.until("the reaper takes the ring back", aio.lock::isReserved);
        kernel.awaitWaiting();
    }

    @Test
    void aSignalMakesTheReaperWaitInTheKernelAgain() throws InterruptedException {
        assertTakesTheRingBack(aio.reaper::signal);
    }

    @Test
    void theReaperTakesTheRingBackToReleaseWhatAnErrorLeft() throws InterruptedException {
        assertTakesTheRingBack(aio.reaper::recoverLater);
    }

    private void assertTakesTheRingBack(Runnable request) throws InterruptedException {
        aio.startAndLeaveRing();

        request.run();

        kernel.awaitWaiting();
        assertThat(aio.lock.isReserved()).isTrue();
    }

    private void replaceBy(ReapedContext other) {
        aio.close();
        aio = other;
    }

    @Test
    void aWakeupThatCouldNotBeTestedIsTestedAgain() throws InterruptedException {
        kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 1);

        aio.start();

        Await.until("the wakeup works", () -> aio.wakeupsSubmitted() == 1);
        kernel.awaitWaiting();
        assertThat(aio.wakeupsSubmitted()).isEqualTo(1);
    }

    @Test
    void aKernelThatReturnsNoEventsIsAskedWithPauses() {
        aio.start();
        try (LogLines log = new LogLines()) {
            kernel.fixResult(FakeCall.GET_EVENTS, -Errno.EINVAL);

            assertPaced(() -> kernel.count(FakeCall.GET_EVENTS), 2 * MILLISECOND);

            assertThat(log.count("io_getevents failed: EINVAL")).isPositive();
        }
        kernel.endFixedResult(FakeCall.GET_EVENTS);
        Result result = aio.submit();
        Await.until("the result is there", result::isDone);
    }

    @Test
    void anErrorThatLastsWhileEventsAreReapedLosesNone() {
        aio.start();
        AtomicInteger thrown = new AtomicInteger();
        Result result;
        try (LogLines log = new LogLines()) {
            aio.delivery.beforeReaped = () -> {
                thrown.incrementAndGet();
                throw new OutOfMemoryError("of the test");
            };
            result = aio.submit();

            assertPaced(thrown::get, 2 * MILLISECOND);

            assertThat(log.count("the reaper continues after an error")).isPositive();
        }
        assertThat(result.isDone()).isFalse();
        aio.delivery.beforeReaped = () -> {};
        Await.until("the result is there", result::isDone);
    }

    @Test
    void anErrorThatLastsWhileResultsAreDeliveredLosesNone() {
        AtomicInteger thrown = new AtomicInteger();
        AtomicInteger called = new AtomicInteger();
        aio.delivery.callback = called::incrementAndGet;
        aio.start();
        try (LogLines log = new LogLines()) {
            aio.delivery.whenDelivering = () -> {
                thrown.incrementAndGet();
                throw new OutOfMemoryError("of the test");
            };
            aio.submit();

            assertPaced(thrown::get, PAUSE);

            assertThat(log.count("the reaper continues after an error")).isPositive();
        }
        assertThat(called).hasValue(0);
        aio.delivery.whenDelivering = () -> {};
        Await.until("the result is delivered", () -> called.get() == 1);
    }

    @Test
    void anErrorWhileKeptResultsAreDeliveredDoesNotEndTheReaper() {
        aio.start();
        AtomicInteger thrown = new AtomicInteger();
        try (LogLines log = new LogLines()) {
            aio.delivery.whenAskedForKept = () -> {
                thrown.incrementAndGet();
                throw new OutOfMemoryError("of the test");
            };
            aio.reaper.requestDelivery();
            Await.until("an error is thrown", () -> thrown.get() > 0);
            Result result = aio.submit();
            Await.until("the result is there", result::isDone);

            assertThat(log.count("the reaper continues after an error")).isPositive();
        }
        aio.delivery.whenAskedForKept = () -> {};
    }

    @Test
    void anErrorThatLastsWhileTheLastKeptResultsAreDeliveredLosesNone() throws InterruptedException {
        aio.start();
        kernel.awaitWaiting();
        AtomicInteger thrown = new AtomicInteger();
        aio.delivery.whenAskedForKept = () -> {
            thrown.incrementAndGet();
            throw new OutOfMemoryError("of the test");
        };
        aio.reaper.close();

        assertPaced(thrown::get, PAUSE);

        assertThat(aio.reaper.awaitEnd(Duration.ZERO)).isFalse();
        aio.delivery.whenAskedForKept = () -> {};
        assertThat(aio.reaper.awaitEnd(LONG)).isTrue();
    }

    /** A thread whose state cannot be read, for lack of stack or memory. */
    @Test
    void anErrorThatLastsWhileTheRingIsHandedOverDoesNotEndTheReaper() {
        AtomicInteger thrown = new AtomicInteger();
        Waiter broken = new Waiter() {
            @Override
            public boolean isDone() {
                thrown.incrementAndGet();
                throw new OutOfMemoryError("of the test");
            }

            @Override
            public Thread waitingThread() {
                return Thread.currentThread();
            }

            @Override
            public boolean beginWaiting() {
                return true;
            }

            @Override
            public void endWaiting() {}
        };
        aio.startAndLeaveRing();
        try (LogLines log = new LogLines()) {
            aio.lock.beginParking(broken);

            assertPaced(thrown::get, PAUSE);

            Await.until("the error is logged", () -> log.count("the reaper continues after an error") > 0);
        }
        aio.lock.endParking(broken);
        Result result = aio.submit();
        kernel.releaseAll();
        Await.until("the result is there", result::isDone);
    }

    /** The first reap of events by a thread other than the reaper fails, and later ones succeed. */
    @Test
    void aThreadThatReapsForASlotReportsAKernelThatFails() throws InterruptedException {
        aio.startAndLeaveRing();
        Result result = aio.submit();
        Await.until("the ring is free", aio.lock::tryLock);
        try (LogLines log = new LogLines()) {
            kernel.fail(FakeCall.GET_EVENTS, Errno.EINVAL, 1);
            aio.reaper.reapOnce();
            assertThat(log.count("io_getevents failed: EINVAL")).isEqualTo(1);
        }
        assertThat(aio.lock.isHeldByCurrentThread()).as("still owns the ring").isTrue();
        kernel.releaseAll();

        aio.reaper.reapOnce();

        assertThat(result.isDone()).isTrue();
        assertThat(aio.lock.isHeldByCurrentThread()).isTrue();
        aio.lock.unlock();
    }

    @Test
    void aThreadThatReapsForASlotLeavesTheRingOfAnotherAlone() throws InterruptedException {
        aio.startAndLeaveRing();
        Result result = aio.submit();
        Await.until("the ring is free", aio.lock::tryLock);
        kernel.releaseAll();

        long start = System.nanoTime();
        Thread other = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < ROUNDS; i++) {
                aio.reaper.reapOnce();
            }
        });
        other.join();

        assertThat(result.isDone()).isFalse();
        assertThat(aio.lock.isHeldByCurrentThread()).isTrue();
        assertThat(System.nanoTime() - start).as("pauses").isGreaterThan(ROUNDS / 2 * MILLISECOND);
        aio.lock.unlock();
        Await.until("the result is there", result::isDone);
    }

    @Test
    void aThreadThatReapsForASlotFreesTheRingAfterwards() {
        ReapedContext idle = new ReapedContext(kernel);
        idle.lock.unreserve();

        try (LogLines log = new LogLines()) {
            idle.reaper.reapOnce();

            assertThat(log.lines()).as("no event is no failure").isEmpty();
        }
        assertThat(idle.lock.owner()).isNull();
        idle.close();
    }
}
