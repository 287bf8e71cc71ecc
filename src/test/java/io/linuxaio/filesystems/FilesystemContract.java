package io.linuxaio.filesystems;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioArena;
import io.linuxaio.AioBatch;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioRequestFlag;
import io.linuxaio.LinuxAio;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioReadChannel;
import io.linuxaio.files.AioWriteChannel;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.LoopDevice;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The contract of every filesystem, on one that is mounted for these tests alone. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FilesystemContract {
    private static final int UNIT = 4096;
    private static final int MEGABYTE = 1 << 20;

    private final int knownAlignment;
    private final Making making;
    private Path outside;
    private Volume volume;
    Path directory;
    Path path;
    AioContext aio;
    AioArena arena;

    /** @param knownAlignment the alignment that the filesystem is known to require, in bytes; 0 if it depends on the device */
    FilesystemContract(int knownAlignment, Making making) {
        this.knownAlignment = knownAlignment;
        this.making = making;
    }

    /** Creates a filesystem in an empty directory. */
    interface Making {
        Volume mount(Path where) throws IOException;
    }

    @BeforeAll
    void mountIt() throws IOException {
        outside = TargetDirectory.create();
        volume = making.mount(outside);
        directory = Files.createDirectory(volume.path().resolve("directory"));
    }

    @AfterAll
    void unmountIt() throws IOException {
        if (volume != null) {
            volume.close();
            assertThat(LoopDevice.below(outside)).isEmpty();
            assertThat(Files.readAllLines(Path.of("/proc/self/mounts")))
                    .noneMatch(line -> line.contains(" " + outside));
        }
        try (Stream<Path> all = Files.walk(outside)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("file");
        aio = AioContext.builder().queueDepth(16).open();
        arena = AioArena.ofShared();
    }

    @AfterEach
    void close() throws IOException {
        aio.close();
        arena.close();
        try (Stream<Path> all = Files.list(directory)) {
            for (Path each : all.toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void writtenBytesCanBeReadInEveryWay() throws IOException {
        byte[] contents = Bytes.random(1, 64 * UNIT);
        MemorySegment source = Bytes.copy(arena, contents);
        MemorySegment target = arena.allocate(contents.length);

        try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            assertThat(file.isDirect()).isTrue();
            assertThat(file.write(source.asSlice(0, 16 * UNIT), 0).join()).isEqualTo(16 * UNIT);
            MemorySegment[] parts = {source.asSlice(16 * UNIT, UNIT), source.asSlice(17 * UNIT, 15 * UNIT)};
            assertThat(file.writev(parts, 16 * UNIT).join()).isEqualTo(16 * UNIT);
            AioBatch batch = aio.batch();
            List<CompletableFuture<Integer>> writes = new ArrayList<>();
            for (int unit = 32; unit < 64; unit++) {
                writes.add(batch.write(file, source.asSlice(unit * UNIT, UNIT), unit * UNIT));
            }
            batch.submit();
            assertThat(writes).allSatisfy(write -> assertThat(write.join()).isEqualTo(UNIT));
            file.dataSync().join();
        }
        try (AioFile file = aio.open(path)) {
            assertThat(file.size()).isEqualTo(contents.length);
            MemorySegment[] parts = {target.asSlice(0, 24 * UNIT), target.asSlice(24 * UNIT)};
            assertThat(file.readv(parts, 0).join()).isEqualTo(contents.length);
            assertThat(Bytes.of(target)).isEqualTo(contents);
            assertThat(file.read(target, 63 * UNIT).join()).isEqualTo(UNIT);
            assertThat(file.read(target, 64 * UNIT).join()).isZero();
        }
        assertThat(Files.readAllBytes(path)).isEqualTo(contents);
    }

    @Test
    void filesOfAnyLengthAreWrittenAndRead() throws IOException {
        for (int length : new int[] {0, 1, 511, 513, 4095, 4097, MEGABYTE - 1, 2 * MEGABYTE + 777}) {
            byte[] contents = Bytes.random(length, length);
            AioFiles.using(aio).write(path, contents).join();
            assertThat(Files.readAllBytes(path)).as("%d bytes", length).isEqualTo(contents);
            assertThat(AioFiles.using(aio).readAllBytes(path).join()).isEqualTo(contents);
        }
    }

    @Test
    void channelsWriteAndReadInPieces() throws IOException {
        byte[] contents = Bytes.random(2, 300_001);
        try (AioWriteChannel channel =
                AioFiles.using(aio).withBlockSize(10_000).withDepth(3).newWriteChannel(path)) {
            for (int at = 0; at < contents.length; at += 7777) {
                channel.write(ByteBuffer.wrap(contents, at, Math.min(7777, contents.length - at)));
            }
            channel.force(true);
        }
        ByteBuffer read = ByteBuffer.allocate(contents.length);
        try (AioReadChannel channel =
                AioFiles.using(aio).withBlockSize(10_000).withDepth(3).newReadChannel(path)) {
            channel.position(100_000).read(read.slice(100_000, 200_001));
            channel.position(0).read(read.slice(0, 100_000));
        }
        assertThat(read.array()).isEqualTo(contents);
    }

    @Test
    void appendingGoesToTheEnd() throws IOException {
        byte[] contents = Bytes.random(3, 3 * UNIT);
        MemorySegment source = Bytes.copy(arena, contents);

        try (AioFile file = aio.open(path, APPEND, CREATE)) {
            for (int unit = 0; unit < 3; unit++) {
                assertThat(file.write(source.asSlice(unit * UNIT, UNIT), 0).join())
                        .isEqualTo(UNIT);
            }
        }
        AioFiles.using(aio).write(path, new byte[] {1, 2, 3}, APPEND).join();
        assertThat(Files.readAllBytes(path))
                .startsWith(contents)
                .endsWith(1, 2, 3)
                .hasSize(3 * UNIT + 3);
    }

    @Test
    void lengthAndSpaceCanBeSet() throws IOException {
        byte[] contents = Bytes.random(4, 2 * UNIT);
        try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            file.write(Bytes.copy(arena, contents), 0).join();
            file.setLength(1234);
            file.setLength(10_000);
            assertThat(file.size()).isEqualTo(10_000);
            file.allocate(0, MEGABYTE);
            assertThat(file.size()).isEqualTo(MEGABYTE);
            MemorySegment target = arena.allocate(MEGABYTE);
            assertThat(file.read(target, 0).join()).isEqualTo(MEGABYTE);
            assertThat(Bytes.of(target)).isEqualTo(Arrays.copyOf(Arrays.copyOf(contents, 1234), MEGABYTE));
        }
    }

    @Test
    void syncsComplete() throws IOException {
        MemorySegment block = arena.allocate(UNIT);
        try (AioFile file = aio.open(path, READ, WRITE, CREATE);
                AioFile durable = aio.open(path, WRITE, DSYNC)) {
            file.write(block, 0).thenCompose(count -> file.dataSync()).join();
            assertThat(durable.write(block, UNIT).join()).isEqualTo(UNIT);
            assertThat(file.with(AioRequestFlag.DSYNC).write(block, 2 * UNIT).join())
                    .isEqualTo(UNIT);
            assertThat(file.with(AioRequestFlag.SYNC).write(block, 3 * UNIT).join())
                    .isEqualTo(UNIT);
            file.sync().join();
        }
        assertThat(Files.size(path)).isEqualTo(4 * UNIT);
    }

    @Test
    void theReportedAlignmentWorksAndSmallerOnesAreRefused() throws IOException {
        try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            AioAlignment reported = file.alignment();
            int unit = reported.offset();
            MemorySegment memory = arena.allocate(4 * UNIT);
            MemorySegment min = memory.asSlice(reported.memory(), unit);
            min.fill((byte) 7);

            if (knownAlignment != 0) {
                assertThat(unit).isEqualTo(knownAlignment);
            }
            assertThat(LinuxAio.probe(directory).alignment()).contains(reported);
            assertThat(file.write(min, unit).join()).isEqualTo(unit);
            assertThat(file.read(memory.asSlice(0, unit), unit).join()).isEqualTo(unit);
            assertThat(memory.get(JAVA_BYTE, unit - 1)).isEqualTo((byte) 7);
            assertThatThrownBy(() -> file.write(min, unit / 2))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("multiples of " + unit);
            assertThatThrownBy(() -> file.read(memory.asSlice(0, unit / 2), 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("multiples of " + unit);
            assertThatThrownBy(() -> file.read(memory.asSlice(reported.memory() / 2, unit), 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("multiples of " + reported.memory());
        }
    }

    @Test
    void aFileBehavesLikeAnArray() throws IOException {
        long seed = Seed.next();
        Random random = new Random(seed);
        try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            int unit = file.alignment().offset();
            int units = MEGABYTE / unit / 4;
            byte[] model = new byte[0];
            MemorySegment memory = arena.allocate(64L * unit);
            for (int step = 0; step < 200; step++) {
                MemorySegment part = memory.asSlice(0, (1L + random.nextInt(64)) * unit);
                int position = random.nextInt(units) * unit;
                switch (random.nextInt(5)) {
                    case 0, 1 -> {
                        byte[] bytes = Bytes.random(random.nextLong(), (int) part.byteSize());
                        part.copyFrom(MemorySegment.ofArray(bytes));
                        assertThat(file.write(part, position).join()).isEqualTo(bytes.length);
                        model = Arrays.copyOf(model, Math.max(model.length, position + bytes.length));
                        System.arraycopy(bytes, 0, model, position, bytes.length);
                    }
                    case 2, 3 -> {
                        int count = file.read(part, position).join();
                        int expected = Math.clamp(model.length - position, 0, (int) part.byteSize());
                        assertThat(count).as("step %d, seed %d", step, seed).isEqualTo(expected);
                        assertThat(Bytes.of(part.asSlice(0, count)))
                                .as("step %d, seed %d", step, seed)
                                .isEqualTo(Arrays.copyOfRange(
                                        model,
                                        Math.min(position, model.length),
                                        Math.min(position, model.length) + count));
                    }
                    default -> {
                        model = Arrays.copyOf(model, random.nextInt(model.length + 20_000));
                        file.setLength(model.length);
                    }
                }
                assertThat(file.size()).as("step %d, seed %d", step, seed).isEqualTo(model.length);
            }
            assertThat(Files.readAllBytes(path)).as("seed %d", seed).isEqualTo(model);
        }
    }
}
