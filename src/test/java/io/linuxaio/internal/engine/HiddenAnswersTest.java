package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeOutcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An {@link Error} hides the kernel's answer, or the result of a callback: nothing is lost, and nothing done twice. */
class HiddenAnswersTest extends KernelAioContextFixture {
    private void assertReapFails(CompletionSink sink) {
        assertThatThrownBy(() -> engine.reap(1, PATIENCE_NANOS, sink))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage(InterceptedKernel.MESSAGE);
    }

    private void assertReapFails() {
        assertReapFails(this::take);
    }

    @Test
    void anUnknownKernelMayHaveTakenAnyOperation() {
        Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);

        assertThat(engine.mayBeTaken(slot)).isTrue();

        slot.release();
    }

    @Test
    void aKernelThatHasTakenAnotherOperationHasNotTakenThisOne() {
        kernel.hold();
        submit(1, Opcode.WRITE, pattern(BLOCK), 0);
        Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);

        assertThat(engine.mayBeTaken(slot)).isFalse();
        assertThat(engine.mayBeTaken(engine.slot(1))).isTrue();

        slot.release();
        kernel.releaseAll();
        reapUntil(1);
    }

    /** The slot itself no longer shows the key. */
    @Test
    void thatTheKernelWritesKeysIsRemembered() {
        run(Opcode.WRITE, pattern(BLOCK), 0);
        Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);

        assertThat(engine.mayBeTaken(slot)).isFalse();

        slot.release();
    }

    @Test
    void anAttemptThatAnotherThreadHasTakenOverMayBeTaken() {
        run(Opcode.WRITE, pattern(BLOCK), 0);
        Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);
        int attempt = slot.attempt();
        assertThat(engine.mayBeTaken(slot, attempt)).isFalse();
        assertThat(slot.isOver(attempt)).isFalse();

        slot.handOver();

        assertThat(engine.mayBeTaken(slot, attempt)).isTrue();
        assertThat(slot.isOver(attempt)).isTrue();
        assertThat(engine.mayBeTaken(slot)).isFalse();
        slot.release();
    }

    @Test
    void anOperationThatWasNotSubmittedIsSubmittedByTheNextReap() {
        run(Opcode.WRITE, pattern(BLOCK), 0);
        engine.submitLater(prepare(0, Opcode.WRITE, pattern(2 * BLOCK), 0));
        calls.throwBefore("submit");

        assertReapFails();
        assertThat(kernel.requests()).hasSize(1);
        reapUntil(2);

        assertThat(ended.getLast().result()).isEqualTo(2 * BLOCK);
        assertThat(kernel.requests()).hasSize(2);
    }

    @Test
    void anOperationThatWasSubmittedIsNotSubmittedOnceMore() {
        run(Opcode.WRITE, pattern(BLOCK), 0);
        engine.submitLater(prepare(0, Opcode.WRITE, pattern(2 * BLOCK), 0));
        engine.submitLater(prepare(1, Opcode.WRITE, pattern(3 * BLOCK), 0));
        calls.throwAfter("submit");

        assertReapFails();
        reapUntil(3);

        assertThat(ended).extracting(Ended::result).containsExactly(BLOCK, 2 * BLOCK, 3 * BLOCK);
        assertThat(kernel.requests()).hasSize(3);
        assertThat(engine.strays()).isZero();
    }

    /** The kernel was asked, and has answered: no error hides that. */
    @Test
    void anOperationRefusedForNowIsNotTakenForASubmittedOne() {
        engine.submitLater(prepare(0, Opcode.WRITE, pattern(BLOCK), 0));
        kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 1);

        reapUntil(1);

        assertThat(kernel.requests()).hasSize(1);
    }

    @Test
    void eventsThatTheKernelHasWrittenAreDeliveredByTheNextReap() {
        for (int i = 0; i < SLOTS; i++) {
            submit(i, Opcode.WRITE, pattern(BLOCK), 0);
        }
        reapUntil(SLOTS);
        submit(1, Opcode.WRITE, pattern(2 * BLOCK), 0);
        submit(2, Opcode.WRITE, pattern(3 * BLOCK), 0);
        calls.throwAfter("getEvents");

        assertReapFails();
        assertThat(ended).hasSize(SLOTS);
        long asked = engine.asked();
        assertThat(engine.reap(1, KernelAioContext.FOREVER, this::take)).isZero();

        assertThat(engine.asked()).as("waits after a delivery").isEqualTo(asked);
        assertThat(ended)
                .extracting(Ended::result)
                .endsWith(BLOCK, 2 * BLOCK, 3 * BLOCK)
                .hasSize(SLOTS + 2);
        assertThat(engine.strays()).as("events of earlier operations").isZero();
    }

    @Test
    void aWaitThatFailedWithoutEventsIsRepeated() {
        kernel.hold();
        submit(0, Opcode.WRITE, pattern(BLOCK), 0);
        calls.throwBefore("getEvents");
        assertReapFails();
        assertThat(engine.reap(1, 0, this::take)).isZero();
        kernel.releaseAll();

        assertThat(engine.reap(1, PATIENCE_NANOS, this::take)).isEqualTo(1);

        assertThat(ended).hasSize(1);
    }

    /** One event is left since its callback failed, another since the wait of that callback did. */
    @Test
    void nothingIsAwaitedOnceEventsLeftBehindAreDelivered() {
        submit(0, Opcode.WRITE, pattern(BLOCK), 0);
        CompletionSink reaps = slot -> {
            submit(1, Opcode.WRITE, pattern(2 * BLOCK), 0);
            calls.throwAfter("getEvents");
            engine.reap(1, PATIENCE_NANOS, this::take);
        };
        assertReapFails(reaps);
        assertThat(ended).isEmpty();
        long asked = engine.asked();

        assertThat(engine.reap(1, KernelAioContext.FOREVER, this::take)).isZero();

        assertThat(engine.asked()).as("waits after a delivery").isEqualTo(asked);
        assertThat(ended).extracting(Ended::result).containsExactlyInAnyOrder(BLOCK, 2 * BLOCK);
    }

    /** A callback fails after it has released its slot: there is nothing left to deliver. */
    @Test
    void anEventOfAReleasedSlotIsNotDeliveredAgain() {
        submit(0, Opcode.WRITE, pattern(BLOCK), 0);
        assertReapFails(slot -> {
            take(slot);
            throw new OutOfMemoryError(InterceptedKernel.MESSAGE);
        });

        assertThat(engine.reap(1, KernelAioContext.FOREVER, this::take)).isZero();

        assertThat(ended).hasSize(1);
        assertThat(engine.strays()).isZero();
    }

    private void submitWithoutBlocking(int slot) {
        Slot prepared = prepare(slot, Opcode.WRITE, pattern((slot + 1) * BLOCK), 0);
        assertThat(prepared.tryWithoutBlocking()).isTrue();
        assertThat(engine.submit(prepared)).isEqualTo(1);
    }

    /** Passes on operations that would have blocked, and fails after or before. */
    private final class FailingHandOver implements CompletionSink {
        private final boolean handsOver;

        FailingHandOver(boolean handsOver) {
            this.handsOver = handsOver;
        }

        @Override
        public void onCompletion(Slot slot) {
            take(slot);
        }

        @Override
        public void onWouldBlock(Slot slot) {
            if (handsOver) {
                slot.handOver();
            }
            throw new OutOfMemoryError(InterceptedKernel.MESSAGE);
        }
    }

    @Test
    void operationsWhoseHandOverFailedAreSubmittedByTheReapingThread() {
        kernel.script(FakeOutcome.error(Errno.EAGAIN), FakeOutcome.error(Errno.EAGAIN));
        submitWithoutBlocking(0);
        submitWithoutBlocking(1);
        assertReapFails(new FailingHandOver(false));

        reapUntil(2);

        assertThat(ended).extracting(Ended::result).containsExactly(BLOCK, 2 * BLOCK);
        assertThat(kernel.requests()).hasSize(4);
    }

    @Test
    void anOperationThatIsHandedOverBelongsToItsNewOwner() {
        kernel.script(FakeOutcome.error(Errno.EAGAIN));
        submitWithoutBlocking(0);
        assertReapFails(new FailingHandOver(true));

        assertThat(engine.reap(1, 0, this::take)).isZero();
        assertThat(engine.reap(1, 0, this::take)).isZero();
        assertThat(kernel.requests()).as("submitted by the reaping thread").hasSize(1);

        assertThat(engine.submit(engine.slot(0))).isEqualTo(1);
        reapUntil(1);
        assertThat(ended.getLast().result()).isEqualTo(BLOCK);
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 9})
    void aRefusedOperationFailsWithTheNextReap(int errno) {
        Slot first = engine.slot(0);
        first.prepareRefused(Opcode.READ, 17);
        engine.completeLater(first, -errno);
        Slot second = engine.slot(1);
        second.prepareRefused(Opcode.WRITE, 18);
        engine.completeLater(second, -errno);

        assertThat(engine.reap(1, KernelAioContext.FOREVER, this::take)).isZero();

        assertThat(ended).containsExactly(new Ended(0, 17, -errno, 0), new Ended(1, 18, -errno, 0));
        assertThat(kernel.submissions()).isEmpty();
        assertThat(engine.asked()).isZero();
    }
}
