package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioArena;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.files.AioReadChannel;
import io.linuxaio.files.AioWriteChannel;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.LoopDevice;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
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

/** Unaligned writes to an open file by several threads, handles and processes: none loses bytes of another. */
@OnRealKernel
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class UnalignedWritesIT {
    private static final int LENGTH = 1 << 20;
    private static final int WRITES = 400;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private AioContext aio;
    private AioArena arena;

    @BeforeEach
    void open() throws IOException {
        aio = AioContext.builder().queueDepth(16).open();
        arena = AioArena.ofShared();
    }

    @AfterEach
    void close() {
        aio.close();
        arena.close();
    }

    /** The bounds of consecutive parts, short ones and some long ones, which cover a whole length. */
    private static int[] bounds(Random random, int length) {
        List<Integer> bounds = new ArrayList<>(List.of(0));
        int last = 0;
        while (last < length) {
            last = Math.min(
                    length, last + 1 + (random.nextInt(20) == 0 ? random.nextInt(200_000) : random.nextInt(3000)));
            bounds.add(last);
        }
        return bounds.stream().mapToInt(Integer::intValue).toArray();
    }

    /** Writes parts of contents in a random order, through two handles, from memory of each kind. */
    private void writeParts(AioFile[] handles, byte[] contents, Random random) throws IOException {
        int[] bounds = bounds(random, contents.length);
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i + 1 < bounds.length; i++) {
            order.add(i);
        }
        Collections.shuffle(order, random);
        MemorySegment memory = Bytes.copy(arena, contents);
        List<CompletableFuture<Void>> writes = new ArrayList<>();
        for (int i : order) {
            int from = bounds[i];
            int count = bounds[i + 1] - from;
            AioFile handle = handles[random.nextInt(handles.length)];
            switch (random.nextInt(3)) {
                case 0 -> writes.add(handle.writeFullyAsync(contents, from, count, from));
                case 1 -> writes.add(handle.writeFullyAsync(memory.asSlice(from, count), from));
                default -> handle.writeFully(ByteBuffer.wrap(contents, from, count), from);
            }
        }
        CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).join();
    }

    private void partsMakeTheWhole(Path path, OpenOption... options) throws IOException {
        for (int seed = 0; seed < 5; seed++) {
            Random random = new Random(seed);
            byte[] contents = Bytes.random(seed, LENGTH + random.nextInt(5000));
            Files.write(path, new byte[seed % 2 == 0 ? 0 : contents.length]);
            try (AioFile one = aio.open(path, options);
                    AioFile other = aio.open(path, options)) {
                writeParts(new AioFile[] {one, other}, contents, random);
                if (Arrays.asList(options).contains(READ)) {
                    byte[] read = new byte[contents.length - 3];
                    one.readFully(read, 0, read.length, 2);
                    assertThat(Arrays.mismatch(read, Arrays.copyOfRange(contents, 2, contents.length - 1)))
                            .isEqualTo(-1);
                }
            }
            byte[] found = Files.readAllBytes(path);
            assertThat(found).as("length, seed %d", seed).hasSize(contents.length);
            assertThat(Arrays.mismatch(found, contents)).as("seed %d", seed).isEqualTo(-1);
        }
    }

    @Test
    void directIo() throws IOException {
        partsMakeTheWhole(directory.resolve("file"), READ, WRITE);
    }

    @Test
    void directIoOfAFileThatCannotBeRead() throws IOException {
        partsMakeTheWhole(directory.resolve("file"), WRITE);
    }

    @Test
    void thePageCache() throws IOException {
        partsMakeTheWhole(directory.resolve("file"), READ, WRITE, AioOpenOption.BUFFERED);
    }

    @Test
    void channelsWriteBesideEachOtherAndBesideSingleWrites() throws IOException {
        Path path = directory.resolve("file");
        byte[] contents = Bytes.random(1, LENGTH + 77);
        for (int round = 0; round < 5; round++) {
            Files.write(path, new byte[round % 2 == 0 ? 0 : contents.length]);
            int[] bounds = {0, 99_999, 200_001 + round, 400_000, 777_777, LENGTH, contents.length};
            try (AioBufferPool pool = AioBufferPool.of(4, 16_384);
                    AioFile file = aio.open(path, READ, WRITE)) {
                List<CompletableFuture<Void>> writes = new ArrayList<>();
                for (int i = 0; i + 1 < bounds.length; i++) {
                    int from = bounds[i];
                    int to = bounds[i + 1];
                    writes.add(CompletableFuture.runAsync(
                            () -> writeByChannel(file, pool, contents, from, to), task -> new Thread(task).start()));
                }
                CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new))
                        .join();
                try (AioReadChannel channel = AioReadChannel.over(file, 3, contents.length - 5L, pool)) {
                    ByteBuffer found = ByteBuffer.allocate(contents.length - 8);
                    assertThat(channel.read(found)).isEqualTo(found.capacity());
                    assertThat(Arrays.mismatch(found.array(), Arrays.copyOfRange(contents, 3, contents.length - 5)))
                            .isEqualTo(-1);
                }
            }
            assertThat(Arrays.mismatch(Files.readAllBytes(path), contents)).isEqualTo(-1);
        }
    }

    /** Writes the first half of a part by a channel, the rest by single writes. */
    private static void writeByChannel(AioFile file, AioBufferPool pool, byte[] contents, int from, int to) {
        int middle = (from + to) / 2;
        try {
            try (AioWriteChannel channel = AioWriteChannel.over(file, from, pool)) {
                for (int i = from; i < middle; i += 5000) {
                    channel.write(ByteBuffer.wrap(contents, i, Math.min(5000, middle - i)));
                    channel.flush();
                }
            }
            for (int i = middle; i < to; i += 3000) {
                file.writeFully(contents, i, Math.min(3000, to - i), i);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {512, 4096})
    void ext4WithSectors(int sectorSize) throws IOException {
        try (Volume volume = Volume.ext4(directory, 64, sectorSize)) {
            partsMakeTheWhole(volume.path().resolve("file"), READ, WRITE);
        }
    }

    @ParameterizedTest
    @CsvSource({"512, 100, 3000", "4096, 100, 3000", "512, 4193792, 512", "512, 4190000, 4304", "4096, 4190001, 4303"})
    void blockDevices(int sectorSize, int position, int length) throws IOException {
        LoopDevice.assumePossible();
        byte[] contents = Bytes.random(1, 4 << 20);
        Path image = Files.write(directory.resolve("image"), contents);
        byte[] more = Bytes.random(2, length);
        try (LoopDevice device = LoopDevice.attach(image, sectorSize)) {
            try (AioFile file = aio.open(device.node(), READ, WRITE);
                    AioFile writeOnly = aio.open(device.node(), WRITE)) {
                assertThat(writeOnly.fileKey()).isEqualTo(file.fileKey());
                file.writeFully(more, 0, length - 1, position);
                writeOnly.writeFully(more, length - 1, 1, position + length - 1L);
                writeOnly.sync().join();
                byte[] found = new byte[contents.length];
                file.readFully(found, 0, found.length, 0);
                System.arraycopy(more, 0, contents, position, length);
                assertThat(Arrays.mismatch(found, contents)).isEqualTo(-1);
                assertThatThrownBy(() -> file.writeFully(more, 0, 2, contents.length - 1L))
                        .isInstanceOfSatisfying(
                                AioException.class,
                                e -> assertThat(e.errnoName()).isEqualTo("ENOSPC"));
            }
        }
    }

    /** Appends records of 13 bytes until its standard input has a byte, then prints their number. */
    static final class Appender {
        public static void main(String[] args) throws IOException {
            long count = 0;
            try (FileChannel file = FileChannel.open(Path.of(args[0]), WRITE, APPEND)) {
                while (System.in.available() == 0) {
                    file.write(ByteBuffer.wrap(record(count)));
                    count++;
                }
            }
            System.out.println(count);
        }

        static byte[] record(long number) {
            return "<%011d>".formatted(number).getBytes(StandardCharsets.US_ASCII);
        }
    }

    @Test
    void noRecordOfAnAppendingProcessIsLostBesideWritesAtTheEnd() throws IOException {
        Path path = directory.resolve("file");
        int old = 100_001;
        byte[] contents = Bytes.random(1, old);
        Files.write(path, contents);
        Process appender = ChildJvm.of(Appender.class).start(path.toString());
        long count;
        try (AioFile file = aio.open(path, READ, WRITE);
                AioFile appending = aio.open(path, APPEND)) {
            Await.until("the first record", () -> size(path) > old || !appender.isAlive());
            Random random = new Random(1);
            for (int i = 0; i < WRITES; i++) {
                int length = 1 + random.nextInt(6000);
                byte[] more = Bytes.random(i, length);
                // The last bytes of the old contents, close to which the process appends.
                System.arraycopy(more, 0, contents, old - length, length);
                file.writeFully(more, 0, length, old - length);
                if (i % 10 == 0) {
                    appending.writeFully(Appender.record(-1), 0, 13, 0);
                }
            }
            appender.getOutputStream().write('\n');
            appender.getOutputStream().flush();
            count = Long.parseLong(
                    new String(appender.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip());
        } finally {
            appender.destroyForcibly();
        }
        byte[] found = Files.readAllBytes(path);
        assertThat(Arrays.mismatch(found, 0, old, contents, 0, old)).isEqualTo(-1);
        assertThat(found).hasSize((int) (old + 13 * (count + WRITES / 10)));
        long next = 0;
        for (int at = old; at < found.length; at += 13) {
            byte[] record = Arrays.copyOfRange(found, at, at + 13);
            if (!Arrays.equals(record, Appender.record(-1))) {
                assertThat(record).as("at %d", at).isEqualTo(Appender.record(next));
                next++;
            }
        }
        assertThat(next).isEqualTo(count);
    }

    private static long size(Path path) {
        try {
            return Files.size(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void theLengthIsDurableWhereTheFileWasOpenedForThat() throws IOException {
        Path path = directory.resolve("file");
        try (AioFile file = aio.open(path, READ, WRITE, DSYNC, StandardOpenOption.CREATE)) {
            file.writeFully(new byte[100], 0, 100, 0);
            assertThat(file.size()).isEqualTo(100);
            // Both the descriptor for direct I/O and that for the page cache.
            assertThat(Descriptors.allFlags(path.toString())).hasSize(2).allMatch(flags -> (flags & 010000) != 0);
        }
        assertThat(Descriptors.isOpen(path)).isFalse();
    }
}
