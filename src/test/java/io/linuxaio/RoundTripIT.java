package io.linuxaio;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Written bytes and file lengths, read back through the library and outside it. */
@OnRealKernel
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class RoundTripIT {
    private static final int BLOCK = 4096;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path path;
    private AioContext aio;
    private AioArena arena;

    /** The minimum transfer: 512 bytes on most devices. */
    private int unit;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("file");
        aio = AioContext.builder().queueDepth(16).open();
        arena = AioArena.ofShared();
        unit = LinuxAio.probe(directory).alignment().orElseThrow().offset();
    }

    @AfterEach
    void close() {
        aio.close();
        arena.close();
    }

    @ParameterizedTest
    @CsvSource({
        // both in the least units that can be moved
        "1, 0",
        "8, 0",
        "8, 1",
        "128, 16",
        "2048, 3",
        "4096, 8"
    })
    void writtenBytesCanBeReadBack(int units, int unitsBefore) throws IOException {
        int length = units * unit;
        long position = (long) unitsBefore * unit;
        byte[] contents = Bytes.random(length, length);
        MemorySegment read = arena.allocate(length);

        try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            assertThat(file.write(Bytes.copy(arena, contents), position).join()).isEqualTo(length);
            assertThat(file.read(read, position).join()).isEqualTo(length);
            assertThat(file.size()).isEqualTo(position + length);
        }
        assertThat(Bytes.of(read)).isEqualTo(contents);
        byte[] inFile = Files.readAllBytes(path);
        assertThat(Arrays.copyOf(inFile, (int) position)).isEqualTo(new byte[(int) position]);
        assertThat(Arrays.copyOfRange(inFile, (int) position, inFile.length)).isEqualTo(contents);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 17, 1024})
    void segmentsAreWrittenAndReadInOrder(int count) throws IOException {
        MemorySegment[] written = new MemorySegment[count];
        MemorySegment[] read = new MemorySegment[count];
        int sum = 0;
        for (int i = 0; i < count; i++) {
            int length = unit * (1 + i % 5);
            written[i] = Bytes.copy(arena, Bytes.random(i, length));
            // Split at other positions than written, with the same sum.
            read[i] = arena.allocate((long) unit * (1 + (count - 1 - i) % 5));
            sum += length;
        }

        try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            assertThat(file.writev(written, BLOCK).join()).isEqualTo(sum);
            assertThat(file.size()).isEqualTo(BLOCK + sum);
            assertThat(file.readv(read, BLOCK).join()).isEqualTo(sum);
        }
        assertThat(joined(read)).isEqualTo(joined(written));
        byte[] inFile = Files.readAllBytes(path);
        assertThat(Arrays.copyOfRange(inFile, BLOCK, inFile.length)).isEqualTo(joined(written));
    }

    private static byte[] joined(MemorySegment[] segments) {
        long sum = Arrays.stream(segments).mapToLong(MemorySegment::byteSize).sum();
        byte[] all = new byte[(int) sum];
        int at = 0;
        for (MemorySegment segment : segments) {
            byte[] bytes = Bytes.of(segment);
            System.arraycopy(bytes, 0, all, at, bytes.length);
            at += bytes.length;
        }
        return all;
    }

    @Test
    void anEmptySegmentAmongOthersIsSkipped() throws IOException {
        byte[] contents = Bytes.random(1, 4 * unit);
        MemorySegment whole = Bytes.copy(arena, contents);
        MemorySegment[] parts = {
            whole.asSlice(0, 0),
            whole.asSlice(0, unit),
            whole.asSlice(unit, 0),
            whole.asSlice(unit),
            whole.asSlice(0, 0)
        };

        try (AioFile file = aio.open(path, WRITE, CREATE)) {
            assertThat(file.writev(parts, 0).join()).isEqualTo(contents.length);
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(contents);
    }

    @Test
    void anEmptySegmentTransfersNothing() throws IOException {
        MemorySegment nothing = arena.allocate(BLOCK).asSlice(0, 0);

        try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            assertThat(file.write(nothing, BLOCK).join()).isZero();
            assertThat(file.read(nothing, BLOCK).join()).isZero();
            assertThat(file.writev(new MemorySegment[] {nothing, nothing}, 0).join())
                    .isZero();
            assertThat(file.size()).isZero();
        }
        assertThat(aio.stats().submitted()).isZero();
    }

    @Test
    void theArrayOfSegmentsIsCopied() throws IOException {
        MemorySegment[] segments = {Bytes.copy(arena, Bytes.random(7, BLOCK))};

        try (AioFile file = aio.open(path, WRITE, CREATE)) {
            var future = file.writev(segments, 0);
            segments[0] = null;
            assertThat(future.join()).isEqualTo(BLOCK);
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(Bytes.random(7, BLOCK));
    }

    @ParameterizedTest
    @CsvSource({
        // file's length, position, bytes asked for, bytes that come
        "0, 0, 8192, 0",
        "1, 0, 8192, 1",
        "4096, 0, 8192, 4096",
        "5000, 0, 8192, 5000",
        "5000, 4096, 8192, 904",
        "4096, 4096, 8192, 0",
        "100, 1048576, 8192, 0"
    })
    void aReadEndsAtTheEndOfTheFile(int size, long position, int asked, int expected) throws IOException {
        byte[] contents = Bytes.random(size, size);
        Files.write(path, contents);
        MemorySegment target = arena.allocate(asked);

        try (AioFile direct = aio.open(path);
                AioFile buffered = aio.open(path, AioOpenOption.BUFFERED)) {
            for (AioFile file : new AioFile[] {direct, buffered}) {
                target.fill((byte) 0);
                assertThat(file.read(target, position).join()).isEqualTo(expected);
                assertThat(Bytes.of(target.asSlice(0, expected)))
                        .isEqualTo(Arrays.copyOfRange(contents, size - expected, size));
                MemorySegment[] halves = {target.asSlice(0, asked / 2), target.asSlice(asked / 2)};
                assertThat(file.readv(halves, position).join()).isEqualTo(expected);
            }
        }
    }

    @Test
    void aBufferedFileAcceptsAnyAddressPositionAndLength() throws IOException {
        byte[] contents = Bytes.random(3, 777);
        MemorySegment source = arena.allocate(1000).asSlice(13, 777);
        source.copyFrom(MemorySegment.ofArray(contents));

        try (AioFile file = aio.open(path, READ, WRITE, CREATE, AioOpenOption.BUFFERED)) {
            assertThat(file.alignment()).isEqualTo(new AioAlignment(1, 1));
            assertThat(file.write(source, 5).join()).isEqualTo(777);
            MemorySegment target = arena.allocate(2000).asSlice(1, 777);
            assertThat(file.read(target, 5).join()).isEqualTo(777);
            assertThat(Bytes.of(target)).isEqualTo(contents);
            assertThat(file.size()).isEqualTo(782);
        }
    }

    @Test
    void segmentsOfEveryKindOfArenaAreAccepted() throws IOException {
        byte[] contents = Bytes.random(4, BLOCK);
        try (Arena confined = Arena.ofConfined();
                Arena shared = Arena.ofShared();
                AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            for (Arena each : new Arena[] {confined, shared, Arena.ofAuto(), Arena.global(), arena}) {
                MemorySegment source = each.allocate(BLOCK, BLOCK);
                source.copyFrom(MemorySegment.ofArray(contents));
                MemorySegment target = each.allocate(BLOCK, BLOCK);
                assertThat(file.write(source.asReadOnly(), 0).join()).isEqualTo(BLOCK);
                assertThat(file.read(target, 0).join()).isEqualTo(BLOCK);
                assertThat(Bytes.of(target)).isEqualTo(contents);
            }
        }
    }

    @Test
    void syncsComplete() throws IOException {
        try (AioFile file = aio.open(path, WRITE, CREATE)) {
            file.write(arena.allocate(BLOCK), 0)
                    .thenCompose(written -> file.dataSync())
                    .thenCompose(done -> file.sync())
                    .join();
        }
        try (AioFile file = aio.open(path, READ)) {
            assertThat(file.sync().join()).isNull();
            assertThat(file.dataSync().join()).isNull();
        }
        assertThat(aio.stats().succeeded()).isEqualTo(5);
    }

    @Test
    void setLengthTruncatesAndExtends() throws IOException {
        byte[] contents = Bytes.random(5, 2 * BLOCK);
        Files.write(path, contents);

        try (AioFile file = aio.open(path, READ, WRITE)) {
            file.setLength(1234);
            assertThat(file.size()).isEqualTo(1234);
            file.setLength(10_000);
            assertThat(file.size()).isEqualTo(10_000);
            MemorySegment target = arena.allocate(12_288);
            assertThat(file.read(target, 0).join()).isEqualTo(10_000);
            byte[] expected = Arrays.copyOf(Arrays.copyOf(contents, 1234), 12_288);
            assertThat(Bytes.of(target)).isEqualTo(expected);
            file.setLength(0);
            assertThat(file.size()).isZero();
        }
    }

    @Test
    void allocateReservesAndExtends() throws IOException {
        try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            file.allocate(0, 1 << 20);
            assertThat(file.size()).isEqualTo(1 << 20);
            assertThat(blocks()).isGreaterThanOrEqualTo((1 << 20) / 512);
            file.allocate(0, BLOCK);
            assertThat(file.size()).as("size after allocate").isEqualTo(1 << 20);
            MemorySegment target = arena.allocate(BLOCK);
            target.fill((byte) 1);
            assertThat(file.read(target, BLOCK).join()).isEqualTo(BLOCK);
            assertThat(Bytes.of(target)).isEqualTo(new byte[BLOCK]);
        }
    }

    private long blocks() throws IOException {
        return Long.parseLong(
                Command.succeed("stat", "--format=%b", path.toString()).strip());
    }

    @Test
    void appendingWritesGoToTheEndWhateverThePosition() throws IOException {
        byte[] first = Bytes.random(1, BLOCK);
        byte[] second = Bytes.random(2, BLOCK);
        byte[] third = Bytes.random(3, BLOCK);
        Files.write(path, first);

        try (AioFile file = aio.open(path, APPEND)) {
            assertThat(file.write(Bytes.copy(arena, second), 0).join()).isEqualTo(BLOCK);
            MemorySegment[] parts = {Bytes.copy(arena, third)};
            assertThat(file.writev(parts, 1 << 20).join()).isEqualTo(BLOCK);
        }
        byte[] all = Files.readAllBytes(path);
        assertThat(all).hasSize(3 * BLOCK).startsWith(first).endsWith(third);
        assertThat(Arrays.copyOfRange(all, BLOCK, 2 * BLOCK)).isEqualTo(second);
    }

    @Test
    void theKernelAcceptsTheReportedAlignment() throws IOException {
        try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            AioAlignment alignment = file.alignment();
            assertThat(file.isDirect()).isTrue();
            assertThat(alignment.offset()).isBetween(1, BLOCK);
            MemorySegment min = arena.allocate(2L * BLOCK).asSlice(alignment.memory(), alignment.offset());

            assertThat(file.write(min, alignment.offset()).join()).isEqualTo(alignment.offset());
            assertThat(file.read(min, alignment.offset()).join()).isEqualTo(alignment.offset());
        }
    }

    @Test
    void aFileMayBeUsedThroughOtherContexts() throws IOException {
        try (AioContext other = AioContext.builder().queueDepth(1).open();
                AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            MemorySegment block = Bytes.copy(arena, Bytes.random(9, 2 * BLOCK));
            assertThat(other.write(file, block, 0).join()).isEqualTo(2 * BLOCK);
            other.dataSync(file).join();
            other.sync(file).join();
            MemorySegment[] parts = {block.asSlice(0, unit), block.asSlice(unit)};
            assertThat(other.readv(file, parts, 0).join()).isEqualTo(2 * BLOCK);
            assertThat(other.writev(file, parts, 0).join()).isEqualTo(2 * BLOCK);
            assertThat(other.read(file, block, 0).join()).isEqualTo(2 * BLOCK);
            assertThat(other.stats().succeeded()).isEqualTo(6);
            assertThat(aio.stats().succeeded()).isZero();
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(Bytes.random(9, 2 * BLOCK));
    }

    @Test
    void aFileWithoutAContextUsesTheOneOfTheCall() throws IOException {
        MemorySegment block = arena.allocate(BLOCK);

        try (AioFile file = AioFile.open(path, READ, WRITE, CREATE)) {
            assertThatThrownBy(() -> file.write(block, 0)).isInstanceOf(IllegalStateException.class);
            assertThat(aio.write(file, block, 0).join()).isEqualTo(BLOCK);
        }
        assertThat(aio.stats().submitted()).isEqualTo(1);
    }

    @Test
    void operationsAreCounted() throws IOException {
        try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            MemorySegment block = arena.allocate(BLOCK);
            file.write(block, 0).join();
            file.writev(new MemorySegment[] {block, block}, BLOCK).join();
            file.read(block, 0).join();
            file.read(block, 1 << 20).join();
            file.dataSync().join();
        }
        AioStats stats = aio.stats();
        assertThat(stats)
                .extracting(AioStats::submitted, AioStats::succeeded, AioStats::failed, AioStats::inFlight)
                .containsExactly(5L, 5L, 0L, 0);
        assertThat(stats)
                .extracting(
                        AioStats::bytesRead, AioStats::bytesWritten, AioStats::queueFullCount, AioStats::shortTransfers)
                .containsExactly((long) BLOCK, 3L * BLOCK, 0L, 0L);
        assertThat(stats.strayEvents()).isZero();
    }
}
