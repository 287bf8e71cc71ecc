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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The single-owner queue on a faulty kernel. */
class QueueFaultsTest extends FakeKernelFixture {
    private static final Duration LONG = Duration.ofSeconds(20);

    private final List<String> reported = new ArrayList<>();

    private void note(long userData, int result) {
        reported.add(userData + "=" + result);
    }

    @Test
    void preparedOperationsAreSubmittedWithOneCall() throws IOException {
        try (AioQueue queue = AioQueue.open(kernel, 3)) {
            AioFile file = file(null);
            for (int i = 0; i < 3; i++) {
                assertThat(queue.prepareWrite(file, block(i), (long) i * BLOCK, i))
                        .isTrue();
            }
            assertThat(queue.prepareWrite(file, block(9), 0, 9)).isFalse();
            assertThat(kernel.submissions()).isEmpty();

            assertThat(queue.submit()).isEqualTo(3);

            assertThat(kernel.submissions()).hasSize(1);
            assertThat(queue.await(3, LONG, this::note)).isEqualTo(3);
            assertThat(reported).containsExactly("0=4096", "1=4096", "2=4096");
        }
    }

    @Test
    void aRefusedOperationIsReportedByTheNextPoll() throws IOException {
        try (AioQueue queue = AioQueue.open(kernel, 3)) {
            AioFile file = file(null);
            for (int i = 0; i < 3; i++) {
                queue.prepareWrite(file, block(i), (long) i * BLOCK, i);
            }
            kernel.refuse(request -> request.position() == BLOCK, Errno.EBADF);
            kernel.refuse(request -> request.position() == BLOCK, Errno.EBADF);

            assertThat(queue.submit()).isEqualTo(2);

            assertThat(queue.inFlight()).isEqualTo(2);
            assertThat(queue.poll(this::note)).isEqualTo(3);
            assertThat(reported).containsExactlyInAnyOrder("0=4096", "1=" + -Errno.EBADF, "2=4096");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {-4095, -1, -4096, Long.MIN_VALUE, BLOCK + 1, 1L << 32})
    void aResultIsACountOrAnErrorNumber(long answer) throws IOException {
        try (AioQueue queue = AioQueue.open(kernel, 1)) {
            kernel.script(new FakeOutcome(0, answer));
            queue.prepareWrite(file(null), block(1), 0, -7);
            queue.submit();

            assertThat(queue.await(1, LONG, this::note)).isEqualTo(1);
            assertThat(reported).containsExactly("-7=" + (answer == -4095 || answer == -1 ? answer : -Errno.EIO));
        }
    }

    @Test
    void operationsRefusedWithEagainStayPrepared() throws IOException {
        try (AioQueue queue = AioQueue.open(kernel, 3)) {
            AioFile file = file(null);
            for (int i = 0; i < 3; i++) {
                queue.prepareWrite(file, block(i), (long) i * BLOCK, i);
            }
            kernel.limitAcceptance(1);
            kernel.limitAcceptance(0);

            assertThat(queue.submit()).isEqualTo(1);
            assertThat(queue.prepared()).isEqualTo(2);
            assertThat(queue.submit()).isEqualTo(2);

            queue.await(3, LONG, this::note);
            assertThat(reported).containsExactly("0=4096", "1=4096", "2=4096");
        }
    }

    @Test
    void shortTransfersDuplicateAndStrayEventsAreNotReported() throws IOException {
        try (AioQueue queue = AioQueue.open(kernel, 4)) {
            AioFile file = file(null);
            kernel.script(FakeOutcome.shortBy(512), FakeOutcome.interrupted());
            kernel.duplicateEvents(2);
            kernel.addEvent(3, 99);
            queue.prepareWrite(file, block(1), 0, 1);
            queue.prepareWrite(file, block(2), BLOCK, 2);
            queue.submit();

            assertThat(queue.await(2, LONG, this::note)).isEqualTo(2);
            assertThat(queue.poll(this::note)).isZero();

            assertThat(reported).containsExactlyInAnyOrder("1=4096", "2=4096");
            assertThat(contents()).hasSize(2 * BLOCK);
        }
    }

    @Test
    void anErrorAfterAPartReportsThePart() throws IOException {
        try (AioQueue queue = AioQueue.open(kernel, 1)) {
            kernel.script(FakeOutcome.shortBy(1024), FakeOutcome.error(Errno.ENOSPC));
            queue.prepareWrite(file(null), block(1), 0, 1);
            queue.submit();

            queue.await(1, LONG, (userData, result) -> note(queue.bytesTransferred(), result));

            assertThat(reported).containsExactly("1024=" + -Errno.ENOSPC);
        }
    }

    @Test
    void aCallbackThatThrowsDoesNotLoseTheOtherEvents() throws IOException {
        // Closed only on success: closing would wait for ever for a lost event.
        AioQueue queue = AioQueue.open(kernel, 3);
        AioFile file = file(null);
        for (int i = 0; i < 3; i++) {
            queue.prepareWrite(file, block(i), (long) i * BLOCK, i);
        }
        queue.submit();

        assertThatThrownBy(() -> queue.await(3, LONG, (userData, result) -> {
                    note(userData, result);
                    if (userData < 2) {
                        throw new IllegalStateException("of operation " + userData);
                    }
                }))
                .hasMessage("of operation 0")
                .satisfies(e -> assertThat(e.getSuppressed())
                        .singleElement()
                        .satisfies(second -> assertThat(second).hasMessage("of operation 1")));

        assertThat(reported).hasSize(3);
        assertThat(queue.inFlight()).isZero();
        assertThat(queue.poll(this::note)).as("thrown once").isZero();
        queue.close();
    }

    @Test
    void aCallbackMaySubmitButNeitherPollNorClose() throws IOException {
        try (AioQueue queue = AioQueue.open(kernel, 1)) {
            AioFile file = file(null);
            AtomicInteger left = new AtomicInteger(50);
            queue.prepareWrite(file, block(1), 0, 0);
            queue.submit();
            AioCompletionHandler chain = new AioCompletionHandler() {
                @Override
                public void onCompletion(long userData, int result) {
                    note(userData, result);
                    assertThatThrownBy(queue::close).isInstanceOf(IllegalStateException.class);
                    assertThatThrownBy(() -> queue.poll(this)).isInstanceOf(IllegalStateException.class);
                    if (left.decrementAndGet() > 0) {
                        assertThat(queue.prepareWrite(file, block(1), 0, userData + 1))
                                .isTrue();
                        queue.submit();
                    }
                }
            };

            while (left.get() > 0) {
                queue.await(1, LONG, chain);
            }

            assertThat(reported).hasSize(50).last().isEqualTo("49=4096");
        }
    }

    @Test
    void closingWaitsForOperationsInFlightAndDiscardsTheRest() throws Exception {
        AioFile file = file(null);
        AioQueue queue = AioQueue.open(kernel, 3);
        kernel.hold();
        kernel.script(FakeOutcome.shortBy(512));
        queue.prepareWrite(file, block(1), 0, 1);
        queue.prepareWrite(file, block(2), BLOCK, 2);
        queue.submit();
        queue.prepareWrite(file, block(3), 2 * BLOCK, 3);
        Thread releaser = Thread.ofPlatform().start(() -> {
            try {
                kernel.awaitWaiting();
                kernel.releaseAll();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        });

        queue.close();
        queue.close();
        releaser.join();

        assertThat(contents()).hasSize(2 * BLOCK);
        assertThat(arena.inFlight()).isZero();
        assertThatThrownBy(() -> queue.poll(this::note)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(queue::submit).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closingDiscardsRefusedOperations() throws IOException {
        AioFile file = file(null);
        try (AioQueue queue = AioQueue.open(kernel, 1)) {
            kernel.refuse(_ -> true, Errno.EBADF);
            queue.prepareWrite(file, block(1), 0, 1);
            assertThat(queue.submit()).isZero();
        }
        assertThat(arena.inFlight()).isZero();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_000_000, -1, -2, Long.MIN_VALUE})
    void aWaitEndsWithItsTimeout(long nanos) throws IOException {
        try (AioQueue queue = AioQueue.open(kernel, 1)) {
            kernel.hold();
            queue.prepareWrite(file(null), block(1), 0, 1);
            queue.submit();

            assertThat(queue.await(1, Duration.ofNanos(nanos), this::note)).isZero();

            kernel.releaseAll();
            assertThat(queue.await(1, LONG, this::note)).isEqualTo(1);
        }
    }

    @Test
    void aWaitForMoreThanIsInFlightReturns() throws IOException {
        try (AioQueue queue = AioQueue.open(kernel, 2)) {
            assertThat(queue.await(5, LONG, this::note)).isZero();
            queue.prepareWrite(file(null), block(1), 0, 1);
            queue.submit();
            assertThat(queue.await(5, LONG, this::note)).isEqualTo(1);
        }
    }

    @Test
    void anErrorOfTheWaitIsThrown() throws IOException {
        try (AioQueue queue = AioQueue.open(kernel, 1)) {
            kernel.fail(FakeCall.GET_EVENTS, Errno.EINTR, 1);
            assertThat(queue.poll(this::note)).isZero();
            kernel.fail(FakeCall.GET_EVENTS, Errno.EINVAL, 1);
            assertThatThrownBy(() -> queue.poll(this::note))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("EINVAL");
            assertThat(queue.poll(this::note)).isZero();
        }
    }

    @Test
    void aFileIsNotClosedUnderOperationsOfItsOwnThread() throws IOException {
        AioFile file = file(null);
        try (AioQueue queue = AioQueue.open(kernel, 1)) {
            kernel.hold();
            queue.prepareWrite(file, block(1), 0, 1);
            queue.submit();

            assertThatThrownBy(file::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("poll");
            assertThat(file.isOpen()).isTrue();

            kernel.releaseAll();
            queue.await(1, LONG, this::note);
            file.close();
        }
    }

    @Test
    void otherThreadsAreRefused() throws Exception {
        try (AioQueue queue = AioQueue.open(kernel, 1)) {
            AtomicInteger refused = new AtomicInteger();
            MemorySegment block = block(1);
            AioFile file = file(null);
            List<Runnable> calls = List.of(
                    queue::submit,
                    queue::close,
                    () -> queue.poll(this::note),
                    () -> queue.await(1, LONG, this::note),
                    () -> queue.prepareWrite(file, block, 0, 1));
            Thread other = Thread.ofPlatform()
                    .start(() -> calls.forEach(call -> {
                        try {
                            call.run();
                        } catch (WrongThreadException e) {
                            refused.incrementAndGet();
                        }
                    }));
            other.join();

            assertThat(refused).hasValue(calls.size());
            assertThat(kernel.submissions()).isEmpty();
        }
    }
}
