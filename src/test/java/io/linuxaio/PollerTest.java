package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeOutcome;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each operation of a poller is submitted by one call and delivered once, by a poll, whatever the kernel does. */
class PollerTest extends PollerFixture {
    @Test
    void eachOperationIsOneCallAndOneCompletion() throws Exception {
        AioPoller poller = poller(8);
        AioFile file = file(null);
        MemorySegment[] two = {block(3), block(4)};
        join(onAnotherThread(() -> {
            poller.write(file, block(1), 0, Long.MIN_VALUE);
            poller.writev(file, two, BLOCK, 2);
            poller.read(file, block(0), 0, 3);
            poller.readv(file, two, BLOCK, 4);
            poller.sync(file, 5);
            poller.dataSync(file, Long.MAX_VALUE);
            assertThat(poller.tryWrite(file, block(1), 0, 7)).isTrue();
            assertThat(poller.tryDataSync(file, 8)).isTrue();
        }));
        assertThat(submissionsOfFiles()).isEqualTo(8);
        assertThat(poller.inFlight()).isEqualTo(8);
        assertThat(delivered).isEmpty();

        assertThat(poller.await(8, LONG, this::note)).isEqualTo(8);

        assertThat(delivered)
                .containsExactlyInAnyOrder(
                        Long.MIN_VALUE + "=4096",
                        "2=8192",
                        "3=4096",
                        "4=8192",
                        "5=0",
                        Long.MAX_VALUE + "=0",
                        "7=4096",
                        "8=0");
        assertThat(poller.inFlight()).isZero();
        assertThat(poller.poll(this::note)).isZero();
    }

    @Test
    void onePollDeliversAllThatIsThere() throws IOException {
        int many = 1000;
        AioPoller poller = poller(many);
        AioFile file = file(null);
        MemorySegment block = block(1);
        for (int i = 0; i < many; i++) {
            poller.write(file, block, (long) i * BLOCK, i);
        }

        assertThat(poller.await(1, LONG, this::note)).isEqualTo(many);
    }

    @Test
    void aRefusedOperationIsDeliveredByThePollWithTheOthers() throws IOException {
        AioPoller poller = poller(3);
        AioFile file = file(null);
        kernel.refuse(request -> request.position() == BLOCK, Errno.EINVAL);
        for (int i = 0; i < 3; i++) {
            poller.write(file, block(i), (long) i * BLOCK, i);
        }
        assertThat(delivered).isEmpty();
        assertThat(poller.inFlight()).isEqualTo(3);

        assertThat(poller.poll(this::note)).isEqualTo(3);

        assertThat(delivered).containsExactlyInAnyOrder("0=4096", "1=" + -Errno.EINVAL, "2=4096");
    }

    @Test
    void aRefusalEndsAWait() throws Exception {
        AioPoller poller = poller(1);
        AioFile file = file(null);
        CompletableFuture<Void> polling = onAnotherThread(
                () -> assertThat(poller.await(1, FOREVER, this::note)).isEqualTo(1));
        kernel.awaitWaiting();
        kernel.refuse(request -> !request.device(), Errno.EBADF);

        poller.dataSync(file, 1);

        join(polling);
        assertThat(delivered).containsExactly("1=" + -Errno.EBADF);
    }

    @Test
    void anOperationOnAClosedFileFailsAtThePoll() throws Exception {
        AioPoller poller = poller(4);
        AioFile file = file(null);
        MemorySegment block = block(1);
        file.close();
        CompletableFuture<Void> polling = onAnotherThread(() -> {
            while (delivered.size() < 3) {
                poller.await(1, FOREVER, this::note);
            }
        });
        kernel.awaitWaiting();

        poller.write(file, block, 0, 1);
        assertThat(poller.tryRead(file, block, 0, 2)).isTrue();
        poller.sync(file, 3);

        join(polling);
        assertThat(delivered).containsExactlyInAnyOrder("1=" + -Errno.EBADF, "2=" + -Errno.EBADF, "3=" + -Errno.EBADF);
        assertThat(arena.inFlight()).isZero();
    }

    @Test
    void memoryOfAClosedArenaIsAMistakeOfTheCaller() throws Exception {
        AioPoller poller = poller(1);
        AioFile file = file(null);
        AioArena gone = AioArena.ofShared();
        MemorySegment block = gone.allocate(BLOCK);
        gone.close();
        AioBufferPool pool = AioBufferPool.of(1, BLOCK);
        AioBuffer buffer = pool.acquire();
        MemorySegment released = buffer.segment();
        buffer.close();

        assertThatThrownBy(() -> poller.write(file, block, 0, 1)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> poller.write(file, released, 0, 1)).isInstanceOf(IllegalStateException.class);

        assertThat(poller.inFlight()).isZero();
        assertThat(submissionsOfFiles()).isZero();
        pool.close();
    }

