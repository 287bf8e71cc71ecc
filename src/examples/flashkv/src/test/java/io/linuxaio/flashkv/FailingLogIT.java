package io.linuxaio.flashkv;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.Strace;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.fuse.FailingPower;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Devices that fail, and power that does. {@code -Dpower-failures=50} makes the second long. Requires root, or strace. */
@OnRealKernel
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class FailingLogIT {
    private static final int POWER_FAILURES = Integer.getInteger("power-failures", 3);
    private static final int MEGABYTES = 64;
    private static final int[] KEPT = {0, 50, 90};

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void ifTheLogFailsWritesFailReadsGoOnAndARestartMendsIt() throws Exception {
        Path data = directory.resolve("kv");
        Load load = new Load();
        Strace strace = Strace.inject(directory, "io_submit:error=EIO:when=100+");
        try (KvProcess server = KvProcess.launch(ChildJvm.of(FlashKv.class).by(strace.command()), KvServer.small(data))
                .awaitReady()) {
            load.start(server.port());
            load.join();
            assertThat(load.count()).isPositive();
            try (RespClient client = server.connect()) {
                assertThat(((RespClient.Failure) client.call("SET", "a", "b")).text())
                        .startsWith("MISCONF the log does not accept writes")
                        .contains("EIO");
                assertThat(client.call("EXISTS", "a")).isEqualTo(0L);
                load.verifyExactly(client, "EIO");
            }
            server.terminate();
        }
        assertThat(strace.injected()).isPositive();
        try (KvServer server = KvServer.start(data);
                RespClient client = server.connect()) {
            load.verify(client, "after the restart");
            assertThat(client.call("SET", "a", "b")).isEqualTo("OK");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    void afterAPowerFailureAcknowledgedWritesAreThere(String filesystem) throws Exception {
        long seed = Seed.next();
        Random random = new Random(seed);
        Load load = new Load();
        try (FailingPower power =
                filesystem.equals("xfs") ? FailingPower.xfs(directory) : FailingPower.ext4(directory, MEGABYTES)) {
            Path data = power.path().resolve("kv");
            for (int i = 0; i < POWER_FAILURES; i++) {
                String run = "failure %d of seed %d on %s".formatted(i, seed, filesystem);
                try (KvServer server = KvServer.start(data, "--snapshot-after", 1 + random.nextInt(600) + "k")) {
                    try (RespClient client = server.connect()) {
                        load.verify(client, run);
                    }
                    load.start(server.port());
                    long enough = load.count() + random.nextInt(1500);
                    assertThat(Await.becomes(
                                    () -> load.count() >= enough || !load.isRunning(), Duration.ofSeconds(120)))
                            .as(run)
                            .isTrue();
                    if (random.nextBoolean()) {
                        power.failAtFlush(random.nextLong(), KEPT[i % 3]);
                    } else {
                        power.fail(random.nextLong(), KEPT[i % 3]);
                    }
                    load.join();
                } catch (IOException e) {
                    // The log reports what it could not sync.
                    assertThat(e).hasMessageContaining("log");
                }
                power.restore();
            }
            try (KvServer server = KvServer.start(data);
                    RespClient client = server.connect()) {
                load.verify(client, "after the last failure of seed " + seed);
            }
        }
        System.out.printf(
                "%d power failures on %s, seed %d: all of %d acknowledged rounds were there%n",
                POWER_FAILURES, filesystem, seed, load.count());
    }
}
