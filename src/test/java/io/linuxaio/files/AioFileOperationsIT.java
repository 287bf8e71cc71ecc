package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operations on whole files with another block size, depth and executor. */
@OnRealKernel
@Timeout(60)
class AioFileOperationsIT {
    private static final int LENGTH = 300_001;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private static byte[] bytes() {
        byte[] bytes = new byte[LENGTH];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    @Test
    void anyBlockSizeAndDepthGiveTheSameFile() throws Exception {
        byte[] bytes = bytes();
        Path source = directory.resolve("source");
        Path target = directory.resolve("target");
        try (AioContext aio = AioContext.open()) {
            for (int blockSize : new int[] {1, 5000, 1 << 20}) {
                for (int depth : new int[] {1, 3}) {
                    AioFileOperations files =
                            AioFiles.using(aio).withBlockSize(blockSize).withDepth(depth);
                    files.write(source, bytes).join();
                    files.append(source, new byte[] {7}).join();
                    assertThat(files.copy(source, target, StandardCopyOption.REPLACE_EXISTING)
                                    .join())
                            .isEqualTo(LENGTH + 1L);
                    assertThat(target).hasSameBinaryContentAs(source);
                    assertThat(files.readAllBytes(source).join())
                            .startsWith(bytes)
                            .endsWith((byte) 7);
                    assertThat(files.read(source, 4097, 10_000).join())
                            .isEqualTo(Arrays.copyOfRange(bytes, 4097, 14_097));
                }
            }
        }
    }

    @Test
    void tasksAndDependentStagesRunOnTheExecutor() throws Exception {
        Executor executor = task -> Thread.ofPlatform().name("the caller's").start(task);
        try (AioContext aio = AioContext.open()) {
            AioFileOperations files = AioFiles.using(aio).withExecutor(executor);
            String thread = files.write(directory.resolve("file"), new byte[10])
                    .thenApply(_ -> Thread.currentThread().getName())
                    .join();
            assertThat(thread).isIn("the caller's", Thread.currentThread().getName());
        }
    }

    @Test
    void anExecutorThatRejectsFailsTheFutureAndReleasesTheMemory() throws Exception {
        Executor full = _ -> {
            throw new RejectedExecutionException("full");
        };
        Path path = directory.resolve("file");
        try (AioContext aio = AioContext.open();
                AioArena arena = AioArena.ofShared()) {
            MemorySegment memory = arena.allocate(4096);
            AioFileOperations files = AioFiles.using(aio).withExecutor(full);
            CompletableFuture<Path> written = files.write(path, memory);
            CompletableFuture<Long> read = files.read(path, 0, memory);

            assertThatThrownBy(written::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(RejectedExecutionException.class);
            assertThatThrownBy(read::join).hasCauseInstanceOf(RejectedExecutionException.class);
            assertThat(arena.inFlight()).isZero();
        }
        assertThat(Files.exists(path)).isFalse();
    }

    @Test
    void valuesOutOfRangeAreRefusedAtOnce() throws Exception {
        try (AioContext aio = AioContext.open()) {
            AioFileOperations files = AioFiles.using(aio);
            assertThatThrownBy(() -> files.withBlockSize(0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("block size");
            assertThatThrownBy(() -> files.withBlockSize(Integer.MAX_VALUE))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> files.withDepth(0)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> files.withExecutor(null)).isInstanceOf(NullPointerException.class);
            assertThatThrownBy(() -> AioFiles.using(null)).isInstanceOf(NullPointerException.class);
        }
    }
}
