package io.linuxaio.internal.engine.reap;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Adaptive spinning, which requires short waits and a spare processor. */
class AdaptiveSpinTest {
    private static final long MAX = 100_000;

    private final AdaptiveSpin spin = new AdaptiveSpin(MAX);

    private void wait(AdaptiveSpin waiting, long nanos, int times) {
        for (int i = 0; i < times; i++) {
            waiting.waited(nanos);
        }
    }

    @Test
    void spinsAtFirst() {
        assertThat(spin.isWorthwhile()).isTrue();
    }

    @Test
    void longWaitsStopSpinningAndShortOnesResumeIt() {
        wait(spin, 50 * MAX, 20);
        assertThat(spin.isWorthwhile()).isFalse();

        wait(spin, MAX / 10, 40);
        assertThat(spin.isWorthwhile()).isTrue();
    }

    @Test
    void oneLongWaitAmongShortOnesDoesNotStopSpinning() {
        wait(spin, MAX / 10, 20);
        spin.waited(1_000 * MAX);

        assertThat(spin.isWorthwhile()).isTrue();
    }

    @Test
    void neverSpinsIfDisabled() {
        AdaptiveSpin never = new AdaptiveSpin(0);
        wait(never, 0, 100);

        assertThat(never.isWorthwhile()).isFalse();
    }

    @Test
    void spinsNotMuchLongerThanATypicalWait() {
        wait(spin, MAX / 4, 100);
        long nanos = spin.begin();
        spin.end();
        wait(spin, MAX, 100);
        long longest = spin.begin();
        spin.end();

        int processors = Runtime.getRuntime().availableProcessors();
        assertThat(nanos).isBetween(processors > 1 ? MAX / 4 : 0, MAX / 2);
        assertThat(longest).isBetween(processors > 1 ? nanos : 0, MAX);
    }

    @Test
    void leavesOneProcessorToOthers() {
        int processors = Runtime.getRuntime().availableProcessors();
        for (int i = 1; i < processors; i++) {
            assertThat(spin.begin()).isPositive();
        }
        assertThat(spin.begin()).isZero();

        for (int i = 0; i < processors; i++) {
            spin.end();
        }
        assertThat(spin.begin() > 0).isEqualTo(processors > 1);
        spin.end();
    }

    @Test
    void aUsualWaitOfExactlyTheMaximumIsWorthwhile() {
        AdaptiveSpin small = new AdaptiveSpin(8);
        // The average of an eighth of each: 4, 7, 8.
        small.waited(32);
        small.waited(32);
        small.waited(15);
        assertThat(small.isWorthwhile()).isTrue();

        small.waited(16);
        assertThat(small.isWorthwhile()).isFalse();
    }

    @Test
    void threeVeryLongWaitsInARowStopSpinning() {
        wait(spin, 1_000 * MAX, 2);
        assertThat(spin.isWorthwhile()).isTrue();

        spin.waited(1_000 * MAX);
        assertThat(spin.isWorthwhile()).isFalse();
    }

    @Test
    void theFirstSpinLastsHalfOfTheMaximum() {
        long nanos = spin.begin();
        spin.end();

        assertThat(nanos).isEqualTo(Runtime.getRuntime().availableProcessors() > 1 ? MAX / 2 : 0);
    }
}
