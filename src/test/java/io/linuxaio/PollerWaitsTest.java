package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Wakeups, full queues, and closing of pollers: each wait ends, and none begins that could not. */
class PollerWaitsTest extends PollerFixture {
    private long wakeupsSubmitted() {
        return kernel.submissions().stream()
                .flatMap(submission -> submission.accepted().stream())
                .filter(request -> request.device())
                .count();
    }

    @Test
    void aWakeupEndsThePresentWait() throws Exception {
        AioPoller poller = poller(1);
        CompletableFuture<Void> polling = onAnotherThread(
                () -> assertThat(poller.await(1, FOREVER, this::note)).isZero());
        kernel.awaitWaiting();

        poller.wakeup();

        join(polling);
        assertThat(poller.await(1, Duration.ofMillis(1), this::note)).isZero();
    }

    @Test
    void aWakeupEndsAWaitForSeveral() throws Exception {
        AioPoller poller = poller(4);
        kernel.hold();
        poller.write(file(null), block(1), 0, 1);
        poller.write(file(null), block(1), 0, 2);
        CompletableFuture<Void> polling = onAnotherThread(
                () -> assertThat(poller.await(3, FOREVER, this::note)).isEqualTo(1));
        kernel.awaitWaiting();
        kernel.release(0);
        awaitDelivered(1);

        poller.wakeup();

        join(polling);
    }

    @Test
    void aWakeupEndsTheNextWaitAndOnlyThat() throws Exception {
        AioPoller poller = poller(1);
        assertThat(poller.poll(this::note)).isZero();
        long before = wakeupsSubmitted();
        for (int i = 0; i < 100; i++) {
            poller.wakeup();
        }
        assertThat(wakeupsSubmitted()).as("nobody waits").isEqualTo(before);

        assertThat(poller.await(1, FOREVER, this::note)).isZero();

        kernel.hold();
        poller.write(file(null), block(1), 0, 1);
        CompletableFuture<Void> polling = onAnotherThread(
                () -> assertThat(poller.await(1, FOREVER, this::note)).isEqualTo(1));
        kernel.awaitWaiting();
        kernel.releaseAll();
        join(polling);
    }

    @Test
    void aWakeupInAHandlerEndsThePoll() throws Exception {
        AioPoller poller = poller(2);
        poller.write(file(null), block(1), 0, 1);

        assertThat(poller.await(2, FOREVER, (userData, result) -> poller.wakeup()))
                .isEqualTo(1);
    }

    @Test
    void manyWakeupsSubmitOne() throws Exception {
        AioPoller poller = poller(2);
        AioFile file = file(null);
        CountDownLatch inHandler = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        poller.write(file, block(1), 0, 1);
        CompletableFuture<Void> polling = onAnotherThread(() -> poller.await(1, FOREVER, (userData, result) -> {
            inHandler.countDown();
            Await.until("the handler may return", () -> leave.getCount() == 0);
        }));
        inHandler.await();
        long before = wakeupsSubmitted();
        for (int i = 0; i < 1000; i++) {
            poller.wakeup();
        }
        assertThat(wakeupsSubmitted()).as("the thread is in its handler").isEqualTo(before);
        leave.countDown();
        join(polling);
    }

    @Test
    void withoutDevNullAWaitEndsNevertheless() throws Exception {
        kernel.fail(FakeCall.OPEN, Errno.ENOENT, 1);
        AioPoller poller = poller(1);
        AioFile file = file(null);
        CompletableFuture<Void> polling = onAnotherThread(
                () -> assertThat(poller.await(1, FOREVER, this::note)).isZero());
        kernel.awaitWaiting();
        poller.wakeup();
        join(polling);

        CompletableFuture<Void> again = onAnotherThread(
                () -> assertThat(poller.await(1, FOREVER, this::note)).isEqualTo(1));
        kernel.awaitWaiting();
        kernel.refuse(request -> true, Errno.EINVAL);
        poller.sync(file, 1);
        join(again);
    }

