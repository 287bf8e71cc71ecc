package io.linuxaio.flashkv.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.flashkv.KvServer;
import io.linuxaio.flashkv.RespClient;
import io.linuxaio.flashkv.RespClient.Failure;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol over sockets, and clients that misbehave. */
@OnRealKernel
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class ServerIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void commandsDoWhatThoseOfRedisDo() throws Exception {
        try (KvServer server = KvServer.start(directory);
                RespClient client = server.connect()) {
            assertThat(client.call("PING")).isEqualTo("PONG");
            assertThat(client.call("ping", "x")).isEqualTo("x");
            assertThat(client.call("ECHO", "")).isEqualTo("");
            assertThat(client.call("SET", "a", "1")).isEqualTo("OK");
            assertThat(client.call("GET", "a")).isEqualTo("1");
            assertThat(client.call("GET", "nope")).isEqualTo("(nil)");
            assertThat(client.call("SET", "a", "2", "NX")).isEqualTo("(nil)");
            assertThat(client.call("SET", "b", "2", "XX")).isEqualTo("(nil)");
            assertThat(client.call("SET", "a", "5", "XX", "GET")).isEqualTo("1");
            assertThat(client.call("SET", "b", "x", "nx", "get", "ex", "100")).isEqualTo("(nil)");
            assertThat(client.call("SET", "b", "y", "KEEPTTL")).isEqualTo("OK");
            assertThat((Long) client.call("TTL", "b")).isBetween(90L, 100L);
            assertThat(client.call("SET", "b", "y")).isEqualTo("OK");
            assertThat(client.call("TTL", "b")).isEqualTo(-1L);
            assertThat(client.call("PTTL", "nope")).isEqualTo(-2L);
            assertThat(client.call("INCR", "a")).isEqualTo(6L);
            assertThat(client.call("INCRBY", "a", "-10")).isEqualTo(-4L);
            assertThat(client.call("DECR", "n")).isEqualTo(-1L);
            assertThat(client.call("DECRBY", "n", 9)).isEqualTo(-10L);
            assertThat(client.call("APPEND", "b", "zz")).isEqualTo(3L);
            assertThat(client.call("APPEND", "c", "zz")).isEqualTo(2L);
            assertThat(client.call("STRLEN", "b")).isEqualTo(3L);
            assertThat(client.call("STRLEN", "nope")).isEqualTo(0L);
            assertThat(client.call("MSET", "m1", "1", "m2", "2", "m1", "3")).isEqualTo("OK");
            assertThat(client.call("MGET", "m1", "nope", "m2")).isEqualTo(List.of("3", "(nil)", "2"));
            assertThat(client.call("EXISTS", "m1", "m1", "nope")).isEqualTo(2L);
            assertThat(client.call("TYPE", "m1")).isEqualTo("string");
            assertThat(client.call("TYPE", "nope")).isEqualTo("none");
            assertThat(client.call("EXPIRE", "m1", 100)).isEqualTo(1L);
            assertThat((Long) client.call("PTTL", "m1")).isBetween(90_000L, 100_000L);
            assertThat(client.call("PERSIST", "m1")).isEqualTo(1L);
            assertThat(client.call("PERSIST", "m1")).isEqualTo(0L);
            assertThat(client.call("EXPIRE", "nope", 100)).isEqualTo(0L);
            assertThat(client.call("EXPIRE", "m1", -1)).isEqualTo(1L);
            assertThat(client.call("EXISTS", "m1")).isEqualTo(0L);
            assertThat(client.call("DBSIZE")).isEqualTo(5L);
            assertThat(new TreeSet<>((Collection<?>) client.call("KEYS", "?"))).hasToString("[a, b, c, n]");
            assertThat(new TreeSet<>((Collection<?>)
                            ((List<?>) client.call("SCAN", "0", "COUNT", "1000", "MATCH", "m*")).get(1)))
                    .hasToString("[m2]");
            assertThat(client.call("DEL", "a", "b", "a", "nope")).isEqualTo(2L);
            assertThat(client.call("SELECT", 0)).isEqualTo("OK");
            assertThat(client.call("CLIENT", "SETNAME", "me")).isEqualTo("OK");
            assertThat(client.call("CLIENT", "GETNAME")).isEqualTo("me");
            assertThat((String) client.call("CLIENT", "LIST")).contains("name=me");
            assertThat(client.call("CONFIG", "GET", "append*"))
                    .isEqualTo(List.of("appendonly", "yes", "appendfsync", "always"));
            assertThat((String) client.call("INFO", "clients")).contains("connected_clients:1\r\n");
            assertThat((Long) client.call("COMMAND", "COUNT")).isEqualTo(30L);
            assertThat((List<?>) client.call("COMMAND")).hasSize(30);
            assertThat(client.call("FLUSHDB")).isEqualTo("OK");
            assertThat(client.call("DBSIZE")).isEqualTo(0L);
            assertThat(client.call("QUIT")).isEqualTo("OK");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void errorsHaveTheCodesThatClientsKnow() throws Exception {
        try (KvServer server = KvServer.start(directory);
                RespClient client = server.connect()) {
            assertThat(client.call("FOO", "bar"))
                    .isEqualTo(new Failure("ERR unknown command 'FOO', with args beginning with: 'bar' "));
            assertThat(client.call("GET")).isEqualTo(new Failure("ERR wrong number of arguments for 'get' command"));
            assertThat(client.call("MSET", "a"))
                    .isEqualTo(new Failure("ERR wrong number of arguments for 'mset' command"));
            assertThat(client.call("MSET", "a", "b", "c"))
                    .isEqualTo(new Failure("ERR wrong number of arguments for 'mset' command"));
            assertThat(client.call("SET", "a", "b", "c")).isEqualTo(new Failure("ERR syntax error"));
            assertThat(client.call("SET", "a", "b", "NX", "XX")).isEqualTo(new Failure("ERR syntax error"));
            assertThat(client.call("SET", "a", "b", "EX")).isEqualTo(new Failure("ERR syntax error"));
            assertThat(client.call("SET", "a", "b", "EX", "1", "PX", "1")).isEqualTo(new Failure("ERR syntax error"));
            assertThat(client.call("SET", "a", "b", "EX", "1", "KEEPTTL")).isEqualTo(new Failure("ERR syntax error"));
            for (String ttl : new String[] {"0", "-1", "9223372036854775807", "9223372036854775"}) {
                assertThat(client.call("SET", "a", "b", "EX", ttl))
                        .isEqualTo(new Failure("ERR invalid expire time in 'set' command"));
            }
            assertThat(client.call("SET", "a", "b", "EX", "x"))
                    .isEqualTo(new Failure("ERR value is not an integer or out of range"));
            assertThat(client.call("SELECT", "1")).isEqualTo(new Failure("ERR DB index is out of range"));
            assertThat(client.call("SCAN", "x")).isEqualTo(new Failure("ERR invalid cursor"));
            assertThat(client.call("EXISTS", "a")).isEqualTo(0L);
            client.call("SET", "a", "x");
            assertThat(client.call("INCR", "a")).isEqualTo(new Failure("ERR value is not an integer or out of range"));
            client.call("SET", "a", Long.MAX_VALUE);
            assertThat(client.call("INCR", "a")).isEqualTo(new Failure("ERR increment or decrement would overflow"));
            assertThat(client.call("DECRBY", "a", Long.MIN_VALUE))
                    .isEqualTo(new Failure("ERR decrement would overflow"));
            assertThat(client.call("EXPIRE", "a", Long.MIN_VALUE))
                    .isEqualTo(new Failure("ERR invalid expire time in 'expire' command"));
            assertThat(client.call("CLIENT", "SETNAME", "a b")).isInstanceOf(Failure.class);
            assertThat(client.call("CONFIG", "SET", "a", "b")).isInstanceOf(Failure.class);
        }
    }

    @Test
    void valuesAndKeysAreBytesUpToTheLimit() throws Exception {
        try (KvServer server = KvServer.start(directory);
                RespClient client = server.connect()) {
            Random random = new Random(3);
            for (int length : new int[] {0, 1, 100, 5000, 65_000}) {
                byte[] value = new byte[length];
                random.nextBytes(value);
                byte[] key = new byte[] {0, '\r', '\n', (byte) 0xff, (byte) length};
                assertThat(client.call("SET", key, value)).isEqualTo("OK");
                assertThat((byte[]) client.callRaw("GET", key)).isEqualTo(value);
            }
            assertThat(client.call("SET", "", "")).isEqualTo("OK");
            assertThat(client.call("APPEND", "long", "x".repeat(60_000))).isEqualTo(60_000L);
            assertThat((Failure) client.call("APPEND", "long", "x".repeat(60_000)))
                    .extracting(Failure::text)
                    .asString()
                    .startsWith("ERR string exceeds maximum allowed size");
            assertThat(client.call("STRLEN", "long")).isEqualTo(60_000L);
        }
    }

    @Test
    void aPipelineIsAnsweredInOrderAndReadsSeeTheWritesBeforeThem() throws Exception {
        try (KvServer server = KvServer.start(directory);
                RespClient client = server.connect()) {
            int count = 5000;
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < count; i++) {
                        client.sendCommand("SET", "k" + i % 10, i);
                        client.sendCommand("GET", "k" + i % 10);
                        client.sendCommand("INCR", "n");
                    }
                    client.sendCommand("QUIT");
                    client.sendCommand("SET", "late", "x");
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            for (int i = 0; i < count; i++) {
                assertThat(client.reply()).isEqualTo("OK");
                assertThat(new String((byte[]) client.reply(), StandardCharsets.UTF_8))
                        .isEqualTo("" + i);
                assertThat(client.reply()).isEqualTo(i + 1L);
            }
            assertThat(client.reply()).isEqualTo("OK");
            assertThat(client.isAtEnd()).isTrue();
            sender.join();
            try (RespClient other = server.connect()) {
                assertThat(other.call("EXISTS", "late")).isEqualTo(0L);
                assertThat(other.call("GET", "n")).isEqualTo("" + count);
            }
        }
    }

    @Test
    void concurrentIncrementsAreAllCounted() throws Exception {
        try (KvServer server = KvServer.start(directory)) {
            int clients = 20;
            int each = 50;
            Thread[] threads = new Thread[clients];
            for (int i = 0; i < clients; i++) {
                threads[i] = Thread.ofVirtual().start(() -> {
                    try (RespClient client = server.connect()) {
                        for (int k = 0; k < each; k++) {
                            client.call("INCR", "n");
                        }
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
            }
            for (Thread thread : threads) {
                thread.join();
            }
            try (RespClient client = server.connect()) {
                assertThat(client.call("GET", "n")).isEqualTo("" + clients * each);
            }
        }
    }

    @Test
    void inlineCommandsWork() throws Exception {
        try (KvServer server = KvServer.start(directory);
                RespClient client = server.connect()) {
            client.send("set \"a key\" 'a value'\r\nget \"a key\"\n\r\n");
            assertThat(client.reply()).isEqualTo("OK");
            assertThat((byte[]) client.reply()).asString().isEqualTo("a value");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"*1\r\n$9999999999\r\n", "*x\r\n", "*2\r\n:1\r\n", "GET \"a\r\n"})
    void aMalformedRequestIsAnsweredAndEndsTheConnectionAndNoOther(String request) throws Exception {
        try (KvServer server = KvServer.start(directory);
                RespClient other = server.connect();
                RespClient client = server.connect()) {
            client.sendCommand("SET", "before", "x");
            client.send(request);
            assertThat(client.reply()).isEqualTo("OK");
            assertThat(((Failure) client.reply()).text()).startsWith("ERR Protocol error: ");
            assertThat(client.isAtEnd()).isTrue();
            assertThat(other.call("GET", "before")).isEqualTo("x");
            assertThat((String) other.call("INFO")).contains("protocol_errors:1\r\n");
        }
    }

    @Test
    void aSilentClientIsCutOffAlsoInTheMiddleOfACommand() throws Exception {
        try (KvServer server = KvServer.start(directory, "--idle-timeout", "1");
                RespClient silent = server.connect();
                RespClient half = server.connect()) {
            half.send("*2\r\n$4\r\nECHO\r\n$100\r\nhalf a val");
            assertThat(half.isAtEnd()).isTrue();
            assertThat(silent.isAtEnd()).isTrue();
            try (RespClient client = server.connect()) {
                assertThat((String) client.call("INFO")).contains("timed_out_connections:2\r\n");
            }
        }
    }

    @Test
    void aClientThatNeverReadsWaitsAndIsCutOff() throws Exception {
        try (KvServer server = KvServer.start(directory, "--write-timeout", "1");
                RespClient greedy = server.connect();
                RespClient other = server.connect()) {
            other.call("SET", "big", "x".repeat(60_000));
            assertThatThrownBy(() -> {
                        while (true) {
                            // Replies of more than any socket buffers.
                            greedy.sendCommand("GET", "big");
                        }
                    })
                    .isInstanceOf(SocketException.class);
            assertThat(other.call("PING")).isEqualTo("PONG");
            assertThat((String) other.call("INFO")).contains("timed_out_connections:1\r\n");
        }
    }

    @Test
    void connectionsBeyondTheLimitAreRefused() throws Exception {
        try (KvServer server = KvServer.start(directory, "--max-connections", "3")) {
            try (RespClient first = server.connect();
                    RespClient second = server.connect();
                    RespClient third = server.connect();
                    RespClient fourth = server.connect()) {
                for (RespClient each : List.of(first, second, third)) {
                    assertThat(each.call("PING")).isEqualTo("PONG");
                }
                assertThat(fourth.reply()).isEqualTo(new Failure("ERR max number of clients reached"));
                assertThat(fourth.isAtEnd()).isTrue();
            }
            Await.until("there is room again", () -> {
                try (RespClient client = server.connect()) {
                    return client.call("PING").equals("PONG");
                } catch (IOException e) {
                    return false;
                }
            });
        }
    }

    @Test
    void expiredKeysAreInvisibleAndSwept() throws Exception {
        try (KvServer server = KvServer.start(directory);
                RespClient client = server.connect()) {
            for (int i = 0; i < 2500; i++) {
                client.sendCommand("SET", "k" + i, "x", "PX", 1 + i % 50);
            }
            for (int i = 0; i < 2500; i++) {
                assertThat(client.reply()).isEqualTo("OK");
            }
            client.call("SET", "stays", "x");
            assertThat(Await.becomes(
                            () -> {
                                try {
                                    return client.call("DBSIZE").equals(1L);
                                } catch (IOException e) {
                                    throw new IllegalStateException(e);
                                }
                            },
                            Duration.ofSeconds(30)))
                    .isTrue();
            assertThat((String) client.call("INFO"))
                    .contains("expired_keys:2500\r\n")
                    .contains("expires:0\r\n");
        }
        try (KvServer server = KvServer.start(directory);
                RespClient client = server.connect()) {
            assertThat(client.call("DBSIZE")).isEqualTo(1L);
        }
    }
}
