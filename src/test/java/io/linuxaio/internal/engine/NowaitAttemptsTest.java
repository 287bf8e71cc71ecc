package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.abi.iocb;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Transfers that are tried with {@code RWF_NOWAIT} first. The kernel's answers decide if later ones are tried, too. */
class NowaitAttemptsTest extends KernelAioContextFixture {
    private static final int NOWAIT = Abi.RWF_NOWAIT();
    private static final int DSYNC = Abi.RWF_DSYNC();
    private static final int REFUSALS = 16;

    @SuppressWarnings("restricted")
    private static int flags(Slot slot) {
        return MemorySegment.ofAddress(slot.iocbAddress())
                .reinterpret(iocb.sizeof())
                .get(JAVA_INT, iocb.aio_rw_flags$offset());
    }

    private Slot prepare(Opcode opcode) {
        boolean isVectored = opcode == Opcode.READV || opcode == Opcode.WRITEV;
        Object memory = isVectored ? new MemorySegment[] {pattern(BLOCK)} : pattern(BLOCK);
        return prepare(0, opcode, opcode.isTransfer() ? memory : null, 0);
    }

    /** Carries the flags of a view of the fixture's file. */
    private void carry(int readFlags, int writeFlags) {
        file = file.view(BLOCK, false, new RequestFlags(readFlags, writeFlags, RequestFlags.NO_PRIORITY));
    }

    private boolean isTried(Opcode opcode) {
        Slot slot = prepare(opcode);
        boolean tried = slot.tryWithoutBlocking();
        assertThat(slot.isTriedWithoutBlocking()).isEqualTo(tried);
        assertThat(slot.mustNotBlock()).isEqualTo(tried);
        assertThat(flags(slot)).isEqualTo(tried ? NOWAIT : 0);
        slot.release();
        return tried;
    }