    @Test
    void aKernelThatRefusesTheWakeupAtFirstIsAskedAgain() throws Exception {
        kernel.limitAcceptance(0);
        AioPoller poller = poller(1);
        CompletableFuture<Void> polling = onAnotherThread(
                () -> assertThat(poller.await(1, FOREVER, this::note)).isZero());
        kernel.awaitWaiting();
        kernel.limitAcceptance(0);
        kernel.limitAcceptance(0);

        poller.wakeup();

        join(polling);
    }

    /** Polls until so many completions are delivered in all: one poll delivers all that are there. */
    private void awaitDelivered(AioPoller poller, int count) {
        while (delivered.size() < count) {
            poller.await(1, LONG, this::note);
        }
    }

    @Test
    void aFullQueueReturnsFalseThrowsOrWaits() throws Exception {
        AioFile file = file(null);
        AioPoller rejecting = poller(AioPoller.builder().queueDepth(1).onFullQueue(AioFullQueuePolicy.REJECT));
        AioPoller waiting = poller(1);
        MemorySegment block = block(1);
        kernel.hold();
        rejecting.write(file, block, 0, 1);
        waiting.write(file, block, 0, 1);
        for (AioPoller poller : List.of(rejecting, waiting)) {
            assertThat(poller.tryWrite(file, block, 0, 2)).isFalse();
            assertThat(poller.tryRead(file, block, 0, 2)).isFalse();
            assertThat(poller.tryWritev(file, new MemorySegment[] {block}, 0, 2))
                    .isFalse();
            assertThat(poller.tryReadv(file, new MemorySegment[] {block}, 0, 2)).isFalse();
            assertThat(poller.trySync(file, 2)).isFalse();
            assertThat(poller.tryDataSync(file, 2)).isFalse();
        }
        assertThatThrownBy(() -> rejecting.write(file, block, 0, 2)).isInstanceOf(RejectedExecutionException.class);

        AtomicReference<Thread> submitter = new AtomicReference<>();
        CompletableFuture<Void> submitting = onAnotherThread(() -> {
            submitter.set(Thread.currentThread());
            waiting.write(file, block, BLOCK, 2);
        });
        Await.until("it has begun", () -> submitter.get() != null);
        Await.parked(submitter.get());
        assertThat(submitting).isNotDone();
        kernel.releaseAll();
        awaitDelivered(waiting, 2);
        join(submitting);
        assertThat(delivered).containsExactly("1=4096", "2=4096");
        rejecting.await(1, LONG, this::note);
    }

    @Test
    void thePollingThreadDoesNotWaitForItself() throws Exception {
        AioPoller poller = poller(1);
        AioFile file = file(null);
        poller.poll(this::note);
        kernel.hold();
        poller.write(file, block(1), 0, 1);

        assertThatThrownBy(() -> poller.write(file, block(1), 0, 2))
                .isInstanceOf(RejectedExecutionException.class)
                .hasMessageContaining("polls");

        kernel.releaseAll();
        poller.await(1, LONG, this::note);
        poller.write(file, block(1), 0, 3);
    }

    @Test
    void aHandlerDoesNotWaitForAnotherPoller() throws Exception {
        AioPoller poller = poller(1);
        AioPoller full = poller(1);
        AioFile file = file(null);
        MemorySegment block = block(1);
        List<Throwable> thrown = new ArrayList<>();
        poller.write(file, block, 0, 1);
        join(onAnotherThread(() -> full.poll(this::note)));
        kernel.hold();
        full.write(file, block, 0, 2);

        poller.await(1, LONG, (userData, result) -> {
            try {
                full.write(file, block, 0, 3);
            } catch (RejectedExecutionException e) {
                thrown.add(e);
            }
        });

        assertThat(thrown).hasSize(1);
    }

