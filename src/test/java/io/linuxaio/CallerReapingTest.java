package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.engine.reap.AdaptiveReapPolicy;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Caller reaping: waiting threads reap for themselves and lose neither results nor their release. */
class CallerReapingTest extends FakeKernelFixture {
    /** More consecutive waits than it takes until the ring is left to waiting threads. */
    private static final int ENOUGH_WAITS = 10;

    private AioContext aio;
    private AioFile file;

    private void open() throws IOException {
        // The reaper leaves the ring to the thread, however long its start takes.
        openWith(Integer.MAX_VALUE);
    }

    private void openWith(int patience) throws IOException {
        aio = open(AioContext.builder()
                .queueDepth(4)
                .threadName("reaper of the test")
                .callerReaping(true)
                .patience(patience));
        file = file(aio);
        file.write(block(1), 0).join();
    }

    /** Waits for results that are held back briefly, until the ring is left to waiting threads. */
    private Thread makeAWaiterLead(CompletableFuture<?> future, AtomicReference<Throwable> outcome) {
        Thread waiter = Thread.ofPlatform().start(() -> {
            try {
                future.join();
            } catch (CompletionException | CancellationException e) {
                outcome.set(e);
            }
        });
        Await.until("the waiter reaps", () -> kernel.isWaiting(waiter));
        return waiter;
    }

    private void becomeUsedToWaiters() throws InterruptedException {
        for (int i = 0; i < ENOUGH_WAITS; i++) {
            kernel.hold();
            CompletableFuture<Integer> future = file.write(block(i), 0);
            Thread waiter = Thread.ofPlatform().start(future::join);
            Await.until("a thread waits for events", () -> kernel.isWaiting(waiter) || isParked(waiter));
            kernel.releaseAll();
            waiter.join();
        }
        kernel.hold();
    }

    private static boolean isParked(Thread thread) {
        return thread.getState() == Thread.State.TIMED_WAITING || thread.getState() == Thread.State.WAITING;
    }

    @Test
    void aWaitingThreadReapsItsOwnResult() throws Exception {
        open();
        becomeUsedToWaiters();
        AtomicReference<Throwable> outcome = new AtomicReference<>();

        Thread waiter = makeAWaiterLead(file.write(block(2), 0), outcome);
        kernel.releaseAll();
        waiter.join();

        assertThat(outcome.get()).isNull();
    }

    @Test
    void anotherWaiterTakesOverWhenTheLeaderHasItsResult() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Integer> first = file.write(block(2), 0);
        CompletableFuture<Integer> second = file.write(block(3), BLOCK);
        Thread leader = makeAWaiterLead(first, new AtomicReference<>());
        Thread follower = Thread.ofPlatform().start(second::join);
        Await.parked(follower);

        kernel.release(0);
        leader.join();
        Await.until("the other thread reaps", () -> kernel.isWaiting(follower));
        kernel.releaseAll();
        follower.join();

