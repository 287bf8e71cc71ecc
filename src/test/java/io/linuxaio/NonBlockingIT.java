package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.LeakDetector;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Operations that would block in the kernel, which are offloaded and complete as all others. */
@OnRealKernel
@ExtendWith(LeakDetector.class)
@Timeout(60)
class NonBlockingIT {
    private static final int BLOCK = 64 * 1024;
    private static final int BLOCKS = 200;

    private Path path;
    private AioContext aio;
    private AioArena arena;

    @BeforeEach
    void open() throws IOException {
        path = TargetDirectory.root()
                .resolve("never-block-" + ProcessHandle.current().pid());
        aio = AioContext.builder()
                .queueDepth(16)
                .submission(AioSubmitMode.NON_BLOCKING)
                .open();
        arena = AioArena.ofShared();
    }

    @AfterEach
    void close() throws IOException {
        aio.close();
        arena.close();
        Files.deleteIfExists(path);
    }

    private MemorySegment block(int number) {
        MemorySegment block = arena.allocate(BLOCK);
        block.fill((byte) number);
        return block;
    }

    /** Each block contains its number. */
    private void expectAllBlocks(AioFile file) throws IOException {
        assertThat(file.size()).isEqualTo((long) BLOCK * BLOCKS);
        MemorySegment read = arena.allocate(BLOCK);
        for (int i = 0; i < BLOCKS; i++) {
            assertThat(file.read(read, (long) BLOCK * i).join()).isEqualTo(BLOCK);
            assertThat(read.mismatch(block(i))).as("block %d", i).isEqualTo(-1);
        }
    }

    @Test
    void writesThatExtendTheFileAreOffloadedAndComplete() throws IOException {
        try (AioFile file = aio.open(path, READ, WRITE, CREATE, TRUNCATE_EXISTING)) {
            List<CompletableFuture<Integer>> writes = new ArrayList<>();
            for (int i = 0; i < BLOCKS; i++) {
                writes.add(file.write(block(i), (long) BLOCK * i));
            }
            writes.forEach(write -> assertThat(write.join()).isEqualTo(BLOCK));

            AioStats stats = aio.stats();
            assertThat(stats.offloaded()).as("%s", stats).isPositive();
            assertThat(stats.submitted()).isEqualTo(BLOCKS);
            assertThat(stats.succeeded()).isEqualTo(BLOCKS);
            expectAllBlocks(file);
        }
    }

    @Test
    void batchesCompleteToo() throws IOException {
        try (AioFile file = aio.open(path, READ, WRITE, CREATE, TRUNCATE_EXISTING)) {
            AioBatch batch = aio.batch();
            List<CompletableFuture<Integer>> writes = new ArrayList<>();
            for (int i = 0; i < BLOCKS; i++) {
                writes.add(batch.write(file, block(i), (long) BLOCK * i));
            }
            batch.submit();
            writes.forEach(write -> assertThat(write.join()).isEqualTo(BLOCK));
            file.dataSync().join();

            expectAllBlocks(file);
            assertThat(aio.stats().inFlight()).isZero();
        }
    }

    @Test
    void theHelperSubmitsIfTheFlagIsNotSupported() throws IOException {
        // ext4 says EOPNOTSUPP to a buffered write that must not wait, and that in the completion event.
        try (AioFile file = aio.open(path, READ, WRITE, CREATE, TRUNCATE_EXISTING, AioOpenOption.BUFFERED)) {
            for (int i = 0; i < BLOCKS; i++) {
                assertThat(file.write(block(i), (long) BLOCK * i).join()).isEqualTo(BLOCK);
            }
            expectAllBlocks(file);
        }
    }

    @Test
    void closingWaitsForOffloadedOperations() throws IOException {
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        try (AioFile file = aio.open(path, WRITE, CREATE, TRUNCATE_EXISTING)) {
            for (int i = 0; i < 16; i++) {
                writes.add(file.write(block(i), (long) BLOCK * i));
            }
            aio.close();
            assertThat(writes).allSatisfy(write -> assertThat(write).isCompletedWithValue(BLOCK));
            assertThat(file.size()).isEqualTo(16L * BLOCK);
        }
    }
}
