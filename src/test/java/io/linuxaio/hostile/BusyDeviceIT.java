package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioBatch;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.FrozenVolume;
import io.linuxaio.testing.FrozenVolume.Hold;
import io.linuxaio.testing.LeakDetector;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A device without a free request that completes nothing: it blocks no thread that submits by NON_BLOCKING. */
@OnRealKernel
@Tag("own-volumes")
@ExtendWith(LeakDetector.class)
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class BusyDeviceIT {
    private static final int BLOCK = 4096;

    /** More than the number of requests of a loop device, which is 128. */
    private static final int WRITES = 300;

    // Every other block, since the kernel would make one request of neighbours.
    private static final int STRIDE = 2 * BLOCK;

    @TempDir(factory = TargetDirectory.class, cleanup = CleanupMode.ALWAYS)
    static Path directory;

    static FrozenVolume volume;

    private Path path;
    private AioArena arena;
    private final List<CompletableFuture<Integer>> writes = new ArrayList<>();

    @BeforeAll
    static void mount() throws IOException {
        volume = FrozenVolume.in(directory);
    }

    @AfterAll
    static void unmount() throws IOException {
        if (volume != null) {
            volume.close();
            volume = null;
        }
    }

    @BeforeEach
    void prepareFile() throws IOException {
        path = volume.file("file", WRITES * STRIDE);
        arena = AioArena.ofShared();
    }

    @AfterEach
    void closeArena() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    private static AioContext context() throws IOException {
        return AioContext.builder()
                .queueDepth(2 * WRITES)
                .submission(AioSubmitMode.NON_BLOCKING)
                .open();
    }

    private MemorySegment block(int number) {
        return arena.allocate(BLOCK).fill((byte) number);
    }

    /** Runs a task that submits while nothing completes; it must finish. */
    private static void submit(Runnable submitting) {
        Thread thread = Thread.ofPlatform().daemon().name("submitter").start(submitting);
        boolean ended = Await.becomes(() -> !thread.isAlive(), Duration.ofSeconds(15));
        assertThat(ended)
                .as("the submitter finished; its stack is %s", (Object[]) thread.getStackTrace())
                .isTrue();
    }

    private void writeAll(AioFile file) {
        for (int i = 0; i < WRITES; i++) {
            writes.add(file.write(block(i), (long) i * STRIDE));
        }
    }

    private void assertAllWritten(AioContext aio, AioFile file) {
        assertThat(writes)
                .hasSize(WRITES)
                .allSatisfy(write -> assertThat(write).succeedsWithin(Duration.ofSeconds(30)));
        assertThat(aio.stats().succeeded()).isGreaterThanOrEqualTo(WRITES);
        MemorySegment read = arena.allocate(BLOCK);
        for (int i = 0; i < WRITES; i++) {
            assertThat(file.read(read, (long) i * STRIDE).join()).isEqualTo(BLOCK);
            assertThat(read.mismatch(block(i))).as("block %d", i).isEqualTo(-1);
        }
    }

    @Test
    void submittingContinuesAndEverythingIsWritten() throws IOException {
        try (AioContext aio = context();
                AioFile file = aio.open(path, READ, WRITE);
                Hold hold = volume.hold()) {
            submit(() -> writeAll(file));
            assertThat(aio.stats().inFlight()).isEqualTo(WRITES);
            assertThat(aio.stats().offloaded()).isPositive();
            hold.release();
            assertAllWritten(aio, file);
        }
    }

    @Test
    void aBatchContinuesToo() throws IOException {
        try (AioContext aio = context();
                AioFile file = aio.open(path, READ, WRITE);
                Hold hold = volume.hold()) {
            AioBatch batch = aio.batch();
            for (int i = 0; i < WRITES; i++) {
                writes.add(batch.write(file, block(i), (long) i * STRIDE));
            }
            submit(batch::submit);
            hold.release();
            assertAllWritten(aio, file);
        }
    }

    @Test
    void otherDevicesAreServedMeanwhile() throws IOException {
        Path other = directory.resolve("other");
        try (AioContext aio = context();
                AioFile file = aio.open(path, READ, WRITE);
                AioFile elsewhere = aio.open(other, WRITE, CREATE, TRUNCATE_EXISTING);
                Hold hold = volume.hold()) {
            submit(() -> writeAll(file));
            // They extend the file: the helper threads write them.
            for (int i = 0; i < 50; i++) {
                assertThat(elsewhere.write(block(i), (long) i * BLOCK)).succeedsWithin(Duration.ofSeconds(10));
            }
            hold.release();
            assertAllWritten(aio, file);
        }
    }

    @Test
    void contextsShareTheRequestsOfTheDevice() throws IOException {
        try (AioContext first = context();
                AioContext second = context();
                AioFile file = first.open(path, READ, WRITE);
                Hold hold = volume.hold()) {
            submit(() -> {
                for (int i = 0; i < WRITES; i++) {
                    AioContext aio = i % 2 == 0 ? first : second;
                    writes.add(aio.write(file, block(i), (long) i * STRIDE));
                }
            });
            hold.release();
            assertThat(writes).allSatisfy(write -> assertThat(write).succeedsWithin(Duration.ofSeconds(30)));
            assertThat(first.stats().offloaded()).isPositive();
            assertThat(second.stats().offloaded()).isPositive();
        }
    }

    @Test
    void operationsHeldBackAreWrittenEvenIfCancelled() throws IOException, InterruptedException {
        try (AioContext aio = context();
                AioFile file = aio.open(path, READ, WRITE);
                Hold hold = volume.hold()) {
            submit(() -> writeAll(file));
            writes.subList(WRITES / 2, WRITES).forEach(write -> write.cancel(true));
            aio.shutdown();
            assertThat(aio.awaitTermination(Duration.ofMillis(10))).isFalse();
            assertThat(arena.inFlight()).isEqualTo(WRITES);
            hold.release();
            assertThat(aio.awaitTermination(Duration.ofSeconds(30))).isTrue();
            assertThat(aio.stats().succeeded()).isEqualTo(WRITES);
            assertThat(writes.subList(0, WRITES / 2))
                    .allSatisfy(write -> assertThat(write).isCompletedWithValue(BLOCK));
        }
        assertThat(arena.inFlight()).isZero();
    }
}
