package io.linuxaio.flashkv;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The programs of Debian's redis-tools. Skipped if they are not installed. */
@OnRealKernel
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class RedisToolsIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @BeforeEach
    void requireTools() {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/redis-cli"))
                        && Files.isExecutable(Path.of("/usr/bin/redis-benchmark")),
                "redis-cli and redis-benchmark are not installed: apt install redis-tools");
    }

    @Test
    void redisCliWorks() throws Exception {
        try (KvServer server = KvServer.start(directory)) {
            assertThat(cli(server, "SET", "greeting", "hello world")).isEqualTo("OK\n");
            assertThat(cli(server, "GET", "greeting")).isEqualTo("\"hello world\"\n");
            assertThat(cli(server, "INCRBY", "n", "5")).isEqualTo("(integer) 5\n");
            assertThat(cli(server, "INCR", "greeting"))
                    .isEqualTo("(error) ERR value is not an integer or out of range\n");
            assertThat(cli(server, "MGET", "greeting", "nope")).isEqualTo("1) \"hello world\"\n2) (nil)\n");
            assertThat(cli(server, "--scan").lines()).containsExactlyInAnyOrder("\"greeting\"", "\"n\"");
            assertThat(cli(server, "INFO")).contains("server_name:flashkv");
            assertThat(cli(server, "-r", "20", "INCR", "n").lines()).endsWith("(integer) 25");
        }
    }

    @Test
    void redisCliPipesMassInsertions() throws Exception {
        try (KvServer server = KvServer.start(directory)) {
            StringBuilder commands = new StringBuilder();
            for (int i = 0; i < 5000; i++) {
                commands.append(new String(RespClient.encode("SET", "k" + i, i), StandardCharsets.UTF_8));
            }
            Path input = Files.writeString(directory.resolve("input"), commands);
            String output = Command.succeed("sh", "-c", "redis-cli -p " + server.port() + " --pipe < " + input);
            assertThat(output).contains("errors: 0, replies: 5000");
            assertThat(cli(server, "DBSIZE")).isEqualTo("(integer) 5000\n");
        }
    }

    @Test
    void redisBenchmarkWorks() throws Exception {
        try (KvServer server = KvServer.start(directory)) {
            for (String pipeline : new String[] {"1", "16"}) {
                String output = Command.succeed(
                        "redis-benchmark",
                        "-p",
                        "" + server.port(),
                        "-t",
                        "ping,set,get,incr,mset",
                        "-n",
                        "3000",
                        "-c",
                        "50",
                        "-P",
                        pipeline,
                        "-d",
                        "100",
                        "--csv");
                assertThat(output.lines().filter(line -> !line.contains("WARN")))
                        .hasSize(7)
                        .anyMatch(line -> line.startsWith("\"SET\""))
                        .anyMatch(line -> line.startsWith("\"MSET (10 keys)\""));
            }
            // The program may send a few more than it was asked for, to fill the last pipelines.
            try (RespClient client = server.connect()) {
                assertThat(Integer.parseInt((String) client.call("GET", "counter:__rand_int__")))
                        .isBetween(6000, 6100);
            }
        }
    }

    private static String cli(KvServer server, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("redis-cli", "--no-raw", "-p", "" + server.port()));
        command.addAll(List.of(arguments));
        return Command.succeed(command.toArray(String[]::new));
    }
}
