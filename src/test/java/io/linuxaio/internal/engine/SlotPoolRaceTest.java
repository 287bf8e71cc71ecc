package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Race;
import java.lang.foreign.Arena;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many threads on few slots: each slot has one owner at a time, none is lost, and the pool drains. */
@Timeout(300)
@Tag("slow")
class SlotPoolRaceTest {
    private static final int SLOTS = 3;
    private static final int ROUNDS = 400;
    private static final int TIMES = 1_000;

    private SlotPool pool = pool();
    private final AtomicIntegerArray owners = new AtomicIntegerArray(SLOTS);
    private final AtomicInteger holders = new AtomicInteger();
    private final AtomicInteger claimed = new AtomicInteger();
    private final AtomicInteger notClaimed = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger acquiredWhileClosed = new AtomicInteger();

    private static SlotPool pool() {
        Slot[] slots = new Slot[SLOTS];
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot(i, 0, 0, Arena.global());
        }
        return new SlotPool(slots);
    }

    // The first is released before the second: another slot is then below it in the stack.
    private void claimSome() {
        for (int i = 0; i < TIMES; i++) {
            Slot first = pool.tryAcquire();
            Slot second = first == null ? null : pool.tryAcquire();
            if (second == null) {
                notClaimed.incrementAndGet();
            }
            take(first);
            take(second);
            release(first);
            release(second);
        }
    }

    private void waitForSome() {
        try {
            for (int i = 0; i < TIMES; i++) {
                Slot slot = pool.acquire();
                take(slot);
                release(slot);
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void waitForSomeUntilClosed() {
        try {
            Slot slot;
            while ((slot = pool.acquire()) != null) {
                take(slot);
                release(slot);
            }
            refused.incrementAndGet();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void claimSomeUntilClosed() {
        while (!pool.isClosed()) {
            Slot first = pool.tryAcquire();
            Slot second = pool.tryAcquire();
            take(first);
            take(second);
            if (pool.isClosed() && second != null) {
                acquiredWhileClosed.incrementAndGet();
            }
            release(first);
            release(second);
        }
    }

    /** The closing sequence of a context. */
    private void awaitDrained() {
        while (!pool.isDrained()) {
            Thread.onSpinWait();
        }
        assertThat(holders.get()).as("slots in use at the end").isZero();
    }

    private void take(Slot slot) {
        if (slot == null) {
            return;
        }
        holders.incrementAndGet();
        if (owners.incrementAndGet(slot.index()) != 1) {
            throw new AssertionError("slot " + slot.index() + " has two owners");
        }
        claimed.incrementAndGet();
    }

    private void release(Slot slot) {
        if (slot == null) {
            return;
        }
        owners.decrementAndGet(slot.index());
        holders.decrementAndGet();
        pool.release(slot);
    }

    @Test
    void eachSlotHasOneOwner() throws InterruptedException {
        Race.of(ROUNDS, this::claimSome, this::waitForSome, this::waitForSome, this::claimSome)
                .until(() -> notClaimed.get() > 0)
                .run(() -> {}, this::assertAllAreFree);

        assertThat(claimed.get()).isGreaterThan(ROUNDS * TIMES * 2);
    }

    @Test
    void theNumberOfClaimedSlotsStaysExactUnderContention() throws InterruptedException {
        Race.of(20 * ROUNDS, this::acquireAndRelease, this::acquireAndRelease, this::count)
                .run(() -> {}, this::assertAllAreFree);
    }

    // Not for long: the next acquisition corrects a wrong count, which must be right in the end.
    private void acquireAndRelease() {
        for (int i = 0; i < 30; i++) {
            Slot slot = pool.tryAcquire();
            assertThat(pool.acquired()).as("claimed by one or two threads").isBetween(1, 2);
            pool.release(slot);
        }
    }

    private void count() {
        assertThat(pool.acquired()).as("claimed by two threads").isBetween(0, 2);
    }

    @Test
    void aThreadAboutToParkGetsASlotReleasedAtThatMoment() throws InterruptedException {
        Slot[] all = {pool.tryAcquire(), pool.tryAcquire(), pool.tryAcquire()};
        Race.of(50 * ROUNDS, () -> all[0] = claim(), () -> pool.release(all[1]))
                .run(() -> all[1] = all[0], () -> assertThat(all[0]).isSameAs(all[1]));

        for (int i : new int[] {0, 2}) {
            pool.release(all[i]);
        }
    }

    private Slot claim() {
        try {
            return pool.acquire();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void closingWakesAllAndCompletesWhenTheLastSlotIsReleased() throws InterruptedException {
        Race.of(
                        ROUNDS,
                        this::claimSomeUntilClosed,
                        this::waitForSomeUntilClosed,
                        this::waitForSomeUntilClosed,
                        this::awaitDrained,
                        () -> pool.close())
                .until(() -> acquiredWhileClosed.get() > 0)
                .run(() -> pool = pool(), () -> {
                    assertThat(refused.getAndSet(0)).isEqualTo(2);
                    assertThat(pool.acquired()).isZero();
                    assertThat(pool.tryAcquire()).isNull();
                });
    }

    private void assertAllAreFree() {
        assertThat(pool.acquired()).isZero();
        Slot[] all = new Slot[SLOTS];
        for (int i = 0; i < SLOTS; i++) {
            all[i] = pool.tryAcquire();
            assertThat(all[i]).isNotNull();
        }
        assertThat(all).doesNotHaveDuplicates();
        assertThat(pool.tryAcquire()).isNull();
        for (Slot slot : all) {
            pool.release(slot);
        }
    }
}
