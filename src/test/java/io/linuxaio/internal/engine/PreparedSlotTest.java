package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.abi.iocb;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeRequest;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

/** The attributes of prepared slots, and their attempts. */
class PreparedSlotTest extends KernelAioContextFixture {
    private static final short PRIORITY = 0x4003;

    @Test
    void aPreparedSlotDescribesItsOperation() {
        Slot slot = prepare(1, Opcode.WRITE, pattern(2 * BLOCK), 7 * BLOCK);

        assertThat(slot.opcode()).isEqualTo(Opcode.WRITE);
        assertThat(slot.position()).isEqualTo(7 * BLOCK);
        assertThat(slot.length()).isEqualTo(2 * BLOCK);
        assertThat(slot.userData()).isEqualTo(1001);
        assertThat(slot.index()).isEqualTo(1);
        assertThat(slot.segments()).isEqualTo(1);
        assertThat(slot.file()).isSameAs(file);

        slot.release();
        assertThat(slot.segments()).isZero();
        assertThat(slot.file()).isNull();
    }

    @SuppressWarnings("restricted")
    private static MemorySegment request(Slot slot) {
        return MemorySegment.ofAddress(slot.iocbAddress()).reinterpret(iocb.sizeof());
    }

    private void assertPriority(Opcode opcode, int priority, int flags) {
        Slot slot = prepare(0, opcode, opcode.isTransfer() ? pattern(BLOCK) : null, 0);
        assertThat(iocb.aio_reqprio(request(slot))).isEqualTo((short) priority);
        assertThat(iocb.aio_flags(request(slot))).isEqualTo(flags);
        slot.release();
    }

    @Test
    void onlyTransfersThatHaveAPriorityCarryIt() {
        FileHandle plain = file;
        FileHandle urgent = file.view(BLOCK, false, new RequestFlags(0, 0, PRIORITY));
        file = urgent;
        assertPriority(Opcode.WRITE, PRIORITY, Abi.IOCB_FLAG_IOPRIO());
        assertPriority(Opcode.SYNC, 0, 0);
        assertPriority(Opcode.READ, PRIORITY, Abi.IOCB_FLAG_IOPRIO());
        file = plain;
        assertPriority(Opcode.READ, 0, 0);
        file = file.view(BLOCK, false, new RequestFlags(0, 0, (short) 0));
        assertPriority(Opcode.WRITE, 0, Abi.IOCB_FLAG_IOPRIO());
    }

    @Test
    void anArenaIsInUseUntilTheSlotIsReleased() {
        RefCount guard = new RefCount(() -> {});
        MemorySegment block = pattern(BLOCK);
        ArenaRefs.register(block.scope(), guard);
        try {
            Slot slot = prepare(0, Opcode.WRITE, block, 0);
            assertThat(guard.uses()).isEqualTo(1);

            slot.release();
            assertThat(guard.uses()).isZero();
            slot.release();
            assertThat(guard.uses()).isZero();
        } finally {
            ArenaRefs.forget(block.scope());
        }
    }

    @Test
    void aVectoredOperationMayHaveFewerSegmentsThanTheOneBefore() {
        MemorySegment[] three = {pattern(BLOCK), pattern(BLOCK), pattern(BLOCK)};
        MemorySegment[] two = {pattern(BLOCK), pattern(BLOCK)};

        assertThat(run(Opcode.WRITEV, two, 0).result()).isEqualTo(2 * BLOCK);
        assertThat(run(Opcode.WRITEV, three, 0).result()).isEqualTo(3 * BLOCK);
        assertThat(run(Opcode.WRITEV, two, 0).result()).isEqualTo(2 * BLOCK);

        assertThat(kernel.requests()).extracting(FakeRequest::count).containsExactly(2L, 3L, 2L);
    }

    /** An event of an earlier operation must not end it, and no error makes it look submitted. */
    @Test
    void aRefusedOperationIsAnAttemptOfItsOwn() {
        run(Opcode.WRITE, pattern(BLOCK), 0);
        run(Opcode.WRITE, pattern(BLOCK), 0);
        Slot slot = engine.slot(0);
        int earlier = slot.attempt();

        slot.prepareRefused(Opcode.READ, 17);

        assertThat(kernel.requests()).extracting(FakeRequest::data).doesNotContain(slot.data());
        assertThat(slot.isOver(earlier)).isTrue();
        assertThat(slot.isOver(slot.attempt())).isFalse();
        assertThat(engine.mayBeTaken(slot)).isFalse();
        assertThat(slot.opcode()).isEqualTo(Opcode.READ);
        engine.completeLater(slot, -Errno.EBADF);
        reapUntil(3);
        assertThat(ended.getLast()).isEqualTo(new Ended(0, 17, -Errno.EBADF, 0));
    }
}
