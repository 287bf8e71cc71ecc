package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Views with a policy for a full queue, closing without waiting, and figures of contexts and files. */
class OpenFileViewsTest extends FakeKernelFixture {
    @Test
    void aViewIsRejectedWhereItsFileWaits() throws Exception {
        AioContext aio = open(1);
        AioFile file = file(aio);
        AioFile prefetch = file.with(AioFullQueuePolicy.REJECT);
        kernel.hold();
        CompletableFuture<Integer> first = file.read(block(0), 0);
        assertThat(aio.inFlight()).isEqualTo(1);

        assertThatThrownBy(() -> prefetch.read(block(0), 0)).isInstanceOf(RejectedExecutionException.class);
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> batched = batch.read(prefetch, block(0), 0);
        batch.submit();
        assertThat(failure(batched)).isInstanceOf(RejectedExecutionException.class);

        CompletableFuture<Integer> second =
                CompletableFuture.supplyAsync(() -> file.read(block(0), 0).join());
        kernel.releaseAll();
        first.join();
        second.join();
        assertThat(aio.inFlight()).isZero();
        assertThatThrownBy(() -> file.with((AioFullQueuePolicy) null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void aViewWaitsWhereItsContextRejects() throws Exception {
        AioContext aio = open(AioContext.builder().queueDepth(1).onFullQueue(AioFullQueuePolicy.REJECT));
        AioFile file = file(aio);
        AioFile patient = file.with(AioFullQueuePolicy.WAIT).with(new AioPriority(AioPriority.Kind.BEST_EFFORT, 4));
        kernel.hold();
        CompletableFuture<Integer> first = file.read(block(0), 0);
        assertThatThrownBy(() -> file.read(block(0), 0)).isInstanceOf(RejectedExecutionException.class);
        CompletableFuture<Integer> second =
                CompletableFuture.supplyAsync(() -> patient.read(block(0), 0).join());
        kernel.releaseAll();
        first.join();
        second.join();
    }

    @Test
    void closingWhenIdleDoesNotWait() throws Exception {
        AioContext aio = open(2);
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Integer> read = file.read(block(0), 0);
        kernel.awaitHeld(1);

        int descriptors = kernel.openDescriptors();

        file.closeWhenIdle();

        assertThat(file.isOpen()).isFalse();
        assertThat(kernel.openDescriptors()).isEqualTo(descriptors);
        assertThat(failure(file.read(block(0), 0))).isInstanceOf(ClosedChannelException.class);
        kernel.releaseAll();
        assertThat(read.join()).isZero();
        file.closeWhenIdle();
        file.close();
        assertThat(kernel.openDescriptors()).isEqualTo(descriptors - 1);
    }

    @Test
    void anErrorOfClosingIsThrownByCloseAfterwards() throws IOException {
        AioFile file = file(open(1));
        kernel.fail(FakeCall.CLOSE, Errno.EIO, 1);
        file.closeWhenIdle();
        assertThatThrownBy(file::close).isInstanceOf(AioException.class);
        file.close();
    }

    @Test
    void alignmentsAreCombined() {
        AioAlignment combined = new AioAlignment(4, 4096).combine(new AioAlignment(512, 512));
        assertThat(combined).isEqualTo(new AioAlignment(512, 4096));
        assertThat(AioAlignment.NONE.combine(combined)).isEqualTo(combined);
    }

    @Test
    void aQueueReportsIfItIsOpen() throws Exception {
        AioQueue queue = AioQueue.open(kernel, 1);
        assertThat(queue.isOpen()).isTrue();
        assertThat(failure(CompletableFuture.runAsync(queue::isOpen))).isInstanceOf(WrongThreadException.class);
        queue.close();
        assertThat(queue.isOpen()).isFalse();
    }

    @Test
    void aFailedUnlockIsReportedAndOver() throws IOException {
        AioFile file = file(open(1));
        AioFileLock lock = file.lock(false);
        kernel.fail(FakeCall.FLOCK, Errno.EIO, 1);
        assertThatThrownBy(lock::close).isInstanceOf(AioException.class);
        lock.close();
    }
}
