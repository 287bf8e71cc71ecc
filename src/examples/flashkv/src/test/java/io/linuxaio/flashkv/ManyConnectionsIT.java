package io.linuxaio.flashkv;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many clients at once, and twice as many that are silent. {@code -Dconnections=5000} sets their number. */
@OnRealKernel
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class ManyConnectionsIT {
    private static final int CONNECTIONS = Integer.getInteger("connections", 500);
    private static final int REQUESTS = 20;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void allRequestsOfAllConnectionsAreAnswered() throws Exception {
        try (KvProcess server = KvProcess.start(directory, "--max-connections", "60000")) {
            CountDownLatch connected = new CountDownLatch(CONNECTIONS);
            AtomicInteger answered = new AtomicInteger();
            AtomicReference<Throwable> failure = new AtomicReference<>();
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                String key = "key" + i;
                threads.add(Thread.ofVirtual().start(() -> {
                    try (RespClient client = server.connect()) {
                        connected.countDown();
                        connected.await();
                        for (int k = 0; k < REQUESTS / 2; k++) {
                            assertThat(client.call("SET", key, k)).isEqualTo("OK");
                            assertThat(client.call("GET", key)).isEqualTo("" + k);
                            answered.addAndGet(2);
                        }
                    } catch (IOException | InterruptedException | RuntimeException | Error e) {
                        failure.set(e);
                        connected.countDown();
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failure.get()).isNull();
            assertThat(answered).hasValue(CONNECTIONS * REQUESTS);
            try (RespClient client = server.connect()) {
                assertThat(client.call("DBSIZE")).isEqualTo((long) CONNECTIONS);
                report(client, CONNECTIONS + " connections of " + REQUESTS + " requests");
                holdIdle(server, client);
            }
            server.terminate();
        }
    }

    private static void holdIdle(KvProcess server, RespClient client) throws IOException {
        List<RespClient> idle = new ArrayList<>();
        try {
            for (int i = 0; i < 2 * CONNECTIONS; i++) {
                idle.add(server.connect());
            }
            Await.until("all are connected", () -> {
                try {
                    return ((String) client.call("INFO"))
                            .contains("connected_clients:" + (2 * CONNECTIONS + 1) + "\r\n");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            long begin = System.nanoTime();
            assertThat(client.call("SET", "a", "b")).isEqualTo("OK");
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
            assertThat(idle.getLast().call("PING")).isEqualTo("PONG");
            report(client, 2 * CONNECTIONS + " idle connections");
        } finally {
            for (RespClient each : idle) {
                each.close();
            }
        }
    }

    private static void report(RespClient client, String what) throws IOException {
        String used = ((String) client.call("INFO", "memory"))
                .lines()
                .filter(line -> line.startsWith("used_memory:"))
                .findFirst()
                .orElseThrow();
        System.out.printf(
                "%s: heap in use, with garbage: %d MiB%n",
                what, Long.parseLong(used.substring("used_memory:".length())) >> 20);
    }
}
