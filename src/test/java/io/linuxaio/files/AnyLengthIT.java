package io.linuxaio.files;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.DSYNC;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioOpenOption;
import io.linuxaio.LinuxAio;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files of any length, written and read at any position and with any memory, against {@code java.nio.file.Files}. A
 * failure prints its seed; {@code -Dlinuxaio.seed=} repeats it.
 */
@OnRealKernel
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class AnyLengthIT {
    private static final int ROUNDS = 200;
    private static final int MEGABYTE = 1 << 20;
    private static final int MANY_BLOCKS = 11 * MEGABYTE + 1;
    private static final OpenOption[][] OPTIONS = {
        {}, {WRITE}, {APPEND}, {CREATE, WRITE, DSYNC}, {AioWriteOption.ATOMIC_REPLACE}, {AioOpenOption.BUFFERED, WRITE}
    };

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final long seed = Seed.next();
    private final Random random = new Random(seed);
    private Path file;
    private Path model;

    @BeforeEach
    void name() {
        file = directory.resolve("file");
        model = directory.resolve("model");
    }

    /** Returns a length from 0 to three blocks and one byte, mostly around the edges of blocks. */
    private int length(int block) {
        return Math.max(
                0,
                random.nextBoolean()
                        ? random.nextInt(3 * block + 2)
                        : random.nextInt(4) * block + random.nextInt(3) - 1);
    }

    /** The block sizes of a device, a page and this library. Large ones are rare, since they take long. */
    private int block() {
        return random.nextInt(20) == 0 ? MEGABYTE : random.nextBoolean() ? 512 : 4096;
    }

    /** The same bytes in memory of some kind; the arenas are closed when the test has finished with it. */
    private MemorySegment memory(Arena aligned, Arena foreign, byte[] bytes) {
        int shift = 1 + random.nextInt(1000);
        MemorySegment segment = switch (random.nextInt(5)) {
            case 0 -> MemorySegment.ofArray(new byte[bytes.length]);
            case 1 -> MemorySegment.ofArray(new byte[bytes.length + shift]).asSlice(shift);
            case 2 -> aligned.allocate(bytes.length);
            case 3 -> aligned.allocate(bytes.length + shift).asSlice(shift);
            default -> foreign.allocate(bytes.length, 4096);
        };
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, segment, 0, bytes.length);
        return segment;
    }

    private ByteBuffer buffer(byte[] bytes) {
        int before = random.nextInt(100);
        int capacity = before + bytes.length + random.nextInt(100);
        ByteBuffer buffer = random.nextBoolean() ? ByteBuffer.allocate(capacity) : ByteBuffer.allocateDirect(capacity);
        buffer.position(before).put(bytes).flip().position(before);
        return random.nextBoolean() ? buffer.asReadOnlyBuffer() : buffer;
    }

    private void write(byte[] bytes, OpenOption... options) {
        try (AioArena aligned = AioArena.ofShared();
                Arena foreign = Arena.ofShared()) {
            switch (random.nextInt(3)) {
                case 0 -> AioFiles.write(file, bytes, options).join();
                case 1 -> {
                    ByteBuffer buffer = buffer(bytes);
                    int position = buffer.position();
                    AioFiles.write(file, buffer, options).join();
                    assertThat(buffer.position()).isEqualTo(position);
                    assertThat(buffer.remaining()).isEqualTo(bytes.length);
                }
                default ->
                    AioFiles.using(AioContext.shared())
                            .write(file, memory(aligned, foreign, bytes), options)
                            .join();
            }
        }
    }

    @Test
    void writesTheSameBytesAsFiles() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            int block = block();
            OpenOption[] options = OPTIONS[round % OPTIONS.length];
            byte[] before = Bytes.random(random.nextLong(), length(block));
            byte[] after = Bytes.random(random.nextLong(), length(block));
            Files.write(file, before);
            Files.write(model, before);

            write(after, options);
            boolean replaces = Arrays.asList(options).contains(AioWriteOption.ATOMIC_REPLACE);
            OpenOption[] known = Arrays.stream(options)
                    .filter(option -> !(option instanceof AioOpenOption))
                    .toArray(OpenOption[]::new);
            Files.write(model, after, replaces ? new OpenOption[0] : known);

            assertThat(Files.mismatch(file, model))
                    .as(
                            "%d bytes over %d with %s, round %d of seed %d",
                            after.length, before.length, Arrays.toString(options), round, seed)
                    .isEqualTo(-1);
        }
    }

    @Test
    void appendsAfterTheLastByte() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            byte[] more = Bytes.random(random.nextLong(), length(random.nextBoolean() ? 512 : 4096));

            AioFiles.append(file, more).join();
            Files.write(model, more, CREATE, APPEND);

            assertThat(Files.mismatch(file, model))
                    .as("%d bytes more, round %d of seed %d", more.length, round, seed)
                    .isEqualTo(-1);
        }
    }

    @Test
    void readsTheSameBytesAsFilesAroundEachEdge() throws IOException {
        int block =
                LinuxAio.probe(directory).alignment().map(AioAlignment::offset).orElse(1) == 1
                        ? 512
                        : LinuxAio.probe(directory).alignment().orElseThrow().offset();
        int[] edges = {0, 1, block - 1, block, block + 1, 2 * block, 3 * block + 1};
        for (int size : edges) {
            byte[] contents = Bytes.random(size, size);
            Files.write(file, contents);
            for (int position : edges) {
                for (int length : edges) {
                    assertThat(AioFiles.read(file, position, length).join())
                            .as("%d bytes at %d of %d", length, position, size)
                            .isEqualTo(expected(contents, position, length));
                }
            }
        }
    }

    private static byte[] expected(byte[] contents, int position, int length) {
        return position >= contents.length
                ? new byte[0]
                : Arrays.copyOfRange(contents, position, Math.min(contents.length, position + length));
    }

    @Test
    void readsIntoAnyMemory() throws IOException {
        AioContext aio = AioContext.shared();
        for (int round = 0; round < ROUNDS; round++) {
            int block = block();
            byte[] contents = Bytes.random(random.nextLong(), length(block));
            Files.write(file, contents);
            int position = length(block);
            int length = length(block);
            byte[] expected = expected(contents, position, length);
            try (AioArena aligned = AioArena.ofShared();
                    Arena foreign = Arena.ofShared()) {
                MemorySegment target = memory(aligned, foreign, new byte[length]);

                long count = AioFiles.using(aio).read(file, position, target).join();

                String what = length + " bytes at " + position + " of " + contents.length + ", round " + round
                        + " of seed " + seed;
                assertThat(count).as(what).isEqualTo(expected.length);
                assertThat(Bytes.of(target.asSlice(0, count))).as(what).isEqualTo(expected);
            }
            assertThat(AioFiles.read(file, position, length).join()).isEqualTo(expected);
        }
    }

    @Test
    void moreBlocksThanTheDepthArriveInOrder() throws IOException {
        byte[] contents = Bytes.random(seed, MANY_BLOCKS);
        for (int shift : new int[] {0, 512, 513}) {
            try (AioArena arena = AioArena.ofShared()) {
                MemorySegment memory = arena.allocate(MANY_BLOCKS + shift).asSlice(shift);
                MemorySegment.copy(MemorySegment.ofArray(contents), 0, memory, 0, MANY_BLOCKS);
                AioFiles.using(AioContext.shared()).write(file, memory).join();
                assertThat(Arrays.equals(Files.readAllBytes(file), contents))
                        .as("written, seed %d", seed)
                        .isTrue();

                memory.fill((byte) 0);
                int rest = MANY_BLOCKS - shift;
                assertThat(AioFiles.using(AioContext.shared())
                                .read(file, shift, memory)
                                .join())
                        .isEqualTo(rest);
                assertThat(Bytes.of(memory.asSlice(0, rest)))
                        .isEqualTo(Arrays.copyOfRange(contents, shift, MANY_BLOCKS));
            }
        }
    }
}
