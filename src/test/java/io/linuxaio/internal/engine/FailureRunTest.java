package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Failures in a row, with longer and longer pauses between them. */
@Timeout(60)
class FailureRunTest {
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private final FailureRun run = new FailureRun();

    @Test
    void aRunLastsFromItsFirstFailureToItsEnd() {
        assertThat(run.hasLasted(0)).isFalse();

        run.pause();

        assertThat(run.hasLasted(0)).isTrue();
        assertThat(run.hasLasted(1_000_000)).isTrue();
        assertThat(run.hasLasted(MINUTE_NANOS)).isFalse();
        run.end();
        assertThat(run.hasLasted(0)).isFalse();
        assertThat(run.hasLasted(Long.MIN_VALUE)).isFalse();
    }

    @Test
    void furtherFailuresDoNotBeginTheRunAgain() {
        run.pause();
        run.pause();
        run.pause();

        assertThat(run.hasLasted(7_000_000)).isTrue();
    }

    @Test
    void eachPauseIsTwiceAsLong() {
        long start = System.nanoTime();
        for (int i = 0; i < 5; i++) {
            run.pause();
        }

        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(31_000_000);
    }

    @Test
    void aRunMayFollowAnother() {
        for (int i = 0; i < 10; i++) {
            run.pause();
            assertThat(run.hasLasted(0)).isTrue();
            assertThat(run.hasLasted(MINUTE_NANOS)).isFalse();
            run.end();
            run.end();
        }
    }
}
