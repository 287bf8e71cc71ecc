package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.DurableWriter.Guarantee;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.fuse.FailingPower;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Power failures: acknowledged writes survive. Writes without a sync can be lost, or this test would prove nothing. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class PowerFailureIT {
    /** The number of power failures. */
    private static final int FAILURES = Integer.getInteger("io.linuxaio.test.power-failures", 4);

    private static final int MOST_FAILURES = 10 * FAILURES;

    /** The percentage of unflushed pages that are kept. */
    private static final int[] KEPT = {0, 50, 90};

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final long seed = Seed.next();
    private final Random random = new Random(seed);
    private int failures;
    private long pagesLost;

    @Test
    void acknowledgedWritesSurviveOnExt4() throws Exception {
        try (FailingPower power = FailingPower.ext4(directory, 64)) {
            assertNothingIsLost("ext4", power);
        }
    }

    @Test
    void acknowledgedWritesSurviveOnXfs() throws Exception {
        try (FailingPower power = FailingPower.xfs(directory)) {
            assertNothingIsLost("xfs", power);
        }
    }

    private void assertNothingIsLost(String filesystem, FailingPower power) throws Exception {
        DurableLoad load = new DurableLoad(power.path(), DurableLoad.GUARANTEES, seed);
        int lost = failAgainAndAgain(power, load, true);

        System.out.printf(
                "power failures on %s: %d, writes acknowledged: %d, of these lost: %d (pages lost: %d, seed: %d)%n",
                filesystem, failures, load.acknowledged(), lost, pagesLost, seed);
        assertThat(lost).as("seed %d", seed).isZero();
        assertThat(pagesLost)
                .as("acknowledged writes before the power failed, seed %d", seed)
                .isPositive();
    }

    @Test
    void writesAreLostWithoutTheSync() throws Exception {
        try (FailingPower power = FailingPower.ext4(directory, 64)) {
            DurableLoad load = new DurableLoad(power.path(), EnumSet.of(Guarantee.NONE), seed);
            // No flush is requested here.
            int lost = failAgainAndAgain(power, load, false);

            System.out.printf(
                    "power failures without a sync: %d, writes completed: %d, of these lost: %d (seed: %d)%n",
                    failures, load.acknowledged(), lost, seed);
            assertThat(lost).as("seed %d", seed).isPositive();
        }
    }

    private int failAgainAndAgain(FailingPower power, DurableLoad load, boolean alsoAtFlush) throws Exception {
        int lost = 0;
        // Failures at moments when all is flushed prove nothing: more follow then.
        for (; failures < FAILURES || (alsoAtFlush ? pagesLost : lost) == 0 && failures < MOST_FAILURES; failures++) {
            int kept = KEPT[failures / 2 % KEPT.length];
            boolean atFlush = alsoAtFlush && failures % 2 == 1;
            long choice = random.nextLong();
            // Every third time files are extended, else overwritten.
            load.writeUntil(
                    failures % 3 == 0,
                    () -> pagesLost += atFlush ? power.failAtFlush(choice, kept) : power.fail(choice, kept));
            power.restore();
            lost += load.countLost();
        }
        return lost;
    }
}
