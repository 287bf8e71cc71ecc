package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.Command;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.TooFar;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operations that are submitted together. */
@OnRealKernel
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class BatchIT {
    private static final int BLOCK = 4096;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path path;
    private AioContext aio;
    private AioArena arena;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("file");
        aio = AioContext.builder().queueDepth(4).open();
        arena = AioArena.ofShared();
        file = aio.open(path, READ, WRITE, CREATE);
    }

    @AfterEach
    void close() throws IOException {
        file.close();
        aio.close();
        if (arena.scope().isAlive()) {
            arena.close();
        }
    }

    @Test
    void eachOperationCompletesItsOwnFuture() throws IOException {
        Files.write(path, Bytes.random(0, 8 * BLOCK));
        byte[] contents = Bytes.random(1, 3 * BLOCK);
        MemorySegment source = Bytes.copy(arena, contents);
        MemorySegment target = arena.allocate(4 * BLOCK);
        AioBatch batch = aio.batch();

        CompletableFuture<Integer> write = batch.write(file, source.asSlice(0, BLOCK), 0);
        CompletableFuture<Integer> writev = batch.writev(
                file, new MemorySegment[] {source.asSlice(BLOCK, BLOCK), source.asSlice(2 * BLOCK, BLOCK)}, BLOCK);
        CompletableFuture<Integer> read = batch.read(file, target.asSlice(0, BLOCK), 4 * BLOCK);
        CompletableFuture<Integer> readv = batch.readv(
                file, new MemorySegment[] {target.asSlice(BLOCK, BLOCK), target.asSlice(3 * BLOCK)}, 5 * BLOCK);
        CompletableFuture<Void> sync = batch.dataSync(file);
        CompletableFuture<Integer> nothing = batch.read(file, target.asSlice(0, 0), 0);
        assertThat(nothing).isCompletedWithValue(0);
        assertThat(batch.size()).isEqualTo(5);
        assertThat(aio.stats().submitted()).isZero();
        assertThat(arena.inFlight()).as("uses of the arena before").isZero();

        batch.submit();
        assertThat(batch.size()).isZero();
        assertThat(write.join()).isEqualTo(BLOCK);
        assertThat(writev.join()).isEqualTo(2 * BLOCK);
        assertThat(read.join()).isEqualTo(BLOCK);
        assertThat(readv.join()).isEqualTo(2 * BLOCK);
        assertThat(sync.join()).isNull();
        assertThat(Files.readAllBytes(path)).startsWith(contents);
        assertThat(Bytes.of(target.asSlice(0, BLOCK))).isEqualTo(blocks(4, 5));
        assertThat(Bytes.of(target.asSlice(BLOCK, BLOCK))).isEqualTo(blocks(5, 6));
        assertThat(Bytes.of(target.asSlice(3 * BLOCK))).isEqualTo(blocks(6, 7));
    }

    private byte[] blocks(int from, int to) throws IOException {
        return Arrays.copyOfRange(Files.readAllBytes(path), from * BLOCK, to * BLOCK);
    }

    @Test
    void aBatchIsUsedAgainAndAgain() throws IOException {
        AioBatch batch = aio.batch();
        for (int round = 0; round < 20; round++) {
            List<CompletableFuture<Integer>> writes = new ArrayList<>();
            for (int i = 0; i < round; i++) {
                writes.add(batch.write(file, Bytes.copy(arena, Bytes.random(round, BLOCK)), (long) i * BLOCK));
            }
            batch.submit();
            for (CompletableFuture<Integer> write : writes) {
                assertThat(write.join()).isEqualTo(BLOCK);
            }
        }
        assertThat(aio.stats().succeeded()).isEqualTo(19 * 20 / 2);
        assertThat(blocks(18, 19)).isEqualTo(Bytes.random(19, BLOCK));
    }

    @Test
    void anEmptyBatchSubmitsNothing() {
        aio.batch().submit();

        assertThat(aio.stats().submitted()).isZero();
    }

    @Test
    void aFileThatWasClosedMeanwhileFailsAlone() throws IOException {
        MemorySegment block = arena.allocate(BLOCK);
        AioFile other = aio.open(directory.resolve("other"), WRITE, CREATE);
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> before = batch.write(file, block, 0);
        CompletableFuture<Integer> bad = batch.write(other, block, 0);
        CompletableFuture<Integer> after = batch.write(file, block, BLOCK);
        other.close();
        batch.submit();

        assertThat(before.join()).isEqualTo(BLOCK);
        assertThat(after.join()).isEqualTo(BLOCK);
        assertThatThrownBy(bad::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(ClosedChannelException.class)
                .hasMessageContaining("file is closed")
                .hasMessageContaining("other");
        assertThat(aio.stats().inFlight()).isZero();
    }

    @Test
    void anArenaThatWasClosedMeanwhileFailsAlone() {
        AioArena other = AioArena.ofShared();
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> good = batch.write(file, arena.allocate(BLOCK), 0);
        CompletableFuture<Integer> bad = batch.write(file, other.allocate(BLOCK), BLOCK);
        MemorySegment[] mixed = {arena.allocate(BLOCK), other.allocate(BLOCK)};
        CompletableFuture<Integer> worse = batch.writev(file, mixed, 2 * BLOCK);
        other.close();
        batch.submit();

        assertThat(good.join()).isEqualTo(BLOCK);
        for (CompletableFuture<Integer> each : List.of(bad, worse)) {
            assertThatThrownBy(each::join)
                    .hasCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("arena is closed");
        }
        assertThat(arena.inFlight()).isZero();
        assertThat(aio.stats().inFlight()).isZero();
    }

    @Test
    void bothSyncsGoWithABatch() {
        file.write(arena.allocate(BLOCK), 0).join();
        AioBatch batch = aio.batch();
        CompletableFuture<Void> all = batch.sync(file);
        CompletableFuture<Void> data = batch.dataSync(file);
        batch.submit();

        assertThat(all.join()).isNull();
        assertThat(data.join()).isNull();
        assertThat(aio.stats().submitted()).isEqualTo(3);
    }

    @Test
    void aClearedBatchWritesNothing() throws IOException {
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> cleared =
                batch.write(file, arena.allocate(BLOCK).fill((byte) 1), 0);
        batch.clear();
        CompletableFuture<Integer> written =
                batch.write(file, arena.allocate(BLOCK).fill((byte) 2), 0);
        batch.submit();

        assertThat(cleared).isCancelled();
        assertThat(written.join()).isEqualTo(BLOCK);
        assertThat(Files.readAllBytes(path)).hasSize(BLOCK).containsOnly(2);
    }

    @Test
    void anOperationThatTheKernelRefusesFailsAlone() throws IOException {
        TooFar.assumeRefused(directory);
        MemorySegment block = arena.allocate(BLOCK);
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> before = batch.write(file, block, 0);
        CompletableFuture<Integer> bad = batch.write(file, block, TooFar.POSITION);
        CompletableFuture<Integer> after = batch.write(file, block, BLOCK);
        batch.submit();

        assertThat(before.join()).isEqualTo(BLOCK);
        assertThat(after.join()).isEqualTo(BLOCK);
        assertThatThrownBy(bad::join)
                .hasCauseInstanceOf(AioException.class)
                .hasMessageContaining("EFBIG")
                .hasMessageContaining(path.toString());
        assertThat(aio.stats().failed()).isEqualTo(1);
    }

    @Test
    void allOperationsAreSubmittedWithOneSystemCall() throws IOException {
        Command.assumeTracing();
        Path trace = directory.resolve("trace");
        ChildJvm.of(SubmitBatch.class)
                .by("strace", "-f", "-qq", "-o", trace.toString(), "-e", "trace=io_submit")
                .succeed(directory.resolve("traced").toString());

        // Writes alone: the context reads of its own, from /dev/null, to wake its reaper.
        List<String> counts = Pattern.compile("io_submit\\(0x[0-9a-f]+, (\\d+), .*IOCB_CMD_PWRITE")
                .matcher(Files.readString(trace))
                .results()
                .map((MatchResult call) -> call.group(1))
                .toList();
        assertThat(counts).containsExactly("32");
    }

    /** Submits 32 writes with one batch. */
    static final class SubmitBatch {
        public static void main(String[] args) throws IOException {
            try (AioContext aio = AioContext.builder().queueDepth(32).open();
                    AioArena arena = AioArena.ofShared();
                    AioFile file = aio.open(Path.of(args[0]), WRITE, CREATE)) {
                AioBatch batch = aio.batch();
                List<CompletableFuture<Integer>> writes = new ArrayList<>();
                for (int i = 0; i < 32; i++) {
                    writes.add(batch.write(file, arena.allocate(BLOCK), (long) i * BLOCK));
                }
                batch.submit();
                writes.forEach(CompletableFuture::join);
            }
        }
    }

    @Test
    void aCallbackOfAFailureMaySubmitWhileTheBatchFillsTheQueue() throws IOException {
        MemorySegment block = arena.allocate(BLOCK);
        AioFile gone = aio.open(path, READ, WRITE);
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        for (int i = 0; i < aio.queueDepth() - 1; i++) {
            writes.add(batch.write(file, block, (long) i * BLOCK));
        }
        CompletableFuture<Integer> failing = batch.write(gone, block, 0);
        // More operations than fit while the batch occupies slots.
        CompletableFuture<Boolean> failed = failing.handle((count, failure) -> {
            for (int i = 0; i < aio.queueDepth(); i++) {
                writes.add(file.write(block, (long) i * BLOCK));
            }
            return failure != null;
        });
        gone.close();

        batch.submit();

        assertThat(failed.join()).isTrue();
        assertThat(writes)
                .hasSize(2 * aio.queueDepth() - 1)
                .allSatisfy(write -> assertThat(write.join()).isEqualTo(BLOCK));
    }
}
