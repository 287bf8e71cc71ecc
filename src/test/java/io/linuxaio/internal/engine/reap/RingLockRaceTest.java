package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.engine.KernelAioContextFixture;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Waiter;
import io.linuxaio.testing.Race;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Threads that wait for results which only the owner of the lock delivers: no sleeper is forgotten. There is no reaper
 * here, so a lock that is not handed over stays unused, and the test does not end.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingLockRaceTest extends KernelAioContextFixture {
    private static final int ROUNDS = 3_000;
    private static final int TIMES = 20;

    private final RingLock lock = new RingLock(engine, SLOTS);
    private final ConcurrentLinkedQueue<Result> inFlight = new ConcurrentLinkedQueue<>();
    private final AtomicInteger owners = new AtomicInteger();
    private final AtomicInteger sleeps = new AtomicInteger();
    private final AtomicInteger ledForOthers = new AtomicInteger();

    private final class Result implements Waiter {
        private final AtomicReference<Thread> waiter = new AtomicReference<>();
        private volatile boolean done;

        @Override
        public boolean isDone() {
            return done;
        }

        @Override
        public Thread waitingThread() {
            return waiter.get();
        }

        @Override
        public boolean beginWaiting() {
            return waiter.compareAndSet(null, Thread.currentThread());
        }

        @Override
        public void endWaiting() {
            waiter.set(null);
        }

        void end() {
            done = true;
            LockSupport.unpark(waiter.get());
        }
    }

    private void waitForResults(int slot) {
        for (int i = 0; i < TIMES; i++) {
            Result mine = new Result();
            engine.slot(slot).prepare(Opcode.SYNC, 0, 0, mine, 0);
            inFlight.add(mine);
            assertThat(mine.beginWaiting()).isTrue();
            while (!mine.isDone()) {
                if (lock.tryLock()) {
                    lead(mine);
                } else {
                    sleep(mine);
                }
            }
            mine.endWaiting();
            lock.endWaiting(mine);
        }
    }

    private void lead(Result mine) {
        if (owners.incrementAndGet() != 1) {
            throw new AssertionError("two threads own the lock");
        }
        while (!mine.isDone()) {
            Result next = inFlight.poll();
            if (next != null) {
                next.end();
                if (next != mine) {
                    ledForOthers.incrementAndGet();
                }
            }
        }
        owners.decrementAndGet();
        lock.unlock();
    }

    private void sleep(Result mine) {
        lock.beginParking(mine);
        if (!mine.isDone() && !lock.isAvailable()) {
            sleeps.incrementAndGet();
            LockSupport.park();
        }
        lock.endParking(mine);
    }

    @Test
    void noSleeperIsForgotten() throws InterruptedException {
        for (int i = 0; i < SLOTS; i++) {
            assertThat(engine.slot(i).acquire(file, null)).isTrue();
        }
        Race.of(
                        ROUNDS,
                        () -> waitForResults(0),
                        () -> waitForResults(1),
                        () -> waitForResults(2),
                        () -> waitForResults(3))
                .until(() -> sleeps.get() > 0 && ledForOthers.get() > 0)
                .run(() -> {}, () -> assertThat(inFlight).isEmpty());

        for (int i = 0; i < SLOTS; i++) {
            engine.slot(i).release();
        }
        lock.unregister();
    }
}
