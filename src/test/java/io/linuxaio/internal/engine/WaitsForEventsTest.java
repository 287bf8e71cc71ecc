package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.engine.InterceptedKernel.Wait;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.testing.LogLines;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The waits that the engine asks of the kernel, and kernels that do not wait as they were asked to. */
class WaitsForEventsTest extends KernelAioContextFixture {
    private static final long SECOND = 1_000_000_000;
    private static final long MILLISECOND = 1_000_000;
    private static final int WAITS_IN_VAIN = 64;
    private static final int MOST_WAITS = 1000;
    private static final String EARLY = "io_getevents has returned without an event";

    private void reap(int times, int min, long nanos) {
        for (int i = 0; i < times; i++) {
            assertThat(engine.reap(min, nanos, this::take)).isZero();
        }
    }

    private void leaveOneForLater() {
        kernel.fixResult(FakeCall.SUBMIT, -Errno.EAGAIN);
        engine.submitLater(prepare(0, Opcode.WRITE, pattern(BLOCK), 0));
    }

    private void assertEndsLater() {
        kernel.endFixedResult(FakeCall.SUBMIT);
        kernel.endFixedResult(FakeCall.GET_EVENTS);
        reapUntil(1);
    }

    @ParameterizedTest
    @ValueSource(longs = {KernelAioContext.FOREVER, 0, 1, 5 * SECOND + 1})
    void theKernelIsAskedToWaitAsLongAsTheCallerWaits(long nanos) {
        kernel.fixResult(FakeCall.GET_EVENTS, 0);

        reap(1, 1, nanos);

        assertThat(calls.waits()).containsExactly(new Wait(1, SLOTS, nanos));
    }

    @Test
    void noMoreEventsAreAwaitedThanTheBufferHolds() {
        kernel.fixResult(FakeCall.GET_EVENTS, 0);

        reap(1, SLOTS - 1, SECOND);
        reap(1, SLOTS, SECOND);
        reap(1, SLOTS + 100, SECOND);

        assertThat(calls.waits()).extracting(Wait::min).containsExactly(SLOTS - 1L, (long) SLOTS, (long) SLOTS);
    }

