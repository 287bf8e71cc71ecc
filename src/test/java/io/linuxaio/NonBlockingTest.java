package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The heuristic of non-blocking submission: operations are tried with {@code NOWAIT} or offloaded. */
class NonBlockingTest extends FakeKernelFixture {
    private static final int RWF_NOWAIT = 8;

    private AioContext aio;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        aio = open(AioContext.builder().queueDepth(2).submission(AioSubmitMode.NON_BLOCKING));
        file = file(aio);
    }

    private void write(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(file.write(block(1), 0).join()).isEqualTo(BLOCK);
        }
    }

    private void refuse(int times) {
        for (int i = 0; i < times; i++) {
            kernel.script(FakeOutcome.error(Errno.EAGAIN), FakeOutcome.NORMAL);
        }
    }

    private List<Integer> flagsOfRequests() {
        return kernel.requests().stream().map(FakeRequest::rwFlags).toList();
    }

    @Test
    void operationsThatWouldBlockAreOffloadedWithoutTheFlag() {
        refuse(1);

        write(1);

        assertThat(flagsOfRequests()).containsExactly(RWF_NOWAIT, 0);
        assertThat(aio.stats().offloaded()).isEqualTo(1);
    }

    @Test
    void aFlagThatTheFilesystemDoesNotSupportIsTriedOnce() {
        kernel.script(FakeOutcome.error(Errno.EOPNOTSUPP));

        write(3);

        assertThat(flagsOfRequests()).containsExactly(RWF_NOWAIT, 0, 0, 0);
        // Of reads nothing is known yet.
        assertThat(file.read(block(2), 0).join()).isEqualTo(BLOCK);
        assertThat(flagsOfRequests()).endsWith(RWF_NOWAIT);
    }

    @Test
    void consecutiveRefusalsStartAPause() {
        refuse(16);
        write(16);
        assertThat(aio.stats().offloaded()).isEqualTo(16);
        int before = kernel.requests().size();

        write(1000);

        assertThat(flagsOfRequests().subList(before, before + 1000)).containsOnly(0);
        write(1);
        assertThat(flagsOfRequests()).endsWith(RWF_NOWAIT);
        assertThat(aio.stats().offloaded()).isEqualTo(1016);
    }

    @Test
    void refusalsThatAreNotConsecutiveStartNoPause() {
        for (int i = 0; i < 20; i++) {
            refuse(1);
            write(2);
        }

        assertThat(aio.stats().offloaded()).isEqualTo(20);
    }

    @Test
    void anOperationWithTheUsersNowaitFailsWithEagain() throws IOException {
        kernel.script(FakeOutcome.error(Errno.EAGAIN));

        assertFailsWith(file.with(AioRequestFlag.NOWAIT).write(block(1), 0), "EAGAIN", 0);
        assertThat(aio.stats().offloaded()).isZero();
    }

    /** Returns the number of requests that this process counts at the file's device. */
    private int atTheDevice() {
        return file.handle().device().limit().inFlight();
    }

    @Test
    void anOperationIsUncountedAtItsDeviceHoweverItCompletes() throws IOException {
        kernel.script(
                FakeOutcome.NORMAL,
                FakeOutcome.error(Errno.EIO),
                FakeOutcome.shortBy(512),
                FakeOutcome.NORMAL,
                FakeOutcome.error(Errno.EINTR),
                FakeOutcome.NORMAL,
                FakeOutcome.error(Errno.EAGAIN),
                FakeOutcome.NORMAL,
                FakeOutcome.error(Errno.EOPNOTSUPP),
                FakeOutcome.NORMAL);

        assertThat(file.read(block(1), 0)).succeedsWithin(Duration.ofSeconds(10));
        assertFailsWith(file.write(block(1), 0), "EIO", 0);
        for (int i = 0; i < 4; i++) {
            assertThat(file.write(block(1), 0)).succeedsWithin(Duration.ofSeconds(10));
        }
        kernel.refuse(request -> !request.device(), Errno.EBADF);
        assertFailsWith(file.read(block(1), 0), "EBADF", 0);
        assertThat(atTheDevice()).isZero();
    }

    @Test
    void anOperationInFlightCountsAtItsDevice() throws InterruptedException {
        kernel.hold();
        CompletableFuture<Integer> write = file.write(block(1), 0);
        kernel.awaitHeld(1);

        assertThat(atTheDevice()).isEqualTo(1);
        assertThat(write.cancel(true)).isTrue();
        assertThat(atTheDevice()).isEqualTo(1);

        kernel.releaseAll();
        Await.until("the operation is no longer counted", () -> atTheDevice() == 0);
    }

    @Test
    void operationsBeyondTheDeviceLimitAreHeldBackAndComplete() throws IOException, InterruptedException {
        AioContext deep = open(AioContext.builder().queueDepth(100).submission(AioSubmitMode.NON_BLOCKING));
        AioFile wide = file(deep);
        int bound = wide.handle().device().limit().bound();
        assertThat(bound).isLessThan(100);
        kernel.hold();
        List<CompletableFuture<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            reads.add(wide.read(block(i), 0));
        }
        kernel.awaitHeld(bound);
        assertThat(deep.stats().offloaded()).isEqualTo(100 - bound);

        kernel.releaseAll();

        assertThat(reads).allSatisfy(read -> assertThat(read).succeedsWithin(Duration.ofSeconds(10)));
        assertThat(deep.stats().offloaded()).isEqualTo(100 - bound);
        Await.until(
                "no operation is counted any more",
                () -> wide.handle().device().limit().inFlight() == 0);
    }

    @Test
    void closingAContextSubmitsOperationsThatAreHeldBack() throws IOException, InterruptedException {
        AioContext deep = open(AioContext.builder().queueDepth(100).submission(AioSubmitMode.NON_BLOCKING));
        AioFile wide = file(deep);
        kernel.hold();
        AioBatch batch = deep.batch();
        List<CompletableFuture<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            reads.add(batch.read(wide, block(i), 0));
        }
        batch.submit();
        reads.get(99).cancel(true);
        deep.shutdown();
        assertThat(deep.awaitTermination(Duration.ZERO)).isFalse();

        kernel.releaseAll();

        assertThat(deep.awaitTermination(Duration.ofSeconds(20))).isTrue();
        assertThat(reads.subList(0, 99)).allSatisfy(read -> assertThat(read).isCompleted());
        assertThat(deep.stats().succeeded()).isEqualTo(100);
    }
}
