package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults of the kernel: each future completes once, with the outcome of its own operation. */
class ContextFaultsTest extends FakeKernelFixture {
    /** Faults while operations are in flight that users need not see. */
    private enum Hidden {
        NOTHING(_ -> {}),
        SUBMIT_NOT_NOW(kernel -> kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 5)),
        SUBMIT_INTERRUPTED(kernel -> kernel.fail(FakeCall.SUBMIT, Errno.EINTR, 5)),
        SUBMIT_TAKES_NONE(kernel -> kernel.limitAcceptance(0)),
        WAIT_INTERRUPTED(kernel -> kernel.fail(FakeCall.GET_EVENTS, Errno.EINTR, 5)),
        WAIT_FAILS(kernel -> kernel.fail(FakeCall.GET_EVENTS, Errno.EINVAL, 2)),
        SHORT(kernel -> kernel.script(
                FakeOutcome.shortBy(512),
                FakeOutcome.shortBy(1024),
                FakeOutcome.shortBy(700),
                FakeOutcome.shortBy(512))),
        INTERRUPTED(kernel -> kernel.script(FakeOutcome.interrupted(), FakeOutcome.interrupted())),
        DUPLICATE_EVENTS(kernel -> kernel.duplicateEvents(7)),
        SHORT_AND_DUPLICATE_EVENTS(kernel -> {
            kernel.script(FakeOutcome.shortBy(512), FakeOutcome.shortBy(512), FakeOutcome.interrupted());
            kernel.duplicateEvents(7);
        }),
        STRAYS(kernel -> {
            kernel.addEvent(0, BLOCK);
            kernel.addEvent(-1, BLOCK);
        });

        private final Consumer<FakeKernel> fault;

