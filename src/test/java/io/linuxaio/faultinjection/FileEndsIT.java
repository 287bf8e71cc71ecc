package io.linuxaio.faultinjection;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.AioRequestFlag;
import io.linuxaio.LinuxAio;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads at, across and past the end of a file, positions beyond the largest file, and cached pages. */
@OnRealKernel
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class FileEndsIT {
    private static final int BLOCK = 4096;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path path;
    private AioContext aio;
    private AioArena arena;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("file");
        aio = AioContext.builder().queueDepth(8).open();
        arena = AioArena.ofShared();
    }

    @AfterEach
    void close() {
        aio.close();
        arena.close();
    }

    @ParameterizedTest
    @CsvSource({
        // size of the file, position, length of the read
        "0, 0, 4096",
        "1, 0, 4096",
        "511, 0, 512",
        "512, 0, 4096",
        "513, 0, 4096",
        "4096, 0, 8192",
        "5000, 0, 8192",
        "5000, 4608, 4096",
        "5000, 512, 512",
        "8192, 8192, 4096",
        "8192, 1048576, 4096",
        "1000001, 0, 1048576",
        "1000448, 499712, 1048576",
    })
    void aReadReturnsTheBytesBeforeTheEndAndTouchesNoOtherMemory(int size, int position, int length)
            throws IOException {
        byte[] contents = Bytes.random(size, size);
        Files.write(path, contents);
        byte[] expected = position >= size
                ? new byte[0]
                : Arrays.copyOfRange(contents, position, Math.min(size, position + length));
        MemorySegment whole = arena.allocate(length);
        MemorySegment pieces = arena.allocate(length);
        int unit = LinuxAio.probe(directory).alignment().orElseThrow().offset();
        assumeTrue((position | length) % unit == 0, "positions and lengths are multiples of " + unit + " here");
        long half = length / unit / 2 * (long) unit;
        MemorySegment[] vector = {pieces.asSlice(0, half), pieces.asSlice(half)};

        try (AioFile file = aio.open(path)) {
            assertThat(file.read(whole, position).join()).isEqualTo(expected.length);
            assertThat(file.readv(vector, position).join()).isEqualTo(expected.length);
        }
        assertThat(Arrays.copyOf(Bytes.of(whole), expected.length)).isEqualTo(expected);
        assertThat(Arrays.copyOf(Bytes.of(pieces), expected.length)).isEqualTo(expected);
    }

    @Test
    void aHugeReadReturnsTheWholeFile() throws IOException {
        byte[] contents = Bytes.random(7, 3 * BLOCK);
        Files.write(path, contents);
        MemorySegment max = arena.allocate(2_147_479_552L);

        try (AioFile file = aio.open(path)) {
            assertThat(file.read(max, BLOCK).join()).isEqualTo(2 * BLOCK);
        }
        assertThat(Bytes.of(max.asSlice(0, 2 * BLOCK))).isEqualTo(Arrays.copyOfRange(contents, BLOCK, 3 * BLOCK));
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE - 2 * BLOCK + 1, 1L << 62, 1L << 60})
    void aWriteBeyondTheLargestFileFails(long position) throws IOException {
        MemorySegment block = arena.allocate(BLOCK);
        try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            assertThat(failure(file.write(block, position)).errnoName()).isEqualTo("EFBIG");
            assertThat(failure(file.writev(new MemorySegment[] {block}, position))
                            .bytesTransferred())
                    .isZero();
            Throwable read = catchThrowable(
                    () -> assertThat(file.read(block, position).join()).isZero());
            assertThat(read == null
                            || ((AioException) read.getCause()).errnoName().equals("EINVAL"))
                    .as("%s", read)
                    .isTrue();
            assertThat(file.size()).isZero();
        }
    }

    private static AioException failure(CompletableFuture<?> future) {
        return (AioException) catchThrowable(future::join).getCause();
    }

    @Test
    void aNowaitReadReturnsCachedBytes() throws IOException {
        byte[] contents = Bytes.random(3, 16 * BLOCK);
        Files.write(path, contents);
        Files.readAllBytes(path);
        MemorySegment all = arena.allocate(16 * BLOCK);

        try (AioFile buffered = aio.open(path, READ, AioOpenOption.BUFFERED)) {
            AioFile file = buffered.with(AioRequestFlag.NOWAIT);
            assertThat(file.read(all, 0).join()).isEqualTo(16 * BLOCK);
            assertThat(Bytes.of(all)).isEqualTo(contents);

            Command.succeed("sync", path.toString());
            Command.succeed("dd", "if=" + path, "iflag=nocache", "count=0", "status=none");
            all.fill((byte) 0);
            Throwable notCached = catchThrowable(() -> file.read(all, 0).join());
            assertThat(notCached).hasRootCauseInstanceOf(AioException.class);
            assertThat(((AioException) notCached.getCause()).errnoName()).isEqualTo("EAGAIN");
            assertThat(buffered.read(all, 0).join()).isEqualTo(16 * BLOCK);
            assertThat(Bytes.of(all)).isEqualTo(contents);
        }
    }
}
