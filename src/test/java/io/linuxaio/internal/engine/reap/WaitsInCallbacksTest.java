package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Callbacks that wait for results and slots of another context, and keep reaping for their own. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitsInCallbacksTest {
    private static final long FOREVER = LeaderFollowers.FOREVER;
    private static final long SHORT = TimeUnit.MILLISECONDS.toNanos(5);
    private static final long DAY = TimeUnit.DAYS.toNanos(1);
    private static final long SECONDS = 25;

    private final FakeKernel kernel = new FakeKernel();
    private final ReapedContext own = new ReapedContext(kernel);
    private final ReapedContext other = new ReapedContext(kernel);
    private LeaderFollowers others;
    private volatile boolean isInCallback;

    @AfterEach
    void close() {
        own.close();
        other.close();
    }

    private void startBoth() {
        own.start();
        other.startAndLeaveRing();
        others = other.leaders();
    }

    /** Runs code in a callback of a context. */
    private <T> CompletableFuture<T> inCallback(ReapedContext context, Supplier<T> body) {
        CompletableFuture<T> result = new CompletableFuture<>();
        context.delivery.callback = () -> {
            context.delivery.callback = () -> {};
            try {
                result.complete(body.get());
            } catch (Throwable e) {
                result.completeExceptionally(e);
            }
        };
        int before = kernel.held().size();
        context.submit();
        // The operation that was submitted last, of this context.
        int held = kernel.held().size();
        assertThat(held).isEqualTo(before + 1);
        kernel.release(context == own ? heldBy(own) - 1 : held - 1);
        return result;
    }

    /** Contexts are listed in the order of their creation. */
    private int heldBy(ReapedContext first) {
        return kernel.held().size() - other.pool.acquired();
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void aCallbackGetsAResultOfAContextWhoseRingIsLeftToWaitingThreads() throws Exception {
        startBoth();
        Result awaited = other.submit();
        CompletableFuture<Boolean> callback = inCallback(own, () -> {
            others.await(awaited, FOREVER, true);
            return awaited.isDone();
        });

        Await.until("the reaper is asked to reap", other.lock::isReserved);
        kernel.releaseAll();

        assertThat(get(callback)).isTrue();
        assertThat(awaited.waitingThread()).isNull();
    }

    @Test
    void aWaitInACallbackEndsWhenItsTimeElapses() throws Exception {
        startBoth();
        Result awaited = other.submit();
        CompletableFuture<Long> callback = inCallback(own, () -> {
            long start = System.nanoTime();
            others.await(awaited, SHORT, true);
            others.await(awaited, 0, true);
            return System.nanoTime() - start;
        });

        assertThat(get(callback)).isGreaterThanOrEqualTo(SHORT);
        assertThat(awaited.isDone()).isFalse();
    }

    @Test
    void aWaitInACallbackWithoutTimeAsksNoThreadToReap() throws Exception {
        startBoth();
        Result awaited = other.submit();
        CompletableFuture<Boolean> callback = inCallback(own, () -> {
            others.await(awaited, 0, true);
            return other.lock.isReserved();
        });

        assertThat(get(callback)).isFalse();
    }

    @Test
    void aWaitInACallbackPausesBetweenItsPolls() throws Exception {
        startBoth();
        AtomicInteger looks = new AtomicInteger();
        Result late = late(looks);
        CompletableFuture<Boolean> callback = inCallback(own, () -> {
            others.await(late, 10 * SHORT, true);
            return true;
        });

        assertThat(get(callback)).isTrue();
        assertPaced(looks);
    }

    /** A thread that reaps for one context, in a callback, waits for a result of another whose ring is taken. */
    @Test
    void aWaitOnAThreadThatReapsPausesBetweenItsPolls() {
        own.startAndLeaveRing();
        other.startAndLeaveRing();
        others = other.leaders();
        Await.until("the ring is free", own.lock::tryLock);
        other.lock.reserveFor(new Thread());
        AtomicInteger looks = new AtomicInteger();
        try {
            others.await(late(looks), 10 * SHORT, true);
        } finally {
            other.lock.unreserve();
            own.lock.unlock();
        }

        assertPaced(looks);
    }

    /** Returns a result that never comes, and counts how often a thread looks for it. */
    private static Result late(AtomicInteger looks) {
        return new Result() {
            @Override
            public boolean isDone() {
                looks.incrementAndGet();
                return false;
            }
        };
    }

    /** Asserts that a thread looked a few times in each millisecond, unless pauses ended early. */
    private static void assertPaced(AtomicInteger looks) {
        assertThat(looks.get()).isBetween(3, 1000);
    }

    @Test
    void aWaitInACallbackWithALongTimeoutEndsWithTheResult() throws Exception {
        startBoth();
        Result awaited = other.submit();
        CompletableFuture<Boolean> callback = inCallback(own, () -> {
            others.await(awaited, DAY, true);
            return awaited.isDone();
        });
        Await.until("the callback waits", () -> awaited.waitingThread() != null);

        kernel.releaseAll();

        assertThat(get(callback)).isTrue();
    }

    @Test
    void anInterruptEndsAnInterruptibleWaitInACallback() throws Exception {
        startBoth();
        Result awaited = other.submit();
        CompletableFuture<Boolean> callback = inCallback(own, () -> {
            others.await(awaited, FOREVER, true);
            return Thread.interrupted() && !awaited.isDone();
        });
        Await.until("the callback waits", () -> awaited.waitingThread() != null);

        awaited.waitingThread().interrupt();

        assertThat(get(callback)).as("interrupted without a result").isTrue();
    }

    @Test
    void anInterruptOfAnotherWaitInACallbackIsKeptUntilItEnds() throws Exception {
        startBoth();
        Result awaited = other.submit();
        CompletableFuture<Boolean> callback = inCallback(own, () -> {
            others.await(awaited, FOREVER, false);
            return Thread.interrupted() && awaited.isDone();
        });
        Await.until("the callback waits", () -> awaited.waitingThread() != null);
        Thread waiter = awaited.waitingThread();
        waiter.interrupt();
        Await.until("the interrupt is noticed", () -> !waiter.isInterrupted());
        assertThat(callback).isNotDone();

        kernel.releaseAll();

        assertThat(get(callback)).as("interrupted, with a result").isTrue();
    }

    @Test
    void aWaitInACallbackThatWasNotInterruptedLeavesNoStatus() throws Exception {
        startBoth();
        Result awaited = other.submit();
        CompletableFuture<Boolean> callback = inCallback(own, () -> {
            others.await(awaited, SHORT, false);
            return Thread.interrupted();
        });

        assertThat(get(callback)).isFalse();
    }

    @Test
    void aWaitingCallbackReapsTheEventsOfItsOwnContext() throws Exception {
        startBoth();
        Result awaited = other.submit();
        CompletableFuture<Boolean> callback = inCallback(own, () -> {
            Result sibling = own.submit();
            kernel.release(heldBy(own) - 1);
            others.await(awaited, FOREVER, true);
            return sibling.isDone();
        });
        Await.until("the callback waits", () -> awaited.waitingThread() != null);
        Await.until("its context has no operation in flight", () -> own.pool.acquired() == 0);
        assertThat(callback).isNotDone();
        kernel.releaseAll();

        assertThat(get(callback)).isTrue();
    }

    /** Results that another thread has kept are delivered while no thread owns the ring. */
    @Test
    void aWaitingCallbackThatDoesNotOwnItsRingReapsTheEventsOfItsContext() throws Exception {
        startBoth();
        Result awaited = other.submit();
        CompletableFuture<Boolean> callback = new CompletableFuture<>();
        own.delivery.whenAskedForKept = () -> {
            if (!own.lock.isHeldByCurrentThread() && !isInCallback) {
                isInCallback = true;
                Result sibling = own.submit();
                kernel.release(heldBy(own) - 1);
                others.await(awaited, FOREVER, true);
                callback.complete(sibling.isDone() && own.lock.owner() == null);
            }
        };
        assertThat(own.reaper.requestDelivery()).isTrue();
        Await.until("the callback waits", () -> awaited.waitingThread() != null);
        Await.until("its context has no operation in flight", () -> own.pool.acquired() == 0);
        kernel.releaseAll();

        assertThat(get(callback)).isTrue();
    }

    /** With and without the ring: results that another thread has kept are delivered before it is locked, and after. */
    @Test
    void aCallbackThatReapsChangesNoOwnerOfTheRing() {
        startBoth();
        Set<Boolean> tried = ConcurrentHashMap.newKeySet();
        AtomicInteger changes = new AtomicInteger();
        own.delivery.whenAskedForKept = () -> {
            boolean isOwner = own.lock.isHeldByCurrentThread();
            Reaper.takeEventsInCallback();
            if (own.lock.isHeldByCurrentThread() != isOwner) {
                changes.incrementAndGet();
            }
            tried.add(isOwner);
        };
        assertThat(own.reaper.requestDelivery()).isTrue();

        Await.until("it has reaped in both ways", () -> tried.size() == 2);
        assertThat(changes).hasValue(0);
    }

    @Test
    void aCallbackThatHasWaitedBlocksNoOther() throws Exception {
        startBoth();
        Result first = other.submit();
        CompletableFuture<Boolean> one = inCallback(own, () -> {
            others.await(first, SHORT, true);
            return true;
        });
        assertThat(get(one)).isTrue();
        Result second = own.submit();

        CompletableFuture<Boolean> two = inCallback(other, () -> {
            own.leaders().await(second, SHORT, true);
            return second.isDone();
        });

        assertThat(get(two)).isFalse();
    }

    @Test
    void aCallbackWaitsForASlotOfAnotherContext() throws Exception {
        startBoth();
        for (int i = 0; i < ReapedContext.SLOTS; i++) {
            other.submit();
        }
        CompletableFuture<Boolean> callback = inCallback(own, () -> {
            Result sibling = own.submit();
            kernel.release(heldBy(own) - 1);
            Slot claimed = acquire(others);
            other.pool.release(claimed);
            return sibling.isDone();
        });
        Await.until("the reaper is asked to reap", other.lock::isReserved);
        Await.until("the callback's context has no operation in flight", () -> own.pool.acquired() == 0);
        assertThat(callback).isNotDone();

        kernel.releaseAll();

        assertThat(get(callback)).isTrue();
    }

    @Test
    void aCallbackWaitsForNoSlotOfAClosedContext() throws Exception {
        startBoth();
        for (int i = 0; i < ReapedContext.SLOTS; i++) {
            other.submit();
        }
        CompletableFuture<Boolean> callback = inCallback(own, () -> acquire(others) == null);
        Await.until("the reaper is asked to reap", other.lock::isReserved);

        other.pool.close();

        assertThat(get(callback)).isTrue();
    }

    private static Slot acquire(LeaderFollowers from) {
        try {
            return from.acquire();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The ring is left to waiting threads: only a request makes the reaper return to it. */
    private CompletableFuture<Boolean> reservesItsRing() {
        own.startAndLeaveRing();
        other.start();
        others = other.leaders();
        kernel.hold();
        Result awaited = other.submit();
        return inCallback(own, () -> {
            isInCallback = true;
            Result sibling = own.submit();
            kernel.release(heldBy(own) - 1);
            others.await(awaited, SHORT, true);
            isInCallback = false;
            Await.until("the event is reaped", () -> {
                Reaper.takeEventsInCallback();
                return sibling.isDone();
            });
            return own.lock.isReserved();
        });
    }

    @Test
    void resultsThatAWaitingCallbackKeepsAreDeliveredSoon() throws Exception {
        own.delivery.keeps = true;

        assertThat(get(reservesItsRing())).isTrue();
    }

    @Test
    void anErrorOfAWaitingCallbackThatReapsLeavesTheRingToTheReaper() throws Exception {
        own.delivery.whenReaped = () -> {
            if (isInCallback) {
                throw new OutOfMemoryError("of the test");
            }
        };
        try (LogLines log = new LogLines()) {
            assertThat(get(reservesItsRing())).isTrue();

            assertThat(log.count("the reaper continues after an error")).isPositive();
        }
    }

    @Test
    void aWaitingCallbackThatKeepsNothingDoesNotReserveItsRing() throws Exception {
        assertThat(get(reservesItsRing())).isFalse();
    }

    /** A thread that leads runs callbacks of others, such as a stage that another thread has added. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aThreadThatReapsMayWaitForAnotherContextAndReapsItsOwnMeanwhile(boolean leads) throws Exception {
        own.startAndLeaveRing();
        other.start();
        others = other.leaders(new AdaptiveSpin(0), leads);
        Result awaited = other.submit();
        Result sibling = own.submit();
        // Its reaper may hold the lock for a moment, to look at the ring that it has left.
        Await.until("the ring is free", own.lock::tryLock);
        Thread test = Thread.currentThread();
        Thread releasing = Thread.ofPlatform().daemon().start(() -> {
            Await.until("the thread waits", () -> awaited.waitingThread() == test);
            kernel.release(0);
            Await.until("the other operation of its context has completed", sibling::isDone);
            kernel.releaseAll();
        });

        others.await(awaited, FOREVER, false);
        own.lock.unlock();
        releasing.join();

        assertThat(awaited.isDone()).isTrue();
        assertThat(sibling.isDone()).isTrue();
    }
}
