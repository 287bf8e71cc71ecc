package io.linuxaio.files;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioContext;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A suite for code that writes a file in blocks, at each interesting length up to three blocks and a byte. Lengths lie
 * on the edges of bytes, sectors, pages and blocks, and one off. The reference is {@code java.nio.file.Files}.
 */
abstract class LengthsContract {
    static final int BLOCK = 8192;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    final long seed = Seed.next();
    final Random random = new Random(seed);
    final byte[] bytes = Bytes.random(seed, 40 * BLOCK + 9);
    AioContext aio;
    Path file;

    /** Returns the edges, and one byte off on either side. */
    static int[] lengths() {
        return IntStream.rangeClosed(0, 3)
                .flatMap(block -> IntStream.of(0, 512, 4096).map(edge -> block * BLOCK + edge))
                .flatMap(edge -> IntStream.of(edge - 1, edge, edge + 1))
                .filter(length -> length >= 0 && length <= 3 * BLOCK + 1)
                .toArray();
    }

    @BeforeEach
    void open() throws IOException {
        aio = AioContext.builder().queueDepth(16).open();
        file = directory.resolve("file");
    }

    @AfterEach
    void close() {
        aio.close();
    }

    final byte[] anyBytes(int length) {
        int from = random.nextInt(bytes.length - length + 1);
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    /** Writes the file in random pieces. */
    abstract void write(byte[] contents, OpenOption... options) throws IOException;

    @ParameterizedTest
    @MethodSource("lengths")
    void overwritesAndAppendsAtEachLength(int before) throws IOException {
        byte[] old = anyBytes(before);
        for (int length : lengths()) {
            // All lengths over and behind all others would be many; each meets every class of offsets over the runs.
            if (random.nextInt(3) == 0) {
                writesLikeFiles(old, anyBytes(length));
                writesLikeFiles(old, anyBytes(length), APPEND);
            }
        }
    }

    private void writesLikeFiles(byte[] old, byte[] contents, OpenOption... options) throws IOException {
        Path reference = directory.resolve("reference");
        Files.write(file, old);
        Files.write(reference, old);
        Files.write(reference, contents, options);

        write(contents, options);

        assertThat(Files.mismatch(file, reference))
                .as("%d bytes, %d there before, %s, seed %d", contents.length, old.length, Arrays.asList(options), seed)
                .isEqualTo(-1);
    }
}
