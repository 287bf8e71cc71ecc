package io.linuxaio.flashkv;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The end of a server under load. */
@OnRealKernel
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ShutdownIT {
    private static final Duration MAX = Duration.ofSeconds(5);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void aServerUnderLoadFinishesWhatItHasReadAndEndsInTime() throws Exception {
        Load load = new Load();
        for (int i = 0; i < 3; i++) {
            try (KvProcess server = KvProcess.start(directory, "--snapshot-after", "200k");
                    RespClient idle = server.connect();
                    RespClient half = server.connect();
                    RespClient deaf = server.connect();
                    RespClient client = server.connect()) {
                load.verify(client, "start " + i);
                client.call("SET", "big", "x".repeat(60_000));
                client.call("SET", "swept", "x", "PX", 10);
                idle.call("PING");
                half.send("*2\r\n$4\r\nECHO\r\n$100\r\nhalf");
                for (int k = 0; k < 500; k++) {
                    // 30 MB that nobody reads.
                    deaf.sendCommand("GET", "big");
                }
                load.start(server.port());
                long enough = load.count() + 300;
                Await.until("there is load", () -> load.count() > enough);
                assertThat(server.terminate()).isLessThan(MAX);
                load.join();
                assertThat(idle.isAtEnd()).isTrue();
                assertThat(half.isAtEnd()).isTrue();
                assertThat(server.output()).endsWith("flashkv: stopped");
            }
        }
        try (KvServer server = KvServer.start(directory);
                RespClient client = server.connect()) {
            load.verify(client, "at the end");
        }
    }

    @Test
    void aPipelineThatWasReadIsAnsweredWhole() throws Exception {
        int commands = 2000;
        try (KvProcess server = KvProcess.start(directory);
                RespClient client = server.connect()) {
            client.call("PING");
            for (int i = 0; i < commands; i++) {
                client.sendCommand("SET", "k" + i, i);
            }
            assertThat(client.reply()).isEqualTo("OK");
            Thread end = Thread.ofVirtual().start(() -> {
                try {
                    server.terminate();
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            });
            int answered = 1;
            try {
                while (answered < commands) {
                    assertThat(client.reply()).isEqualTo("OK");
                    answered++;
                }
            } catch (IOException unread) {
                // The commands that the server had not read are not in the data either.
                assertThat(answered).isPositive();
            }
            end.join();
            try (KvServer again = KvServer.start(directory);
                    RespClient other = again.connect()) {
                assertThat(other.call("DBSIZE")).isEqualTo((long) answered);
            }
        }
    }
}
