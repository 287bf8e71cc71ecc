package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.iocb;
import io.linuxaio.internal.kernel.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
