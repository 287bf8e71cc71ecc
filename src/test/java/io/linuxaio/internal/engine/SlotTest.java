package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.abi.iocb;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The state of one operation, without a kernel. */
class SlotTest extends KernelAioContextFixture {
    private static final int EVENTFD = 77;
    private static final int MOST_INTERRUPTIONS = 1000;

    @SuppressWarnings("restricted")
    private static int field(Slot slot, long offset) {
        return MemorySegment.ofAddress(slot.iocbAddress())
                .reinterpret(iocb.sizeof())
                .get(JAVA_INT, offset);
    }

    @Test
    void anEventfdIsNamedInTheIocbOfEachOperation() {
        engine.signal(EVENTFD);

        for (int i = 0; i < SLOTS; i++) {
            Slot slot = prepare(i, Opcode.WRITE, pattern(BLOCK), 0);
            assertThat(field(slot, iocb.aio_resfd$offset())).isEqualTo(EVENTFD);
            assertThat(field(slot, iocb.aio_flags$offset()) & 1).isEqualTo(1);
            slot.release();
        }
    }

    @Test
    void onlyAnAttemptWithNowaitMustNotBlock() {
        Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);
        assertThat(slot.mustNotBlock()).isFalse();
        assertThat(slot.isTriedWithoutBlocking()).isFalse();

        assertThat(slot.tryWithoutBlocking()).isTrue();
        assertThat(slot.mustNotBlock()).isTrue();
        assertThat(slot.isTriedWithoutBlocking()).isTrue();

