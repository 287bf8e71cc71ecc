package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Statx;
import io.linuxaio.testing.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Offloaded operations: in order, and those of one device leave a thread to the others. */
class OffloadQueueTest extends KernelAioContextFixture {
    private static final long SECONDS = 60;
    private static final int ROUNDS = 200;

    private final OffloadQueue queue = new OffloadQueue();

    private Slot slot(int index, int disk) {
        // A device of its own for each file, as after two calls of open.
        FileDevice device = new FileDevice(new Statx.Device(8, disk));
        FileHandle file = new FileHandle(kernel, Path.of("file" + index), 7, device);
        Slot slot = engine.slot(index);
        assertThat(slot.acquire(file, arena.allocate(BLOCK))).isTrue();
        slot.prepare(Opcode.WRITE, 0, BLOCK, null, index);
        return slot;
    }

    private CompletableFuture<Slot> takeLater(int thread) {
        AtomicReference<Thread> taker = new AtomicReference<>();
        CompletableFuture<Slot> taken = new CompletableFuture<>();
        taker.set(Thread.ofPlatform().daemon().start(() -> {
            try {
                taken.complete(queue.take(thread, SECONDS));
            } catch (Throwable e) {
                taken.completeExceptionally(e);
            }
        }));
        Await.until("the thread waits", () -> taken.isDone() || taker.get().getState() == Thread.State.TIMED_WAITING);
        return taken;
    }

    /** The thread that is idle when both are added takes only one, and may block. */
    @Test
    void twoOperationsDoNotRelyOnOneIdleThread() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Slot one = slot(0, 1);
            Slot two = slot(1, 2);
            CompletableFuture<Slot> taken = takeLater(0);
            int hired = queue.add(one);
            hired += queue.add(two);