    private Slot.Verdict attempt(Opcode opcode, long answer) {
        Slot slot = prepare(opcode);
        assertThat(slot.tryWithoutBlocking()).isTrue();
        int attempt = slot.attempt();
        Slot.Verdict verdict = slot.onEvent(answer);
        if (verdict == Slot.Verdict.WOULD_BLOCK) {
            assertThat(slot.isOver(attempt)).as("a late event ends it").isTrue();
            slot.allowBlocking();
            assertThat(slot.mustNotBlock()).isFalse();
            assertThat(flags(slot)).isZero();
        }
        slot.release();
        return verdict;
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "READV", "WRITE", "WRITEV"})
    void attemptsOnAFilesystemWithoutTheFlagEnd(Opcode opcode) {
        Opcode other = opcode.isRead() ? Opcode.WRITE : Opcode.READ;
        assertThat(isTried(opcode)).isTrue();

        assertThat(attempt(opcode, -Errno.EOPNOTSUPP)).isEqualTo(Slot.Verdict.WOULD_BLOCK);

        assertThat(isTried(opcode)).isFalse();
        assertThat(isTried(other)).as("of the other kind").isTrue();
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "WRITE"})
    void attemptsThatAreRefusedInARowPause(Opcode opcode) {
        Opcode other = opcode.isRead() ? Opcode.WRITE : Opcode.READ;
        for (int i = 0; i < REFUSALS; i++) {
            assertThat(attempt(opcode, -Errno.EAGAIN)).isEqualTo(Slot.Verdict.WOULD_BLOCK);
        }

        assertThat(isTried(opcode)).isFalse();
        assertThat(isTried(other)).as("of the other kind").isTrue();
    }

    @Test
    void readsAndWritesAreLearntSeparately() {
        attempt(Opcode.READ, -Errno.EOPNOTSUPP);
        assertThat(file.reads().isWorthTrying()).isFalse();
        assertThat(file.writes().isWorthTrying()).isTrue();

        attempt(Opcode.WRITE, -Errno.EOPNOTSUPP);
        assertThat(file.writes().isWorthTrying()).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "WRITE"})
    void anAcceptedAttemptEndsARowOfRefusals(Opcode opcode) {
        for (int i = 1; i < 2 * REFUSALS; i++) {
            if (i == REFUSALS) {
                assertThat(attempt(opcode, BLOCK)).isEqualTo(Slot.Verdict.COMPLETED);
            } else {
                assertThat(attempt(opcode, -Errno.EAGAIN)).isEqualTo(Slot.Verdict.WOULD_BLOCK);
            }
        }

        assertThat(isTried(opcode)).isTrue();
    }

    /** Without the flag such answers are failures. */
    @ParameterizedTest
    @EnumSource(names = {"READ", "WRITE", "SYNC"})
    void anOperationThatMayBlockFailsWithTheErrorsOfAttempts(Opcode opcode) {
        for (int errno : new int[] {Errno.EAGAIN, Errno.EOPNOTSUPP}) {
            Slot slot = prepare(opcode);
            assertThat(slot.onEvent(-errno)).isEqualTo(Slot.Verdict.COMPLETED);
            assertThat(slot.result()).isEqualTo(-errno);
            slot.release();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SYNC", "DATA_SYNC"})
    void aSyncNeverBlocksItsSubmitter(Opcode opcode) {
        carry(NOWAIT, NOWAIT);
        Slot slot = prepare(opcode);

        assertThat(slot.tryWithoutBlocking()).isTrue();

        assertThat(slot.isTriedWithoutBlocking()).isFalse();
        assertThat(slot.mustNotBlock()).isFalse();
        assertThat(flags(slot)).isZero();
        slot.release();
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "READV", "WRITE", "WRITEV"})
    void theFlagOfTheUserStays(Opcode opcode) {
        carry(opcode.isRead() ? NOWAIT : 0, opcode.isRead() ? 0 : NOWAIT);
        Slot slot = prepare(opcode);
        assertThat(slot.mustNotBlock()).isTrue();

        assertThat(slot.tryWithoutBlocking()).isTrue();

        assertThat(slot.isTriedWithoutBlocking()).isFalse();
        assertThat(slot.mustNotBlock()).isTrue();
        assertThat(flags(slot)).isEqualTo(NOWAIT);
        // The user asked for the error.
        assertThat(slot.onEvent(-Errno.EAGAIN)).isEqualTo(Slot.Verdict.COMPLETED);
        assertThat(slot.result()).isEqualTo(-Errno.EAGAIN);
        slot.release();
    }

    @ParameterizedTest
    @EnumSource(names = {"READ", "WRITE"})
    void theFlagOfReadsIsNotThatOfWrites(Opcode opcode) {
        carry(opcode.isRead() ? 0 : NOWAIT, opcode.isRead() ? NOWAIT : 0);
        Slot slot = prepare(opcode);

        assertThat(slot.mustNotBlock()).isFalse();
        assertThat(flags(slot)).isZero();

        slot.release();
    }

    @Test
    void otherFlagsStay() {
        carry(0, DSYNC);
        Slot slot = prepare(Opcode.WRITE);
        assertThat(slot.mustNotBlock()).isFalse();
        assertThat(slot.tryWithoutBlocking()).isTrue();
        assertThat(flags(slot)).isEqualTo(DSYNC | NOWAIT);

        slot.allowBlocking();

        assertThat(flags(slot)).isEqualTo(DSYNC);
        assertThat(slot.isTriedWithoutBlocking()).isFalse();
        slot.release();
    }

    /** The thread that takes it over submits it long after the slot was used last. */
    @Test
    void thePatienceOfAnAttemptThatWouldBlockStartsWithItsRefusal() {
        kernel.script(FakeOutcome.error(Errno.EAGAIN));
        Slot slot = prepare(Opcode.WRITE);
        assertThat(slot.tryWithoutBlocking()).isTrue();
        long before = System.nanoTime();
        slot.resubmitSince(before - 1);
        assertThat(engine.submit(slot)).isEqualTo(1);

        assertThat(engine.reap(1, PATIENCE_NANOS, new CompletionSink() {
                    @Override
                    public void onCompletion(Slot completed) {
                        take(completed);
                    }

                    @Override
                    public void onWouldBlock(Slot refused) {
                        refused.allowBlocking();
                        assertThat(engine.submit(refused)).isEqualTo(1);
                    }
                }))
                .isEqualTo(1);

        assertThat(slot.waitingSince()).isGreaterThanOrEqualTo(before);
        reapUntil(1);
        assertThat(ended.getLast().result()).isEqualTo(BLOCK);
    }
}