        assertThat(second).isCompletedWithValue(BLOCK);
    }

    @Test
    void theLeaderCompletesTheFuturesOfOtherWaiters() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Integer> first = file.write(block(2), 0);
        CompletableFuture<Integer> second = file.write(block(3), BLOCK);
        Thread leader = makeAWaiterLead(first, new AtomicReference<>());
        Thread follower = Thread.ofPlatform().start(second::join);
        Await.parked(follower);

        kernel.release(1);
        follower.join();

        assertThat(second).isCompletedWithValue(BLOCK);
        assertThat(first).isNotDone();
        kernel.releaseAll();
        leader.join();
    }

    @Test
    void callbacksRunOnTheReaperThreadEvenIfAWaiterReaps() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Integer> first = file.write(block(2), 0);
        CompletableFuture<String> second = file.write(block(3), BLOCK)
                .thenApply(_ -> Thread.currentThread().getName());
        Thread leader = makeAWaiterLead(first, new AtomicReference<>());

        kernel.release(1);

        assertThat(second.join()).isEqualTo("reaper of the test");
        kernel.releaseAll();
        leader.join();
    }

    @Test
    void aCallbackRunsWithoutAWaiter() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<String> future =
                file.write(block(2), 0).thenApply(_ -> Thread.currentThread().getName());
        kernel.releaseAll();

        assertThat(future.get(10, TimeUnit.SECONDS)).isEqualTo("reaper of the test");
    }

    @Test
    void aJoinOfAllOfCompletesWithoutWaitersForSingleOperations() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Void> all = CompletableFuture.allOf(file.write(block(2), 0), file.write(block(3), BLOCK));
        kernel.releaseAll();

        all.get(10, TimeUnit.SECONDS);
    }

    @Test
    void cancellingReleasesTheLeader() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Integer> future = file.write(block(2), 0);
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        Thread waiter = makeAWaiterLead(future, outcome);

        future.cancel(true);
        waiter.join();

        assertThat(outcome.get()).isInstanceOf(CancellationException.class);
        assertThat(kernel.held()).as("the operation is in flight").hasSize(1);
        assertThat(arena.inFlight()).isEqualTo(1);
    }

    @Test
    void completingTheFutureReleasesTheLeader() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Integer> future = file.write(block(2), 0);
        Thread waiter = makeAWaiterLead(future, new AtomicReference<>());

        future.completeAsync(() -> 7);
        waiter.join();

        assertThat(future).isCompletedWithValue(7);
    }

    @Test
    void aTimeoutEndsTheWaitOfTheLeader() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Integer> future = file.write(block(2), 0);
        makeAWaiterLead(future, new AtomicReference<>());
        CompletableFuture<Integer> other = file.write(block(3), BLOCK);

        assertThatThrownBy(() -> other.get(20, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        future.orTimeout(20, TimeUnit.MILLISECONDS);
        assertThatThrownBy(future::join).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void aLeaderThatTimesOutReleasesTheRing() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Integer> first = file.write(block(2), 0);
        CompletableFuture<Integer> second = file.write(block(3), BLOCK);
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        Thread leader = Thread.ofPlatform().start(() -> {
            try {
                first.get(200, TimeUnit.MILLISECONDS);
            } catch (Exception e) {
                outcome.set(e);
            }
        });
        Await.until("the first thread reaps", () -> kernel.isWaiting(leader));
        Thread follower = Thread.ofPlatform().start(second::join);
        leader.join();

        assertThat(outcome.get()).isInstanceOf(TimeoutException.class);
        Await.until("the other thread reaps", () -> kernel.isWaiting(follower));
        kernel.releaseAll();
        follower.join();
    }

    @Test
    void anInterruptEndsGetAndNotJoin() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Integer> future = file.write(block(2), 0);
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        Thread getter = Thread.ofPlatform().start(() -> {
            try {
                future.get();
            } catch (Exception e) {
                outcome.set(e);
            }
        });
        Await.until("the thread in get reaps", () -> kernel.isWaiting(getter));
        getter.interrupt();
        getter.join();
        assertThat(outcome.get()).isInstanceOf(InterruptedException.class);

        AtomicReference<Boolean> kept = new AtomicReference<>();
        Thread joiner = Thread.ofPlatform().start(() -> {
            Thread.currentThread().interrupt();
            future.join();
            kept.set(Thread.interrupted());
        });
        kernel.releaseAll();
        joiner.join();
        assertThat(kept).hasValue(true);
    }

    @Test
    void severalThreadsMayWaitForTheSameFuture() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Integer> future = file.write(block(2), 0);
        Thread leader = makeAWaiterLead(future, new AtomicReference<>());
        Thread second = Thread.ofPlatform().start(future::join);
        Thread virtual = Thread.ofVirtual().start(future::join);
        Await.parked(second);
        Await.parked(virtual);

        kernel.releaseAll();

        leader.join();
        second.join();
        virtual.join();
    }

    @Test
    void aVirtualThreadNeverWaitsInTheKernel() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Integer> future = file.write(block(2), 0);
        Thread virtual = Thread.ofVirtual().start(future::join);
        Await.parked(virtual);
        kernel.awaitWaiting();

        assertThat(kernel.isWaiting(virtual)).isFalse();
        kernel.releaseAll();
        virtual.join();
    }

    @Test
    void aWaiterForASlotReapsOne() throws Exception {
        open();
        becomeUsedToWaiters();
        for (int i = 0; i < 4; i++) {
            file.write(block(i), 0);
        }
        Thread fifth = Thread.ofPlatform().start(() -> file.write(block(5), BLOCK));
        Await.until("the fifth thread reaps", () -> kernel.isWaiting(fifth));

        kernel.releaseAll();
        fifth.join();

        assertThat(aio.stats().submitted()).isEqualTo(ENOUGH_WAITS + 6);
    }

    @Test
    void anInterruptEndsTheWaitOfALeaderForASlot() throws Exception {
        open();
        becomeUsedToWaiters();
        for (int i = 0; i < 4; i++) {
            file.write(block(i), 0);
        }
        AtomicReference<CompletableFuture<Integer>> fifth = new AtomicReference<>();
        AtomicReference<Boolean> kept = new AtomicReference<>();
        Thread thread = Thread.ofPlatform().start(() -> {
            fifth.set(file.write(block(5), BLOCK));
            kept.set(Thread.interrupted());
        });
        Await.until("the fifth thread reaps", () -> kernel.isWaiting(thread));

        thread.interrupt();
        thread.join(20_000);

        assertThat(thread.isAlive()).isFalse();
        assertThat(kept).hasValue(true);
        assertThat(failure(fifth.get())).isInstanceOf(InterruptedIOException.class);
        kernel.releaseAll();
    }

    @Test
    void aCallbackThatWouldWaitForEverIsRefused() throws Exception {
        open();
        kernel.hold();
        CompletableFuture<Integer> other = file.write(block(2), BLOCK);
        CompletableFuture<Integer> waits = file.write(block(3), 0).thenApply(_ -> other.join());
        kernel.release(1);

        assertThatThrownBy(waits::join)
                .hasCauseInstanceOf(IllegalStateException.class)
                .hasMessageContaining("callback");
    }

    @Test
    void closingWaitsForTheLeader() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Integer> future = file.write(block(2), 0);
        AtomicReference<Throwable> outcome = new AtomicReference<>();
        Thread waiter = makeAWaiterLead(future, outcome);
        Thread closer = Thread.ofPlatform().start(aio::close);
        Await.parked(closer);
        assertThat(kernel.openContexts()).isEqualTo(1);

        kernel.releaseAll();
        closer.join();
        waiter.join();

        assertThat(outcome.get()).isNull();
        assertThat(future).isCompletedWithValue(BLOCK);
        assertThat(kernel.openContexts()).isZero();
    }

    @Test
    void eventsReapedLastAreDeliveredBeforeTheContextIsDestroyed() throws Exception {
        open();
        becomeUsedToWaiters();
        CompletableFuture<Integer> waitedFor = file.write(block(2), 0);
        CompletableFuture<String> calledBack = file.write(block(3), BLOCK)
                .thenApply(_ -> Thread.currentThread().getName());
        Thread leader = makeAWaiterLead(waitedFor, new AtomicReference<>());
        Thread closer = Thread.ofPlatform().start(aio::close);
        Await.parked(closer);

        // The leader sees both at once, the last ones.
        kernel.releaseAll();
        closer.join();
        leader.join();

        assertThat(calledBack.get(10, TimeUnit.SECONDS)).isEqualTo("reaper of the test");
    }

    @Test
    void theReaperReapsEverythingIfCallerReapingIsOff() throws Exception {
        aio = open(AioContext.builder().queueDepth(4).callerReaping(false));
        file = file(aio);
        becomeUsedToWaiters();
        CompletableFuture<Integer> future = file.write(block(2), 0);
        Thread waiter = Thread.ofPlatform().start(future::join);
        Await.parked(waiter);
        kernel.awaitWaiting();

        assertThat(kernel.isWaiting(waiter)).isFalse();
        kernel.releaseAll();
        waiter.join();
    }

    @Test
    void theReaperWaitsInTheKernelWhenThereAreNoWaiters() throws Exception {
        openWith(AdaptiveReapPolicy.PATIENCE);
        becomeUsedToWaiters();
        file.write(block(2), 0);
        kernel.releaseAll();

        Await.until("the reaper waits for events", () -> kernel.isWaiting(reaper()));
        int calls = kernel.calls().size();
        assertThat(Await.becomes(() -> kernel.calls().size() > calls, Duration.ofMillis(300)))
                .as("calls while there is no event")
                .isFalse();
    }

    private static Thread reaper() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("reaper of the test"))
                .findFirst()
                .orElseThrow();
    }
}