            assertThat(taken.get(SECONDS, TimeUnit.SECONDS)).isSameAs(one);
            assertThat(hired).as("a thread for the second operation").isEqualTo(1);
            assertThat(queue.take(1, 0)).isSameAs(two);
            assertThat(queue.take(1, 0)).isNull();
            one.release();
            two.release();
        }
    }

    @Test
    void operationsAreTakenInOrder() throws InterruptedException {
        Slot one = slot(0, 1);
        Slot two = slot(1, 2);
        Slot three = slot(2, 1);
        queue.add(one);
        queue.add(two);
        queue.add(three);

        assertThat(queue.take(0, SECONDS)).isSameAs(one);
        assertThat(queue.take(0, SECONDS)).isSameAs(two);
        assertThat(queue.take(0, SECONDS)).isSameAs(three);
        assertThat(queue.take(0, 0)).isNull();
    }

    @Test
    void aThreadIsWantedForEachOperationThatNoneWaitsFor() throws InterruptedException {
        assertThat(queue.add(slot(0, 1))).isEqualTo(1);
        assertThat(queue.take(0, SECONDS)).isNotNull();
        assertThat(queue.add(slot(1, 1))).isEqualTo(2);
        assertThat(queue.take(1, SECONDS)).isNotNull();
        assertThat(queue.add(slot(2, 2))).as("all exist").isZero();
        assertThat(queue.take(2, SECONDS)).isNotNull();
        assertThat(queue.add(slot(3, 2))).isZero();
    }

    @Test
    void anIdleThreadIsWokenInsteadOfAnotherOneStarted() {
        CompletableFuture<Slot> taken = takeLater(0);
        Slot one = slot(0, 1);

        assertThat(queue.add(one)).isZero();
        assertThat(taken.join()).isSameAs(one);
    }

    /** The thread wakes up for each operation, and mostly finds none. */
    @Test
    void aThreadWaitsOnIfItsOperationIsTaken() throws InterruptedException {
        CompletableFuture<Slot> waiting = takeLater(1);
        for (int i = 0; i < 10 && !waiting.isDone(); i++) {
            queue.add(slot(0, 1));
            if (queue.take(0, 0) != null) {
                engine.slot(0).release();
            }
            Await.becomes(waiting::isDone, Duration.ofMillis(2));
        }
        if (!waiting.isDone()) {
            queue.add(slot(1, 1));
        }

        assertThat(waiting.join()).isNotNull();
    }

    @Test
    void oneDeviceLeavesAThreadToTheOthers() throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            queue.add(slot(i, 1));
        }
        assertThat(queue.take(0, SECONDS).index()).isEqualTo(0);
        assertThat(queue.take(1, SECONDS).index()).isEqualTo(1);
        CompletableFuture<Slot> third = takeLater(2);
        assertThat(third).as("two threads have the device").isNotDone();

        Slot elsewhere = slot(3, 2);
        assertThat(queue.add(elsewhere)).isZero();
        assertThat(third.join()).isSameAs(elsewhere);

        assertThat(queue.take(1, SECONDS).index()).isEqualTo(2);
        assertThat(queue.take(0, 0)).isNull();
    }

    @Test
    void noThreadIsStartedForAnOperationThatWouldOnlyWait() throws InterruptedException {
        queue.add(slot(0, 1));
        queue.take(0, SECONDS);
        queue.add(slot(1, 1));
        queue.take(1, SECONDS);
        queue.dismiss(2);

        assertThat(queue.add(slot(2, 1))).isZero();
        assertThat(queue.add(slot(3, 2))).isEqualTo(2);
    }

    @Test
    void anOperationBehindABlockedOneIsTakenFromTheMiddle() throws InterruptedException {
        queue.add(slot(0, 1));
        queue.add(slot(1, 1));
        queue.take(0, SECONDS);
        queue.take(1, SECONDS);
        Slot blocked = slot(2, 1);
        Slot other = slot(3, 2);
        queue.add(blocked);
        queue.add(other);

        assertThat(queue.take(2, SECONDS)).isSameAs(other);
        assertThat(queue.take(2, 0)).as("still blocked").isNull();
        assertThat(queue.take(1, SECONDS)).isSameAs(blocked);
        assertThat(queue.take(1, 0)).isNull();
    }

    @Test
    void aThreadThatGivesUpIsStartedAgain() throws InterruptedException {
        assertThat(queue.add(slot(0, 1))).isEqualTo(1);
        assertThat(queue.take(1, SECONDS)).isNotNull();
        assertThat(queue.take(1, 0)).isNull();
        assertThat(queue.add(slot(1, 1))).isEqualTo(1);
        queue.dismiss(1);
        assertThat(queue.add(slot(2, 1))).isEqualTo(1);
    }

    @Test
    void thePermanentThreadStays() throws InterruptedException {
        assertThat(queue.take(0, 0)).isNull();
        CompletableFuture<Slot> taken = takeLater(0);
        Slot one = slot(0, 1);
        assertThat(queue.add(one)).isZero();
        assertThat(taken.join()).isSameAs(one);
    }

    @Test
    void anInterruptLeavesTheQueueAsItIs() throws InterruptedException {
        Slot one = slot(0, 1);
        queue.add(one);
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> queue.take(0, SECONDS)).isInstanceOf(InterruptedException.class);
        assertThat(queue.take(0, SECONDS)).isSameAs(one);
    }

    @Test
    void aThreadThatWasWokenIsNotIdle() {
        CompletableFuture<Slot> taken = takeLater(0);
        assertThat(queue.add(slot(0, 1))).isZero();
        taken.join();

        assertThat(queue.add(slot(1, 1))).isEqualTo(1);
    }

    @Test
    void anOperationIsAddedBehindABlockedOneThatBecameTheLast() throws InterruptedException {
        queue.add(slot(0, 1));
        queue.add(slot(1, 1));
        queue.take(0, SECONDS);
        queue.take(1, SECONDS);
        Slot blocked = slot(2, 1);
        queue.add(blocked);
        queue.add(slot(3, 2));
        assertThat(queue.take(2, SECONDS).index()).isEqualTo(3);
        engine.slot(3).release();
        Slot last = slot(3, 2);
        queue.add(last);

        assertThat(queue.take(1, SECONDS)).isSameAs(blocked);
        assertThat(queue.take(2, SECONDS)).isSameAs(last);
        assertThat(queue.take(2, 0)).isNull();
    }

    @Test
    void anOperationMayBeOffloadedAgain() throws InterruptedException {
        Slot one = slot(0, 1);
        Slot two = slot(1, 1);
        queue.add(one);
        queue.add(two);
        assertThat(queue.take(0, SECONDS)).isSameAs(one);
        queue.add(one);

        assertThat(queue.take(0, SECONDS)).isSameAs(two);
        assertThat(queue.take(0, SECONDS)).isSameAs(one);
        assertThat(queue.take(0, 0)).isNull();
    }

    @Test
    void theQueueIsFreeAfterAThreadCouldNotBeStarted() {
        assertThat(queue.add(slot(0, 1))).isEqualTo(1);
        queue.dismiss(1);

        assertThat(takeLater(0).join().index()).isZero();
    }

    @Override
    @AfterEach
    void destroy() {
        for (int i = 0; i < SLOTS; i++) {
            engine.slot(i).release();
        }
        super.destroy();
    }
}
