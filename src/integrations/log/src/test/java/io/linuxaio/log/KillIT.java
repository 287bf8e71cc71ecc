package io.linuxaio.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A process that appends is killed by SIGKILL at random moments, again and again on the same log: each record that was
 * acknowledged is there, with every durability. {@code -Dkills=200} does it 200 times; {@code -Dlinuxaio.seed} repeats a run.
 */
@OnRealKernel
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class KillIT {
    private static final int KILLS = Integer.getInteger("kills", 4);
    private static final int MAX_LINES = 2000;
    private static final int MAX_NANOS = 5_000_000;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @ParameterizedTest
    @EnumSource
    void acknowledgedRecordsAreThere(LogDurability durability) throws Exception {
        long seed = Seed.next();
        Random random = new Random(seed);
        NumberedLoad load = new NumberedLoad();
        for (int i = 0; i < KILLS; i++) {
            String run = "kill " + i + " of seed " + seed + ", " + durability;
            load.begin();
            runAndKill(load, random, durability, run);
            load.forget();
            LogWriter.builder(directory).open(load.replay()).close();
            assertThat(load.lost()).as(run).isZero();
        }
        System.out.printf(
                "%d kills, %s, seed %d: all of %d acknowledged records were there%n",
                KILLS, durability, seed, load.count());
    }

    private void runAndKill(NumberedLoad load, Random random, LogDurability durability, String run) throws Exception {
        Process process = ChildJvm.of(LogChild.class).start("load", directory.toString(), durability.name());
        try (BufferedReader output = process.inputReader()) {
            for (int lines = 1 + random.nextInt(MAX_LINES); lines > 0; lines--) {
                note(load, output.readLine(), run);
            }
            LockSupport.parkNanos(random.nextInt(MAX_NANOS));
            // Through the handle: the process itself would throw away what can still be read.
            process.toHandle().destroyForcibly();
            String line;
            while ((line = output.readLine()) != null) {
                note(load, line, run);
            }
            assertThat(process.waitFor()).as(run).isEqualTo(128 + 9);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static void note(NumberedLoad load, String line, String run) {
        assertThat(line).as(run).isNotNull().matches("\\d \\d+");
        load.acknowledge(line.charAt(0) - '0', Long.parseLong(line.substring(2)));
    }
}
