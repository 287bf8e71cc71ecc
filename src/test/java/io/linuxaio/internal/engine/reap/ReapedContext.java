package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.engine.FileHandle;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.RequestFlags;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.testing.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A context of a few slots with its reaper, which is not started at first, and its waiting threads. Its operations are
 * syncs, and each completes a {@link Result} as soon as its event is reaped.
 */
final class ReapedContext implements AutoCloseable {
    static final int SLOTS = 3;
    static final String NAME = "reaper under test";

    final FakeKernel kernel;
    final KernelAioContext engine;
    final SlotPool pool;
    final RingLock lock;
    final Delivery delivery = new Delivery();
    final Reaper reaper;
    private final FileHandle file;
    private boolean isStarted;

    ReapedContext(FakeKernel kernel) {
        this(kernel, Integer.MAX_VALUE, null);
    }

    /** @param patience the number of idle polls after which the reaper takes back a ring that it left */
    ReapedContext(FakeKernel kernel, int patience, ThreadFactory factory) {
        this(kernel, kernel, patience, factory);
    }

    /** @param called the kernel that the context calls, which passes calls on to the other */
    ReapedContext(FakeKernel kernel, Kernel called, int patience, ThreadFactory factory) {
        this.kernel = kernel;
        engine = KernelAioContext.over(called, kernel.setup(SLOTS + 1), SLOTS + 1, true);
        pool = new SlotPool(new Slot[] {engine.slot(0), engine.slot(1), engine.slot(2)});
        lock = new RingLock(engine, SLOTS);
        AdaptiveReapPolicy policy = new AdaptiveReapPolicy(true, patience);
        reaper = new Reaper(called, engine, pool, engine.slot(SLOTS), lock, policy, delivery, NAME, factory);
        int descriptor =
                kernel.open("/fake/data".getBytes(StandardCharsets.UTF_8), OFlags.READ_WRITE | OFlags.CREATE, 0600);
        file = new FileHandle(kernel, Path.of("/fake/data"), descriptor).view(1, false, RequestFlags.NONE);
    }

    /** Completes results when they are reaped; the reaper runs the callback once for each. */
    final class Delivery implements CompletionDispatcher {
        final AtomicInteger recoveries = new AtomicInteger();
        final AtomicInteger keptDeliveries = new AtomicInteger();
        volatile Runnable callback = () -> {};
        volatile Runnable beforeReaped = () -> {};
        volatile Runnable whenReaped = () -> {};
        volatile Runnable whenDelivering = () -> {};
        volatile Runnable whenAskedForKept = () -> {};
        volatile Runnable whenRecovering = () -> {};
        volatile Runnable whenEnding = () -> {};
        /** True if the reaper gets the feedback that threads waited for the results, and leaves the ring to them. */
        volatile boolean waitedFor;

        /** True if a thread other than the reaper keeps a result for the reaper. */
        volatile boolean keeps;

        private final AtomicInteger undelivered = new AtomicInteger();

        @Override
        public void onCompletion(Slot slot) {
            beforeReaped.run();
            Result result = (Result) slot.owner();
            slot.release();
            pool.release(slot);
            result.done = true;
            undelivered.incrementAndGet();
            LockSupport.unpark(result.waiter);
            whenReaped.run();
        }

        @Override
        public void deliver(CompletionFeedback feedback) {
            whenDelivering.run();
            while (undelivered.get() > 0) {
                undelivered.decrementAndGet();
                if (waitedFor) {
                    feedback.waitedFor();
                } else {
                    feedback.calledBack();
                }
                callback.run();
            }
        }

        @Override
        public boolean deliverToWaiters() {
            return keeps;
        }

        @Override
        public void deliverKept(CompletionFeedback feedback) {
            keptDeliveries.incrementAndGet();
            whenAskedForKept.run();
        }

        @Override
        public void end() {
            whenEnding.run();
        }

        @Override
        public void recover() {
            recoveries.incrementAndGet();
            whenRecovering.run();
        }
    }

    /** Starts the reaper. */
    ReapedContext start() {
        isStarted = true;
        reaper.start();
        return this;
    }

    /** Starts the reaper, and makes it leave the ring to waiting threads. Afterwards the kernel holds operations. */
    ReapedContext startAndLeaveRing() {
        delivery.waitedFor = true;
        start();
        kernel.releaseAll();
        while (lock.isReserved()) {
            Result result = submit();
            Await.until("the result is there", result::isDone);
            // So that a thread may begin to reap at once.
            Await.becomes(() -> !lock.isReserved(), Duration.ofMillis(5));
        }
        kernel.hold();
        return this;
    }

    /** Returns the waiting threads' side of this context, which does not spin. */
    LeaderFollowers leaders() {
        return leaders(new AdaptiveSpin(0), true);
    }

    LeaderFollowers leaders(AdaptiveSpin spin, boolean leads) {
        if (!isStarted) {
            lock.unreserve();
        }
        return new LeaderFollowers(engine, pool, lock, delivery, reaper, spin, leads);
    }

    /** Submits an operation. */
    Result submit() {
        Result result = new Result();
        Slot slot = pool.tryAcquire();
        assertThat(slot.acquire(file, null)).isTrue();
        slot.prepare(Opcode.SYNC, 0, 0, result, 0);
        assertThat(engine.submit(slot)).isEqualTo(1);
        return result;
    }

    /** Returns the number of wakeups that were submitted in all contexts of the kernel, with the test by each start. */
    long wakeupsSubmitted() {
        return kernel.submissions().stream()
                .flatMap(one -> one.accepted().stream())
                .filter(request -> request.device())
                .count();
    }

    @Override
    public void close() {
        kernel.releaseAll();
        if (isStarted) {
            reaper.close();
            assertThat(reaper.awaitEnd(Duration.ofSeconds(20))).isTrue();
            return;
        }
        reaper.abandon();
        lock.unreserve();
        if (lock.tryLock()) {
            engine.reap(0, 0, reaper.sink());
        }
        engine.destroy();
    }
}
