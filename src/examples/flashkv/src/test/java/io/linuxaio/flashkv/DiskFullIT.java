package io.linuxaio.flashkv;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A full disk. Requires root. */
@OnRealKernel
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class DiskFullIT {
    private static final int VOLUME_MEGABYTES = 16;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void writesFailReadsGoOnAndServiceResumesWhenThereIsSpace() throws Exception {
        try (Volume volume = Volume.ext4(directory, VOLUME_MEGABYTES)) {
            Path data = volume.path().resolve("kv");
            Path filler = volume.path().resolve("filler");
            Load load = new Load();
            try (KvServer server = KvServer.start(data, "--snapshot-after", "300k");
                    RespClient client = server.connect()) {
                client.call("SET", "n", 1);
                Volume.fillUp(filler);
                load.start(server.port());
                // Each client ends at the first write that is refused.
                load.join();
                load.verifyExactly(client, "disk full");
                for (int i = 0; i < 20; i++) {
                    assertThat(client.call("INCR", "n")).isInstanceOf(RespClient.Failure.class);
                    assertThat(((RespClient.Failure) client.call("SET", "new", "x")).text())
                            .startsWith("MISCONF the log does not accept writes")
                            .contains("ENOSPC");
                    assertThat(client.call("EXISTS", "new")).isEqualTo(0L);
                    assertThat(client.call("GET", "n")).isEqualTo("1");
                    assertThat(client.call("DEL", "nope")).isEqualTo(0L);
                }
                assertThat((String) client.call("INFO")).contains("log_refusal:MISCONF");
                Files.delete(filler);
                assertThat(client.call("INCR", "n")).isEqualTo(2L);
                long before = load.count();
                load.start(server.port());
                assertThat(Await.becomes(() -> load.count() > before + 2000, Duration.ofSeconds(60)))
                        .isTrue();
                assertThat((String) client.call("INFO")).contains("log_refusal:\r\n");
            }
            load.join();
            try (KvServer server = KvServer.start(data);
                    RespClient client = server.connect()) {
                load.verify(client, "after the restart");
                assertThat(client.call("GET", "n")).isEqualTo("2");
            }
        }
    }
}
