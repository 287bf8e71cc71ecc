package io.linuxaio.flashkv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.Pipeline;
import redis.clients.jedis.Response;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.params.ScanParams;
import redis.clients.jedis.params.SetParams;
import redis.clients.jedis.resps.ScanResult;

/** A client library that others have written. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class JedisIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void jedisWorks() throws Exception {
        try (KvServer server = KvServer.start(directory);
                Jedis jedis = new Jedis("127.0.0.1", server.port())) {
            assertThat(jedis.ping()).isEqualTo("PONG");
            assertThat(jedis.set("a", "1", SetParams.setParams().nx().ex(100))).isEqualTo("OK");
            assertThat(jedis.set("a", "2", SetParams.setParams().nx())).isNull();
            assertThat(jedis.ttl("a")).isBetween(90L, 100L);
            assertThat(jedis.incrBy("a", 41)).isEqualTo(42);
            assertThat(jedis.mset("b", "x", "c", "y")).isEqualTo("OK");
            assertThat(jedis.mget("a", "b", "nope", "c")).containsExactly("42", "x", null, "y");
            assertThat(jedis.append("b", "z")).isEqualTo(2);
            assertThat(jedis.persist("a")).isEqualTo(1);
            assertThat(jedis.type("a")).isEqualTo("string");
            assertThat(jedis.configGet("appendfsync")).containsEntry("appendfsync", "always");
            assertThat(jedis.keys("*")).containsExactlyInAnyOrder("a", "b", "c");
            assertThatThrownBy(() -> jedis.incr("b"))
                    .isInstanceOf(JedisDataException.class)
                    .hasMessageContaining("not an integer");
            Pipeline pipeline = jedis.pipelined();
            List<Response<Long>> counts = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                counts.add(pipeline.incr("n"));
                pipeline.set("key" + i, "value");
            }
            pipeline.sync();
            assertThat(counts.getLast().get()).isEqualTo(1000);
            assertThat(scan(jedis)).hasSize(1004).doesNotHaveDuplicates();
            assertThat(jedis.del("a", "b", "c")).isEqualTo(3);
            assertThat(jedis.dbSize()).isEqualTo(1001);
        }
        try (KvServer server = KvServer.start(directory);
                Jedis jedis = new Jedis("127.0.0.1", server.port())) {
            assertThat(jedis.get("n")).isEqualTo("1000");
            assertThat(jedis.dbSize()).isEqualTo(1001);
        }
    }

    private static List<String> scan(Jedis jedis) {
        List<String> keys = new ArrayList<>();
        String cursor = ScanParams.SCAN_POINTER_START;
        do {
            ScanResult<String> result = jedis.scan(cursor, new ScanParams().count(50));
            keys.addAll(result.getResult());
            cursor = result.getCursor();
        } while (!cursor.equals(ScanParams.SCAN_POINTER_START));
        return keys;
    }
}
