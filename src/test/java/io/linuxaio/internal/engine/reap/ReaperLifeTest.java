package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The start and the end of a reaper: its thread, what it delivers last, and what it lets go of. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReaperLifeTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final FakeKernel kernel = new FakeKernel();
    private ReapedContext aio = new ReapedContext(kernel);

    @AfterEach
    void close() {
        aio.close();
    }

    private void replaceBy(ReapedContext other) {
        aio.close();
        aio = other;
    }

    private void runACallback() throws InterruptedException {
        CountDownLatch ran = new CountDownLatch(1);
        Runnable body = aio.delivery.callback;
        aio.delivery.callback = () -> {
            body.run();
            ran.countDown();
        };
        kernel.releaseAll();
        aio.submit();
        assertThat(ran.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theThreadIsADaemonOfNormalPriorityWhateverItsCreatorIs() throws InterruptedException {
        AtomicReference<Thread> ranOn = new AtomicReference<>();
        Thread creator = Thread.ofPlatform()
                .daemon(false)
                .priority(Thread.MAX_PRIORITY)
                .start(() -> replaceBy(new ReapedContext(kernel).start()));
        creator.join();
        aio.delivery.callback = () -> ranOn.set(Thread.currentThread());

        runACallback();

        assertThat(ranOn.get().isDaemon()).isTrue();
        assertThat(ranOn.get().getPriority()).isEqualTo(Thread.NORM_PRIORITY);
        assertThat(ranOn.get().getName()).isEqualTo(ReapedContext.NAME);
    }

    @Test
    void theWakeupIsTestedBeforeTheReaperWaits() throws InterruptedException {
        aio.start();
        kernel.awaitWaiting();

        assertThat(aio.wakeupsSubmitted()).isEqualTo(1);
    }

    @Test
    void aThreadOfAFactoryIsAReaperUntilTheContextEnds() throws InterruptedException {
        List<Boolean> answers = new CopyOnWriteArrayList<>();
        CountDownLatch over = new CountDownLatch(1);
        replaceBy(new ReapedContext(
                        kernel,
                        Integer.MAX_VALUE,
                        task -> Thread.ofPlatform().daemon().unstarted(() -> {
                            task.run();
                            answers.add(Reaper.isReaperThread());
                            answers.add(Reaper.isAnyCurrentThread());
                            over.countDown();
                        }))
                .start());
        aio.delivery.callback = () -> {
            answers.add(Reaper.isReaperThread());
            answers.add(Reaper.isAnyCurrentThread());
        };
        runACallback();

        aio.reaper.close();

        assertThat(over.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(answers).containsExactly(true, true, false, false);
    }

    @Test
    void aThreadThatAFactoryHasStartedItselfEndsAndNothingIsLeft() throws InterruptedException {
        AtomicReference<Thread> made = new AtomicReference<>();
        int before = kernel.openDescriptors();
        ReapedContext other = new ReapedContext(kernel, Integer.MAX_VALUE, task -> {
            made.set(Thread.ofPlatform().daemon().start(task));
            return made.get();
        });
        Await.parked(made.get());

        assertThatThrownBy(other.reaper::start).isInstanceOf(IllegalThreadStateException.class);

        made.get().join();
        // The file of the other context stays.
        assertThat(kernel.openDescriptors()).isEqualTo(before + 1);
        other.lock.unreserve();
        assertThat(other.lock.tryLock()).isTrue();
        assertThat(Reaper.isAnyCurrentThread())
                .as("knows the abandoned context")
                .isFalse();
        // The event of the wakeup's test.
        other.engine.reap(0, 0, other.reaper.sink());
        other.engine.destroy();
    }

    @Test
    void aThreadThatReapsForAStartedContextCountsAsDelivering() throws InterruptedException {
        aio.startAndLeaveRing();
        Await.until("the ring is free", aio.lock::tryLock);

        assertThat(Reaper.isAnyCurrentThread()).isTrue();
        aio.lock.unlock();

        assertThat(Reaper.isAnyCurrentThread()).isFalse();
    }

    /** Another thread reaps the last events of a context that closes, and leaves their delivery to the reaper. */
    @Test
    void resultsThatAnotherThreadReapedLastAreDelivered() throws InterruptedException {
        AtomicInteger called = new AtomicInteger();
        aio.startAndLeaveRing();
        aio.delivery.callback = called::incrementAndGet;
        Await.until("the ring is free", aio.lock::tryLock);
        Result last = aio.submit();
        aio.reaper.close();
        kernel.releaseAll();
        // Polls, since closing has submitted a wakeup.
        Await.until("the event is reaped", () -> {
            aio.engine.reap(0, 0, aio.reaper.sink());
            return last.isDone();
        });
        assertThat(called).hasValue(0);
        int kept = aio.delivery.keptDeliveries.get();

        aio.lock.unlock();

        assertThat(aio.reaper.awaitEnd(LONG)).isTrue();
        assertThat(called).hasValue(1);
        assertThat(aio.delivery.keptDeliveries.get())
                .as("deliveries of kept results")
                .isGreaterThan(kept);
    }

    /** No event would arrive for such results, so that a wait in the kernel would delay them without end. */
    @Test
    void resultsThatAnotherThreadReapedAreDeliveredBeforeTheNextWait() throws InterruptedException {
        AtomicInteger called = new AtomicInteger();
        aio.startAndLeaveRing();
        Await.until("the ring is free", aio.lock::tryLock);
        aio.delivery.callback = called::incrementAndGet;
        Result reaped = aio.submit();
        kernel.releaseAll();
        aio.engine.reap(0, 0, aio.reaper.sink());
        assertThat(reaped.isDone()).isTrue();
        aio.reaper.signal();

        aio.lock.unlock();

        Await.until("the result is delivered", () -> called.get() == 1);
    }

    @Test
    void aContextThatCannotBeDestroyedIsReported() {
        aio.start();
        kernel.fail(FakeCall.DESTROY, Errno.EINVAL, 1);
        try (LogLines log = new LogLines()) {
            aio.reaper.close();
            assertThat(aio.reaper.awaitEnd(LONG)).isTrue();

            assertThat(log.count("io_destroy failed: EINVAL")).isEqualTo(1);
        }
        kernel.destroyAll();
    }

    @Test
    void aContextThatIsDestroyedIsNotReported() {
        aio.start();
        try (LogLines log = new LogLines()) {
            aio.reaper.close();
            assertThat(aio.reaper.awaitEnd(LONG)).isTrue();

            assertThat(log.lines()).isEmpty();
        }
        // The file of the test.
        assertThat(kernel.openDescriptors()).isEqualTo(1);
    }

    @Test
    void aKeptResultIsRequestedFromAReaperThatWaitsInTheKernel() throws InterruptedException {
        aio.start();
        kernel.awaitWaiting();
        AtomicBoolean delivered = new AtomicBoolean();
        aio.delivery.whenAskedForKept = () -> delivered.set(true);

        assertThat(aio.reaper.requestDelivery()).isTrue();

        Await.until("kept results are delivered", delivered::get);
    }

    @Test
    void aRequestForDeliveryFailsIfTheReaperCannotBeWoken() throws InterruptedException {
        aio.start();
        kernel.awaitWaiting();
        kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 1);

        assertThat(aio.reaper.requestDelivery()).isFalse();
    }

    @Test
    void aCallbackMayRequestADeliveryWithoutAWakeup() throws InterruptedException {
        aio.start();
        kernel.awaitWaiting();
        long before = aio.wakeupsSubmitted();
        AtomicBoolean accepted = new AtomicBoolean();
        aio.delivery.callback = () -> accepted.set(aio.reaper.requestDelivery());

        runACallback();

        assertThat(accepted).isTrue();
        assertThat(aio.wakeupsSubmitted()).isEqualTo(before);
    }

    @Test
    void aRequestForDeliveryFailsAfterTheEnd() {
        aio.start();
        aio.reaper.close();
        assertThat(aio.reaper.awaitEnd(LONG)).isTrue();

        assertThat(aio.reaper.requestDelivery()).isFalse();
    }

    @Test
    void closingLetsNoSlotBeClaimedAnyMore() {
        aio.start();
        aio.reaper.close();

        assertThat(aio.pool.isClosed()).isTrue();
        assertThat(aio.lock.isReserved()).isTrue();
    }

    @Test
    void oneThreadWakesAReaperThatTheKernelDoesNotWake() throws InterruptedException {
        kernel.hold();
        aio.start();
        kernel.awaitWaiting();
        kernel.fixResult(FakeCall.SUBMIT, -Errno.EAGAIN);

        for (int i = 0; i < 3; i++) {
            aio.reaper.close();
        }

        Await.until("a thread tries to wake the reaper", () -> wakers() == 1);
        long tries = kernel.count(FakeCall.SUBMIT);
        Await.until("it tries again", () -> kernel.count(FakeCall.SUBMIT) > tries + 2);
        assertThat(wakers()).isEqualTo(1);
        kernel.endFixedResult(FakeCall.SUBMIT);
        assertThat(aio.reaper.awaitEnd(LONG)).isTrue();
        Await.until("the thread has ended", () -> wakers() == 0);
    }

    /** No thread waits for the end, which would wake the reaper, too. */
    @Test
    void anErrorOfTheWakeupDoesNotKeepAClosedContextOpen() throws InterruptedException {
        AtomicBoolean outOfMemory = new AtomicBoolean();
        Kernel failing = KernelProxy.over(kernel, call -> {
            if (outOfMemory.get() && "submit".equals(call.name())) {
                throw new OutOfMemoryError("of the test");
            }
            return call.proceed();
        });
        replaceBy(new ReapedContext(kernel, failing, Integer.MAX_VALUE, null).start());
        kernel.awaitWaiting();
        outOfMemory.set(true);

        aio.reaper.close();

        Await.until("a thread tries to wake the reaper", () -> wakers() == 1);
        assertThat(kernel.openContexts()).isEqualTo(1);
        outOfMemory.set(false);
        Await.until("the context is destroyed", () -> kernel.openContexts() == 0);
    }

    @Test
    void noFurtherThreadWakesAReaperThatTheKernelWakes() throws InterruptedException {
        aio.start();
        kernel.hold();
        aio.submit();
        kernel.awaitWaiting();

        aio.reaper.close();

        assertThat(wakers()).isZero();
    }

    private static long wakers() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals(ReapedContext.NAME + "-waker"))
                .count();
    }

    @Test
    void aWaitForTheEndReturnsWhenItsTimeElapses() throws InterruptedException {
        aio.start();
        long start = System.nanoTime();

        assertThat(aio.reaper.awaitTermination(Duration.ofMillis(5))).isFalse();
        Thread.currentThread().interrupt();
        assertThat(aio.reaper.awaitEnd(Duration.ofMillis(5))).isFalse();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(System.nanoTime() - start).isBetween(10_000_000L, LONG.toNanos());
        assertThat(aio.reaper.awaitEnd(Duration.ofMillis(1))).isFalse();
        assertThat(Thread.interrupted()).as("not interrupted meanwhile").isFalse();
    }
}