    /** Nothing else tells the thread that the kernel accepts operations again. */
    @ParameterizedTest
    @CsvSource({"-1, 1000000", "5000000000, 1000000", "200000, 200000", "0, 0"})
    void aWaitIsShortWhileAnOperationIsLeftForLater(long nanos, long expected) {
        leaveOneForLater();
        kernel.fixResult(FakeCall.GET_EVENTS, 0);

        reap(1, 1, nanos);

        assertThat(calls.waits()).containsExactly(new Wait(1, SLOTS, expected));
        assertEndsLater();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -4})
    void waitsForEverThatKeepEndingAreLogged(int answer) {
        kernel.fixResult(FakeCall.GET_EVENTS, answer);
        try (LogLines log = new LogLines()) {
            reap(WAITS_IN_VAIN, 1, KernelAioContext.FOREVER);
            assertThat(log.count(EARLY)).isZero();
            reap(1, 1, KernelAioContext.FOREVER);
            assertThat(log.count(EARLY + " " + WAITS_IN_VAIN + " times in a row"))
                    .isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {2 * MILLISECOND, 60 * SECOND})
    void waitsThatKeepEndingEarlyAreLogged(long nanos) {
        kernel.fixResult(FakeCall.GET_EVENTS, 0);
        try (LogLines log = new LogLines()) {
            reap(WAITS_IN_VAIN, 1, nanos);
            assertThat(log.count(EARLY)).isZero();
            // On a busy machine one of them may take long.
            for (int i = 0; i < MOST_WAITS && log.count(EARLY) == 0; i++) {
                reap(1, 1, nanos);
            }
            assertThat(log.count(EARLY)).isEqualTo(1);
        }
    }

    @Test
    void waitsThatEndInTimeAreNotLogged() {
        int measured = 20;
        try (LogLines log = new LogLines()) {
            reap(WAITS_IN_VAIN + measured, 1, MILLISECOND);
            assertThat(log.count(EARLY)).isZero();
        }
    }

    /** A loop of polls is no sign of a faulty kernel. */
    @ParameterizedTest
    @CsvSource({"0, -1", "0, 1000000", "1, 0", "0, 0"})
    void pollsAreNoWaitsInVain(int min, long nanos) {
        kernel.fixResult(FakeCall.GET_EVENTS, 0);
        try (LogLines log = new LogLines()) {
            reap(WAITS_IN_VAIN + 1, min, nanos);
            reap(1, 1, KernelAioContext.FOREVER);
            assertThat(log.count(EARLY)).isZero();
        }
    }

    @ParameterizedTest
    @CsvSource({"0, -1", "0, 1000000", "1, 0", "0, 0"})
    void aPollIsNotLoggedAfterWaitsInVain(int min, long nanos) {
        kernel.fixResult(FakeCall.GET_EVENTS, 0);
        try (LogLines log = new LogLines()) {
            reap(WAITS_IN_VAIN, 1, KernelAioContext.FOREVER);
            reap(1, min, nanos);
            assertThat(log.count(EARLY)).isZero();
        }
    }

    @Test
    void anErrorOfAWaitIsNoWaitThatEndedEarly() {
        kernel.fixResult(FakeCall.GET_EVENTS, -Errno.EINVAL);
        try (LogLines log = new LogLines()) {
            for (int i = 0; i < WAITS_IN_VAIN + 1; i++) {
                assertThat(engine.reap(1, KernelAioContext.FOREVER, this::take)).isEqualTo(-Errno.EINVAL);
            }
            assertThat(log.count(EARLY)).isZero();
        }
    }

    @Test
    void anEventIsNoWaitInVain() {
        try (LogLines log = new LogLines()) {
            kernel.fixResult(FakeCall.GET_EVENTS, 0);
            reap(WAITS_IN_VAIN, 1, KernelAioContext.FOREVER);
            kernel.endFixedResult(FakeCall.GET_EVENTS);
            run(Opcode.WRITE, pattern(BLOCK), 0);
            kernel.fixResult(FakeCall.GET_EVENTS, 0);
            reap(WAITS_IN_VAIN, 1, KernelAioContext.FOREVER);
            assertThat(log.count(EARLY)).isZero();
        }
    }

    /** Such waits are short already. */
    @Test
    void aWaitIsNotLoggedWhileAnOperationIsLeftForLater() {
        kernel.fixResult(FakeCall.GET_EVENTS, 0);
        try (LogLines log = new LogLines()) {
            reap(WAITS_IN_VAIN, 1, KernelAioContext.FOREVER);
            leaveOneForLater();
            reap(1, 1, KernelAioContext.FOREVER);
            assertThat(log.count(EARLY)).isZero();
        }
        assertEndsLater();
    }

    @Test
    void onlyMoreEventsThanTheBufferHoldsAreLogged() {
        try (LogLines log = new LogLines()) {
            for (int i = 0; i < SLOTS; i++) {
                submit(i, Opcode.WRITE, pattern(BLOCK), 0);
            }
            reapUntil(SLOTS);
            assertThat(log.count("where there is room")).isZero();

            submit(0, Opcode.WRITE, pattern(BLOCK), 0);
            kernel.fixResult(FakeCall.GET_EVENTS, SLOTS + 1);
            assertThat(engine.reap(1, TimeUnit.SECONDS.toNanos(1), this::take)).isEqualTo(SLOTS);
            kernel.endFixedResult(FakeCall.GET_EVENTS);

            assertThat(ended).hasSize(SLOTS + 1);
            assertThat(log.count("returned 5 events where there is room for 4")).isEqualTo(1);
        }
    }
}
