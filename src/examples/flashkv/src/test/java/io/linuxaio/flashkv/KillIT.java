package io.linuxaio.flashkv;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server under load is killed by SIGKILL at random moments, again and again on the same data, while it writes snapshots all
 * the time: no acknowledged write is lost, and no half one is there. {@code -Dkills=100} does it 100 times for each way to
 * sync; {@code -Dlinuxaio.seed} repeats a run.
 */
@OnRealKernel
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class KillIT {
    private static final int KILLS = Integer.getInteger("kills", 3);
    private static final int MAX_ROUNDS = 1500;
    private static final int MAX_NANOS = 20_000_000;
    private static final int VOLUME_MEGABYTES = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final long seed = Seed.next();
    private final Random random = new Random(seed);
    private final Load load = new Load();
    private int snapshots;

    @ParameterizedTest
    @ValueSource(strings = {"always", "everysec", "no"})
    void acknowledgedWritesAreThere(String fsync) throws Exception {
        for (int i = 0; i < KILLS; i++) {
            runAndKill(directory, "kill " + i + " of seed " + seed + ", " + fsync, "--fsync", fsync);
        }
        verifyLast(directory);
        System.out.printf(
                "%d kills, fsync %s, seed %d: all of %d acknowledged rounds were there; %d snapshots%n",
                KILLS, fsync, seed, load.count(), snapshots);
    }

    @Test
    void acknowledgedWritesAreThereAlsoIfTheDiskIsFull() throws Exception {
        try (Volume volume = Volume.ext4(directory, VOLUME_MEGABYTES)) {
            Path data = volume.path().resolve("kv");
            Path filler = volume.path().resolve("filler");
            for (int i = 0; i < KILLS; i++) {
                if (i % 3 == 2) {
                    Files.deleteIfExists(filler);
                }
                runAndKill(data, "kill " + i + " of seed " + seed + ", disk full");
                Volume.fillUp(filler);
            }
            verifyLast(data);
        }
        System.out.printf(
                "%d kills with a full disk, seed %d: all of %d acknowledged rounds were there%n",
                KILLS, seed, load.count());
    }

    private void runAndKill(Path data, String run, String... more) throws Exception {
        String[] settings = {
            "--snapshot-after", 1 + random.nextInt(600) + "k", "--snapshot-rate", 64 + random.nextInt(2000) + "k"
        };
        String[] all = new String[settings.length + more.length];
        System.arraycopy(settings, 0, all, 0, settings.length);
        System.arraycopy(more, 0, all, settings.length, more.length);
        try (KvProcess server = KvProcess.start(data, all)) {
            try (RespClient client = server.connect()) {
                load.verify(client, run);
            }
            load.start(server.port());
            long enough = load.count() + random.nextInt(MAX_ROUNDS);
            assertThat(Await.becomes(() -> load.count() >= enough || !load.isRunning(), PATIENCE))
                    .as(run)
                    .isTrue();
            LockSupport.parkNanos(random.nextInt(MAX_NANOS));
            snapshots += snapshots(server);
            server.kill();
            load.join();
        }
    }

    private static int snapshots(KvProcess server) throws IOException {
        try (RespClient client = server.connect()) {
            return ((String) client.call("INFO", "persistence"))
                    .lines()
                    .filter(line -> line.startsWith("snapshots:"))
                    .mapToInt(line -> Integer.parseInt(line.substring("snapshots:".length())))
                    .sum();
        }
    }

    private void verifyLast(Path data) throws Exception {
        try (KvProcess server = KvProcess.start(data);
                RespClient client = server.connect()) {
            load.verify(client, "after the last kill of seed " + seed);
            server.terminate();
        }
    }
}
