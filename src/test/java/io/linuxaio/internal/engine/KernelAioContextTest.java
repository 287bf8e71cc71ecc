package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.testing.LogLines;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The assignment of events to their operations. */
class KernelAioContextTest extends KernelAioContextFixture {
    @Test
    void operationsMayCompleteInAnyOrder() {
        kernel.hold();
        for (int i = 0; i < SLOTS; i++) {
            submit(i, Opcode.WRITE, pattern((i + 1) * BLOCK), 0);
        }
        kernel.release(2);
        kernel.release(0);
        kernel.release(1);
        kernel.release(0);

        reapUntil(SLOTS);

        assertThat(ended)
                .extracting(Ended::token, Ended::result)
                .containsExactly(
                        tuple(1002L, 3 * BLOCK), tuple(1000L, BLOCK), tuple(1003L, 4 * BLOCK), tuple(1001L, 2 * BLOCK));
    }

    @Test
    void aSegmentIsInUseUntilItsEventIsReaped() {
        kernel.hold();
        submit(0, Opcode.WRITE, pattern(BLOCK), 0);
        assertThat(file.uses().uses()).isEqualTo(1);
        kernel.releaseAll();
        assertThat(file.uses().uses()).isEqualTo(1);

        reapUntil(1);

        assertThat(file.uses().uses()).isZero();
    }

