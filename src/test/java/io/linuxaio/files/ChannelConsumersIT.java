package io.linuxaio.files;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioContext;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Consumers of channels in the JDK, with the channels of the library. */
@OnRealKernel
@Timeout(60)
class ChannelConsumersIT {
    private static final int BLOCK = 16384;
    private static final int DEPTH = 3;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final byte[] contents = Bytes.random(12, 20 * BLOCK + 13);
    private AioContext aio;
    private Path source;
    private Path target;

    @BeforeEach
    void open() throws IOException {
        aio = AioContext.builder().queueDepth(16).open();
        source = Files.write(directory.resolve("source"), contents);
        target = directory.resolve("target");
    }

    @AfterEach
    void close() {
        aio.close();
    }

    private AioReadChannel reader(Path path) throws IOException {
        return AioFiles.using(aio).withBlockSize(BLOCK).withDepth(DEPTH).newReadChannel(path);
    }

    private AioWriteChannel writer() throws IOException {
        return AioFiles.using(aio).withBlockSize(BLOCK).withDepth(DEPTH).newWriteChannel(target);
    }

    private InputStream input() throws IOException {
        return Channels.newInputStream(reader(source));
    }

    private OutputStream output() throws IOException {
        return Channels.newOutputStream(writer());
    }

    private void assertCopied() {
        assertThat(target).hasBinaryContent(contents);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, BLOCK - 1, BLOCK, 3 * BLOCK + 1, 20 * BLOCK})
    void zippedDataCanBeUnzipped(int length) throws IOException {
        byte[] some = Bytes.random(length, length);
        try (OutputStream out = new GZIPOutputStream(output())) {
            out.write(some);
        }
        try (InputStream in = new GZIPInputStream(Files.newInputStream(target))) {
            assertThat(in.readAllBytes()).isEqualTo(some);
        }
        try (InputStream in = new GZIPInputStream(Channels.newInputStream(reader(target)))) {
            assertThat(in.readAllBytes()).isEqualTo(some);
        }
    }

    @Test
    void filesCopiesFromAStream() throws IOException {
        try (InputStream in = input()) {
            assertThat(Files.copy(in, target, REPLACE_EXISTING)).isEqualTo(contents.length);
        }
        assertCopied();
    }

    @Test
    void filesCopiesToAStream() throws IOException {
        try (OutputStream out = output()) {
            assertThat(Files.copy(source, out)).isEqualTo(contents.length);
        }
        assertCopied();
    }

    @Test
    void streamsTransferToEachOther() throws IOException {
        try (InputStream in = input();
                OutputStream out = output()) {
            assertThat(in.transferTo(out)).isEqualTo(contents.length);
        }
        assertCopied();
    }

    @Test
    void streamsTransferToAndFromJdkStreams() throws IOException {
        try (InputStream in = input();
                OutputStream out = Files.newOutputStream(target)) {
            in.transferTo(out);
        }
        assertCopied();
        Files.delete(target);
        try (InputStream in = Files.newInputStream(source);
                OutputStream out = output()) {
            in.transferTo(out);
        }
        assertCopied();
    }

    @Test
    void aStreamSkipsAndReportsAvailableBytes() throws IOException {
        try (InputStream in = input()) {
            assertThat(in.available()).isEqualTo(contents.length);
            assertThat(in.read()).isEqualTo(contents[0] & 0xff);
            in.skipNBytes(5 * BLOCK);
            assertThat(in.readNBytes(3))
                    .containsExactly(contents[5 * BLOCK + 1], contents[5 * BLOCK + 2], contents[5 * BLOCK + 3]);
            assertThat(in.available()).isEqualTo(contents.length - 5 * BLOCK - 4);
            assertThat(in.readAllBytes()).hasSize(contents.length - 5 * BLOCK - 4);
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void aFileChannelTransfersFromAReader() throws IOException {
        try (AioReadChannel in = reader(source);
                FileChannel out = FileChannel.open(target, CREATE, WRITE)) {
            assertThat(out.transferFrom(in, 0, BLOCK + 1)).isEqualTo(BLOCK + 1);
            assertThat(in.position()).isGreaterThanOrEqualTo(BLOCK + 1);
            in.position(BLOCK + 1);
            assertThat(out.transferFrom(in, BLOCK + 1, Long.MAX_VALUE)).isEqualTo(contents.length - BLOCK - 1);
        }
        assertCopied();
    }

    @Test
    void aFileChannelTransfersToAWriter() throws IOException {
        try (FileChannel in = FileChannel.open(source, READ);
                AioWriteChannel out = writer()) {
            long done = 0;
            while (done < contents.length) {
                done += in.transferTo(done, contents.length - done, out);
            }
        }
        assertCopied();
    }

    @Test
    void textPassesThroughReadersAndWriters() throws IOException {
        String line = "Grüße, Платте, 磁盘";
        try (PrintWriter out = new PrintWriter(Channels.newWriter(writer(), UTF_8))) {
            for (int i = 0; i < 5000; i++) {
                out.println(line);
            }
        }
        try (BufferedReader in = new BufferedReader(Channels.newReader(reader(target), UTF_8))) {
            assertThat(in.lines()).hasSize(5000).allMatch(line::equals);
        }
    }

    @Test
    void defaultsWorkOnTheSharedContext() throws IOException {
        try (AioReadChannel in = AioFiles.newReadChannel(source);
                AioWriteChannel out = AioFiles.newWriteChannel(target)) {
            Channels.newInputStream(in).transferTo(Channels.newOutputStream(out));
        }
        assertCopied();
    }
}
