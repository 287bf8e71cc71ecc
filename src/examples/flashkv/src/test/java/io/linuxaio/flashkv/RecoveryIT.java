package io.linuxaio.flashkv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files, and how to go on. */
@OnRealKernel
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class RecoveryIT {
    private static final int KEYS = 40;
    private static final int BLOCK = 4096;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    /** Writes keys with a commit for each: the header of the segment has one block, and each record another. */
    private void writeKeys() throws IOException {
        try (KvServer server = KvServer.start(directory);
                RespClient client = server.connect()) {
            for (int i = 0; i < KEYS; i++) {
                client.call("SET", "k" + i, "value " + i);
            }
        }
    }

    private Path segment() throws IOException {
        try (var files = Files.list(directory.resolve("log"))) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
            bytes.seek(at);
            int before = bytes.read();
            bytes.seek(at);
            bytes.write(before ^ 1 << (at % 8));
        }
    }

    private void verifyPrefix(int count, String... options) throws IOException {
        try (KvServer server = KvServer.start(directory, options);
                RespClient client = server.connect()) {
            assertThat(client.call("DBSIZE")).isEqualTo((long) count);
            for (int i = 0; i < count; i++) {
                assertThat(client.call("GET", "k" + i)).isEqualTo("value " + i);
            }
            assertThat(client.call("SET", "later", "x")).isEqualTo("OK");
            assertThat(client.call("DEL", "later")).isEqualTo(1L);
        }
    }

    @Test
    void aDamagedRecordInTheMiddleIsRefusedAndTheOptionGoesOnBeforeIt() throws Exception {
        writeKeys();
        int damaged = 25;
        flip(segment(), (damaged + 1) * BLOCK + 50);
        String message = refusal();
        assertThat(message).contains("the log is damaged, at position " + (damaged + 1) * BLOCK);
        // The position of another damage is no consent.
        assertThat(refusal("--truncate-at", "" + 3 * BLOCK)).isEqualTo(message);
        verifyPrefix(damaged, option(message, "--truncate-at"));
        verifyPrefix(damaged);
    }

    @Test
    void eachFlippedBitIsFoundOrHarmless() throws Exception {
        writeKeys();
        Path segment = segment();
        for (long at = 0; at < 5 * BLOCK; at += 97) {
            flip(segment, at);
            try {
                verifyPrefixOrRefused();
            } finally {
                flip(segment, at);
            }
        }
    }

    /** A bit in padding changes nothing; every other one is found. */
    private void verifyPrefixOrRefused() throws IOException {
        try (KvServer server = KvServer.start(directory, "--fsync", "no");
                RespClient client = server.connect()) {
            assertThat(client.call("DBSIZE")).isEqualTo((long) KEYS);
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("--truncate-at ");
        }
    }

    @Test
    void aTornTailIsCut() throws Exception {
        writeKeys();
        try (RandomAccessFile bytes = new RandomAccessFile(segment().toFile(), "rw")) {
            bytes.seek((long) KEYS * BLOCK + 20);
            bytes.write(new byte[BLOCK - 20]);
        }
        verifyPrefix(KEYS - 1);
    }

    @Test
    void aDamagedSnapshotIsRefusedAndTheOptionGoesOnBeforeIt() throws Exception {
        Path snapshot = directory.resolve("snapshot");
        try (KvServer server = KvServer.start(directory, "--snapshot-after", "300k", "--snapshot-rate", "1g");
                RespClient client = server.connect()) {
            for (int i = 0; i < 50; i++) {
                client.call("SET", "k" + i, "x".repeat(20_000));
            }
            Await.until("there is a snapshot of more than two blocks", () -> {
                try {
                    client.call("SET", "n", "x".repeat(20_000));
                    return Files.exists(snapshot) && Files.size(snapshot) > 900_000;
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        for (long at : new long[] {0, 9, 13, 17, 25, 30, 300_000, Files.size(snapshot) - 1}) {
            flip(snapshot, at);
            assertThat(refusal()).contains(snapshot.toString());
            flip(snapshot, at);
        }
        flip(snapshot, 300_000);
        String message = refusal();
        try (KvServer server = KvServer.start(directory, option(message, "--truncate-snapshot-at"));
                RespClient client = server.connect()) {
            assertThat((Long) client.call("DBSIZE")).isBetween(5L, 45L);
        }
        flip(snapshot, 300_000);
        try (KvServer server = KvServer.start(directory);
                RespClient client = server.connect()) {
            assertThat(client.call("DBSIZE")).isEqualTo(51L);
        }
        try (RandomAccessFile bytes = new RandomAccessFile(snapshot.toFile(), "rw")) {
            bytes.setLength(500_000);
        }
        assertThat(refusal()).contains("snapshot");
    }

    @Test
    void newerFormatsAreRefused() throws Exception {
        writeKeys();
        Path format = directory.resolve("format");
        String before = Files.readString(format);
        Files.writeString(format, "flashkv 2\n");
        assertThat(refusal()).contains("\"flashkv 2\"").contains("later one");
        Files.writeString(format, before);
        verifyPrefix(KEYS);
    }

    @Test
    void aDirectoryThatIsInUseIsRefused() throws Exception {
        try (KvServer server = KvServer.start(directory);
                RespClient client = server.connect()) {
            assertThat(refusal()).contains("in use by this process");
            assertThat(client.call("SET", "a", "b")).isEqualTo("OK");
        }
    }

    @Test
    void aLogWithoutItsSnapshotIsRefused() throws Exception {
        Path snapshot = directory.resolve("snapshot");
        try (KvServer server = KvServer.start(directory, "--snapshot-after", "100k");
                RespClient client = server.connect()) {
            Await.until("the log was shortened", () -> {
                try {
                    client.call("SET", "n", "x".repeat(30_000));
                    return ((String) client.call("INFO")).lines().noneMatch("log_start:0"::equals);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
        }
        Files.delete(snapshot);
        assertThat(refusal()).contains("the snapshot is missing");
    }

    private String refusal(String... options) {
        String[] message = new String[1];
        assertThatThrownBy(() -> KvServer.start(directory, options).close())
                .isInstanceOf(IOException.class)
                .satisfies(e -> message[0] = e.getMessage());
        return message[0];
    }

    private static String[] option(String message, String name) {
        Matcher matcher = Pattern.compile(name + " (\\d+)").matcher(message);
        assertThat(matcher.find()).as(message).isTrue();
        return new String[] {name, matcher.group(1)};
    }
}