        Hidden(Consumer<FakeKernel> fault) {
            this.fault = fault;
        }
    }

    @ParameterizedTest
    @EnumSource(Hidden.class)
    void recoverableFaultsAreRetried(Hidden hidden) throws IOException {
        AioContext aio = open(4);
        AioFile file = file(aio);
        hidden.fault.accept(kernel);
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        AtomicInteger completions = new AtomicInteger();
        byte[] expected = new byte[20 * BLOCK];
        for (int i = 0; i < 20; i++) {
            Arrays.fill(expected, i * BLOCK, (i + 1) * BLOCK, (byte) (i + 1));
            CompletableFuture<Integer> future = file.write(block(i + 1), (long) i * BLOCK);
            future.thenRun(completions::incrementAndGet);
            futures.add(future);
        }

        assertThat(futures).allSatisfy(future -> assertThat(future.join()).isEqualTo(BLOCK));
        aio.close();

        assertThat(completions).hasValue(20);
        assertThat(contents()).isEqualTo(expected);
        assertThat(aio.stats().succeeded()).isEqualTo(20);
        assertThat(aio.stats().bytesWritten()).isEqualTo(20 * BLOCK);
    }

    @Test
    void faultsAreCounted() throws IOException {
        AioContext aio = open(4);
        AioFile file = file(aio);
        kernel.addEvent(-1, 1);
        kernel.script(FakeOutcome.shortBy(512));
        kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 2);
        file.write(block(1), 0).join();
        kernel.script(FakeOutcome.error(Errno.EIO));
        failure(file.write(block(1), 0));

        aio.close();

        AioStats stats = aio.stats();
        assertThat(stats.strayEvents()).isEqualTo(1);
        assertThat(stats.shortTransfers()).isEqualTo(1);
        assertThat(stats.submitRetries()).isEqualTo(2);
        assertThat(stats.submitted()).isEqualTo(2);
        assertThat(stats.failed()).isEqualTo(1);
    }

    @Test
    void anErrorReportsTheBytesTransferredBefore() throws IOException {
        AioFile file = file(open(4));
        kernel.script(FakeOutcome.shortBy(1024), FakeOutcome.error(Errno.ENOSPC));

        CompletableFuture<Integer> future = file.write(block(1), BLOCK);

        assertFailsWith(future, "ENOSPC", 1024);
        assertThat(failure(future))
                .hasMessageContaining("write of /fake/data: ENOSPC")
                .hasMessageContaining("4096 bytes at position 4096")
                .hasMessageContaining("1024 were moved")
                .hasMessageContaining("free space");
    }

    @Test
    void eachFailureIsASeparateException() throws IOException {
        AioFile file = file(open(4));
        kernel.hold();
        kernel.script(FakeOutcome.NORMAL, FakeOutcome.error(Errno.EIO), FakeOutcome.NORMAL);
        CompletableFuture<Integer> first = file.write(block(1), 0);
        CompletableFuture<Integer> second = file.write(block(2), BLOCK);
        CompletableFuture<Void> third = file.dataSync();

        kernel.release(2);
        assertThat(third.join()).isNull();
        kernel.release(1);
        assertFailsWith(second, "EIO", 0);
        assertThat(first).isNotDone();
        kernel.release(0);
        assertThat(first.join()).isEqualTo(BLOCK);
    }

    @Test
    void aFailedSyncFails() throws IOException {
        AioFile file = file(open(4));
        kernel.script(FakeOutcome.error(Errno.EIO), FakeOutcome.error(Errno.EIO));

        assertFailsWith(file.sync(), "EIO", 0);
        assertFailsWith(file.dataSync(), "EIO", 0);
    }

    @Test
    void anOperationThatTheKernelRefusesFailsAtOnce() throws IOException {
        AioContext aio = open(1);
        AioFile file = file(aio);
        kernel.refuse(request -> !request.device(), Errno.EBADF);

        assertFailsWith(file.write(block(1), 0), "EBADF", 0);

        assertThat(arena.inFlight()).isZero();
        assertThat(file.write(block(1), 0).join()).isEqualTo(BLOCK);
    }

    @Test
    void aCancelledFutureKeepsItsMemoryInUse() throws Exception {
        AioContext aio = open(2);
        AioFile file = file(aio);
        kernel.hold();
        MemorySegment block = block(1);
        CompletableFuture<Integer> cancelled = file.write(block, 0);
        CompletableFuture<Integer> timedOut = file.write(block, BLOCK).orTimeout(1, TimeUnit.MILLISECONDS);

        assertThat(cancelled.cancel(true)).isTrue();
        assertThatThrownBy(timedOut::join).hasCauseInstanceOf(TimeoutException.class);

        assertThat(arena.inFlight()).isEqualTo(2);
        assertThatThrownBy(arena::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in flight");
        assertThat(aio.stats().inFlight()).isEqualTo(2);
        block.fill((byte) 7);
        kernel.releaseAll();
        aio.close();

        assertThat(arena.inFlight()).isZero();
        assertThat(cancelled).isCancelled();
        assertThat(contents()).hasSize(2 * BLOCK).containsOnly(7);
        assertThat(aio.stats().succeeded()).isEqualTo(2);
    }

    @Test
    void anArenaClosesAfterItsLastUse() throws IOException {
        AioContext aio = open(2);
        AioFile file = file(aio);
        kernel.hold();
        AioArena own = AioArena.ofShared();
        MemorySegment block = own.allocate(BLOCK);
        CompletableFuture<Integer> future = file.write(block, 0);

        own.closeWhenIdle();
        assertThat(block.scope().isAlive()).isTrue();
        assertThatThrownBy(() -> file.write(block, 0)).isInstanceOf(IllegalStateException.class);
        kernel.releaseAll();

        future.join();
        assertThat(block.scope().isAlive()).isFalse();
    }

    @Test
    void aFileIsClosedAfterItsLastOperation() throws Exception {
        AioContext aio = open(2);
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Integer> future = file.write(block(1), 0);
        Thread closer = Thread.ofPlatform().start(() -> {
            try {
                file.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Await.until("the file is closed", () -> !file.isOpen());

        assertThat(failure(file.write(block(1), 0)))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessageContaining("file is closed");
        assertThat(kernel.calls()).doesNotContain(FakeCall.CLOSE);
        kernel.releaseAll();

        assertThat(future.join()).isEqualTo(BLOCK);
        closer.join();
        assertThat(kernel.calls()).contains(FakeCall.CLOSE);
    }

    @Test
    void anErrorOfCloseIsReported() throws IOException {
        AioFile file = AioFile.open(kernel, null, PATH, Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE));
        kernel.fail(FakeCall.CLOSE, Errno.EIO, 1);

        assertThatThrownBy(file::close)
                .isInstanceOf(AioException.class)
                .hasMessageContaining("close of /fake/data: EIO");
    }

    @Test
    void refusalsOfIoSetupNameTheRemedy() {
        kernel.fail(FakeCall.SETUP, Errno.EAGAIN, 1);
        assertThatThrownBy(() -> open(1000))
                .isInstanceOf(AioException.class)
                .hasMessageContainingAll("io_setup: EAGAIN", "aio-max-nr", "1001", "sysctl -w fs.aio-max-nr=");
        for (int errno : new int[] {Errno.ENOSYS, Errno.EPERM}) {
            kernel.fail(FakeCall.SETUP, errno, 1);
            assertThatThrownBy(() -> open(1)).isInstanceOf(AioException.class).hasMessageContaining("seccomp");
        }
        kernel.fail(FakeCall.SETUP, Errno.ENOMEM, 1);
        assertThatThrownBy(() -> AioQueue.open(kernel, 1))
                .isInstanceOf(AioException.class)
                .hasMessageContaining("io_setup: ENOMEM");
    }

    @Test
    void requestsCarryTheArgumentsOfTheCall() throws IOException {
        AioFile file = file(open(2));
        MemorySegment[] segments = {block(1), block(2)};

        file.writev(segments, BLOCK).join();

        assertThat(kernel.requests()).singleElement().satisfies(request -> {
            assertThat(request.position()).isEqualTo(BLOCK);
            assertThat(request.length()).isEqualTo(2 * BLOCK);
            assertThat(request.extents())
                    .extracting(extent -> extent.address())
                    .containsExactly(segments[0].address(), segments[1].address());
        });
        assertThat(kernel.requests()).extracting(FakeRequest::rwFlags).containsOnly(0);
    }

    /** The event of an attempt that would have blocked must not complete the next attempt. */
    @Test
    void aDuplicateEagainEventDoesNotCompleteTheSecondAttempt() throws IOException {
        AioContext aio = open(AioContext.builder().queueDepth(2).submission(AioSubmitMode.NON_BLOCKING));
        AioFile file = file(aio);
        kernel.script(FakeOutcome.error(Errno.EAGAIN));
        kernel.duplicateEvents(1);

        assertThat(file.write(block(1), 0).join()).isEqualTo(BLOCK);
        aio.close();

        assertThat(kernel.requests()).hasSize(2);
        assertThat(aio.stats().strayEvents()).isEqualTo(1);
    }

    @Test
    void flagsAndPriorityReachOnlyTheOperationsTheyApplyTo() throws IOException {
        AioFile file = file(open(4));
        AioFile durable = file.with(AioRequestFlag.DSYNC, AioRequestFlag.SYNC);
        AioFile urgent = file.with(AioRequestFlag.NOWAIT).with(new AioPriority(AioPriority.Kind.IDLE, 0));
        MemorySegment[] segments = {block(1)};

        for (AioFile each : List.of(file, durable, urgent)) {
            each.write(segments[0], 0).join();
            each.writev(segments, 0).join();
            each.read(segments[0], 0).join();
            each.readv(segments, 0).join();
            each.sync().join();
            each.dataSync().join();
        }

        assertThat(kernel.requests())
                .extracting(FakeRequest::rwFlags)
                .containsExactly(0, 0, 0, 0, 0, 0, 6, 6, 0, 0, 0, 0, 8, 8, 8, 8, 0, 0);
        short idle = (short) (3 << 13);
        assertThat(kernel.requests().subList(0, 12)).allSatisfy(request -> {
            assertThat(request.priority()).isZero();
            assertThat(request.flags()).isZero();
        });
        assertThat(kernel.requests().subList(12, 16)).allSatisfy(request -> {
            assertThat(request.priority()).isEqualTo(idle);
            assertThat(request.flags()).isEqualTo(Abi.IOCB_FLAG_IOPRIO());
        });
        assertThat(kernel.requests().subList(16, 18)).allSatisfy(request -> {
            assertThat(request.priority()).isZero();
            assertThat(request.flags()).isZero();
        });
    }

    /** The array is read again for an operation that continues later. */
    @Test
    void theArrayOfSegmentsMayChangeWhileTheOperationIsInFlight() throws Exception {
        AioContext aio = open(2);
        AioFile file = file(aio);
        MemorySegment[] segments = {block(1), block(2)};
        kernel.script(FakeOutcome.shortBy(BLOCK));
        kernel.hold();
        CompletableFuture<Integer> write = file.writev(segments, 0);
        kernel.awaitHeld(1);
        segments[0] = block(3);
        segments[1] = block(4);
        kernel.releaseAll();

        assertThat(write.join()).isEqualTo(2 * BLOCK);
        assertThat(Arrays.copyOfRange(contents(), BLOCK, 2 * BLOCK)).containsOnly(2);

        MemorySegment[] targets = {block(5), block(6)};
        MemorySegment second = targets[1];
        kernel.script(FakeOutcome.shortBy(BLOCK));
        kernel.hold();
        CompletableFuture<Integer> read = file.readv(targets, 0);
        kernel.awaitHeld(1);
        targets[1] = block(7);
        kernel.releaseAll();

        assertThat(read.join()).isEqualTo(2 * BLOCK);
        assertThat(bytes(second)).containsOnly(2);
    }

    @Test
    void theArrayOfSegmentsMayChangeBeforeTheBatchIsSubmitted() throws IOException {
        AioContext aio = open(2);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        MemorySegment[] segments = {block(1)};
        CompletableFuture<Integer> write = batch.writev(file, segments, 0);
        MemorySegment[] targets = {block(5)};
        MemorySegment target = targets[0];
        segments[0] = block(3);
        batch.submit();
        assertThat(write.join()).isEqualTo(BLOCK);
        CompletableFuture<Integer> read = batch.readv(file, targets, 0);
        targets[0] = block(6);
        batch.submit();

        assertThat(read.join()).isEqualTo(BLOCK);
        assertThat(bytes(target)).containsOnly(1);
    }
}
