package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.testing.LogLines;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Operations that the reaping thread submits again, and events that it handles once more. */
class ResubmissionTest extends KernelAioContextFixture {
    private static final int FEWEST_ATTEMPTS = 16;
    private static final int MANY = 40;
    private static final long TOO_LONG = TimeUnit.MINUTES.toNanos(5);

    private int failures;

    private void reap(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(engine.reap(0, 0, this::take)).isZero();
        }
    }

    private void assertIsAcceptedLater() {
        reap(MANY);
        assertThat(ended).isEmpty();
        kernel.endFixedResult(FakeCall.SUBMIT);
        reapUntil(1);
        assertThat(ended.getLast().result()).isPositive();
    }

    private void failFirst(Slot slot) {
        if (failures-- > 0) {
            throw new OutOfMemoryError("of the test");
        }
        take(slot);
    }

    @Test
    void anOperationRefusedForTooLongFailsAfterTheFewestAttempts() {
        Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);
        engine.submitLater(slot);
        slot.resubmitSince(System.nanoTime() - TOO_LONG);
        kernel.fixResult(FakeCall.SUBMIT, -Errno.EAGAIN);

        reap(FEWEST_ATTEMPTS - 1);
        assertThat(ended).isEmpty();
        reap(1);

        assertThat(ended).extracting(Ended::result).containsExactly(-Errno.EAGAIN);
        kernel.endFixedResult(FakeCall.SUBMIT);
    }

    /** An error that the submitting thread meets later must leave the slot alone. */
    @Test
    void anAttemptIsOverWhenItsOperationIsLeftForLater() {
        Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);
        int attempt = slot.attempt();

        engine.submitLater(slot);

        assertThat(slot.isOver(attempt)).isTrue();
        reapUntil(1);
    }

    @Test
    void refusalsAreCountedSinceTheLastAcceptedOperation() {
        engine.submitLater(prepare(0, Opcode.WRITE, pattern(BLOCK), 0));
        engine.slot(0).resubmitSince(System.nanoTime() - TOO_LONG);
        kernel.fixResult(FakeCall.SUBMIT, -Errno.EAGAIN);
        reap(FEWEST_ATTEMPTS - 1);
        kernel.endFixedResult(FakeCall.SUBMIT);
        reapUntil(1);
        engine.submitLater(prepare(0, Opcode.WRITE, pattern(BLOCK), 0));
        engine.slot(0).resubmitSince(System.nanoTime() - TOO_LONG);
        kernel.fixResult(FakeCall.SUBMIT, -Errno.EAGAIN);

        reap(FEWEST_ATTEMPTS - 1);
        assertThat(ended).hasSize(1);
        reap(1);

        assertThat(ended).extracting(Ended::result).containsExactly(BLOCK, -Errno.EAGAIN);
        kernel.endFixedResult(FakeCall.SUBMIT);
    }

    @Test
    void refusalsForMoreThanASecondAreLogged() {
        try (LogLines log = new LogLines()) {
            Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);
            engine.submitLater(slot);
            kernel.fixResult(FakeCall.SUBMIT, -Errno.EAGAIN);
            // So that the test may take long.
            slot.resubmitSince(System.nanoTime() + TOO_LONG);
            reap(MANY);
            assertThat(log.count("io_submit has accepted nothing")).isZero();

            slot.resubmitSince(System.nanoTime() - TimeUnit.SECONDS.toNanos(2));
            reap(1);
            assertThat(log.count("io_submit has accepted nothing for 2")).isEqualTo(1);
        }
        assertIsAcceptedLater();
    }

    @Test
    void thePatienceOfAnOperationStartsAsItIsLeftForLater() {
        Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);
        slot.resubmitSince(System.nanoTime() - TOO_LONG);
        kernel.fixResult(FakeCall.SUBMIT, -Errno.EAGAIN);

        engine.submitLater(slot);

        assertIsAcceptedLater();
    }

    @Test
    void thePatienceOfARestStartsWithItsShortTransfer() {
        kernel.script(FakeOutcome.shortBy(BLOCK));
        submit(0, Opcode.WRITE, pattern(2 * BLOCK), 0);
        engine.slot(0).resubmitSince(System.nanoTime() - TOO_LONG);
        kernel.fixResult(FakeCall.SUBMIT, -Errno.EAGAIN);

        assertThat(engine.reap(1, 0, this::take)).isEqualTo(1);

        assertIsAcceptedLater();
    }

    /** Otherwise a kernel that interrupts each attempt would keep the thread busy. */
    @Test
    void anOperationInterruptedTooOftenPausesBetweenItsAttempts() {
        int paused = 20;
        try (LogLines log = new LogLines()) {
            interrupt(Slot.INTERRUPTIONS - 1);
            assertThat(run(Opcode.WRITE, pattern(BLOCK), 0).result()).isEqualTo(BLOCK);
            assertThat(log.count("ends with EINTR again and again")).isZero();

            interrupt(Slot.INTERRUPTIONS - 1 + paused);
            long start = System.nanoTime();
            assertThat(run(Opcode.WRITE, pattern(BLOCK), 0).result()).isEqualTo(BLOCK);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(paused));
            assertThat(log.count("ends with EINTR again and again")).isPositive();
        }
        assertThat(kernel.requests()).hasSize(2 * Slot.INTERRUPTIONS + paused);
    }

    @Test
    void interruptionsAroundATransferAreNotInARow() {
        interrupt(Slot.INTERRUPTIONS - 1);
        kernel.script(FakeOutcome.shortBy(BLOCK));
        interrupt(Slot.INTERRUPTIONS - 1);
        try (LogLines log = new LogLines()) {
            assertThat(run(Opcode.WRITE, pattern(2 * BLOCK), 0).result()).isEqualTo(2 * BLOCK);

            assertThat(log.count("ends with EINTR again and again")).isZero();
        }
        assertThat(kernel.requests()).hasSize(2 * Slot.INTERRUPTIONS);
    }

    @Test
    void aPauseIsNotShortenedByAnotherReap() {
        int paused = 20;
        interrupt(Slot.INTERRUPTIONS - 1 + paused);
        submit(0, Opcode.WRITE, pattern(BLOCK), 0);
        while (ended.isEmpty()) {
            long start = System.nanoTime();
            engine.reap(1, PATIENCE_NANOS, this::take);
            int requests = kernel.requests().size();
            engine.reap(0, 0, this::take);
            // Otherwise the pause may be over.
            if (requests > Slot.INTERRUPTIONS && System.nanoTime() - start < TimeUnit.MILLISECONDS.toNanos(1)) {
                assertThat(kernel.requests()).hasSize(requests);
            }
        }
    }

    private void interrupt(int times) {
        for (int i = 0; i < times; i++) {
            kernel.script(FakeOutcome.interrupted());
        }
    }

    @Test
    void operationsLeftForLaterAreSubmittedInTheirOrder() {
        kernel.script(FakeOutcome.shortBy(BLOCK), FakeOutcome.shortBy(2 * BLOCK));
        submit(0, Opcode.WRITE, pattern(3 * BLOCK), 0);
        submit(1, Opcode.WRITE, pattern(3 * BLOCK), 0);
        kernel.fixResult(FakeCall.SUBMIT, -Errno.EAGAIN);
        assertThat(engine.reap(2, 0, this::take)).isEqualTo(2);
        engine.submitLater(prepare(2, Opcode.WRITE, pattern(3 * BLOCK), 0));
        engine.submitLater(prepare(3, Opcode.WRITE, pattern(4 * BLOCK), 0));
        reap(1);
        kernel.endFixedResult(FakeCall.SUBMIT);

        reapUntil(SLOTS);

        assertThat(ended)
                .extracting(Ended::slot, Ended::result)
                .containsExactly(tuple(0, 3 * BLOCK), tuple(1, 3 * BLOCK), tuple(2, 3 * BLOCK), tuple(3, 4 * BLOCK));
        assertThat(kernel.requests())
                .extracting(FakeRequest::length)
                .endsWith(2L * BLOCK, (long) BLOCK, 3L * BLOCK, 4L * BLOCK)
                .hasSize(6);
        assertThat(engine.shortTransfers()).isEqualTo(2);
    }

    @Test
    void eventsThatFailAgainAreKept() {
        for (int i = 0; i < SLOTS; i++) {
            submit(i, Opcode.WRITE, pattern((i + 1) * BLOCK), 0);
        }
        failures = SLOTS + 2;
        assertThatThrownBy(() -> engine.reap(SLOTS, KernelAioContext.FOREVER, this::failFirst))
                .isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> engine.reap(1, KernelAioContext.FOREVER, this::failFirst))
                .isInstanceOf(OutOfMemoryError.class);
        assertThatThrownBy(() -> engine.reap(1, KernelAioContext.FOREVER, this::failFirst))
                .isInstanceOf(OutOfMemoryError.class);
        assertThat(ended).isEmpty();

        assertThat(engine.reap(1, KernelAioContext.FOREVER, this::failFirst)).isZero();

        assertThat(ended)
                .extracting(Ended::slot, Ended::result)
                .containsExactlyInAnyOrder(
                        tuple(0, BLOCK), tuple(1, 2 * BLOCK), tuple(2, 3 * BLOCK), tuple(3, 4 * BLOCK));
    }

    /** The kernel keeps saying that it waited, and did not: the reaping thread pauses, and still gets its events. */
    @Test
    void aKernelThatReturnsTooEarlyIsNotAskedWithoutPause() {
        kernel.fixResult(FakeCall.GET_EVENTS, 0);
        long vain = 64;
        for (int i = 0; i < vain; i++) {
            assertThat(engine.reap(1, KernelAioContext.FOREVER, this::take)).isZero();
        }
        int measured = 50;
        long start = System.nanoTime();
        for (int i = 0; i < measured; i++) {
            assertThat(engine.reap(1, KernelAioContext.FOREVER, this::take)).isZero();
        }
        assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(measured));
        assertThat(engine.asked()).isEqualTo(vain + measured);

        kernel.endFixedResult(FakeCall.GET_EVENTS);
        submit(0, Opcode.WRITE, pattern(BLOCK), 0);
        assertThat(engine.reap(1, KernelAioContext.FOREVER, this::take)).isEqualTo(1);
        assertThat(ended).hasSize(1);
    }
}