    @Test
    void anOperationNotAcceptedForNowIsSubmittedByThePoll() throws Exception {
        AioPoller poller = poller(2);
        AioFile file = file(null);
        kernel.limitAcceptance(0);
        poller.write(file, block(1), 0, 1);
        assertThat(submissionsOfFiles()).isZero();

        assertThat(poller.await(1, LONG, this::note)).isEqualTo(1);

        assertThat(delivered).containsExactly("1=4096");
        assertThat(submissionsOfFiles()).isEqualTo(1);
    }

    @Test
    void anOperationNotAcceptedForNowEndsAWait() throws Exception {
        AioPoller poller = poller(2);
        AioFile file = file(null);
        CompletableFuture<Void> polling = onAnotherThread(
                () -> assertThat(poller.await(1, FOREVER, this::note)).isEqualTo(1));
        kernel.awaitWaiting();
        // The operation, and the wakeup.
        kernel.limitAcceptance(0);
        kernel.limitAcceptance(0);

        poller.write(file, block(1), 0, 1);

        join(polling);
        assertThat(delivered).containsExactly("1=4096");
    }

    @Test
    void shortTransfersInterruptionsAndDuplicatesAreNotSeen() throws IOException {
        AioPoller poller = poller(4);
        AioFile file = file(null);
        kernel.script(FakeOutcome.shortBy(512), FakeOutcome.interrupted());
        kernel.duplicateEvents(2);
        kernel.addEvent(3, 99);
        poller.write(file, block(1), 0, 1);
        poller.write(file, block(2), BLOCK, 2);

        assertThat(poller.await(2, LONG, this::note)).isEqualTo(2);

        assertThat(poller.poll(this::note)).isZero();
        assertThat(delivered).containsExactlyInAnyOrder("1=4096", "2=4096");
        assertThat(contents()).hasSize(2 * BLOCK);
        assertThat(poller.stats().shortTransfers()).isEqualTo(2);
    }

    @Test
    void anEventOfAnEarlierOperationDoesNotEndOneOnAClosedFile() throws Exception {
        AioPoller poller = poller(1);
        AioFile file = file(null);
        AioFile closed = file(null);
        closed.close();
        kernel.duplicateEvents(1);
        poller.write(file, block(1), 0, 1);
        poller.await(1, LONG, this::note);
        poller.sync(closed, 2);

        poller.await(1, LONG, this::note);

        assertThat(delivered).containsExactly("1=4096", "2=" + -Errno.EBADF);
        assertThat(poller.inFlight()).isZero();
    }

    @Test
    void aFailureReportsThePartBeforeIt() throws IOException {
        AioPoller poller = poller(1);
        kernel.script(FakeOutcome.shortBy(1024), FakeOutcome.error(Errno.ENOSPC));
        poller.write(file(null), block(1), 0, 1);

        poller.await(1, LONG, (_, result) -> note(poller.bytesTransferred(), result));

        assertThat(delivered).containsExactly("1024=" + -Errno.ENOSPC);
    }

