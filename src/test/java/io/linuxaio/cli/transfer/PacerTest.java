package io.linuxaio.cli.transfer;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Scheduled start times, which are evenly spaced whatever happens to the operations. */
class PacerTest {
    private static final long MILLI = 1_000_000;

    @Test
    void operationsStartAtOnceWithoutARate() {
        Pacer pacer = Pacer.unlimited();
        pacer.begin();

        assertThat(pacer.intended(77)).isEqualTo(77);
        assertThat(pacer.late(77)).isZero();
    }

    @Test
    void startTimesFollowTheRateAlone() {
        Pacer pacer = Pacer.of(1000, 5 * MILLI);

        assertThat(pacer.intended(0)).isEqualTo(5 * MILLI);
        pacer.begin();
        assertThat(pacer.intended(900 * MILLI)).isEqualTo(6 * MILLI);
    }

    @Test
    void anUnevenRateDoesNotDrift() {
        Pacer pacer = Pacer.of(3, 0);
        for (int i = 0; i < 3_000_000; i++) {
            pacer.begin();
        }

        assertThat(pacer.intended(0)).isBetween(1_000_000_000_000_000L - 1000, 1_000_000_000_000_000L + 1000);
    }

    @Test
    void operationsNotYetStartedAreCounted() {
        Pacer pacer = Pacer.of(1000, 0);
        pacer.begin();

        assertThat(pacer.late(MILLI / 2)).isZero();
        assertThat(pacer.late(10 * MILLI + MILLI / 2)).isEqualTo(10);
        assertThat(pacer.late(-1)).isZero();
    }
}
