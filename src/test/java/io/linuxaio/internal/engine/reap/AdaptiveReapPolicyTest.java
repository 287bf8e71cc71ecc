package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** The policy that leaves the ring to waiting threads, and takes it back for callbacks. */
class AdaptiveReapPolicyTest {
    private static final int PATIENCE = 5;

    private final AdaptiveReapPolicy habit = new AdaptiveReapPolicy(true, PATIENCE);

    private int waitsUntilLeft() {
        int waits = 0;
        while (!habit.isLeft()) {
            habit.waitedFor();
            waits++;
        }
        return waits;
    }

    private void pollNothing(int times) {
        for (int i = 0; i < times; i++) {
            habit.looked(true);
        }
    }

    @Test
    void aFewConsecutiveWaitsAreEnough() {
        assertThat(habit.isLeft()).isFalse();
        assertThat(waitsUntilLeft()).isEqualTo(3);
    }

    @Test
    void aCallbackInBetweenResetsTheCount() {
        habit.waitedFor();
        habit.waitedFor();
        habit.calledBack();

        assertThat(waitsUntilLeft()).isEqualTo(3);
    }

    @Test
    void eachWrongGuessRaisesTheNumberOfWaitsNeeded() {
        int last = 0;
        for (int i = 0; i < 20; i++) {
            int waits = waitsUntilLeft();
            assertThat(waits).isEqualTo(last == 0 ? 3 : Math.min(2 * last, 3072));
            last = waits;
            habit.calledBack();
            assertThat(habit.isLeft()).isFalse();
        }
        assertThat(last).isEqualTo(3072);
    }

    @Test
    void anIdlePeriodResetsThePolicy() {
        waitsUntilLeft();
        habit.calledBack();
        waitsUntilLeft();
        pollNothing(PATIENCE - 1);
        habit.looked(false);
        pollNothing(PATIENCE - 1);
        assertThat(habit.isLeft()).isTrue();
        habit.looked(true);

        assertThat(habit.isLeft()).isFalse();
        assertThat(waitsUntilLeft()).isEqualTo(3);
    }

    @Test
    void theReaperKeepsTheRingIfCallerReapingIsOff() {
        AdaptiveReapPolicy never = new AdaptiveReapPolicy(false, PATIENCE);
        for (int i = 0; i < 100; i++) {
            never.waitedFor();
        }

        assertThat(never.isLeft()).isFalse();
    }
}
