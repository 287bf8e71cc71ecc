package io.linuxaio.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioException;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.fuse.FailingPower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The power fails beneath a log under load, again and again: what was acknowledged as durable is there, and the log opens.
 * Without a sync, acknowledged records are lost, or this test would show nothing. {@code -Dpower-failures=100} makes it long;
 * {@code -Dlinuxaio.seed} repeats a run. Requires root.
 */
@OnRealKernel
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class LogPowerFailureIT {
    private static final int FAILURES = Integer.getInteger("power-failures", 4);
    private static final int MOST_FAILURES = 10 * FAILURES;
    private static final int SEGMENT = 256 << 10;

    /** The percentage of unflushed pages that survive. */
    private static final int[] KEPT = {0, 50, 90};

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final long seed = Seed.next();
    private final Random random = new Random(seed);

    @ParameterizedTest
    @CsvSource({"ext4, ALWAYS, DSYNC", "ext4, ALWAYS, DATA_SYNC", "xfs, ALWAYS, DSYNC", "xfs, ALWAYS, DATA_SYNC"})
    void nothingAcknowledgedIsLost(String filesystem, LogDurability durability, LogForce force) throws Exception {
        try (FailingPower power = power(filesystem)) {
            NumberedLoad load = new NumberedLoad();
            for (int i = 0; i < FAILURES; i++) {
                run(
                        power,
                        load,
                        LogWriter.builder(log(power)).durability(durability).force(force),
                        i % 2 == 1,
                        KEPT[i / 2 % 3]);
                assertThat(lost(power, load))
                        .as("failure %d of seed %d", i, seed)
                        .isZero();
            }
            System.out.printf(
                    "%d power failures on %s, %s, seed %d: all of %d acknowledged records were there%n",
                    FAILURES, filesystem, force, seed, load.count());
        }
    }

    @Test
    void withoutASyncRecordsAreLostAndTheLogOpensNevertheless() throws Exception {
        try (FailingPower power = power("ext4")) {
            NumberedLoad load = new NumberedLoad();
            long lost = 0;
            int failures = 0;
            // A failure right after a segment has been synced loses nothing: more follow then.
            while (failures < FAILURES || lost == 0 && failures < MOST_FAILURES) {
                LogWriter.Builder settings = LogWriter.builder(log(power)).durability(LogDurability.NONE);
                run(power, load, settings, false, KEPT[failures++ % 3]);
                lost += lost(power, load);
            }
            System.out.printf(
                    "%d power failures without a sync, seed %d: %d of %d acknowledged records were lost%n",
                    failures, seed, lost, load.count());
            assertThat(lost).as("seed %d", seed).isPositive();
        }
    }

    @Test
    void recordsThatTheIntervalHasSyncedAreThere() throws Exception {
        try (FailingPower power = power("ext4")) {
            for (int i = 0; i < FAILURES; i++) {
                NumberedLoad load = new NumberedLoad();
                load.forget();
                long[] durable = new long[1];
                LogWriter.Builder settings = LogWriter.builder(log(power))
                        .durability(LogDurability.INTERVAL)
                        .syncInterval(Duration.ofMillis(10));
                LogWriter log =
                        settings.segmentSize(SEGMENT).bufferSize(SEGMENT / 4).open(load.replay());
                // From now on nothing of before is needed, and the volume is small.
                long before = log.durableUpTo();
                load.start(log, (_, _) -> {});
                long enough = 500 + random.nextInt(2000);
                Await.until("records are acknowledged", () -> load.count() > enough || !load.isRunning());
                assertThat(load.count()).as("failure %d of seed %d", i, seed).isGreaterThan(enough);
                log.discardBefore(before);
                durable[0] = log.durableUpTo();
                power.fail(random.nextLong(), KEPT[i % 3]);
                load.join();
                closeWithoutPower(log);
                power.restore();
                try (LogWriter again = LogWriter.builder(log(power)).open(load.replay())) {
                    assertThat(again.durableUpTo()).as("seed %d", seed).isGreaterThanOrEqualTo(durable[0]);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    void theNameOfARecycledSegmentIsDurableBeforeItsRecordsAre(String filesystem) throws Exception {
        try (FailingPower power = power(filesystem)) {
            LogWriter log = LogFixture.small(log(power)).open();
            // So many that there are spares, and none is made while the last segment is begun.
            LogFixture.appendAlone(log, 0, 46);
            log.discardBefore(log.durableUpTo());
            long begun = LogFixture.appendAlone(log, 46, 60).getLast();
            for (int i = 60; i < 64; i++) {
                begun = log.append(LogFixture.bytes(LogFixture.name(i))).join();
            }
            power.fail(seed, 0);
            closeWithoutPower(log);
            power.restore();
            List<Long> positions = new ArrayList<>();
            LogFixture.small(log(power))
                    .open((position, _) -> positions.add(position))
                    .close();
            assertThat(positions).contains(begun);
        }
    }

    private FailingPower power(String filesystem) throws Exception {
        FailingPower power = filesystem.equals("xfs") ? FailingPower.xfs(directory) : FailingPower.ext4(directory, 64);
        Files.createDirectory(power.path().resolve("log"));
        return power;
    }

    /** Closes a log, which reports records that it could not sync if it learns only now that the power is gone. */
    private static void closeWithoutPower(LogWriter log) throws IOException {
        try {
            log.close();
        } catch (LogFailedException e) {
            assertThat(e).hasRootCauseInstanceOf(AioException.class);
        }
    }

    private static Path log(FailingPower power) {
        return power.path().resolve("log");
    }

    private void run(FailingPower power, NumberedLoad load, LogWriter.Builder settings, boolean atFlush, int kept)
            throws Exception {
        load.forget();
        LogWriter log = settings.segmentSize(SEGMENT).bufferSize(SEGMENT / 4).open(load.replay());
        // From now on nothing of before is needed.
        long before = log.durableUpTo();
        load.start(log, (_, _) -> {});
        long enough = load.count() + 50 + random.nextInt(1500);
        Await.until("records are acknowledged", () -> load.count() >= enough || !load.isRunning());
        log.discardBefore(before);
        if (atFlush) {
            power.failAtFlush(random.nextLong(), kept);
        } else {
            power.fail(random.nextLong(), kept);
        }
        load.join();
        closeWithoutPower(log);
        power.restore();
    }

    private static long lost(FailingPower power, NumberedLoad load) throws Exception {
        load.forget();
        LogWriter.builder(log(power)).open(load.replay()).close();
        return load.lost();
    }
}
