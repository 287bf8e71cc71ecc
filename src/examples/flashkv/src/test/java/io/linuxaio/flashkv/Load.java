package io.linuxaio.flashkv;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Clients that write numbered values in pipelines until the server is gone or refuses, and what was acknowledged to each. One
 * command of several keys, and appended bytes, show whether half a write is there.
 */
public final class Load {
    private static final int CLIENTS = 8;
    private static final int FILL = 300;
    private static final int APPENDS = 50;
    private static final int FAR = 100_000_000;

    private final List<Client> clients = new ArrayList<>();
    private final AtomicLong count = new AtomicLong();
    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    public Load() {
        for (int i = 0; i < CLIENTS; i++) {
            clients.add(new Client("client" + i));
        }
    }

    /** Starts the clients, which go on where they were. */
    public void start(int port) {
        threads.clear();
        for (Client client : clients) {
            threads.add(Thread.ofVirtual().start(() -> client.run(port)));
        }
    }

    /** Waits until the clients have ended, because the server is gone or has refused a write. */
    public void join() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failure.get()).isNull();
    }

    public boolean isRunning() {
        return threads.stream().anyMatch(Thread::isAlive);
    }

    /** Returns how many rounds were acknowledged in all. */
    public long count() {
        return count.get();
    }

    /** Requires that what was acknowledged is there, as a whole, and nothing that was never written. */
    public void verify(RespClient server, String run) throws IOException {
        for (Client client : clients) {
            client.verify(server, run);
        }
    }

    /** Requires the same of a server where no write was under way that could have been acknowledged. */
    public void verifyExactly(RespClient server, String run) throws IOException {
        for (Client client : clients) {
            long acknowledged = client.acknowledged;
            client.verify(server, run);
            assertThat(client.present).as(run).isEqualTo(acknowledged);
        }
    }

    /** One client and its keys. */
    private final class Client {
        private final String name;
        private volatile long acknowledged;
        private volatile long attempted;
        private volatile long present;

        Client(String name) {
            this.name = name;
        }

        private void run(int port) {
            try (RespClient connection = new RespClient(port)) {
                for (long number = Math.max(acknowledged, present) + 1; ; number++) {
                    attempted = number;
                    connection.send(round(number));
                    if (!isAcknowledged(connection)) {
                        return;
                    }
                    acknowledged = number;
                    count.incrementAndGet();
                }
            } catch (IOException serverIsGone) {
                return;
            } catch (RuntimeException | Error e) {
                failure.set(e);
            }
        }

        private byte[] round(long number) {
            String value = number + ":" + "x".repeat((int) (number * 7 % FILL));
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(RespClient.encode("MSET", name + ":a", value, name + ":b", value));
            bytes.writeBytes(RespClient.encode("SET", name + ":n", number, "EX", FAR));
            bytes.writeBytes(
                    number % APPENDS == 0
                            ? RespClient.encode("DEL", name + ":log")
                            : RespClient.encode("APPEND", name + ":log", "x"));
            return bytes.toByteArray();
        }

        private boolean isAcknowledged(RespClient connection) throws IOException {
            boolean whole = true;
            for (int i = 0; i < 3; i++) {
                whole &= !(connection.reply() instanceof RespClient.Failure);
            }
            return whole;
        }

        private void verify(RespClient server, String run) throws IOException {
            long number = number(server);
            assertThat(number).as("%s, %s", run, name).isBetween(acknowledged, Math.max(attempted, acknowledged));
            Object a = server.call("GET", name + ":a");
            assertThat(server.call("GET", name + ":b"))
                    .as("%s, %s: half a write", run, name)
                    .isEqualTo(a);
            if (number > 0) {
                assertThat((String) a)
                        .as("%s, %s", run, name)
                        .isEqualTo(number + ":" + "x".repeat((int) (number * 7 % FILL)));
                assertThat(server.call("STRLEN", name + ":log"))
                        .as("%s, %s: appended", run, name)
                        .isEqualTo(number % APPENDS);
                assertThat((Long) server.call("TTL", name + ":n")).isPositive();
            }
            present = number;
            acknowledged = number;
        }

        private long number(RespClient server) throws IOException {
            Object number = server.call("GET", name + ":n");
            return number.equals("(nil)") ? 0 : Long.parseLong((String) number);
        }
    }
}
