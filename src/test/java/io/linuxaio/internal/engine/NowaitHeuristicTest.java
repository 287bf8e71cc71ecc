package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Attempts without blocking, which stop where they are mostly refused. */
class NowaitHeuristicTest {
    private static final int REFUSALS = 16;
    private static final int PAUSE = 1000;

    private final NowaitHeuristic heuristic = new NowaitHeuristic();

    private void refuse(int times) {
        for (int i = 0; i < times; i++) {
            assertThat(heuristic.isWorthTrying()).as("attempt %d", i).isTrue();
            heuristic.refused();
        }
    }

    private void assertPauses() {
        for (int i = 0; i < PAUSE; i++) {
            assertThat(heuristic.isWorthTrying()).as("operation %d", i).isFalse();
        }
        assertThat(heuristic.isWorthTrying()).as("after the pause").isTrue();
    }

    @Test
    void attemptsStopForAWhileAfterManyRefusals() {
        refuse(REFUSALS);

        assertPauses();
    }

    @Test
    void fewerRefusalsStopThemAgain() {
        refuse(REFUSALS);
        assertPauses();
        refuse(2);

        assertPauses();
    }

    @Test
    void anAcceptedAttemptEndsTheRowOfRefusals() {
        refuse(REFUSALS - 1);
        heuristic.accepted();
        refuse(REFUSALS - 1);

        assertThat(heuristic.isWorthTrying()).isTrue();
        heuristic.refused();
        assertPauses();
    }

    @Test
    void anAcceptedAttemptAfterThePauseRestoresTheFullPatience() {
        refuse(REFUSALS);
        assertPauses();
        heuristic.accepted();
        refuse(REFUSALS - 1);

        assertThat(heuristic.isWorthTrying()).isTrue();
    }

    @Test
    void aFilesystemWithoutTheFlagIsNotAskedAgain() {
        heuristic.unsupported();
        heuristic.accepted();

        assertThat(heuristic.isWorthTrying()).isFalse();
    }
}