    @Test
    void aThreadThatWaitsForASlotIsRejectedByAShutdownAndAnInterrupt() throws Exception {
        AioPoller poller = poller(1);
        AioFile file = file(null);
        MemorySegment block = block(1);
        kernel.hold();
        poller.write(file, block, 0, 1);
        for (boolean interrupts : new boolean[] {true, false}) {
            AtomicReference<Thread> submitter = new AtomicReference<>();
            CompletableFuture<Void> submitting = onAnotherThread(() -> {
                submitter.set(Thread.currentThread());
                assertThatThrownBy(() -> poller.write(file, block, 0, 2))
                        .isInstanceOf(RejectedExecutionException.class);
                assertThat(Thread.currentThread().isInterrupted()).isEqualTo(interrupts);
            });
            Await.until("it has begun", () -> submitter.get() != null);
            Await.parked(submitter.get());
            if (interrupts) {
                submitter.get().interrupt();
            } else {
                poller.shutdown();
            }
            join(submitting);
        }
        kernel.releaseAll();
        assertThat(poller.await(5, FOREVER, this::note)).isEqualTo(1);
        assertThat(poller.await(5, FOREVER, this::note)).isEqualTo(-1);
    }

    @Test
    void aShutdownDeliversTheRestAndThenEnds() throws Exception {
        AioPoller poller = poller(4);
        AioFile file = file(null);
        MemorySegment block = block(1);
        kernel.hold();
        poller.write(file, block, 0, 1);
        poller.write(file, block, 0, 2);
        List<Integer> counts = new ArrayList<>();
        CompletableFuture<Void> polling = onAnotherThread(() -> {
            int count;
            do {
                count = poller.await(1, FOREVER, this::note);
                counts.add(count);
            } while (count >= 0);
        });
        kernel.awaitWaiting();

        poller.shutdown();
        poller.shutdown();

        assertThat(poller.isOpen()).isFalse();
        assertThatThrownBy(() -> poller.write(file, block, 0, 3)).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> poller.trySync(file, 3)).isInstanceOf(RejectedExecutionException.class);
        assertThat(polling).isNotDone();
        kernel.releaseAll();
        join(polling);
        assertThat(delivered).containsExactlyInAnyOrder("1=4096", "2=4096");
        assertThat(counts).endsWith(-1);
        assertThat(counts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(1);
        poller.close();
        assertThat(poller.poll(this::note)).isEqualTo(-1);
    }

