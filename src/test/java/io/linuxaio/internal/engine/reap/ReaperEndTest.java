package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waits for the end of a reaper, and errors at its last steps. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReaperEndTest {
    private static final Duration LONG = Duration.ofSeconds(20);

    /** Longer than the interval at which a wait checks that the kernel still answers. */
    private static final Duration TWO_CHECKS = Duration.ofMillis(230);

    private final FakeKernel fake = new FakeKernel();
    private volatile String throwing = "";
    private final Kernel kernel = KernelProxy.over(fake, this::call);
    private final ReapedContext aio = new ReapedContext(fake, kernel, Integer.MAX_VALUE, null);

    /** Out of memory before the call is made, as in the JVM. */
    private Object call(KernelProxy.Call call) throws Throwable {
        if (call.is(throwing)) {
            throw new OutOfMemoryError("of the test");
        }
        return call.proceed();
    }

    @AfterEach
    void close() {
        throwing = "";
        aio.close();
        Await.until("the context is destroyed when there is memory", () -> fake.openContexts() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "destroy"})
    void anErrorOfTheLastCallsIsLoggedAndEndsTheContextNevertheless(String name) {
        AtomicInteger ended = new AtomicInteger();
        aio.delivery.whenEnding = ended::incrementAndGet;
        aio.start();
        throwing = name;
        try (LogLines log = new LogLines()) {
            aio.reaper.close();
            assertThat(aio.reaper.awaitEnd(LONG)).isTrue();

            assertThat(log.count("the reaper continues after an error")).isEqualTo(1);
        }
        assertThat(ended).hasValue(1);
    }

    @Test
    void aContextWithAnErrorInItsLastCallIsCollected() {
        WeakReference<Reaper> reaper = new WeakReference<>(endedWithAnError());
        throwing = "";

        Await.until("no static field keeps the context", () -> {
            System.gc();
            return reaper.refersTo(null);
        });
    }

    private Reaper endedWithAnError() {
        ReapedContext other = new ReapedContext(fake, kernel, Integer.MAX_VALUE, null).start();
        throwing = "destroy";
        other.reaper.close();
        assertThat(other.reaper.awaitEnd(LONG)).isTrue();
        return other.reaper;
    }

    /** No call follows that would deliver them. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void errorsOfTheLastDeliveriesLoseNoResult(boolean ofKeptResults) throws InterruptedException {
        AtomicInteger calls = new AtomicInteger();
        Runnable failing = () -> {
            if (calls.getAndIncrement() < 3) {
                throw new OutOfMemoryError("of the test");
            }
        };
        aio.start();
        fake.awaitWaiting();
        if (ofKeptResults) {
            aio.delivery.whenAskedForKept = failing;
        } else {
            aio.delivery.whenDelivering = failing;
        }

        aio.reaper.close();

        assertThat(aio.reaper.awaitEnd(Duration.ofSeconds(10))).isTrue();
        assertThat(calls).hasValueGreaterThan(3);
    }

    @Test
    void anErrorAtTheEndOfTheDeliveryIsLogged() {
        aio.delivery.whenEnding = () -> {
            throw new OutOfMemoryError("of the test");
        };
        aio.start();
        try (LogLines log = new LogLines()) {
            aio.reaper.close();
            assertThat(aio.reaper.awaitEnd(LONG)).isTrue();

            assertThat(log.count("the reaper continues after an error")).isEqualTo(1);
        }
    }

    @Test
    void interruptsDoNotProlongTheWaitForTheEnd() throws InterruptedException {
        aio.start();
        Thread waiting = Thread.currentThread();
        AtomicInteger interrupts = new AtomicInteger();
        Thread interrupting = Thread.ofPlatform().daemon().start(() -> {
            while (!Thread.interrupted()) {
                waiting.interrupt();
                interrupts.incrementAndGet();
                Await.becomes(() -> false, Duration.ofMillis(1));
            }
        });

        Await.until("the thread is interrupted", () -> interrupts.get() > 0);
        boolean isOver = aio.reaper.awaitEnd(Duration.ofMillis(30));
        interrupting.interrupt();
        Await.until("the other thread has ended", () -> !interrupting.isAlive());

        assertThat(isOver).isFalse();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aLongWaitForTheEndReturnsWhenItsTimeElapses() throws InterruptedException {
        fake.hold();
        aio.start();
        aio.submit();
        fake.awaitWaiting();
        long before = aio.wakeupsSubmitted();
        assertThat(aio.reaper.awaitTermination(TWO_CHECKS)).isFalse();
        assertThat(aio.wakeupsSubmitted()).as("wakeups before it closes").isEqualTo(before);
        long returns = aio.reaper.wakeups();
        aio.reaper.close();
        Await.until("the reaper has consumed the first wakeup", () -> aio.reaper.wakeups() > returns);

        assertThat(aio.reaper.awaitTermination(TWO_CHECKS)).isFalse();

        assertThat(aio.wakeupsSubmitted()).as("wakeups while it closes").isGreaterThan(before + 1);
        fake.releaseAll();
        assertThat(aio.reaper.awaitTermination(LONG)).isTrue();
    }

    @Test
    void aRingThatAnotherThreadOwnsIsReservedForTheReaperOnceTheContextCloses() {
        aio.startAndLeaveRing();
        Await.until("the ring is free", aio.lock::tryLock);
        assertThat(aio.lock.isReserved()).isFalse();

        aio.reaper.close();

        assertThat(aio.lock.isReserved()).isTrue();
        aio.lock.unlock();
    }

    /** The owner may have kept results for the reaper. */
    @Test
    void aContextDoesNotEndWhileAnotherThreadOwnsTheRing() {
        aio.startAndLeaveRing();
        Await.until("the ring is free", aio.lock::tryLock);
        aio.reaper.close();

        assertThat(aio.reaper.awaitEnd(TWO_CHECKS)).isFalse();

        aio.lock.unlock();
        assertThat(aio.reaper.awaitEnd(LONG)).isTrue();
    }
}
