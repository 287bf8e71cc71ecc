package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Await;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The hand-off of the ring, step by step: no reaper looks after a turn that was not passed on. */
class TurnTest extends EngineFixture {
    private final Turn turn = new Turn(engine, SLOTS);
    private final CountDownLatch taken = new CountDownLatch(1);

    private static class Result implements Awaited {
        private volatile Thread waiter;
        private volatile boolean done;

        @Override
        public boolean isDone() {
            return done;
        }

        @Override
        public Thread waiter() {
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
            assertThat(engine.slot(i).hold(file, null)).isTrue();
        }
    }

    @AfterEach
    void end() {
        turn.end();
        for (int i = 0; i < SLOTS; i++) {
            engine.slot(i).letGo();
        }
    }

    private Result inFlight(int slot) {
        Result result = new Result();
        engine.slot(slot).prepare(Opcode.SYNC, 0, 0, result, 0);
        return result;
    }

    /** A thread that sleeps until it is its turn, as the one that waits for this result. */
    private Thread sleepUntilItsTurn(Result result) {
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            result.beginWaiting();
            while (!turn.tryTake()) {
                turn.beginSleep(result);
                if (!turn.isFreeForMe()) {
                    LockSupport.park();
                }
                turn.endSleep(result);
            }
            taken.countDown();
            turn.leave();
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
    void aThreadThatLeavesPassesTheTurnToASleeper() throws InterruptedException {
        assertThat(turn.tryTake()).isTrue();
        sleepUntilItsTurn(inFlight(1));

        turn.leave();

        assertPassedOn();
    }

    @Test
    void aSleeperWithItsResultPassesTheOfferOn() throws InterruptedException {
        assertThat(turn.tryTake()).isTrue();
        sleepUntilItsTurn(inFlight(1));
        Result newest = inFlight(2);
        newest.beginWaiting();
        turn.beginSleep(newest);
        turn.leave();
        assertThat(taken.getCount()).as("the newest was chosen").isEqualTo(1);

        newest.done = true;
        turn.endSleep(newest);
        newest.endWaiting();
        turn.endWait(newest);

        assertPassedOn();
    }

    /** The sleeper that was chosen gives up its wait, and comes back for another result later. */
    @Test
    void anOfferToASleeperThatGaveUpDoesNotBlockTheNext() throws InterruptedException {
        assertThat(turn.tryTake()).isTrue();
        Result newest = inFlight(2);
        newest.beginWaiting();
        turn.beginSleep(newest);
        turn.leave();
        turn.endSleep(newest);
        newest.endWaiting();
        turn.endWait(newest);
        assertThat(turn.tryTake()).isTrue();
        sleepUntilItsTurn(inFlight(1));

        turn.leave();

        assertPassedOn();
    }

    /** The sleeper that was chosen wakes up and finds the turn taken by another thread. */
    @Test
    void anOfferOfATurnThatAnotherTookIsMadeAgain() throws InterruptedException {
        assertThat(turn.tryTake()).isTrue();
        Result chosen = inFlight(2);
        chosen.beginWaiting();
        turn.beginSleep(chosen);
        turn.leave();
        assertThat(turn.tryTake()).isTrue();
        turn.endSleep(chosen);
        sleepUntilItsTurn(inFlight(1));

        turn.leave();

        assertPassedOn();
    }

    /** The sleeper that was chosen stops waiting after it was chosen, and may not have seen the offer. */
    @Test
    void anOfferToASleeperThatLeavesMeanwhileGoesToAnother() throws InterruptedException {
        assertThat(turn.tryTake()).isTrue();
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
        turn.beginSleep(leaving);

        turn.leave();

        assertPassedOn();
    }

    @Test
    void aSleeperThatIsNotTheNewestIsFound() throws InterruptedException {
        assertThat(turn.tryTake()).isTrue();
        sleepUntilItsTurn(inFlight(3));
        Result newest = inFlight(2);
        newest.beginWaiting();
        turn.beginSleep(newest);
        newest.done = true;
        turn.endSleep(newest);

        turn.leave();

        assertPassedOn();
    }

    @Test
    void aReservedTurnGoesToItsThreadAlone() throws InterruptedException {
        assertThat(turn.tryTake()).isTrue();
        Thread only = sleepUntilItsTurn(inFlight(1));
        turn.reserve(only);

        turn.leave();

        assertPassedOn();
        assertThat(turn.tryTake()).isFalse();
        turn.unreserve();
    }
}
