package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that wait for a slot of a full queue, by reaping themselves or without. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WaitsForSlotsTest {
    private final FakeKernel kernel = new FakeKernel();
    private final ReapedContext aio = new ReapedContext(kernel);
    private final LeaderFollowers leaders = aio.leaders();
    private final AtomicReference<Slot> claimed = new AtomicReference<>();
    private final AtomicReference<Throwable> thrown = new AtomicReference<>();

    WaitsForSlotsTest() {
        kernel.hold();
    }

    @AfterEach
    void close() {
        Slot slot = claimed.get();
        if (slot != null) {
            aio.pool.release(slot);
        }
        aio.close();
    }

    private List<Result> fill() {
        List<Result> all = new ArrayList<>();
        for (int i = 0; i < ReapedContext.SLOTS; i++) {
            all.add(aio.submit());
        }
        return all;
    }

    private void acquire(LeaderFollowers from) {
        try {
            claimed.set(from.acquire());
        } catch (Throwable e) {
            thrown.set(e);
        }
    }

    private Thread acquireOn(Thread.Builder kind) {
        return kind.start(() -> acquire(leaders));
    }

    /** Reaps on the test's own thread, instead of the reaper, which is not started. */
    private void reapOne() {
        kernel.release(0);
        aio.engine.reap(0, 0, aio.reaper.sink());
    }

    @Test
    void aFreeSlotIsClaimedAtOnce() throws InterruptedException {
        claimed.set(leaders.acquire());

        assertThat(claimed.get()).isNotNull();
        assertThat(aio.lock.owner()).isNull();
    }

    @Test
    void aThreadThatFindsTheRingTakenGetsASlotThatTheOtherFrees() throws InterruptedException {
        fill();
        assertThat(aio.lock.tryLock()).isTrue();
        Thread thread = acquireOn(Thread.ofPlatform());
        Await.parked(thread);

        reapOne();
        thread.join();

        assertThat(claimed.get()).isNotNull();
        assertThat(aio.lock.isReserved()).isFalse();
        assertThat(aio.lock.isHeldByCurrentThread()).as("still owns the ring").isTrue();
        aio.lock.unlock();
    }

    @Test
    void anInterruptEndsTheWaitOfAThreadThatFindsTheRingTaken() throws InterruptedException {
        fill();
        assertThat(aio.lock.tryLock()).isTrue();
        Thread thread = acquireOn(Thread.ofPlatform());
        Await.parked(thread);

        thread.interrupt();
        thread.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        aio.lock.unlock();
    }

    @Test
    void anInterruptEndsTheWaitOfAThreadThatReaps() throws InterruptedException {
        fill();
        Thread thread = acquireOn(Thread.ofPlatform());
        Await.until("the thread reaps", () -> kernel.isWaiting(thread));

        thread.interrupt();
        thread.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        assertThat(aio.lock.owner()).isNull();
    }

    @Test
    void aVirtualThreadGetsASlotFromTheReaperWhichItCalls() throws InterruptedException {
        fill();
        Thread thread = acquireOn(Thread.ofVirtual());
        Await.until("the ring is reserved for the reaper", aio.lock::isReserved);
        Await.parked(thread);

        reapOne();
        thread.join();

        assertThat(claimed.get()).isNotNull();
    }

    @Test
    void anInterruptEndsTheWaitOfAVirtualThread() throws InterruptedException {
        fill();
        Thread thread = acquireOn(Thread.ofVirtual());
        Await.parked(thread);

        thread.interrupt();
        thread.join();

        assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    }

    @Test
    void aThreadThatMustNotReapWaitsForTheReaper() throws InterruptedException {
        fill();
        LeaderFollowers passive = aio.leaders(new AdaptiveSpin(0), false);
        Thread thread = Thread.ofPlatform().start(() -> acquire(passive));
        Await.parked(thread);
        assertThat(kernel.isWaiting(thread)).isFalse();
        assertThat(aio.lock.isReserved()).isFalse();

        reapOne();
        thread.join();

        assertThat(claimed.get()).isNotNull();
    }

    @Test
    void aSlotThatAnErrorLeftIsRecoveredByAnyThreadThatNeedsOne() throws Exception {
        LeaderFollowers passive = aio.leaders(new AdaptiveSpin(0), false);
        Slot left = aio.pool.tryAcquire();
        aio.submit();
        aio.submit();
        aio.delivery.whenRecovering = () -> {
            if (Slot.someLeft) {
                Slot.someLeft = false;
                aio.pool.release(left);
            }
        };
        try (ForkJoinPool workers = new ForkJoinPool(1)) {
            for (Runnable way : List.<Runnable>of(
                    () -> acquire(leaders),
                    this::acquireWhileAnotherThreadHasTheRing,
                    () -> acquire(passive),
                    () -> workers.submit(() -> acquire(leaders)).join(),
                    this::acquireInACallback)) {
                Slot.someLeft = true;

                way.run();

                assertThat(thrown).hasNullValue();
                assertThat(claimed.getAndSet(null)).isSameAs(left);
            }
        } finally {
            Slot.someLeft = false;
        }
        aio.pool.release(left);
    }

    private void acquireWhileAnotherThreadHasTheRing() {
        aio.lock.reserveFor(new Thread());
        acquire(leaders);
        aio.lock.unreserve();
    }

    /** A thread that reaps for another context may be in a callback, and waits in another way. */
    private void acquireInACallback() {
        RingLock other = new RingLock(aio.engine, ReapedContext.SLOTS);
        other.register();
        assertThat(other.tryLock()).isTrue();
        try {
            acquire(leaders);
        } finally {
            other.unlock();
            other.unregister();
        }
    }

    @Test
    void nothingIsRecoveredIfNothingIsLeft() throws InterruptedException {
        Slot.someLeft = false;

        claimed.set(leaders.acquire());
        leaders.drain();

        assertThat(aio.delivery.recoveries).hasValue(0);
    }

    @Test
    void aThreadThatReapsRecoversSlotsThatAnErrorLeft() {
        Slot.someLeft = true;
        try {
            leaders.drain();
        } finally {
            Slot.someLeft = false;
        }

        assertThat(aio.delivery.recoveries.get()).isPositive();
    }
}
