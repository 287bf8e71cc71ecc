package io.linuxaio.files;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.AioQueue;
import io.linuxaio.filesystems.WithFaultyFilesystem;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.fuse.InjectedFault;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A filesystem that returns fewer bytes than requested in the middle of a file. No part is taken as the whole. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ShortReadsIT extends WithFaultyFilesystem {
    private static final int LENGTH = 1 << 20;
    private static final int BLOCK = 4096;
    private static final OpenOption[] BUFFERED = {AioOpenOption.BUFFERED};

    private final byte[] contents = Bytes.random(21, LENGTH + 321);
    private Path path;
    private AioContext aio;
    private AioArena arena;

    @BeforeEach
    void open() throws IOException {
        path = faulty.file("short", contents);
        aio = AioContext.builder().queueDepth(16).open();
        arena = AioArena.ofShared();
    }

    @AfterEach
    void close() throws IOException {
        faulty.release();
        aio.close();
        arena.close();
        Files.deleteIfExists(path);
    }

    private byte[] part(long from, int length) {
        return Arrays.copyOfRange(contents, (int) from, (int) Math.min(contents.length, from + length));
    }

    @ParameterizedTest
    @ValueSource(ints = {4096, 5000, 12_289, 70_000})
    void aFileServedInPiecesIsReadWhole(int max) throws IOException {
        faulty.limitReads(max);

        assertThat(AioFiles.using(aio).readAllBytes(path).join()).isEqualTo(contents);
        assertThat(AioFiles.using(AioContext.shared())
                        .readString(path, ISO_8859_1)
                        .join())
                .isEqualTo(new String(contents, ISO_8859_1));
        assertThat(AioFiles.using(aio).read(path, 100, 500_000).join()).isEqualTo(part(100, 500_000));
        assertThat(AioFiles.using(aio).read(path, LENGTH, 500_000).join()).isEqualTo(part(LENGTH, 500_000));
        try (InputStream in = Channels.newInputStream(
                AioFiles.using(aio).withBlockSize(8 * BLOCK).withDepth(3).newReadChannel(path))) {
            assertThat(in.readAllBytes()).isEqualTo(contents);
        }
        Path copy = faulty.path().resolve("copy");
        assertThat(AioFiles.using(aio).copy(path, copy, (_, _) -> {}).join()).isEqualTo(contents.length);
        faulty.release();
        assertThat(copy).hasBinaryContent(contents);
        Files.delete(copy);
    }

    @ParameterizedTest
    @ValueSource(ints = {5000, 70_000})
    void anOperationReadsEverything(int max) throws IOException {
        MemorySegment target = arena.allocate(65_536);
        try (AioFile file = aio.open(path, READ);
                AioQueue queue = AioQueue.open(4)) {
            faulty.limitReads(max);

            assertThat(file.read(target, 65_536).join()).isEqualTo(65_536);
            assertThat(Bytes.of(target)).isEqualTo(part(65_536, 65_536));
            target.fill((byte) 0);
            int[] result = new int[1];
            queue.prepareRead(file, target, 2 * 65_536, 0);
            queue.submit();
            queue.await(1, Duration.ofSeconds(30), (_, answer) -> result[0] = answer);
            assertThat(result[0]).isEqualTo(65_536);
            assertThat(Bytes.of(target)).isEqualTo(part(2 * 65_536, 65_536));
        }
    }

    /** Direct I/O cannot continue inside a block, and the block is never read completely. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 512, 4095})
    void aFileThatEndsEarlyFailsTheRead(int max) throws IOException {
        faulty.limitReads(max);

        assertIncomplete(() -> AioFiles.using(aio).readAllBytes(path).join());
        assertIncomplete(() -> AioFiles.using(aio).read(path, 100, 500_000).join());
        assertIncomplete(() ->
                AioFiles.using(aio).read(path, 8000, arena.allocate(200_000)).join());
        assertIncomplete(() -> {
            try (InputStream in = Channels.newInputStream(
                    AioFiles.using(aio).withBlockSize(8 * BLOCK).withDepth(3).newReadChannel(path))) {
                in.readAllBytes();
            } catch (IOException e) {
                throw new CompletionException(e);
            }
        });
        Path copy = faulty.path().resolve("copy");
        assertIncomplete(
                () -> AioFiles.using(aio).copy(path, copy, (_, _) -> {}).join());
        assertThat(copy).doesNotExist();
    }

    private static void assertIncomplete(ThrowingCallable reading) {
        assertThatThrownBy(reading)
                .hasCauseInstanceOf(AioException.class)
                .hasMessageContaining("EIO")
                .hasMessageContaining("before the end of the file");
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 5000})
    void aBufferedReadContinuesAtAnyByte(int max) {
        faulty.limitReads(max);

        assertThat(AioFiles.using(aio).readAllBytes(path, BUFFERED).join()).isEqualTo(contents);
        assertThat(AioFiles.using(aio).read(path, 100, 50_000, BUFFERED).join()).isEqualTo(part(100, 50_000));
    }

    @Test
    void aBufferedReadContinuesPastAFalseEnd() {
        faulty.limitReads(0);

        assertIncomplete(() -> AioFiles.using(aio).readAllBytes(path, BUFFERED).join());
        assertIncomplete(
                () -> AioFiles.using(aio).read(path, 100, 50_000, BUFFERED).join());
    }

    @Test
    void aFileThatGrewIsReadToItsEndAndNoFurther() throws IOException {
        try (AioFile file = aio.open(path, READ);
                AioReadChannel channel = AioFiles.using(aio)
                        .withBlockSize(8 * BLOCK)
                        .withDepth(2)
                        .newReadChannel(path)) {
            byte[] more = Bytes.random(22, 2 * BLOCK);
            Files.write(path, more, APPEND);
            faulty.limitReads(5000);

            MemorySegment target = arena.allocate(4 * BLOCK);
            assertThat(file.read(target, LENGTH).join()).isEqualTo(321 + 2 * BLOCK);
            channel.position(LENGTH);
            assertThat(Channels.newInputStream(channel).readAllBytes()).hasSize(321 + 2 * BLOCK);
        }
    }

    /** The bytes before the first written one must be written back unchanged. */
    @Test
    void aWriteKeepsNeighbouringBytesReadInPieces() throws IOException {
        Path log = faulty.file("log", part(0, 3000));
        faulty.inject(new InjectedFault("READ", InjectedFault.What.CUT, 512, 0, 1));

        AioFiles.using(aio).append(log, MemorySegment.ofArray(part(3000, 500))).join();

        faulty.release();
        assertThat(log).hasBinaryContent(part(0, 3500));
        faulty.inject(new InjectedFault("READ", InjectedFault.What.CUT, 512, 0, 1));
        AioFiles.using(aio).write(log, part(0, 100), WRITE).join();
        faulty.release();
        assertThat(log).hasBinaryContent(part(0, 3500));
        Files.delete(log);
    }
}
