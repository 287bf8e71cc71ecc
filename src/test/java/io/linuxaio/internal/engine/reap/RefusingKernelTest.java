package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Kernels that refuse for longer than any thread waits: each wait ends with words. */
@Timeout(value = 150, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RefusingKernelTest {
    private static final Duration MINUTE = Duration.ofMinutes(1);

    /** At the same time, since each takes its time. */
    @Tag("slow")
    @Test
    void eachWaitForAKernelThatRefusesEnds() throws Exception {
        try (LogLines log = new LogLines();
                ExecutorService threads = Executors.newCachedThreadPool()) {
            Future<Duration> events = threads.submit(RefusingKernelTest::closingWithoutEvents);
            Future<Duration> wakeup = threads.submit(RefusingKernelTest::closingWithoutAWakeup);
            Future<Duration> slot = threads.submit(RefusingKernelTest::waitingForASlot);

            assertThat(events.get()).isBetween(Duration.ofSeconds(10), MINUTE.minusSeconds(1));
            assertThat(wakeup.get()).isBetween(Duration.ofSeconds(10), MINUTE.minusSeconds(1));
            assertThat(slot.get()).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
            assertThat(log.count("does not close, since the kernel refuses io_getevents"))
                    .isEqualTo(1);
            assertThat(log.count("does not close, since the kernel refuses its wakeup"))
                    .isEqualTo(1);
        }
    }

    private static Duration closingWithoutEvents() {
        FakeKernel kernel = new FakeKernel();
        try (ReapedContext aio = new ReapedContext(kernel).start()) {
            kernel.hold();
            aio.submit();
            return closeRefused(aio, FakeCall.GET_EVENTS, Errno.EINVAL);
        }
    }

    private static Duration closingWithoutAWakeup() throws InterruptedException {
        FakeKernel kernel = new FakeKernel();
        try (ReapedContext aio = new ReapedContext(kernel).start()) {
            kernel.awaitWaiting();
            return closeRefused(aio, FakeCall.SUBMIT, Errno.EAGAIN);
        }
    }

    /** Closes while the kernel refuses a call. Returns the time after which the wait for the end gave up. */
    private static Duration closeRefused(ReapedContext aio, FakeCall call, int errno) {
        aio.kernel.fixResult(call, -errno);
        aio.reaper.close();
        long start = System.nanoTime();
        assertThat(aio.reaper.awaitEnd(MINUTE)).isFalse();
        Duration waited = Duration.ofNanos(System.nanoTime() - start);
        aio.kernel.endFixedResult(call);
        return waited;
    }

    /** A success ends the run of failures: the time begins anew. */
    private static Duration waitingForASlot() {
        FakeKernel kernel = new FakeKernel();
        try (ReapedContext aio = new ReapedContext(kernel).startAndLeaveRing()) {
            Await.until("the ring is free", aio.lock::tryLock);
            kernel.fixResult(FakeCall.GET_EVENTS, -Errno.EINVAL);
            reapFor(Duration.ofSeconds(1), aio);
            kernel.endFixedResult(FakeCall.GET_EVENTS);
            Result result = aio.submit();
            kernel.releaseAll();
            Await.until("an event is reaped", () -> {
                aio.reaper.reapOnce();
                return result.isDone();
            });

            kernel.fixResult(FakeCall.GET_EVENTS, -Errno.EINVAL);
            long start = System.nanoTime();
            assertThatIllegalStateException()
                    .isThrownBy(() -> reapFor(MINUTE, aio))
                    .withMessage("no slot becomes free: io_getevents keeps failing with EINVAL");
            Duration waited = Duration.ofNanos(System.nanoTime() - start);
            kernel.endFixedResult(FakeCall.GET_EVENTS);
            aio.lock.unlock();
            return waited;
        }
    }

    private static void reapFor(Duration time, ReapedContext aio) {
        long start = System.nanoTime();
        while (System.nanoTime() - start < time.toNanos()) {
            aio.reaper.reapOnce();
        }
    }
}
