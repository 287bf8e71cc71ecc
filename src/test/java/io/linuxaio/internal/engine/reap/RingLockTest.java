package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.engine.KernelAioContextFixture;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.testing.Await;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The hand-off of the ring, step by step, without a reaper to repair a lost lock. */
class RingLockTest extends KernelAioContextFixture {
    private final RingLock lock = new RingLock(engine, SLOTS);
    private final CountDownLatch taken = new CountDownLatch(1);

    @BeforeEach
    void begin() {
        for (int i = 0; i < SLOTS; i++) {
            assertThat(engine.slot(i).acquire(file, null)).isTrue();
        }
    }

    @AfterEach
    void end() {
        lock.unregister();
        for (int i = 0; i < SLOTS; i++) {
            engine.slot(i).release();
        }
    }

    private Result inFlight(int slot) {
        Result result = new Result();
        engine.slot(slot).prepare(Opcode.SYNC, 0, 0, result, 0);
        return result;
    }

    /** A thread that sleeps until it gets the lock, as a waiter for this result. */
    private Thread sleepUntilChosen(Result result) {
        return sleepUntilChosen(lock, result);
    }

    private Thread sleepUntilChosen(RingLock lock, Result result) {
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            result.beginWaiting();
            while (!lock.tryLock()) {
                lock.beginParking(result);
                if (!lock.isAvailable()) {
                    LockSupport.park();
                }
                lock.endParking(result);
            }
            taken.countDown();
            lock.unlock();
        });
        Await.parked(thread);
        return thread;
    }

    private void assertPassedOn() throws InterruptedException {
        assertThat(taken.await(20, TimeUnit.SECONDS))
                .as("the sleeper got the lock")
                .isTrue();
    }

    @Test
    void aLeavingThreadPassesTheLockToASleeper() throws InterruptedException {
        assertThat(lock.tryLock()).isTrue();
        sleepUntilChosen(inFlight(1));

        lock.unlock();

        assertPassedOn();
    }

    @Test
    void aSleeperWithItsResultPassesTheOfferOn() throws InterruptedException {
        assertThat(lock.tryLock()).isTrue();
        sleepUntilChosen(inFlight(1));
        Result newest = inFlight(2);
        newest.beginWaiting();
        lock.beginParking(newest);
        lock.unlock();
        assertThat(taken.getCount()).as("the newest was chosen").isEqualTo(1);

        newest.done = true;
        lock.endParking(newest);
        newest.endWaiting();
        lock.endWaiting(newest);

        assertPassedOn();
    }

    /** The chosen sleeper gives up its wait, and returns for another result later. */
    @Test
    void anOfferToASleeperThatGaveUpDoesNotBlockTheNext() throws InterruptedException {
        assertThat(lock.tryLock()).isTrue();
        Result newest = inFlight(2);
        newest.beginWaiting();
        lock.beginParking(newest);
        lock.unlock();
        lock.endParking(newest);
        newest.endWaiting();
        lock.endWaiting(newest);
        assertThat(lock.tryLock()).isTrue();
        sleepUntilChosen(inFlight(1));

        lock.unlock();

        assertPassedOn();
    }

    /** The chosen sleeper wakes up and finds the lock taken by another thread. */
    @Test
    void anOfferOfALockThatAnotherThreadTookIsRepeated() throws InterruptedException {
        assertThat(lock.tryLock()).isTrue();
        Result chosen = inFlight(2);
        chosen.beginWaiting();
        lock.beginParking(chosen);
        lock.unlock();
        assertThat(lock.tryLock()).isTrue();
        lock.endParking(chosen);
        sleepUntilChosen(inFlight(1));

        lock.unlock();

        assertPassedOn();
    }

    /** The chosen sleeper stops waiting afterwards, and may not have seen the offer. */
    @Test
    void anOfferToALeavingSleeperGoesToAnother() throws InterruptedException {
        assertThat(lock.tryLock()).isTrue();
        sleepUntilChosen(inFlight(1));
        Result leaving = new Result() {
            private boolean chosen;

            @Override
            public boolean isDone() {
                boolean was = chosen;
                chosen = true;
                return was;
            }
        };
        engine.slot(2).prepare(Opcode.SYNC, 0, 0, leaving, 0);
        leaving.beginWaiting();
        lock.beginParking(leaving);

        lock.unlock();

        assertPassedOn();
    }

    @Test
    void aSleeperThatIsNotTheNewestIsFound() throws InterruptedException {
        assertThat(lock.tryLock()).isTrue();
        sleepUntilChosen(inFlight(3));
        leaveAsTheNewest(lock, inFlight(2));

        lock.unlock();

        assertPassedOn();
    }

    /** Slots behind those of the lock are for other purposes. */
    @Test
    void aSleeperIsFoundInTheLastSlotAgainAndAgain() throws InterruptedException {
        RingLock few = new RingLock(engine, 2);
        for (int i = 0; i < 4; i++) {
            assertSleeperIsFound(few, 1);
        }
    }

    @Test
    void sleepersAreFoundInWhicheverSlotTheyAre() throws InterruptedException {
        for (int slot : new int[] {3, 0, 2, 1, 3}) {
            assertSleeperIsFound(lock, slot);
        }
    }

    private void assertSleeperIsFound(RingLock lock, int slot) throws InterruptedException {
        assertThat(lock.tryLock()).isTrue();
        Result result = inFlight(slot);
        Thread sleeper = sleepUntilChosen(lock, result);
        leaveAsTheNewest(lock, new Result());

        lock.unlock();

        assertThat(sleeper.join(Duration.ofSeconds(20)))
                .as("the sleeper in slot %d got the lock", slot)
                .isTrue();
        result.done = true;
    }

    /** Parks for a result as the newest sleeper, and leaves with it. */
    private static void leaveAsTheNewest(RingLock lock, Result newest) {
        newest.beginWaiting();
        lock.beginParking(newest);
        newest.done = true;
        lock.endParking(newest);
    }

    @Test
    void aReservedLockGoesOnlyToItsThread() throws InterruptedException {
        assertThat(lock.tryLock()).isTrue();
        Thread only = sleepUntilChosen(inFlight(1));
        lock.reserveFor(only);

        lock.unlock();

        assertPassedOn();
        assertThat(lock.tryLock()).isFalse();
        lock.unreserve();
    }
}
