package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.internal.kernel.BackendSelector;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Libc;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests that the kernel accepts in part: up to a bad descriptor, or up to an inaccessible page. The rest fails
 * alone, or goes with the next call.
 */
@OnRealKernel
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class RefusedInTheMiddleIT {
    private static final int BLOCK = 4096;
    private static final int OPERATIONS = 9;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final byte[] contents = Bytes.random(4, OPERATIONS * BLOCK);
    private AioContext aio;
    private AioArena arena;
    private AioFile good;
    private AioFile bad;

    @BeforeEach
    void open() throws IOException {
        aio = AioContext.builder().queueDepth(16).open();
        arena = AioArena.ofShared();
        good = aio.open(directory.resolve("good"), READ, WRITE, CREATE);
        bad = aio.open(directory.resolve("bad"), READ, WRITE, CREATE);
        makeBad(bad.handle().number());
    }

    @AfterEach
    void close() throws IOException {
        good.close();
        bad.close();
        aio.close();
        arena.close();
    }

    /** From here on the descriptor is one of a file without operations: io_submit returns EBADF. */
    private void makeBad(int descriptor) {
        Kernel kernel = BackendSelector.ofProcess().kernel();
        byte[] path = directory.resolve("bad").toString().getBytes(StandardCharsets.UTF_8);
        int pathOnly = kernel.open(path, Libc.pathOnly() | OFlags.CLOSE_ON_EXEC, 0);
        assertThat(pathOnly).isNotNegative();
        Libc.replaceDescriptor(descriptor, pathOnly);
        kernel.close(pathOnly);
    }

    private AioFile file(int operation, List<Integer> badOnes) {
        return badOnes.contains(operation) ? bad : good;
    }

    private MemorySegment block(int operation) {
        return Bytes.copy(arena, Arrays.copyOfRange(contents, operation * BLOCK, (operation + 1) * BLOCK));
    }

    private void assertFileHoldsAllBut(List<Integer> badOnes) throws IOException {
        byte[] expected = contents.clone();
        for (int each : badOnes) {
            Arrays.fill(expected, each * BLOCK, (each + 1) * BLOCK, (byte) 0);
        }
        byte[] file = Arrays.copyOf(Files.readAllBytes(directory.resolve("good")), expected.length);
        assertThat(file).isEqualTo(expected);
        assertThat(directory.resolve("bad")).isEmptyFile();
    }

    private static List<Integer> numbers(String words) {
        return words.isEmpty()
                ? List.of()
                : Arrays.stream(words.split(" ")).map(Integer::valueOf).toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "4", "8", "0 1 2", "3 5 7", "0 8", "0 1 2 3 4 5 6 7 8"})
    void onlyBatchOperationsOnABadFileFail(String which) throws IOException {
        List<Integer> badOnes = numbers(which);
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        for (int i = 0; i < OPERATIONS; i++) {
            writes.add(batch.write(file(i, badOnes), block(i), (long) i * BLOCK));
        }

        batch.submit();

        for (int i = 0; i < OPERATIONS; i++) {
            if (badOnes.contains(i)) {
                assertThat(catchThrowable(writes.get(i)::join))
                        .hasCauseInstanceOf(AioException.class)
                        .hasMessageContaining("EBADF");
            } else {
                assertThat(writes.get(i).join()).isEqualTo(BLOCK);
            }
        }
        assertFileHoldsAllBut(badOnes);
        AioStats stats = aio.stats();
        assertThat(stats.submitted()).isEqualTo(OPERATIONS);
        assertThat(stats.failed()).isEqualTo(badOnes.size());
        assertThat(stats.succeeded()).isEqualTo(OPERATIONS - badOnes.size());
        assertThat(stats.inFlight()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "4", "8", "0 1 2", "3 5 7", "0 8", "0 1 2 3 4 5 6 7 8"})
    void onlyQueueOperationsOnABadFileFail(String which) throws IOException {
        List<Integer> badOnes = numbers(which);
        Map<Long, Integer> results = new TreeMap<>();
        try (AioQueue queue = AioQueue.open(OPERATIONS)) {
            for (int i = 0; i < OPERATIONS; i++) {
                assertThat(queue.prepareWrite(file(i, badOnes), block(i), (long) i * BLOCK, i))
                        .isTrue();
            }

            assertThat(queue.submit()).isEqualTo(OPERATIONS - badOnes.size());
            int reported = 0;
            while (reported < OPERATIONS) {
                reported += queue.await(
                        OPERATIONS - reported,
                        Duration.ofSeconds(10),
                        (userData, result) ->
                                assertThat(results.put(userData, result)).isNull());
            }
            assertThat(queue.inFlight()).isZero();
        }
        for (int i = 0; i < OPERATIONS; i++) {
            assertThat(results.get((long) i)).isEqualTo(badOnes.contains(i) ? -Errno.EBADF : BLOCK);
        }
        assertFileHoldsAllBut(badOnes);
    }

    @Test
    void aSyncOfABadFileFails() {
        assertThat(catchThrowable(() -> bad.dataSync().join()))
                .hasCauseInstanceOf(AioException.class)
                .hasMessageContaining("EBADF");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void inaccessibleMemoryFailsAndReportsTheBytesTransferredBefore(boolean direct) throws IOException {
        Path path = directory.resolve("pages");
        MemorySegment pages = Libc.mapPages(4 * BLOCK, Libc.PROT_READ | Libc.PROT_WRITE);
        byte[] first = Bytes.random(5, 2 * BLOCK);
        pages.copyFrom(MemorySegment.ofArray(first));
        Libc.protect(pages.asSlice(2 * BLOCK), Libc.PROT_NONE);
        MemorySegment[] vector = {pages.asSlice(0, BLOCK), pages.asSlice(BLOCK)};
        try (AioFile file = direct
                ? aio.open(path, READ, WRITE, CREATE)
                : aio.open(path, READ, WRITE, CREATE, AioOpenOption.BUFFERED)) {
            for (CompletableFuture<Integer> write : List.of(file.write(pages, 0), file.writev(vector, 0))) {
                AioException failure =
                        (AioException) catchThrowable(write::join).getCause();
                assertThat(failure.errnoName()).isEqualTo("EFAULT");
                int moved = (int) failure.bytesTransferred();
                assertThat(moved).isBetween(0, 2 * BLOCK);
                assertThat(file.size()).isGreaterThanOrEqualTo(moved);
                assertThat(Arrays.copyOf(Files.readAllBytes(path), moved)).isEqualTo(Arrays.copyOf(first, moved));
            }
            file.setLength(4 * BLOCK);
            AioException failure = (AioException)
                    catchThrowable(() -> file.read(pages, 0).join()).getCause();
            assertThat(failure.errnoName()).isEqualTo("EFAULT");
            assertThat(failure.bytesTransferred()).isBetween(0L, 2L * BLOCK);
        }
        Libc.unmap(pages);
    }
}
