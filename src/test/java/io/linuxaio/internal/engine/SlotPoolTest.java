package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.testing.Await;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SlotPoolTest {
    private static final int SLOTS = 5;
    private static final int THREADS = 8;
    private static final int ROUNDS = 20_000;

    private final FakeKernel kernel = new FakeKernel();
    private final KernelAioContext engine = KernelAioContext.over(kernel, kernel.setup(SLOTS), SLOTS, true);
    private SlotPool pool;

    @BeforeEach
    void fill() {
        Slot[] slots = new Slot[SLOTS];
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = engine.slot(i);
        }
        pool = new SlotPool(slots);
    }

    @AfterEach
    void nothingIsLost() {
        Set<Slot> all = new HashSet<>();
        Slot slot;
        while ((slot = pool.tryAcquire()) != null) {
            assertThat(all.add(slot)).as("claimed once").isTrue();
        }
        assertThat(all).hasSize(SLOTS);
        engine.destroy();
    }

    @Test
    void claimsEachSlotOnceAndThenNone() {
        Set<Slot> claimed = new HashSet<>();
        for (int i = 0; i < SLOTS; i++) {
            claimed.add(pool.tryAcquire());
        }

        assertThat(claimed).hasSize(SLOTS).doesNotContainNull();
        assertThat(pool.tryAcquire()).isNull();
        assertThat(pool.acquired()).isEqualTo(SLOTS);
        claimed.forEach(pool::release);
        assertThat(pool.acquired()).isZero();
    }

    @Test
    void claimsTheSlotThatWasReleasedLast() {
        Slot first = pool.tryAcquire();
        Slot second = pool.tryAcquire();
        pool.release(second);
        pool.release(first);

        assertThat(pool.tryAcquire()).isSameAs(first);

        pool.release(first);
    }

    private List<Slot> claimAll() {
        List<Slot> all = new ArrayList<>();
        for (int i = 0; i < SLOTS; i++) {
            all.add(pool.tryAcquire());
        }
        return all;
    }

    @Test
    void countsTheMaximumClaimedAtOnce() {
        assertThat(pool.maxAcquired()).isZero();
        Slot first = pool.tryAcquire();
        Slot second = pool.tryAcquire();
        pool.release(first);
        Slot third = pool.tryAcquire();
        assertThat(pool.maxAcquired()).isEqualTo(2);
        pool.release(second);
        pool.release(third);

        assertThat(pool.maxAcquired()).isEqualTo(2);
        claimAll().forEach(pool::release);
        assertThat(pool.maxAcquired()).isEqualTo(SLOTS);
    }

    @Test
    void countsClaimedSlotsReleasedInAnyOrder() {
        List<Slot> claimed = new ArrayList<>();
        for (int from : new int[] {0, 0, 2, 1, 0}) {
            while (claimed.size() < SLOTS) {
                claimed.add(pool.tryAcquire());
                assertThat(pool.acquired()).isEqualTo(claimed.size());
            }
            while (claimed.size() > from) {
                pool.release(claimed.remove(from));
                assertThat(pool.acquired()).isEqualTo(claimed.size());
            }
        }
    }

    @Test
    void isDrainedOnlyWhenClosedAndAllSlotsAreReleased() {
        List<Slot> claimed = claimAll();
        assertThat(pool.isDrained()).isFalse();
        pool.close();

        while (!claimed.isEmpty()) {
            assertThat(pool.isDrained()).isFalse();
            pool.release(claimed.removeLast());
        }

        assertThat(pool.isDrained()).isTrue();
        assertThat(pool.tryAcquire()).isNull();
        fill();
        assertThat(pool.isDrained()).as("drained while open").isFalse();
    }

    @Test
    void aWaiterGetsTheReleasedSlot() throws Exception {
        List<Slot> claimed = claimAll();
        CountDownLatch done = new CountDownLatch(2);
        for (Thread.Builder builder : new Thread.Builder[] {Thread.ofVirtual(), Thread.ofPlatform()}) {
            builder.start(() -> {
                try {
                    pool.release(pool.acquire());
                    done.countDown();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        }

        pool.release(claimed.removeLast());

        done.await();
        claimed.forEach(pool::release);
    }

    /** The first wake-up is still pending when the second slot is released. */
    @Test
    void twoSlotsReleasedTogetherWakeTwoWaiters() throws Exception {
        for (int round = 0; round < 50; round++) {
            List<Slot> claimed = claimAll();
            List<FutureTask<Slot>> waiting = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                FutureTask<Slot> task = new FutureTask<>(pool::acquire);
                waiting.add(task);
                Await.parked(Thread.ofPlatform().start(task));
            }

            pool.release(claimed.removeLast());
            pool.release(claimed.removeLast());

            // Neither of them releases its slot meanwhile, which would wake the other.
            for (FutureTask<Slot> task : waiting) {
                claimed.add(task.get(20, TimeUnit.SECONDS));
            }
            claimed.forEach(pool::release);
        }
    }

    @Test
    void aClosingPoolGrantsNoSlotAndWakesAllWaiters() throws Exception {
        List<Slot> claimed = claimAll();
        List<FutureTask<Slot>> waiting = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            FutureTask<Slot> task = new FutureTask<>(pool::acquire);
            waiting.add(task);
            Await.parked((i % 2 == 0 ? Thread.ofVirtual() : Thread.ofPlatform()).start(task));
        }

        pool.close();
        pool.close();

        for (FutureTask<Slot> task : waiting) {
            assertThat(task.get()).isNull();
        }
        assertThat(pool.isClosed()).isTrue();
        assertThat(pool.acquire()).isNull();
        assertThat(pool.tryAcquire()).isNull();
        assertThat(pool.acquired()).isEqualTo(SLOTS);
        claimed.forEach(pool::release);
        assertThat(pool.acquired()).isZero();
        assertThat(pool.tryAcquire()).isNull();
        assertThat(pool.acquire(1)).isNull();
        fill();
    }

    private static long waits(Thread thread) {
        ThreadInfo info = ManagementFactory.getThreadMXBean().getThreadInfo(thread.threadId());
        return info == null ? Long.MAX_VALUE : info.getWaitedCount();
    }

    /** The waiter wakes up, and mostly finds no slot. */
    @Test
    void aWaiterWaitsOnIfItsSlotIsTaken() throws Exception {
        List<Slot> claimed = claimAll();
        FutureTask<Slot> waiting = new FutureTask<>(() -> pool.acquire(TimeUnit.MINUTES.toNanos(1)));
        Thread waiter = Thread.ofPlatform().start(waiting);
        Await.parked(waiter);
        Slot mine = claimed.removeLast();
        long before = waits(waiter);
        pool.release(mine);
        mine = pool.tryAcquire();
        Await.until("the waiter waits again", () -> waiting.isDone() || waits(waiter) > before);
        if (mine != null) {
            pool.release(mine);
        }

        assertThat(waiting.get()).isNotNull();

        pool.release(waiting.get());
        claimed.forEach(pool::release);
    }

    @Test
    void aPoolIsClosedOnceToWakeAWaiter() throws Exception {
        List<Slot> claimed = claimAll();
        FutureTask<Slot> waiting = new FutureTask<>(pool::acquire);
        Await.parked(Thread.ofPlatform().start(waiting));

        pool.close();

        assertThat(waiting.get(20, TimeUnit.SECONDS)).isNull();
        claimed.forEach(pool::release);
        fill();
    }

    @Test
    void aWaiterThatTimesOutGetsNone() throws InterruptedException {
        List<Slot> claimed = claimAll();

        assertThat(pool.acquire(1_000_000)).isNull();

        assertThat(pool.isClosed()).isFalse();
        claimed.forEach(pool::release);
    }

    @Test
    void anInterruptedWaiterGetsNone() throws InterruptedException {
        List<Slot> claimed = claimAll();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread waiter = Thread.ofPlatform().start(() -> {
            try {
                pool.acquire();
            } catch (InterruptedException e) {
                interrupted.set(true);
            }
        });

        waiter.interrupt();
        waiter.join();

        assertThat(interrupted).isTrue();
        claimed.forEach(pool::release);
    }

    /** Tests the lock-free stack: an entry leaves and returns between a read and an exchange. */
    @Test
    void noSlotHasTwoOwners() throws InterruptedException {
        AtomicIntegerArray owners = new AtomicIntegerArray(SLOTS);
        AtomicInteger violations = new AtomicInteger();
        Thread[] threads = new Thread[THREADS];
        for (int t = 0; t < THREADS; t++) {
            boolean waits = t % 2 == 0;
            threads[t] = Thread.ofPlatform().start(() -> {
                for (int round = 0; round < ROUNDS; round++) {
                    useOne(waits, owners, violations);
                }
            });
        }

        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(violations).hasValue(0);
        assertThat(pool.acquired()).isZero();
    }

    private void useOne(boolean waits, AtomicIntegerArray owners, AtomicInteger violations) {
        Slot slot;
        try {
            slot = waits ? pool.acquire() : pool.tryAcquire();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        if (slot != null) {
            if (owners.incrementAndGet(slot.index()) != 1) {
                violations.incrementAndGet();
            }
            Thread.onSpinWait();
            owners.decrementAndGet(slot.index());
            pool.release(slot);
        }
    }
}
