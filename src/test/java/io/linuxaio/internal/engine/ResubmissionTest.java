package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeOutcome;
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
