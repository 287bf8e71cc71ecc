package io.linuxaio.faultinjection;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.AioArena;
import io.linuxaio.AioBatch;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.AioQueue;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Full disks and file size limits: the number of bytes written is reported exactly. */
@OnRealKernel
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class SpaceLimitsIT {
    private static final int BLOCK = 4096;
    private static final int MEGABYTE = 1 << 20;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Volume volume(String type) throws IOException {
        return type.equals("xfs") ? Volume.xfs(directory, 300) : Volume.ext4(directory, 16);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    void aWriteThatFillsTheDiskReportsTheBytesWritten(String type) throws IOException {
        try (Volume volume = volume(type);
                AioContext aio = AioContext.builder().queueDepth(4).open();
                AioArena arena = AioArena.ofShared()) {
            Path path = volume.path().resolve("file");
            byte[] contents = Bytes.random(5, 4 * MEGABYTE);
            MemorySegment four = Bytes.copy(arena, contents);
            MemorySegment[] vector = {four.asSlice(0, MEGABYTE), four.asSlice(MEGABYTE)};
            try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
                long position = 0;
                AioException full = null;
                for (int i = 0; full == null; i++) {
                    try {
                        CompletableFuture<Integer> write =
                                i % 2 == 0 ? file.write(four, position) : file.writev(vector, position);
                        position += write.join();
                    } catch (CompletionException e) {
                        full = (AioException) e.getCause();
                    }
                }
                assertThat(full.errnoName()).isEqualTo("ENOSPC");
                int part = (int) full.bytesTransferred();
                assertThat(part).isBetween(0, 4 * MEGABYTE - BLOCK);
                assertThat(file.size()).isGreaterThanOrEqualTo(position + part);
                MemorySegment back = arena.allocate(4 * MEGABYTE);
                for (long at = 0; at < position; at += 4 * MEGABYTE) {
                    assertThat(file.read(back, at).join()).isEqualTo(4 * MEGABYTE);
                    assertThat(back.mismatch(four))
                            .as("difference in the write at %d", at)
                            .isEqualTo(-1);
                }
                assertThat(file.read(back, position).join()).isGreaterThanOrEqualTo(part);
                assertThat(Arrays.copyOf(Bytes.of(back), part)).isEqualTo(Arrays.copyOf(contents, part));
            }
        }
    }

    @Test
    void onlyBatchWritesWithoutSpaceFailOnAFullDisk() throws IOException {
        try (Volume volume = Volume.ext4(directory, 8);
                AioContext aio = AioContext.builder().queueDepth(64).open();
                AioArena arena = AioArena.ofShared()) {
            Path path = volume.path().resolve("file");
            byte[] contents = Bytes.random(6, 16 * MEGABYTE);
            MemorySegment all = Bytes.copy(arena, contents);
            List<Integer> standing = new ArrayList<>();
            try (AioFile file = aio.open(path, READ, WRITE, CREATE)) {
                AioBatch batch = aio.batch();
                List<CompletableFuture<Integer>> writes = new ArrayList<>();
                for (int i = 0; i < 64; i++) {
                    writes.add(batch.write(file, all.asSlice(i * 262_144L, 262_144), i * 262_144L));
                }
                batch.submit();
                for (int i = 0; i < 64; i++) {
                    Throwable failure = catchThrowable(writes.get(i)::join);
                    if (failure == null) {
                        standing.add(i);
                    } else {
                        assertThat(((AioException) failure.getCause()).errnoName())
                                .isEqualTo("ENOSPC");
                    }
                }
                assertThat(standing).hasSizeBetween(1, 32);
                MemorySegment back = arena.allocate(262_144);
                for (int i : standing) {
                    assertThat(file.read(back, i * 262_144L).join()).isEqualTo(262_144);
                    assertThat(back.mismatch(all.asSlice(i * 262_144L, 262_144)))
                            .as("difference in part %d", i)
                            .isEqualTo(-1);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ext4, 1048576, true",
        "ext4, 1048576, false",
        "ext4, 1048064, true",
        "ext4, 1048476, false",
        "xfs, 1048576, true",
        "xfs, 1048064, true",
        "xfs, 1048476, false"
    })
    void aWriteThatReachesTheFileSizeLimitReportsTheBytesWritten(String type, int limit, boolean direct)
            throws IOException {
        try (Volume volume = volume(type)) {
            Path path = volume.path().resolve("file");
            int part = limit - (MEGABYTE - 2 * BLOCK);

            assertThat(writeToLimit(path, limit, direct)).containsExactly("EFBIG " + part, -Errno.EFBIG + " " + part);

            assertThat(Files.size(path)).isEqualTo(limit);
            assertThat(Arrays.copyOfRange(Files.readAllBytes(path), MEGABYTE - 2 * BLOCK, limit))
                    .isEqualTo(Arrays.copyOf(Bytes.random(2, 4 * BLOCK), part));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ext4", "xfs"})
    void aFileSizeLimitInsideABlockRefusesTheWholeDirectWrite(String type) throws IOException {
        // The kernel cuts the write at the limit first, and then finds its length misaligned.
        try (Volume volume = volume(type)) {
            Path path = volume.path().resolve("file");

            assertThat(writeToLimit(path, MEGABYTE - 100, true)).containsExactly("EINVAL 0", -Errno.EINVAL + " 0");

            assertThat(Files.size(path)).isZero();
        }
    }

    /** The outcome of a write through a context, and of the same write through a queue. */
    private static List<String> writeToLimit(Path path, int limit, boolean direct) throws IOException {
        Command.assumeInstalled("prlimit");
        return ChildJvm.of(WriteToLimit.class)
                .by("prlimit", "--fsize=" + limit)
                .succeed(path.toString(), "" + direct)
                .lines()
                .toList();
    }

    /** Writes four blocks, two of which begin before the end of the first megabyte. */
    static final class WriteToLimit {
        public static void main(String[] args) throws IOException {
            Watchdog.start(Duration.ofSeconds(30));
            AioOpenOption how = args[1].equals("true") ? AioOpenOption.DIRECT_IF_SUPPORTED : AioOpenOption.BUFFERED;
            try (AioContext aio = AioContext.open();
                    AioQueue queue = AioQueue.open(1);
                    AioArena arena = AioArena.ofShared();
                    AioFile file = aio.open(Path.of(args[0]), WRITE, CREATE, how)) {
                MemorySegment blocks = Bytes.copy(arena, Bytes.random(2, 4 * BLOCK));
                try {
                    System.out.println(file.write(blocks, MEGABYTE - 2 * BLOCK).join());
                } catch (CompletionException e) {
                    AioException cause = (AioException) e.getCause();
                    System.out.println(cause.errnoName() + ' ' + cause.bytesTransferred());
                }
                queue.prepareWrite(file, blocks, MEGABYTE - 2 * BLOCK, 1);
                queue.submit();
                queue.await(
                        1,
                        Duration.ofSeconds(20),
                        (_, result) -> System.out.println(result + " " + queue.bytesTransferred()));
            }
        }
    }
}
