package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.engine.FileHandle;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.RequestFlags;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.KernelContexts;
import java.lang.foreign.Arena;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The reaper, which delivers completions, and destroys the context when nothing is in flight, and not before. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReaperTest {
    private static final int SLOTS = 2;
    private static final int BLOCK = 512;
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final int FEW_TRIES = 8;
    private static final Duration SHORT = Duration.ofMillis(20);

    private final FakeKernel kernel = new FakeKernel();
    private final Arena arena = Arena.ofShared();
    private final KernelAioContext engine = KernelAioContext.over(kernel, kernel.setup(SLOTS + 1), SLOTS + 1, true);
    private final SlotPool pool = new SlotPool(new Slot[] {engine.slot(0), engine.slot(1)});
    private final BlockingQueue<Integer> results = new LinkedBlockingQueue<>();
    private final AtomicReference<Runnable> callback = new AtomicReference<>(() -> {});
    private final RingLock lock = new RingLock(engine, SLOTS);
    private final AtomicReference<Runnable> whenAskedForKept = new AtomicReference<>(() -> {});
    private volatile Runnable whenOver = () -> {};
    private volatile boolean waitedFor;
    private FileHandle file;
    private Reaper reaper;

    /** Records results, and runs the callback as users' code would run. */
    private final class Notes implements CompletionDispatcher {
        private int noted;

        @Override
        public void onCompletion(Slot slot) {
            results.add(slot.result());
            slot.release();
            pool.release(slot);
            noted++;
        }

        @Override
        public void deliver(CompletionFeedback wishes) {
            while (noted > 0) {
                noted--;
                if (waitedFor) {
                    wishes.waitedFor();
                } else {
                    wishes.calledBack();
                }
                callback.get().run();
            }
        }

        @Override
        public boolean deliverToWaiters() {
            throw new AssertionError("unexpected waiter");
        }

        @Override
        public void deliverKept(CompletionFeedback wishes) {
            whenAskedForKept.get().run();
        }

        @Override
        public void end() {
            whenOver.run();
        }
    }

    private void start() {
        create();
        reaper.start();
    }

    private void create() {
        int descriptor =
                kernel.open("/fake/data".getBytes(StandardCharsets.UTF_8), OFlags.READ_WRITE | OFlags.CREATE, 0600);
        file = new FileHandle(kernel, Path.of("/fake/data"), descriptor).view(BLOCK, false, RequestFlags.NONE);
        reaper = new Reaper(
                kernel,
                engine,
                pool,
                engine.slot(SLOTS),
                lock,
                new AdaptiveReapPolicy(true, AdaptiveReapPolicy.PATIENCE),
                new Notes(),
                "reaper under test",
                null);
    }

    private void write() {
        Slot slot = pool.tryAcquire();
        assertThat(slot.acquire(file, arena.allocate(BLOCK, BLOCK))).isTrue();
        slot.prepare(Opcode.WRITE, 0, BLOCK, null, 0);
        assertThat(engine.submit(slot)).isEqualTo(1);
    }

    private void assertEnds() {
        assertThat(reaper.awaitEnd(LONG)).isTrue();
        assertThat(kernel.openContexts()).isZero();
        assertThat(kernel.openDescriptors())
                .as("open descriptors, with the test's file")
                .isEqualTo(1);
    }

    @AfterEach
    void free() {
        reaper.close();
        kernel.releaseAll();
        assertThat(reaper.awaitEnd(LONG)).isTrue();
        arena.close();
    }

    @Test
    void anIdleReaperIsWokenToTerminate() throws InterruptedException {
        start();
        kernel.awaitWaiting();

        reaper.close();

        assertEnds();
    }

    @Test
    void aReaperThatCannotBeWokenPolls() throws InterruptedException {
        kernel.remove("/dev/null");
        start();
        kernel.awaitWaiting();

        reaper.close();

        assertEnds();
    }

    @Test
    void theWakeUpIsRetriedUntilTheKernelAcceptsIt() throws InterruptedException {
        start();
        kernel.awaitWaiting();
        kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 3);

        reaper.close();

        assertEnds();
    }

    @Test
    void aRefusedWakeUpDoesNotDelayTermination() throws InterruptedException {
        kernel.refuse(FakeRequest::device, Errno.EINVAL);
        start();
        kernel.awaitWaiting();

        reaper.close();

        assertEnds();
    }

    @Test
    void aRefusedWakeUpDoesNotSuppressTheNextOne() throws InterruptedException {
        start();
        kernel.awaitWaiting();
        kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 1);
        reaper.wakeup();
        long before = reaper.wakeups();

        reaper.wakeup();

        Await.until("the reaper returns from the kernel", () -> reaper.wakeups() > before);
    }

    @Test
    void theContextStaysUntilOperationsInFlightHaveCompleted() throws InterruptedException {
        start();
        kernel.hold();
        write();
        write();

        reaper.close();
        assertThat(reaper.awaitEnd(SHORT)).isFalse();
        kernel.release(1);
        assertThat(results.take()).isEqualTo(BLOCK);
        assertThat(reaper.awaitEnd(SHORT)).isFalse();
        assertThat(kernel.openContexts()).isEqualTo(1);
        kernel.release(0);

        assertEnds();
        assertThat(results.take()).isEqualTo(BLOCK);
    }

    @Test
    void aSlotThatIsClaimedMayStillBeSubmitted() throws InterruptedException {
        start();
        Slot slot = pool.tryAcquire();

        reaper.close();
        assertThat(reaper.awaitEnd(SHORT)).isFalse();
        assertThat(slot.acquire(file, null)).isTrue();
        slot.prepare(Opcode.SYNC, 0, 0, null, 0);
        assertThat(engine.submit(slot)).isEqualTo(1);

        assertEnds();
        assertThat(results.take()).isZero();
    }

    @Test
    void aWaiterForASlotIsReleased() throws InterruptedException {
        start();
        kernel.hold();
        write();
        write();
        AtomicInteger claimed = new AtomicInteger();
        Thread waiter = Thread.ofVirtual().start(() -> {
            try {
                Slot slot = pool.acquire();
                claimed.incrementAndGet();
                if (slot != null) {
                    pool.release(slot);
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });

        reaper.close();
        kernel.releaseAll();

        assertEnds();
        waiter.join();
        assertThat(claimed).hasValue(1);
    }

    @Test
    void manyThreadsMayCloseAtOnce() throws InterruptedException {
        start();
        Thread[] threads = new Thread[8];
        AtomicInteger ended = new AtomicInteger();
        for (int i = 0; i < threads.length; i++) {
            threads[i] = Thread.ofPlatform().start(() -> {
                reaper.close();
                if (reaper.awaitEnd(LONG)) {
                    ended.incrementAndGet();
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(ended).hasValue(threads.length);
        assertEnds();
        assertThat(kernel.calls().stream().filter(call -> call == FakeCall.DESTROY))
                .hasSize(1);
    }

    @Test
    void aCallbackThatThrowsDoesNotStopTheReaper() throws InterruptedException {
        start();
        callback.set(() -> {
            callback.set(() -> {});
            throw new IllegalStateException("of the test");
        });
        write();
        results.take();
        write();

        assertThat(results.take()).isEqualTo(BLOCK);
    }

    @Test
    void eachReturnFromTheKernelIsAWakeUp() throws InterruptedException {
        start();
        for (int i = 0; i < 3; i++) {
            kernel.awaitWaiting();
            long before = reaper.wakeups();
            write();
            results.take();
            kernel.awaitWaiting();

            assertThat(reaper.wakeups()).isEqualTo(before + 1);
        }
    }

    @Test
    void eachPauseBetweenPollsIsAWakeUpWhileThereIsTraffic() throws InterruptedException {
        waitedFor = true;
        start();
        for (int i = 0; i < 10; i++) {
            write();
            results.take();
        }
        kernel.awaitWaiting();
        long after = reaper.wakeups();

        assertThat(after).isGreaterThan(60);
        LockSupport.parkNanos(100 * Reaper.IDLE_POLL_NANOS);
        assertThat(reaper.wakeups()).isEqualTo(after);
    }

    @Test
    void anErrorAtTheEndDoesNotLeakTheKernelContext() throws InterruptedException {
        whenOver = () -> {
            throw new OutOfMemoryError("of the test");
        };
        start();
        reaper.close();

        assertEnds();
    }

    @Test
    void anErrorOfTheWaitDoesNotStopTheReaper() throws InterruptedException {
        kernel.fail(FakeCall.GET_EVENTS, Errno.EINVAL, 2);
        kernel.fail(FakeCall.GET_EVENTS, Errno.EINTR, 2);
        start();
        write();

        assertThat(results.take()).isEqualTo(BLOCK);
    }

    @Test
    void aCallbackMayReapMoreEvents() throws InterruptedException {
        start();
        kernel.hold();
        write();
        write();
        AtomicInteger claimed = new AtomicInteger();
        callback.set(() -> {
            assertThat(reaper.isReaping()).isTrue();
            assertThat(Reaper.isAnyCurrentThread()).isTrue();
            callback.set(() -> {});
            kernel.releaseAll();
            while (pool.acquired() > 0) {
                reaper.reapOnce();
            }
            claimed.set(pool.acquired() + 1);
        });
        kernel.release(0);

        assertThat(results.take()).isEqualTo(BLOCK);
        assertThat(results.take()).isEqualTo(BLOCK);
        assertThat(reaper.isReaping()).isFalse();
        assertThat(Reaper.isAnyCurrentThread()).isFalse();
        reaper.close();
        assertEnds();
        assertThat(claimed).hasValue(1);
    }

    /** Only the reaper makes room in the ring. */
    @Test
    void aCallbackMayCloseWhileTheRingIsFull() throws InterruptedException {
        start();
        kernel.awaitWaiting();
        callback.set(() -> {
            for (int i = 0; i <= SLOTS; i++) {
                kernel.addEvent(-1, 0);
            }
            reaper.close();
        });

        write();

        assertEnds();
        assertThat(results.take()).isEqualTo(BLOCK);
    }

    @Test
    void anInterruptDoesNotStopTheWaitForTermination() {
        start();
        reaper.close();
        Thread.currentThread().interrupt();
        boolean ended = reaper.awaitEnd(LONG);

        assertThat(Thread.interrupted()).isTrue();
        assertThat(ended).isTrue();
    }

    /** Between the reaper's poll and its lock, the owner of the lock keeps an event for it, and leaves. */
    @Test
    void eventsKeptBeforeTheRingChangesOwnersAreDelivered() throws InterruptedException {
        CountDownLatch handedOut = new CountDownLatch(1);
        waitedFor = true;
        start();
        for (int i = 0; i < 10; i++) {
            write();
            results.take();
        }
        Await.until("the reaper has released the ring", lock::tryLock);
        AtomicInteger polls = new AtomicInteger();
        whenAskedForKept.set(polls::incrementAndGet);
        reaper.signal();
        Await.until("the reaper tries to lock the ring", () -> polls.get() > 2);
        whenAskedForKept.set(() -> {
            whenAskedForKept.set(handedOut::countDown);
            reaper.signal();
            lock.unlock();
        });

        assertThat(handedOut.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aThreadThatReapsCountsAsDelivering() {
        create();
        assertThat(reaper.isReaping()).isFalse();
        assertThat(Reaper.isAnyCurrentThread()).isFalse();

        lock.register();
        lock.unreserve();
        assertThat(lock.tryLock()).isTrue();
        // A callback must not wait here, for this context or another: results come by this thread.
        assertThat(reaper.isReaping()).isTrue();
        assertThat(Reaper.isAnyCurrentThread()).isTrue();
        lock.unlock();

        assertThat(reaper.isReaping()).isFalse();
        assertThat(Reaper.isAnyCurrentThread()).isFalse();
        lock.unregister();
        reaper.start();
        reaper.close();
        assertEnds();
    }

    /** No event arrives, and no thread calls the library again. */
    @Test
    void theReaperTriesAgainWhileSomethingIsLeftByAnError() throws InterruptedException {
        // Its watcher looks for what is left, too, and would find nothing.
        KernelContexts.awaitSharedClosed();
        AtomicInteger tries = new AtomicInteger();
        start();
        kernel.awaitWaiting();
        // Another context of this JVM may look meanwhile, and find nothing left.
        whenAskedForKept.set(() -> {
            Slot.someLeft = true;
            tries.incrementAndGet();
        });
        Slot.someLeft = true;
        try {
            reaper.recoverLater();
            // Some tries belong to the wakeup itself, before the first wait.
            Await.until("the reaper has tried again", () -> tries.get() >= FEW_TRIES);
        } finally {
            whenAskedForKept.set(() -> {});
            reaper.close();
            // It may be in the middle of the old one, which would leave a trace in later tests.
            assertThat(reaper.awaitEnd(LONG)).isTrue();
            Slot.someLeft = false;
        }
    }
}
