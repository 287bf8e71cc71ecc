package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.testing.Await;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The operations of a poller's batch go with one call where they can, and each that is submitted is delivered once. */
class PollerBatchTest extends PollerFixture {
    private List<FakeKernel.Submission> submissions() {
        return kernel.submissions().stream()
                .filter(submission ->
                        submission.asked() > 1 || submission.accepted().stream().noneMatch(request -> request.device()))
                .toList();
    }

    private void add(AioPollerBatch batch, AioFile file, int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(batch.write(file, block(i), (long) i * BLOCK, i)).isTrue();
        }
    }

    @Test
    void allGoWithOneCall() throws Exception {
        AioPoller poller = poller(8);
        AioFile file = file(null);
        MemorySegment[] two = {block(1), block(2)};
        AioPollerBatch batch = poller.batch(6);
        for (int round = 0; round < 3; round++) {
            int before = submissions().size();
            delivered.clear();
            assertThat(batch.write(file, block(7), 0, 1)).isTrue();
            assertThat(batch.read(file, block(0), 0, 2)).isTrue();
            assertThat(batch.writev(file, two, 0, 3)).isTrue();
            assertThat(batch.readv(file, two, 0, 4)).isTrue();
            assertThat(batch.sync(file, 5)).isTrue();
            assertThat(batch.dataSync(file, 6)).isTrue();
            assertThat(batch.dataSync(file, 7)).as("the batch is full").isFalse();
            assertThat(batch.size()).isEqualTo(6);
            assertThat(poller.inFlight()).isZero();

            assertThat(batch.submit()).isEqualTo(6);

            assertThat(batch.size()).isZero();
            assertThat(submissions()).hasSize(before + 1);
            assertThat(poller.await(6, LONG, this::note)).isEqualTo(6);
            assertThat(delivered).containsExactlyInAnyOrder("1=4096", "2=4096", "3=8192", "4=8192", "5=0", "6=0");
        }
        assertThat(batch.submit()).isZero();
    }

    @Test
    void refusedOnesAndThoseNotAcceptedForNowAreDelivered() throws Exception {
        AioPoller poller = poller(8);
        AioFile file = file(null);
        AioPollerBatch batch = poller.batch(8);
        add(batch, file, 0, 6);
        kernel.limitAcceptance(1);
        kernel.refuse(request -> request.position() == 2 * BLOCK, Errno.EINVAL);
        kernel.refuse(request -> request.position() == 2 * BLOCK, Errno.EINVAL);

        assertThat(batch.submit()).isEqualTo(6);

        assertThat(poller.await(6, LONG, this::note)).isEqualTo(6);
        assertThat(delivered)
                .containsExactlyInAnyOrder("0=4096", "1=4096", "2=" + -Errno.EINVAL, "3=4096", "4=4096", "5=4096");
        add(batch, file, 0, 3);
        kernel.limitAcceptance(0);
        kernel.limitAcceptance(0);
        assertThat(batch.submit()).isEqualTo(3);
        assertThat(poller.await(3, LONG, this::note)).isEqualTo(3);
        assertThat(delivered).hasSize(9);
    }

    @Test
    void operationsWhoseFileOrMemoryWasClosedMeanwhileFail() throws Exception {
        AioPoller poller = poller(4);
        AioFile file = file(null);
        AioFile closed = file(null);
        AioBufferPool pool = AioBufferPool.of(1, BLOCK);
        AioBuffer buffer = pool.acquire();
        AioPollerBatch batch = poller.batch(4);
        batch.write(file, block(0), 0, 0);
        batch.write(closed, block(1), 0, 1);
        batch.write(file, buffer.segment(), 0, 2);
        batch.write(file, block(3), 0, 3);
        closed.close();
        buffer.close();
        // Lent to another, who does not expect this write.
        AioBuffer next = pool.acquire();

        assertThat(batch.submit()).isEqualTo(4);

        assertThat(poller.await(4, LONG, this::note)).isEqualTo(4);
        assertThat(delivered).containsExactlyInAnyOrder("0=4096", "1=" + -Errno.EBADF, "2=" + -Errno.EFAULT, "3=4096");
        next.close();
        pool.close();
    }

    @Test
    void operationsWithoutRoomStayIfTheThreadMustNotWait() throws Exception {
        AioPoller poller = poller(AioPoller.builder().queueDepth(2).onFullQueue(AioFullQueuePolicy.REJECT));
        AioFile file = file(null);
        AioPollerBatch batch = poller.batch(4);
        add(batch, file, 0, 4);

        assertThat(batch.submit()).isEqualTo(2);
        assertThat(batch.size()).isEqualTo(2);
        assertThat(batch.submit()).isZero();
        poller.await(2, LONG, this::note);
        add(batch, file, 4, 6);
        assertThat(batch.write(file, block(6), 6 * BLOCK, 6)).isFalse();
        assertThat(batch.submit()).isEqualTo(2);
        poller.await(2, LONG, this::note);
        assertThat(batch.submit()).isEqualTo(2);
        poller.await(2, LONG, this::note);

        assertThat(delivered).containsExactly("0=4096", "1=4096", "2=4096", "3=4096", "4=4096", "5=4096");
        AioPoller waiting = poller(1);
        waiting.poll(this::note);
        AioPollerBatch own = waiting.batch(2);
        add(own, file, 0, 2);
        assertThat(own.submit()).as("on the polling thread").isEqualTo(1);
        own.clear();
        assertThat(own.size()).isZero();
        assertThat(own.submit()).isZero();
        assertThat(waiting.await(1, LONG, this::note)).isEqualTo(1);
    }

    @Test
    void aBatchWaitsForSlots() throws Exception {
        AioPoller poller = poller(2);
        AioFile file = file(null);
        AioPollerBatch batch = poller.batch(5);
        add(batch, file, 0, 5);
        kernel.hold();
        AtomicReference<Thread> submitter = new AtomicReference<>();
        CompletableFuture<Void> submitting = onAnotherThread(() -> {
            submitter.set(Thread.currentThread());
            assertThat(batch.submit()).isEqualTo(5);
        });
        kernel.awaitHeld(2);
        Await.parked(submitter.get());
        kernel.releaseAll();

        while (delivered.size() < 5) {
            poller.await(1, LONG, this::note);
        }

        join(submitting);
        assertThat(delivered).hasSize(5).doesNotHaveDuplicates();
    }

    @Test
    void aPollerThatIsShutDownRejectsABatch() throws Exception {
        AioPoller poller = poller(2);
        AioFile file = file(null);
        AioPollerBatch batch = poller.batch(2);
        add(batch, file, 0, 2);
        poller.shutdown();

        assertThatThrownBy(batch::submit).isInstanceOf(RejectedExecutionException.class);

        assertThat(batch.size()).isEqualTo(2);
        assertThat(submissionsOfFiles()).isZero();
        assertThat(poller.poll(this::note)).isEqualTo(-1);
    }
}
