package io.linuxaio.files;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Files written and read in pieces of any size, against {@code java.nio.file.Files}. */
@OnRealKernel
@Timeout(60)
class ChannelsIT {
    private static final OpenOption[][] OPTIONS = {{}, {WRITE}, {APPEND}, {CREATE, WRITE, DSYNC}};

    private final Random random = new Random(815);

    private AioContext aio;
    private Path file;
    private Path reference;

    @BeforeEach
    void open() throws IOException {
        Path directory = TargetDirectory.root();
        file = directory.resolve("channel-" + ProcessHandle.current().pid());
        reference =
                directory.resolve("channel-reference-" + ProcessHandle.current().pid());
        aio = AioContext.builder().queueDepth(16).open();
    }

    @AfterEach
    void close() {
        assertThat(aio.stats().inFlight()).isZero();
        aio.close();
    }

    private byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Writes the bytes in pieces of random size, with a sync in between now and then. */
    private void writeInPieces(AioWriteChannel channel, byte[] bytes) throws IOException {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
            int part = Math.min(rest.remaining(), 1 + random.nextInt(3000));
            assertThat(channel.write(rest.slice(rest.position(), part))).isEqualTo(part);
            rest.position(rest.position() + part);
            if (random.nextInt(4) == 0) {
                channel.force(random.nextBoolean());
            }
        }
    }

    @Test
    void writesTheSameBytesAsFiles() throws IOException {
        for (int round = 0; round < 200; round++) {
            OpenOption[] options = OPTIONS[round % OPTIONS.length];
            byte[] before = bytes(random.nextInt(20_000));
            byte[] after = bytes(random.nextInt(20_000));
            int blockSize = 1 + random.nextInt(5000);
            int depth = 1 + random.nextInt(4);
            Files.write(file, before);
            Files.write(reference, before);
            Files.write(reference, after, options);

            try (AioWriteChannel channel = AioFiles.using(aio)
                    .withBlockSize(blockSize)
                    .withDepth(depth)
                    .newWriteChannel(file, options)) {
                writeInPieces(channel, after);
            }

            assertThat(Files.mismatch(file, reference))
                    .as("%d bytes over %d, blocks of %d, depth %d", after.length, before.length, blockSize, depth)
                    .isEqualTo(-1);
        }
    }

    @Test
    void readsTheSameBytesAsFilesFromAnyPosition() throws IOException {
        for (int round = 0; round < 60; round++) {
            byte[] contents = bytes(random.nextInt(40_000));
            Files.write(file, contents);
            try (AioReadChannel channel = AioFiles.using(aio)
                    .withBlockSize(1 + random.nextInt(5000))
                    .withDepth(1 + random.nextInt(5))
                    .newReadChannel(file)) {
                assertThat(channel.size()).isEqualTo(contents.length);
                for (int i = 0; i < 25; i++) {
                    if (random.nextBoolean()) {
                        channel.position(random.nextInt(contents.length + 100));
                    }
                    readAt(channel, contents);
                }
            }
        }
    }

    private void readAt(AioReadChannel channel, byte[] contents) throws IOException {
        int from = (int) channel.position();
        ByteBuffer target = ByteBuffer.allocate(1 + random.nextInt(9000));

        int count = channel.read(target);

        int expected = Math.min(target.capacity(), contents.length - from);
        assertThat(count).isEqualTo(expected > 0 ? expected : -1);
        assertThat(Arrays.copyOf(target.array(), Math.max(0, count)))
                .isEqualTo(expected > 0 ? Arrays.copyOfRange(contents, from, from + expected) : new byte[0]);
    }

    @Test
    void worksWithJdkStreams() throws IOException {
        byte[] contents = bytes(3_000_001);
        try (OutputStream out = new GZIPOutputStream(Channels.newOutputStream(
                AioFiles.using(aio).withBlockSize(65536).withDepth(4).newWriteChannel(file)))) {
            out.write(contents);
        }
        try (InputStream in = new GZIPInputStream(Channels.newInputStream(
                AioFiles.using(aio).withBlockSize(65536).withDepth(4).newReadChannel(file)))) {
            assertThat(in.readAllBytes()).isEqualTo(contents);
        }
    }

    @Test
    void unusedReservedSpaceIsReleased() throws IOException {
        try (AioWriteChannel channel =
                AioFiles.using(aio).withBlockSize(4096).withDepth(2).newWriteChannel(file)) {
            channel.allocate(1 << 20);
            assertThat(Files.size(file)).isBetween((1L << 20) - 4096, (1L << 20) - 1);
            channel.write(ByteBuffer.wrap(bytes(5000)));
            assertThat(channel.position()).isEqualTo(5000);
        }
        assertThat(Files.size(file)).isEqualTo(5000);
    }

    @Test
    void aGrowingFileIsReadToItsNewEnd() throws IOException {
        Files.write(file, bytes(1000));
        try (AioReadChannel channel =
                AioFiles.using(aio).withBlockSize(4096).withDepth(2).newReadChannel(file)) {
            assertThat(channel.read(ByteBuffer.allocate(5000))).isEqualTo(1000);
            assertThat(channel.read(ByteBuffer.allocate(5000))).isEqualTo(-1);
            Files.write(file, bytes(9000), APPEND);
            assertThat(channel.read(ByteBuffer.allocate(20_000))).isEqualTo(9000);
        }
    }

    @Test
    void aShrinkingFileEndsAtItsNewEnd() throws IOException {
        Files.write(file, bytes(100_000));
        try (AioReadChannel channel =
                AioFiles.using(aio).withBlockSize(4096).withDepth(2).newReadChannel(file)) {
            assertThat(channel.read(ByteBuffer.allocate(4096))).isEqualTo(4096);
            Files.write(file, bytes(10));
            // What had been read ahead may still come; then the end is seen.
            while (channel.read(ByteBuffer.allocate(4096)) >= 0) {
                assertThat(channel.position()).isLessThanOrEqualTo(100_000);
            }
            assertThat(channel.position()).isLessThanOrEqualTo(3 * 4096);
        }
    }

    @Test
    void aClosedChannelThrowsAndMayBeClosedAgain() throws IOException {
        AioWriteChannel writer =
                AioFiles.using(aio).withBlockSize(4096).withDepth(2).newWriteChannel(file);
        writer.close();
        writer.close();
        assertThat(writer.isOpen()).isFalse();
        assertThatThrownBy(() -> writer.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        AioReadChannel reader =
                AioFiles.using(aio).withBlockSize(4096).withDepth(2).newReadChannel(file);
        reader.close();
        reader.close();
        assertThat(reader.isOpen()).isFalse();
        assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void aReadChannelDoesNotWrite() throws IOException {
        Files.write(file, bytes(10));
        try (AioReadChannel channel =
                AioFiles.using(aio).withBlockSize(4096).withDepth(2).newReadChannel(file)) {
            assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> channel.truncate(0)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> channel.position(-1)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void invalidArgumentsAreRefusedBeforeTheFileIsTouched() throws IOException {
        Files.writeString(file, "old");
        assertThatThrownBy(
                        () -> AioFiles.using(aio).withBlockSize(0).withDepth(1).newWriteChannel(file))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        AioFiles.using(aio).withBlockSize(4096).withDepth(0).newWriteChannel(file))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(file).hasContent("old");
    }

    @Test
    void aWriterFailsIfTheContextIsClosed() throws IOException {
        AioContext own = AioContext.open();
        AioWriteChannel channel =
                AioFiles.using(own).withBlockSize(4096).withDepth(2).newWriteChannel(file);
        channel.write(ByteBuffer.wrap(bytes(5000)));
        own.close();
        assertThatThrownBy(channel::close).isInstanceOf(IOException.class).hasMessageContaining("closed");
        assertThat(Files.size(file)).isLessThanOrEqualTo(5000);
    }

    @Test
    void closingAfterForceWritesNothingAgain() throws IOException {
        AioWriteChannel channel =
                AioFiles.using(aio).withBlockSize(4096).withDepth(2).newWriteChannel(file);
        channel.write(ByteBuffer.wrap(bytes(5000)));
        channel.force(false);
        long written = aio.stats().bytesWritten();
        channel.close();
        assertThat(aio.stats().bytesWritten()).isEqualTo(written);
        assertThat(channel.isDirect()).isTrue();
        assertThat(Files.size(file)).isEqualTo(5000);
    }
}
