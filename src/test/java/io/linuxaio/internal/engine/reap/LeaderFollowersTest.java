package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.engine.KernelAioContextFixture;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.testing.Await;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Threads that hand the ring to each other. The reaper's thread is not started, so it repairs nothing. */
class LeaderFollowersTest extends KernelAioContextFixture {
    private static final int SPARE = SLOTS - 1;
    private static final long POLL_SECONDS = 20;

    private final RingLock lock = new RingLock(engine, SPARE);
    private final SlotPool pool = new SlotPool(new Slot[] {engine.slot(0), engine.slot(1), engine.slot(2)});
    private final CountDownLatch accepting = new CountDownLatch(1);
    private final CountDownLatch accepted = new CountDownLatch(1);
    private boolean waitsInAccept;
    private Reaper reaper;
    private LeaderFollowers leader;

    /** Completes results as soon as their events are reaped. */
    private final class Completing implements CompletionDispatcher {
        @Override
        public void onCompletion(Slot slot) {
            if (waitsInAccept) {
                accepting.countDown();
                await(accepted);
            }
            Result result = (Result) slot.owner();
            slot.release();
            pool.release(slot);
            result.done = true;
            LockSupport.unpark(result.waiter);
        }

        @Override
        public void deliver(CompletionFeedback wishes) {
            throw new AssertionError("the reaper does not run");
        }

        @Override
        public boolean deliverToWaiters() {
            return false;
        }

        @Override
        public void deliverKept(CompletionFeedback wishes) {
            throw new AssertionError("the reaper does not run");
        }
    }

    @BeforeEach
    void create() {
        CompletionDispatcher delivery = new Completing();
        reaper = new Reaper(
                kernel,
                engine,
                pool,
                engine.slot(SPARE),
                lock,
                new AdaptiveReapPolicy(true, AdaptiveReapPolicy.PATIENCE),
                delivery,
                "reaper that is not started",
                null);
        lock.unreserve();
        leader = new LeaderFollowers(engine, pool, lock, delivery, reaper, new AdaptiveSpin(0), true);
        kernel.hold();
    }

    @AfterEach
    void abandon() {
        reaper.abandon();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(POLL_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private Result write() {
        Result result = new Result();
        write(result);
        return result;
    }

    private void write(Result result) {
        assertThat(engine.submit(prepare(result))).isEqualTo(1);
    }

    private Slot prepare(Result result) {
        Slot slot = pool.tryAcquire();
        assertThat(slot.acquire(file, pattern(BLOCK))).isTrue();
        slot.prepare(Opcode.WRITE, 0, BLOCK, result, 0);
        return slot;
    }

    private Thread waiterFor(Result result) {
        return Thread.ofPlatform().daemon().start(() -> leader.await(result, LeaderFollowers.FOREVER, false));
    }

    private Thread leaderFor(Result result) {
        Thread thread = waiterFor(result);
        Await.until("the thread reaps", () -> kernel.isWaiting(thread));
        return thread;
    }

    private Thread sleeperFor(Result result) {
        Thread thread = waiterFor(result);
        Await.parked(thread);
        return thread;
    }

    private void assertTakesOver(Thread sleeper, Thread... others) throws InterruptedException {
        Await.until("the sleeper reaps", () -> kernel.isWaiting(sleeper));
        kernel.releaseAll();
        sleeper.join();
        for (Thread other : others) {
            other.join();
        }
    }

    @Test
    void aThreadWithItsResultPassesTheRingOn() throws InterruptedException {
        Thread first = leaderFor(write());
        Thread sleeper = sleeperFor(write());

        kernel.release(0);

        assertTakesOver(sleeper, first);
    }

    /** The ring is handed to a sleeper whose result arrives at that moment. It leaves, and nobody reaps. */
    @Test
    void aSleeperWithItsResultPassesTheHandOffOn() throws InterruptedException {
        Result leadersOwn = write();
        Result late = write();
        Thread first = leaderFor(leadersOwn);
        Thread sleeper = sleeperFor(late);
        Result served = new Result() {
            @Override
            public boolean isDone() {
                // In the eyes of its own thread, as soon as the ring is free.
                return Thread.currentThread() == waiter && lock.owner() == null;
            }
        };
        Slot slot = prepare(served);
        Thread leaving = sleeperFor(served);

        kernel.release(0);

        leaving.join();
        assertTakesOver(sleeper, first);
        slot.release();
        pool.release(slot);
    }

    /** The sleeper finds that another thread has taken the ring meanwhile, and goes to sleep again. */
    @Test
    void aSleeperThatFindsTheRingTakenGetsItLater() throws InterruptedException {
        CountDownLatch woken = new CountDownLatch(1);
        CountDownLatch taken = new CountDownLatch(1);
        Result result = new Result() {
            @Override
            public boolean isDone() {
                if (Thread.currentThread() == waiter && lock.owner() == null && taken.getCount() > 0) {
                    woken.countDown();
                    LeaderFollowersTest.await(taken);
                }
                return super.isDone();
            }
        };
        write(result);
        assertThat(lock.tryLock()).isTrue();
        Thread sleeper = sleeperFor(result);
        lock.unlock();
        await(woken);
        assertThat(lock.tryLock()).isTrue();
        taken.countDown();
        Await.parked(sleeper);

        lock.unlock();

        assertTakesOver(sleeper);
    }

    @Test
    void aThreadThatTimesOutPassesTheRingOn() throws InterruptedException {
        Result late = write();
        Thread first =
                Thread.ofPlatform().daemon().start(() -> leader.await(late, TimeUnit.MILLISECONDS.toNanos(500), false));
        Await.until("the thread reaps", () -> kernel.isWaiting(first));

        assertTakesOver(sleeperFor(write()), first);
    }

    @Test
    void aThreadThatGotASlotPassesTheRingOn() throws InterruptedException {
        Result[] results = {write(), write(), write()};
        Thread claiming = Thread.ofPlatform().daemon().start(() -> {
            try {
                pool.release(leader.acquire());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        Await.until("the thread reaps", () -> kernel.isWaiting(claiming));
        Thread sleeper = sleeperFor(results[1]);

        kernel.release(0);

        assertTakesOver(sleeper, claiming);
        assertThat(Arrays.stream(results).allMatch(Result::isDone)).isTrue();
    }

    /** A thread sleeps because another one owns the ring; that one reaps an event at that moment without waiting. */
    private void assertPassedOnAfter(Runnable taking) throws InterruptedException {
        Result first = write();
        Result second = write();
        waitsInAccept = true;
        kernel.release(0);
        Thread passing = Thread.ofPlatform().daemon().start(taking);
        await(accepting);
        Thread sleeper = sleeperFor(second);

        accepted.countDown();

        assertTakesOver(sleeper, passing);
        assertThat(first.isDone()).isTrue();
    }

    @Test
    void aThreadThatOnlyPollsPassesTheRingOn() throws InterruptedException {
        assertPassedOnAfter(leader::drain);
    }

    @Test
    void aCallbackThatReapsForASlotPassesTheRingOn() throws InterruptedException {
        assertPassedOnAfter(reaper::reapOnce);
    }
}