    @Test
    void aHandlerThatThrowsDoesNotLoseTheOthers() throws IOException {
        AioPoller poller = poller(3);
        AioFile file = file(null);
        IllegalStateException same = new IllegalStateException("the same each time");
        for (int i = 0; i < 3; i++) {
            poller.write(file, block(i), (long) i * BLOCK, i);
        }

        assertThatThrownBy(() -> poller.await(3, LONG, (userData, result) -> {
                    note(userData, result);
                    if (userData == 1) {
                        throw new IllegalArgumentException("another");
                    }
                    throw same;
                }))
                .isSameAs(same)
                .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));

        assertThat(delivered).hasSize(3);
        assertThat(poller.inFlight()).isZero();
        assertThat(poller.poll(this::note)).as("thrown once").isZero();
    }

    @Test
    void aHandlerMaySubmitButNotPollNorClose() throws IOException {
        AioPoller poller = poller(1);
        AioFile file = file(null);
        List<Throwable> refused = new ArrayList<>();
        poller.write(file, block(1), 0, 0);
        AioCompletionHandler chain = new AioCompletionHandler() {
            @Override
            public void onCompletion(long userData, int result) {
                note(userData, result);
                for (Action call :
                        List.<Action>of(poller::close, () -> poller.poll(this), () -> poller.await(1, LONG, this))) {
                    try {
                        call.run();
                    } catch (Exception e) {
                        refused.add(e);
                    }
                }
                if (userData < 49) {
                    poller.write(file, block(1), 0, userData + 1);
                }
            }
        };

        while (delivered.size() < 50) {
            poller.await(1, LONG, chain);
        }

        assertThat(delivered).hasSize(50).last().isEqualTo("49=4096");
        assertThat(refused)
                .hasSize(150)
                .allSatisfy(e -> assertThat(e)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("handler must not poll or close"));
    }

    @Test
    void oneThreadAtATimePolls() throws Exception {
        AioPoller poller = poller(1);
        CompletableFuture<Void> polling = onAnotherThread(
                () -> assertThat(poller.await(1, FOREVER, this::note)).isZero());
        kernel.awaitWaiting();

        assertThatThrownBy(() -> poller.poll(this::note))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("another thread polls");

        poller.wakeup();
        join(polling);
        assertThat(poller.poll(this::note)).as("the polling thread may change").isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000, -1, Long.MIN_VALUE})
    void aWaitEndsWithItsTime(long nanos) throws IOException {
        AioPoller poller = poller(1);
        kernel.hold();
        poller.write(file(null), block(1), 0, 1);

        assertThat(poller.await(1, Duration.ofNanos(nanos), this::note)).isZero();

        kernel.releaseAll();
        assertThat(poller.await(1, LONG, this::note)).isEqualTo(1);
    }

    @Test
    void aWaitForSeveralCountsThemAll() throws Exception {
        AioPoller poller = poller(4);
        AioFile file = file(null);
        kernel.hold();
        for (int i = 0; i < 3; i++) {
            poller.write(file, block(i), (long) i * BLOCK, i);
        }
        CompletableFuture<Void> polling = onAnotherThread(
                () -> assertThat(poller.await(3, FOREVER, this::note)).isEqualTo(3));
        kernel.awaitWaiting();
        kernel.release(0);
        awaitDelivered(1);
        assertThat(polling).isNotDone();

        kernel.releaseAll();

        join(polling);
    }

    @Test
    void aFailureOfTheWaitIsThrown() throws IOException {
        AioPoller poller = poller(1);
        kernel.fail(FakeCall.GET_EVENTS, Errno.EINTR, 1);
        assertThat(poller.poll(this::note)).isZero();
        kernel.fail(FakeCall.GET_EVENTS, Errno.EINVAL, 1);
        assertThatThrownBy(() -> poller.poll(this::note))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("EINVAL");
        assertThat(poller.poll(this::note)).isZero();
    }

    @Test
    void argumentsAreChecked() throws IOException {
        AioPoller poller = poller(1);
        AioFile file = file(null);
        assertThatThrownBy(() -> poller.poll(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> poller.write(file, block(1).asSlice(1), 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> poller.write(file, block(1), -BLOCK, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> poller.write(file, block(1), Long.MAX_VALUE - BLOCK + 1, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> poller.readv(file, new MemorySegment[0], 0, 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> poller.write(null, block(1), 0, 1)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> AioPoller.builder().queueDepth(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioPoller.builder().eventfd(-1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(poller.inFlight()).isZero();
        AioPoller strict = poller(AioPoller.builder().queueDepth(1).strict(true));
        try (java.lang.foreign.Arena shared = java.lang.foreign.Arena.ofShared()) {
            MemorySegment unguarded = shared.allocate(BLOCK, BLOCK);
            assertThatThrownBy(() -> strict.write(file, unguarded, 0, 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("strict");
        }
    }

    @Test
    void aRefusedOpenLeavesNothing() throws IOException {
        kernel.fail(FakeCall.SETUP, Errno.EAGAIN, 1);
        assertThatThrownBy(() -> poller(1)).isInstanceOf(AioException.class);
        assertThat(kernel.openContexts()).isZero();
        assertThat(kernel.openDescriptors()).isZero();
    }

    @Test
    void statisticsCountEachOperationOnce() throws Exception {
        AioPoller poller = poller(2);
        AioFile file = file(null);
        kernel.refuse(request -> !request.device(), Errno.EINVAL);
        poller.write(file, block(1), 0, 1);
        poller.await(1, LONG, this::note);
        poller.write(file, block(1), 0, 1);
        poller.read(file, block(1), 0, 1);
        assertThat(poller.trySync(file, 1)).isFalse();
        poller.await(2, LONG, this::note);
        AioFile closed = file(null);
        closed.close();
        poller.sync(closed, 9);
        poller.await(1, LONG, this::note);

        AioStats stats = poller.stats();

        assertThat(stats.submitted()).isEqualTo(4);
        assertThat(stats.succeeded()).isEqualTo(2);
        assertThat(stats.failed()).isEqualTo(2);
        assertThat(stats.queueFullCount()).isEqualTo(1);
        assertThat(stats.bytesRead()).isEqualTo(BLOCK);
        assertThat(stats.bytesWritten()).isEqualTo(BLOCK);
        assertThat(stats.maxInFlight()).isEqualTo(2);
    }
}