        int attempt = slot.attempt();
        assertThat(slot.onEvent(-Errno.EAGAIN)).isEqualTo(Slot.Verdict.WOULD_BLOCK);
        assertThat(slot.attempt()).isNotEqualTo(attempt);
        slot.release();
    }

    @Test
    void aSlotIsOffloadedOnce() {
        Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);

        assertThat(slot.offload()).isTrue();
        assertThat(slot.offload()).isFalse();
        slot.release();
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "WRITE"})
    void aPartIsResubmittedAndMoreThanTheRestIsAFailure(Opcode opcode) {
        Slot slot = prepare(0, opcode, pattern(2 * BLOCK), 0);

        assertThat(slot.onEvent(BLOCK)).isEqualTo(Slot.Verdict.RESUBMIT);
        assertThat(slot.onEvent(2 * BLOCK)).isEqualTo(Slot.Verdict.COMPLETED);

        assertThat(slot.result()).isEqualTo(-Errno.EIO);
        slot.release();
    }

    @Test
    void anImpossibleResultIsLoggedWithTheLengthOfItsAttempt() {
        Slot slot = prepare(0, Opcode.WRITE, pattern(4 * BLOCK), 0);
        assertThat(slot.onEvent(BLOCK)).isEqualTo(Slot.Verdict.RESUBMIT);
        try (LogLines log = new LogLines()) {
            // At most one a second is logged, of all slots together.
            Await.until("the line", () -> {
                assertThat(slot.onEvent(4 * BLOCK)).isEqualTo(Slot.Verdict.COMPLETED);
                return log.count("the result 2048 for an operation that asked for 1536 bytes") > 0;
            });
        }
        slot.release();
    }

    @ParameterizedTest
    @CsvSource({"-1, -1", "-4095, -4095", "-4096, -5", "-9223372036854775808, -5", "1025, -5", "4294967296, -5"})
    void anErrorOutsideTheRangeOfErrnosIsAnInputOutputError(long answer, int result) {
        for (Opcode opcode : new Opcode[] {Opcode.READ, Opcode.WRITE, Opcode.SYNC}) {
            Slot slot = prepare(0, opcode, opcode.isTransfer() ? pattern(2 * BLOCK) : null, 0);

            assertThat(slot.onEvent(answer)).isEqualTo(Slot.Verdict.COMPLETED);

            assertThat(slot.result()).isEqualTo(result);
            slot.release();
        }
    }

    /** An error that the submitting thread meets later must leave the slot alone. */
    @Test
    void anAttemptIsOverWhenItsSlotIsHeldBack() {
        Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);
        slot.beginUnblocked();
        assertThat(slot.wasHeldBack()).isFalse();
        int attempt = slot.attempt();
        Consumer<Slot> then = _ -> {};

        slot.holdBack(then);

        assertThat(slot.isOver(attempt)).isTrue();
        assertThat(slot.wasHeldBack()).isTrue();
        assertThat(slot.endHoldBack()).isSameAs(then);
        assertThat(slot.endHoldBack()).isNull();
        assertThat(slot.wasHeldBack()).isTrue();
        slot.beginUnblocked();
        assertThat(slot.wasHeldBack()).isFalse();
        slot.release();
    }

    @Test
    void oneOperationInSoManyIsMeasured() {
        Slot slot = engine.slot(0);
        assertThat(slot.isDue()).isTrue();
        slot.measure(17, 3);
        assertThat(slot.startTime()).isEqualTo(17);

        assertThat(slot.isDue()).isFalse();
        assertThat(slot.isDue()).isFalse();
        assertThat(slot.isDue()).isTrue();

        prepare(0, Opcode.WRITE, pattern(BLOCK), 0);
        assertThat(slot.startTime()).as("of the next operation").isZero();
        slot.release();
    }

    @Test
    void aFileIsInUseByTheSlotThatHoldsIt() {
        assertThat(engine.isUsing(file)).isFalse();
        Slot slot = prepare(SLOTS - 1, Opcode.WRITE, pattern(BLOCK), 0);
        FileHandle other = open(OFlags.READ_WRITE, BLOCK, false);

        assertThat(engine.isUsing(file.view(1, false, RequestFlags.NONE))).isTrue();
        assertThat(engine.isUsing(other)).isFalse();

        slot.release();
        assertThat(engine.isUsing(file)).isFalse();
    }

    @Test
    void preparedOperationsAreCountedBySlot() {
        for (int i = 0; i < SLOTS; i++) {
            for (int j = 0; j <= i; j++) {
                prepare(i, Opcode.WRITE, pattern(BLOCK), 0).release();
            }
        }
        engine.slot(1).prepareRefused(Opcode.READ, 0);
        engine.slot(1).release();

        assertThat(engine.begun(0)).isZero();
        assertThat(engine.begun(1)).isEqualTo(1);
        assertThat(engine.begun(2)).isEqualTo(4);
        assertThat(engine.begun(SLOTS)).isEqualTo(11);
    }

    @Test
    void anOperationInterruptedTooOftenIsNoticed() {
        Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);
        int limit = 0;
        while (!slot.isInterruptedTooOften()) {
            assertThat(slot.onEvent(-Errno.EINTR)).isEqualTo(Slot.Verdict.RESUBMIT);
            limit++;
            assertThat(limit).isLessThan(MOST_INTERRUPTIONS);
        }
        assertThat(limit).isEqualTo(Slot.INTERRUPTIONS);
        slot.release();
    }

    @Test
    void aContextThatCannotBeUsedIsDestroyed() {
        long context = kernel.setup(1);
        int open = kernel.openContexts();
        calls.throwBefore("eventRing");

        assertThatThrownBy(() -> KernelAioContext.over(calls.kernel(), context, 1, true))
                .isInstanceOf(OutOfMemoryError.class);

        assertThat(kernel.openContexts()).isEqualTo(open - 1);
    }

    @Test
    void aContextForWhoseDestructionThereIsNoMemoryIsDestroyedLater() {
        int open = kernel.openContexts();
        Error[] thrown = {new OutOfMemoryError("of the test")};
        KernelAioContext other = failing(thrown);
        assertThatThrownBy(other::abandon).isSameAs(thrown[0]);
        assertThat(other.isDestroyed()).isFalse();

        thrown[0] = null;
        KernelAioContext.destroyAbandoned();

        assertThat(other.isDestroyed()).isTrue();
        assertThat(kernel.openContexts()).isEqualTo(open);
    }

    /** The call may have been made: the address may be that of another context by now. */
    @Test
    void aContextIsNotDestroyedAgainAfterAnotherError() {
        int open = kernel.openContexts();
        Error[] thrown = {new StackOverflowError("of the test")};
        KernelAioContext other = failing(thrown);
        assertThatThrownBy(other::abandon).isSameAs(thrown[0]);

        thrown[0] = null;
        KernelAioContext.destroyAbandoned();

        assertThat(other.isDestroyed()).isTrue();
        assertThat(kernel.openContexts()).isEqualTo(open + 1);
    }

    /** Returns a context whose destruction throws, unless the element is null. */
    private KernelAioContext failing(Error[] thrown) {
        Kernel failing = KernelProxy.over(kernel, call -> {
            if (thrown[0] != null && call.is("destroy")) {
                throw thrown[0];
            }
            return call.proceed();
        });
        return KernelAioContext.over(failing, failing.setup(1), 1, true);
    }

    @Test
    void theKernelsAnswerToTheDestructionIsReturned() {
        long context = kernel.setup(1);
        KernelAioContext other = KernelAioContext.over(kernel, context, 1, false);
        assertThat(kernel.destroy(context)).isZero();

        assertThat(other.destroy()).isEqualTo(-Errno.EINVAL);
    }

    /** Nothing is written to the freed slots: iocbs are accessed by address, without a liveness check. */
    @Test
    void theMemoryOfTheTableIsFreedWithTheContext() throws ReflectiveOperationException {
        KernelAioContext other = KernelAioContext.over(kernel, kernel.setup(1), 1, false);
        Arena table = (Arena) MethodHandles.privateLookupIn(KernelAioContext.class, MethodHandles.lookup())
                .findVarHandle(KernelAioContext.class, "arena", Arena.class)
                .get(other);
        assertThat(table.scope().isAlive()).isTrue();

        assertThat(other.destroy()).isZero();

        assertThat(table.scope().isAlive()).isFalse();
    }
}