    @Test
    void aSyncCarriesOnlyZeros() {
        run(Opcode.WRITE, pattern(BLOCK), 3 * BLOCK);

        run(Opcode.SYNC, null, 0);
        run(Opcode.DATA_SYNC, null, 0);

        assertThat(ended).extracting(Ended::result).containsExactly(BLOCK, 0, 0);
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, SLOTS, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MIN_VALUE, Long.MAX_VALUE})
    void anEventForNoSlotIsCounted(long data) {
        kernel.addEvent(data, BLOCK);

        assertThat(engine.reap(1, KernelAioContext.FOREVER, this::take)).isEqualTo(1);

        assertThat(ended).isEmpty();
        assertThat(engine.strays()).isEqualTo(1);
    }

    @Test
    void anEventForAFreeSlotIsCounted() {
        kernel.addEvent(UserData.of(0, 0), BLOCK);
        run(Opcode.WRITE, pattern(BLOCK), 0);
        kernel.addEvent(UserData.of(0, 1), BLOCK);

        engine.reap(1, KernelAioContext.FOREVER, this::take);

        assertThat(ended).hasSize(1);
        assertThat(engine.strays()).isEqualTo(2);
    }

    @Test
    void aSecondEventOfTheSameOperationIsCounted() {
        kernel.duplicateEvents(1);
        try (LogLines log = new LogLines()) {
            run(Opcode.WRITE, pattern(BLOCK), 0);

            assertThat(log.count("for an operation that is not in flight: data 100000000, result 512"))
                    .isEqualTo(1);
        }
        assertThat(engine.strays()).isEqualTo(1);
    }

    @Test
    void aLateEventDoesNotCompleteTheNextOperationInItsSlot() {
        run(Opcode.WRITE, pattern(BLOCK), 0);
        long late = kernel.requests().getFirst().data();
        kernel.hold();
        submit(0, Opcode.WRITE, pattern(2 * BLOCK), 0);
        kernel.addEvent(late, BLOCK);

        engine.reap(1, KernelAioContext.FOREVER, this::take);
        assertThat(ended).hasSize(1);
        assertThat(engine.strays()).isEqualTo(1);

        kernel.releaseAll();
        reapUntil(2);
        assertThat(ended.getLast().result()).isEqualTo(2 * BLOCK);
    }

    /** The rest is in flight in the same slot: its memory is still in use. */
    @Test
    void aSecondEventOfAShortTransferDoesNotCompleteTheRest() {
        kernel.script(FakeOutcome.shortBy(BLOCK));
        kernel.duplicateEvents(1);
        submit(0, Opcode.WRITE, pattern(2 * BLOCK), 0);
        kernel.hold();

        engine.reap(2, KernelAioContext.FOREVER, this::take);

        assertThat(ended).isEmpty();
        assertThat(engine.strays()).isEqualTo(1);
        assertThat(kernel.held()).hasSize(1);
        kernel.releaseAll();
        reapUntil(1);
        assertThat(ended.getLast().result()).isEqualTo(2 * BLOCK);
        assertThat(kernel.requests()).hasSize(2);
    }

    @Test
    void aSecondEventOfAnInterruptedOperationDoesNotStartItTwice() {
        kernel.script(FakeOutcome.interrupted());
        kernel.duplicateEvents(1);
        submit(0, Opcode.WRITE, pattern(BLOCK), 0);

        reapUntil(1);

        assertThat(ended.getLast().result()).isEqualTo(BLOCK);
        assertThat(kernel.requests()).hasSize(2);
        assertThat(engine.strays()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {-2, -1, Integer.MAX_VALUE - 1, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void generationsMayOverflow(int generation) throws ReflectiveOperationException {
        VarHandle handle = MethodHandles.privateLookupIn(Slot.class, MethodHandles.lookup())
                .findVarHandle(Slot.class, "generation", int.class);
        handle.set(engine.slot(SLOTS - 1), generation);

        for (int i = 1; i <= 3; i++) {
            submit(SLOTS - 1, Opcode.WRITE, pattern(i * BLOCK), 0);
            reapUntil(i);
            assertThat(ended.getLast().result()).isEqualTo(i * BLOCK);
        }
        assertThat(kernel.requests()).extracting(FakeRequest::data).doesNotHaveDuplicates();
        assertThat(engine.strays()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "1, 1", "1048575, -1", "7, -2147483648", "2147483647, 2147483647", "0, -1", "5, 123456789"})
    void userDataHoldsIndexAndGeneration(int index, int generation) {
        long data = UserData.of(index, generation);

        assertThat(UserData.index(data)).isEqualTo(index);
        assertThat(UserData.generation(data)).isEqualTo(generation);
    }

    @Test
    void aTemporaryRefusalIsDistinguishedFromAPermanentOne() {
        Slot slot = prepare(0, Opcode.WRITE, pattern(BLOCK), 0);
        kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 1);
        kernel.fail(FakeCall.SUBMIT, Errno.EINTR, 1);

        assertThat(engine.submit(slot)).isEqualTo(-Errno.EAGAIN);
        assertThat(engine.submit(slot)).isEqualTo(-Errno.EAGAIN);
        kernel.limitAcceptance(0);
        assertThat(engine.submit(slot)).isEqualTo(-Errno.EAGAIN);
        assertThat(engine.submitRetries()).isEqualTo(3);
        kernel.refuse(_ -> true, Errno.EBADF);
        assertThat(engine.submit(slot)).isEqualTo(-Errno.EBADF);
        assertThat(engine.submitRetries()).isEqualTo(3);

        assertThat(engine.submit(slot)).isEqualTo(1);
        reapUntil(1);
    }

    @Test
    void pendingResubmissionsGoWithTheNextReap() {
        engine.submitLater(prepare(0, Opcode.WRITE, pattern(BLOCK), 0));
        engine.submitLater(prepare(1, Opcode.WRITE, pattern(BLOCK), BLOCK));
        kernel.fail(FakeCall.SUBMIT, Errno.EAGAIN, 2);

        reapUntil(2);

        assertThat(ended).extracting(Ended::token).containsExactly(1000L, 1001L);
    }

    @Test
    void aSignalDuringTheWaitIsNotAnEvent() {
        kernel.fail(FakeCall.GET_EVENTS, Errno.EINTR, 1);
        submit(0, Opcode.WRITE, pattern(BLOCK), 0);

        assertThat(engine.reap(1, KernelAioContext.FOREVER, this::take)).isZero();

        reapUntil(1);
    }

    @Test
    void anErrorOfTheWaitIsThrown() {
        kernel.fail(FakeCall.GET_EVENTS, Errno.EINVAL, 1);

        assertThat(engine.reap(1, KernelAioContext.FOREVER, this::take)).isEqualTo(-Errno.EINVAL);
    }

    /** Events reaped together with the failing one would never be returned again. */
    @Test
    void anErrorInTheMiddleDoesNotLoseTheOtherEvents() {
        for (int i = 0; i < SLOTS; i++) {
            submit(i, Opcode.WRITE, pattern(BLOCK), 0);
        }
        CompletionSink sink = slot -> {
            take(slot);
            if (slot.index() == 1) {
                throw new OutOfMemoryError("of the test");
            }
        };

        assertThatThrownBy(() -> engine.reap(SLOTS, KernelAioContext.FOREVER, sink))
                .isInstanceOf(OutOfMemoryError.class);

        assertThat(ended).hasSize(SLOTS);
    }

    /** A callback that runs during the reaping and requires a slot reaps, too. */
    @Test
    void nestedReapingLosesNoEventAndDeliversNoneTwice() {
        submit(0, Opcode.WRITE, pattern(BLOCK), 0);
        submit(1, Opcode.WRITE, pattern(BLOCK), 0);
        CompletionSink sink = slot -> {
            take(slot);
            if (ended.size() == 1) {
                submit(2, Opcode.WRITE, pattern(BLOCK), 0);
                submit(3, Opcode.WRITE, pattern(BLOCK), 0);
                engine.reap(2, PATIENCE_NANOS, this::take);
            }
        };

        assertThat(engine.reap(2, PATIENCE_NANOS, sink)).isEqualTo(2);
        while (ended.size() < SLOTS) {
            assertThat(engine.reap(1, PATIENCE_NANOS, this::take)).isPositive();
        }

        assertThat(ended).extracting(Ended::slot).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(engine.strays()).isZero();
    }

    @Test
    void aNestedReapReportsTheEventsThatItTook() {
        for (int i = 0; i < SLOTS; i++) {
            submit(i, Opcode.WRITE, pattern(BLOCK), 0);
        }
        List<Integer> nested = new ArrayList<>();
        CompletionSink sink = slot -> {
            take(slot);
            nested.add(engine.reap(1, KernelAioContext.FOREVER, this::take));
        };

        assertThat(engine.reap(SLOTS, PATIENCE_NANOS, sink)).isEqualTo(SLOTS);

        assertThat(nested).containsExactly(SLOTS - 1);
        assertThat(ended).hasSize(SLOTS);
    }

    @Test
    void aClosedFileOrArenaIsNotAcquired() {
        FileHandle gone = open(OFlags.READ_WRITE, BLOCK, false);
        gone.closeWhenIdle();
        RefCount guard = new RefCount(() -> {});
        MemorySegment open = pattern(BLOCK);
        ArenaRefs.register(open.scope(), guard);
        try {
            Slot slot = engine.slot(0);
            assertThat(slot.acquire(gone, open)).isFalse();
            assertThat(guard.uses()).isZero();
            assertThat(slot.acquire(file, new MemorySegment[] {open, open})).isTrue();
            assertThat(guard.uses()).isEqualTo(2);
            slot.release();
            assertThat(guard.uses()).isZero();

            guard.close();
            assertThat(slot.acquire(file, open)).isFalse();
            assertThat(slot.acquire(file, new MemorySegment[] {open})).isFalse();
            assertThat(file.uses().uses()).isZero();
        } finally {
            ArenaRefs.forget(open.scope());
        }
    }
}
