package io.linuxaio.faultinjection;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A writing program killed by SIGKILL at random moments: every record that it reported as durable survives. {@code
 * -Dlinuxaio.kills=200} kills 200 times on each filesystem; {@code -Dlinuxaio.seed} repeats a run.
 */
@OnRealKernel
class KillIT {
    private static final int KILLS = Integer.getInteger("linuxaio.kills", 4);
    private static final int MAX_LINES = 60;
    private static final int MAX_NANOS = 5_000_000;
    private static final String DURABLE = "durable ";

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void durableWritesSurviveAKillOnTheFilesystemOfTheBuild() throws Exception {
        killAgainAndAgain(directory);
    }

    @Test
    void durableWritesSurviveAKillOnXfs() throws Exception {
        try (Volume volume = Volume.xfs(directory, 300)) {
            killAgainAndAgain(volume.path());
        }
    }

    private void killAgainAndAgain(Path where) throws Exception {
        long seed = Long.getLong("linuxaio.seed", new Random().nextLong());
        Random random = new Random(seed);
        long records = 0;
        for (int i = 0; i < KILLS; i++) {
            Path path = where.resolve("journal" + i);
            Journal journal = new Journal(random.nextLong());
            String layout = i % 2 == 0 ? "append" : "preallocate";
            String durability = i / 2 % 2 == 0 ? "dataSync" : "dsync";
            String run = "kill " + i + " of seed " + seed + " on "
                    + Files.getFileStore(where).type() + ", " + layout + ", " + durability;

            long durable = durableWhenKilled(run, random, path, "" + journal.seed(), layout, durability);

            assertThat(journal.firstBroken(Files.readAllBytes(path), durable))
                    .as("the first missing record; " + run)
                    .isEqualTo(durable);
            records += durable;
            Files.delete(path);
        }
        System.out.println(KILLS + " kills on " + Files.getFileStore(where).type() + ", seed " + seed + ": all of "
                + records + " records called durable were there");
    }

    private static long durableWhenKilled(String run, Random random, Path path, String... arguments) throws Exception {
        int lines = 1 + random.nextInt(MAX_LINES);
        int nanos = random.nextInt(MAX_NANOS);
        Process process =
                ChildJvm.of(JournalWriter.class).start(path.toString(), arguments[0], arguments[1], arguments[2]);
        try (BufferedReader output = process.inputReader()) {
            long durable = 0;
            for (int i = 0; i < lines; i++) {
                durable = durable(output.readLine(), run);
            }
            LockSupport.parkNanos(nanos);
            // Through the handle: the process itself would throw away what can still be read.
            process.toHandle().destroyForcibly();
            String line;
            while ((line = output.readLine()) != null) {
                durable = Math.max(durable, durable(line, run));
            }
            assertThat(process.waitFor()).as(run).isEqualTo(128 + 9);
            return durable;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static long durable(String line, String run) {
        assertThat(line).as(run).isNotNull().startsWith(DURABLE);
        return Long.parseLong(line.substring(DURABLE.length()));
    }
}
