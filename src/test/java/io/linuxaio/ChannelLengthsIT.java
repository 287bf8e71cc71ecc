package io.linuxaio;

import static java.nio.file.StandardOpenOption.APPEND;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetFolder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Channels at each length up to three blocks and a byte that is one for itself: on the edges of bytes, sectors, pages and
 * blocks, and one off. Against {@code java.nio.file.Files}.
 */
@OnRealKernel
@Timeout(120)
class ChannelLengthsIT {
    private static final int BLOCK = 8192;

    @TempDir(factory = TargetFolder.class)
    Path folder;

    private final long seed = Seed.next();
    private final Random random = new Random(seed);
    private final byte[] bytes = Bytes.random(seed, 7 * BLOCK);
    private AioContext aio;
    private Path file;
    private Path reference;

    /** Edges, and one byte off on either side. */
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
        file = folder.resolve("file");
        reference = folder.resolve("reference");
    }

    @AfterEach
    void close() {
        aio.close();
    }

    private byte[] anyBytes(int length) {
        int from = random.nextInt(bytes.length - length + 1);
        return Arrays.copyOfRange(bytes, from, from + length);
    }

    private ByteBuffer anyBuffer(int length) {
        return random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void readsFromEachPosition(int length) throws IOException {
        byte[] contents = anyBytes(length);
        Files.write(file, contents);
        try (AioReadChannel channel = AioFiles.newReadChannel(aio, file, BLOCK, 1 + random.nextInt(3))) {
            for (int from : lengths()) {
                int wanted = random.nextInt(2 * BLOCK);
                channel.position(from);
                readExpecting(channel, contents, from, wanted);
                // And on from there, without a seek.
                readExpecting(channel, contents, Math.max(from, Math.min(length, from + wanted)), 1000);
            }
        }
    }

    private void readExpecting(AioReadChannel channel, byte[] contents, int from, int wanted) throws IOException {
        String what = wanted + " bytes at " + from + " of " + contents.length + ", seed " + seed;
        ByteBuffer target = anyBuffer(wanted);
        int expected = Math.min(wanted, contents.length - from);

        assertThat(channel.read(target)).as(what).isEqualTo(wanted == 0 ? 0 : expected > 0 ? expected : -1);

        byte[] found = new byte[target.flip().remaining()];
        target.get(found);
        assertThat(found)
                .as(what)
                .isEqualTo(expected > 0 ? Arrays.copyOfRange(contents, from, from + expected) : new byte[0]);
        assertThat(channel.position()).as(what).isEqualTo(from + found.length);
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void writesOverAndBehindEachLength(int before) throws IOException {
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
        Files.write(file, old);
        Files.write(reference, old);
        Files.write(reference, contents, options);
        try (AioWriteChannel channel = AioFiles.newWriteChannel(aio, file, BLOCK, 1 + random.nextInt(3), options)) {
            ByteBuffer rest = ByteBuffer.wrap(contents);
            while (rest.hasRemaining()) {
                int part = Math.min(rest.remaining(), 1 + random.nextInt(BLOCK));
                ByteBuffer source = anyBuffer(part);
                source.put(rest.slice(rest.position(), part)).flip();
                assertThat(channel.write(source)).isEqualTo(part);
                rest.position(rest.position() + part);
            }
        }
        assertThat(Files.mismatch(file, reference))
                .as("%d bytes, %d there before, %s, seed %d", contents.length, old.length, Arrays.asList(options), seed)
                .isEqualTo(-1);
    }

    @Test
    void aFileThatGrowsAndShrinksIsReadAsItIs() throws IOException {
        byte[] contents = anyBytes(3 * BLOCK + 1);
        Files.write(file, new byte[0]);
        try (AioReadChannel channel = AioFiles.newReadChannel(aio, file, BLOCK, 2)) {
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            Files.write(file, contents);
            assertThat(channel.size()).isEqualTo(contents.length);
            readExpecting(channel, contents, 0, contents.length);
            byte[] less = Arrays.copyOf(contents, BLOCK + 5);
            Files.write(file, less);
            assertThat(channel.size()).isEqualTo(less.length);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            channel.position(10);
            readExpecting(channel, less, 10, contents.length);
        }
    }
}