    @Test
    void closingEndsAWaitOfAnotherThreadAndDrains() throws Exception {
        AioPoller poller = poller(4);
        AioFile file = file(null);
        kernel.hold();
        poller.write(file, block(1), 0, 1);
        CompletableFuture<Void> polling = onAnotherThread(() -> {
            while (poller.await(1, FOREVER, this::note) >= 0) {
                // Until it is closed.
            }
        });
        kernel.awaitWaiting();
        CompletableFuture<Void> closing = onAnotherThread(poller::close);
        CompletableFuture<Void> closingToo = onAnotherThread(poller::close);
        join(polling);
        assertThat(closing).isNotDone();
        assertThat(kernel.openContexts()).isEqualTo(1);

        kernel.releaseAll();

        join(closing);
        join(closingToo);
        assertThat(kernel.openContexts()).isZero();
        assertThat(delivered).isEmpty();
        assertThat(contents()).hasSize(BLOCK);
        poller.close();
        poller.wakeup();
        poller.shutdown();
        assertThat(poller.await(1, FOREVER, this::note)).isEqualTo(-1);
        assertThatThrownBy(() -> poller.sync(file, 1)).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void closingWaitsForAHandler() throws Exception {
        AioPoller poller = poller(1);
        poller.write(file(null), block(1), 0, 1);
        CountDownLatch inHandler = new CountDownLatch(1);
        CountDownLatch leave = new CountDownLatch(1);
        CompletableFuture<Void> polling = onAnotherThread(() -> poller.await(1, LONG, (userData, result) -> {
            inHandler.countDown();
            Await.until("the handler may return", () -> leave.getCount() == 0);
            note(userData, result);
        }));
        inHandler.await();
        AtomicReference<Thread> closer = new AtomicReference<>();
        CompletableFuture<Void> closing = onAnotherThread(() -> {
            closer.set(Thread.currentThread());
            Thread.currentThread().interrupt();
            poller.close();
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        });
        Await.until("it has begun", () -> closer.get() != null);
        Await.parked(closer.get());
        assertThat(closing).isNotDone();

        leave.countDown();

        join(closing);
        join(polling);
        assertThat(delivered).containsExactly("1=4096");
    }

    @Test
    void closingForgetsWhatWasRefused() throws IOException {
        AioPoller poller = poller(2);
        AioFile file = file(null);
        kernel.refuse(request -> !request.device(), Errno.EBADF);
        kernel.limitAcceptance(0);
        poller.write(file, block(1), 0, 1);
        poller.write(file, block(1), 0, 2);

        poller.close();

        assertThat(arena.inFlight()).isZero();
        assertThat(poller.inFlight()).isZero();
    }

    @Test
    void aFileIsNotClosedUnderThePollingThread() throws Exception {
        AioPoller poller = poller(2);
        AioFile file = file(null);
        AioFile other = file(null);
        poller.poll(this::note);
        kernel.hold();
        poller.write(file, block(1), 0, 1);

        assertThatThrownBy(file::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("poll");
        assertThat(file.isOpen()).isTrue();
        other.close();

        kernel.releaseAll();
        List<Throwable> inHandler = new ArrayList<>();
        poller.write(file, block(1), 0, 2);
        poller.await(2, LONG, (userData, result) -> {
            if (poller.inFlight() > 0) {
                try {
                    file.close();
                } catch (Exception e) {
                    inHandler.add(e);
                }
            } else {
                note(userData, result);
            }
        });
        assertThat(inHandler).singleElement().isInstanceOf(IllegalStateException.class);
        file.close();
    }

    @Test
    void aFileIsClosedByAnotherThreadOnceItIsPolled() throws Exception {
        AioPoller poller = poller(2);
        AioFile file = file(null);
        poller.poll(this::note);
        kernel.hold();
        poller.write(file, block(1), 0, 1);
        CompletableFuture<Void> closing = onAnotherThread(file::close);
        Await.until("it is being closed", () -> !file.isOpen());
        poller.write(file, block(1), 0, 2);
        kernel.releaseAll();
        poller.await(2, LONG, this::note);
        join(closing);
        assertThat(delivered).containsExactlyInAnyOrder("1=4096", "2=" + -Errno.EBADF);
    }

    @Test
    void aCallbackThatWaitsForASlotKeepsReapingItsContext() throws Exception {
        AioPoller poller = poller(1);
        AioContext aio = open(4);
        AioFile file = file(aio);
        MemorySegment block = block(1);
        kernel.hold();
        poller.write(file, block, 0, 1);
        CompletableFuture<Integer> read = file.read(block, 0);
        CompletableFuture<Thread> reaper = new CompletableFuture<>();
        CompletableFuture<Void> submitted = file.dataSync().thenRun(() -> {
            reaper.complete(Thread.currentThread());
            poller.write(file, block, 0, 2);
        });
        // The sync first, whose callback waits for a slot.
        kernel.release(2);
        Await.parked(reaper.get());
        assertThat(submitted).isNotDone();
        kernel.releaseAll();

        // A handler that waits for a result of that context does not wait in vain.
        poller.await(1, LONG, (userData, result) -> {
            read.join();
            note(userData, result);
        });

        awaitDelivered(poller, 2);
        submitted.join();
        assertThat(delivered).containsExactly("1=4096", "2=4096");
    }
}
