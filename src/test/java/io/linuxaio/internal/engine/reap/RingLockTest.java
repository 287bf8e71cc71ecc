package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.engine.KernelAioContextFixture;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Waiter;
import io.linuxaio.testing.Await;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The hand-off of the ring, step by step, without a reaper to repair a lost lock. */
class RingLockTest extends KernelAioContextFixture {
    private final RingLock turn = new RingLock(engine, SLOTS);
    private final CountDownLatch taken = new CountDownLatch(1);

    private static class Result implements Waiter {
        private volatile Thread waiter;
        private volatile boolean done;

        @Override
        public boolean isDone() {
            return done;
        }

        @Override
        public Thread waitingThread() {
            return waiter;
        }

        @Override
        public boolean beginWaiting() {
            waiter = Thread.currentThread();
            return true;
        }

        @Override
        public void endWaiting() {
            waiter = null;
        }
    }

    @BeforeEach
    void begin() {
        for (int i = 0; i < SLOTS; i++) {
            assertThat(engine.slot(i).acquire(file, null)).isTrue();
        }
    }

    @AfterEach
    void end() {
        turn.unregister();
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
    private Thread sleepUntilItsTurn(Result result) {
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            result.beginWaiting();
            while (!turn.tryLock()) {
                turn.beginParking(result);
                if (!turn.isAvailable()) {
                    LockSupport.park();
                }
                turn.endParking(result);
            }
            taken.countDown();
            turn.unlock();
        });
        Await.parked(thread);
        return thread;
    }

    private void assertPassedOn() throws InterruptedException {
        assertThat(taken.await(20, TimeUnit.SECONDS))
                .as("the sleeper got the turn")
                .isTrue();
    }

    @Test
    void aLeavingThreadPassesTheLockToASleeper() throws InterruptedException {
        assertThat(turn.tryLock()).isTrue();
        sleepUntilItsTurn(inFlight(1));

        turn.unlock();

        assertPassedOn();
    }

    @Test
    void aSleeperWithItsResultPassesTheOfferOn() throws InterruptedException {
        assertThat(turn.tryLock()).isTrue();
        sleepUntilItsTurn(inFlight(1));
        Result newest = inFlight(2);
        newest.beginWaiting();
        turn.beginParking(newest);
        turn.unlock();
        assertThat(taken.getCount()).as("the newest was chosen").isEqualTo(1);

        newest.done = true;
        turn.endParking(newest);
        newest.endWaiting();
        turn.endWaiting(newest);

        assertPassedOn();
    }

    /** The chosen sleeper gives up its wait, and returns for another result later. */
    @Test
    void anOfferToASleeperThatGaveUpDoesNotBlockTheNext() throws InterruptedException {
        assertThat(turn.tryLock()).isTrue();
        Result newest = inFlight(2);
        newest.beginWaiting();
        turn.beginParking(newest);
        turn.unlock();
        turn.endParking(newest);
        newest.endWaiting();
        turn.endWaiting(newest);
        assertThat(turn.tryLock()).isTrue();
        sleepUntilItsTurn(inFlight(1));

        turn.unlock();

        assertPassedOn();
    }

    /** The chosen sleeper wakes up and finds the lock taken by another thread. */
    @Test
    void anOfferOfALockThatAnotherThreadTookIsRepeated() throws InterruptedException {
        assertThat(turn.tryLock()).isTrue();
        Result chosen = inFlight(2);
        chosen.beginWaiting();
        turn.beginParking(chosen);
        turn.unlock();
        assertThat(turn.tryLock()).isTrue();
        turn.endParking(chosen);
        sleepUntilItsTurn(inFlight(1));

        turn.unlock();

        assertPassedOn();
    }

    /** The chosen sleeper stops waiting afterwards, and may not have seen the offer. */
    @Test
    void anOfferToALeavingSleeperGoesToAnother() throws InterruptedException {
        assertThat(turn.tryLock()).isTrue();
        sleepUntilItsTurn(inFlight(1));
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
        turn.beginParking(leaving);

        turn.unlock();

        assertPassedOn();
    }

    @Test
    void aSleeperThatIsNotTheNewestIsFound() throws InterruptedException {
        assertThat(turn.tryLock()).isTrue();
        sleepUntilItsTurn(inFlight(3));
        Result newest = inFlight(2);
        newest.beginWaiting();
        turn.beginParking(newest);
        newest.done = true;
        turn.endParking(newest);

        turn.unlock();

        assertPassedOn();
    }

    @Test
    void aReservedLockGoesOnlyToItsThread() throws InterruptedException {
        assertThat(turn.tryLock()).isTrue();
        Thread only = sleepUntilItsTurn(inFlight(1));
        turn.reserveFor(only);

        turn.unlock();

        assertPassedOn();
        assertThat(turn.tryLock()).isFalse();
        turn.unreserve();
    }
}
