package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.TooFar;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The single-owner queue. */
@OnRealKernel
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class QueueIT {
    private static final int BLOCK = 4096;
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final AioCompletionHandler UNEXPECTED = (userData, result) -> {
        throw new AssertionError("reported " + userData + ", " + result);
    };

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path path;
    private AioFile file;
    private AioArena arena;
    private AioQueue queue;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("file");
        file = AioFile.open(path, READ, WRITE, CREATE);
        arena = AioArena.ofShared();
        queue = AioQueue.open(8);
    }

    @AfterEach
    void close() throws IOException {
        queue.close();
        file.close();
        arena.close();
    }

    @Test
    void eachOperationCompletesWithItsUserDataAndResult() throws IOException {
        byte[] contents = Bytes.random(1, 4 * BLOCK);
        MemorySegment source = Bytes.copy(arena, contents);
        MemorySegment target = arena.allocate(4 * BLOCK);
        MemorySegment[] sources = {source.asSlice(BLOCK, BLOCK), source.asSlice(2 * BLOCK, 2 * BLOCK)};
        MemorySegment[] targets = {target.asSlice(BLOCK, 2 * BLOCK), target.asSlice(3 * BLOCK)};

        queue.prepareWrite(file, source.asSlice(0, BLOCK), 0, Long.MIN_VALUE);
        queue.prepareWritev(file, sources, BLOCK, Long.MAX_VALUE);
        assertThat(submitAndAwaitAll()).isEqualTo(Map.of(Long.MIN_VALUE, BLOCK, Long.MAX_VALUE, 3 * BLOCK));
        queue.prepareSync(file, 0);
        queue.prepareDataSync(file, -1);
        assertThat(submitAndAwaitAll()).isEqualTo(Map.of(0L, 0, -1L, 0));
        queue.prepareRead(file, target.asSlice(0, BLOCK), 0, 1);
        queue.prepareReadv(file, targets, BLOCK, 2);
        queue.prepareRead(file, arena.allocate(BLOCK), 1 << 20, 3);
        assertThat(submitAndAwaitAll()).isEqualTo(Map.of(1L, BLOCK, 2L, 3 * BLOCK, 3L, 0));
        assertThat(Bytes.of(target)).isEqualTo(contents);
        assertThat(Files.readAllBytes(path)).isEqualTo(contents);
    }

    private Map<Long, Integer> submitAndAwaitAll() {
        Map<Long, Integer> results = new HashMap<>();
        int count = queue.prepared();
        assertThat(queue.submit()).isEqualTo(count);
        assertThat(queue.await(
                        count,
                        LONG,
                        (userData, result) ->
                                assertThat(results.put(userData, result)).isNull()))
                .isEqualTo(count);
        assertThat(queue.inFlight()).isZero();
        return results;
    }

    @Test
    void nothingIsPreparedWithoutAFreeSlot() {
        MemorySegment block = arena.allocate(BLOCK);
        for (int i = 0; i < 8; i++) {
            assertThat(queue.prepareWrite(file, block, (long) i * BLOCK, i)).isTrue();
        }

        assertThat(queue.prepareRead(file, block, 0, 8)).isFalse();
        assertThat(queue.prepareSync(file, 8)).isFalse();
        assertThat(queue.prepared()).isEqualTo(8);
        assertThat(arena.inFlight()).isEqualTo(8);
        queue.submit();
        assertThat(queue.prepared()).isZero();
        assertThat(queue.inFlight()).isEqualTo(8);
        assertThat(queue.prepareSync(file, 8)).isFalse();
        queue.await(8, LONG, (userData, result) -> {});
        assertThat(arena.inFlight()).isZero();
        assertThat(queue.prepareSync(file, 8)).isTrue();
    }

    @Test
    void aQueueCanBeFilledAndDrainedManyTimes() {
        MemorySegment block = arena.allocate(BLOCK);
        long[] next = {0};
        long[] sum = {0};
        AioCompletionHandler continuing = new AioCompletionHandler() {
            @Override
            public void onCompletion(long userData, int result) {
                assertThat(result).isEqualTo(BLOCK);
                sum[0] += userData;
                if (next[0] < 1000) {
                    assertThat(queue.prepareWrite(file, block, userData % 16 * BLOCK, next[0]++))
                            .isTrue();
                    queue.submit();
                }
            }
        };
        while (next[0] < 8) {
            queue.prepareWrite(file, block, next[0] * BLOCK, next[0]++);
        }
        queue.submit();
        while (queue.inFlight() > 0) {
            queue.await(1, LONG, continuing);
        }
        assertThat(sum[0]).isEqualTo(999 * 1000 / 2);
    }

    @Test
    void anExpiredTimeoutDoesNotWait() throws IOException {
        for (Duration over : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(-5))) {
            assertThat(queue.await(1, over, UNEXPECTED)).isZero();
        }
        assertThat(queue.await(-1, LONG, UNEXPECTED)).isZero();
        assertThat(queue.await(5, LONG, UNEXPECTED))
                .as("completions, at most those in flight")
                .isZero();
        assertThat(queue.poll(UNEXPECTED)).isZero();
    }

    @Test
    void allCompletionsAreReported() throws IOException {
        int many = 1000;
        try (AioQueue deep = AioQueue.open(many)) {
            MemorySegment block = arena.allocate(BLOCK);
            for (int i = 0; i < many; i++) {
                deep.prepareWrite(file, block, (long) BLOCK * i, i);
            }
            assertThat(deep.submit()).isEqualTo(many);
            boolean[] reported = new boolean[many];

            assertThat(deep.await(many, LONG, (userData, result) -> {
                        assertThat(reported[(int) userData]).isFalse();
                        reported[(int) userData] = true;
                    }))
                    .isEqualTo(many);
            assertThat(reported).doesNotContain(false);
        }
    }

    @Test
    void otherThreadsAreRefused() throws Exception {
        MemorySegment block = arena.allocate(BLOCK);
        List<Runnable> calls = List.of(
                () -> queue.prepareRead(file, block, 0, 0),
                () -> queue.prepareWrite(file, block, 0, 0),
                () -> queue.prepareReadv(file, new MemorySegment[] {block}, 0, 0),
                () -> queue.prepareWritev(file, new MemorySegment[] {block}, 0, 0),
                () -> queue.prepareSync(file, 0),
                () -> queue.prepareDataSync(file, 0),
                queue::submit,
                () -> queue.poll(UNEXPECTED),
                () -> queue.await(1, LONG, UNEXPECTED),
                queue::close);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            for (Runnable call : calls) {
                other.submit(() -> assertThatThrownBy(call::run)
                                .isInstanceOf(WrongThreadException.class)
                                .hasMessageContaining("which opened it"))
                        .get();
            }
        }
        assertThat(arena.inFlight()).isZero();
    }

    @Test
    void aCallbackMustNotPollOrClose() {
        List<Throwable> thrown = new ArrayList<>();
        queue.prepareSync(file, 1);
        queue.submit();
        queue.await(1, LONG, (userData, result) -> {
            for (Runnable call : List.<Runnable>of(
                    () -> queue.poll(UNEXPECTED), () -> queue.await(1, LONG, UNEXPECTED), queue::close)) {
                try {
                    call.run();
                } catch (IllegalStateException e) {
                    thrown.add(e);
                }
            }
        });

        assertThat(thrown)
                .hasSize(3)
                .allSatisfy(e -> assertThat(e).hasMessageContaining("handler must not poll or close"));
        assertThat(queue.poll(UNEXPECTED)).isZero();
    }

    @Test
    void aCallbackThatThrowsDoesNotSuppressOtherCompletions() throws IOException {
        // A separate queue, closed only on success: closing would wait for ever for a lost event.
        AioFile synced = AioFile.open(path, WRITE);
        AioQueue throwing = AioQueue.open(4);
        for (int i = 0; i < 4; i++) {
            throwing.prepareSync(synced, i);
        }
        throwing.submit();
        List<Long> reported = new ArrayList<>();
        List<Throwable> thrown = new ArrayList<>();

        // One call may meet them all; each may need one.
        for (int calls = 0; calls < 4 && reported.size() < 4; calls++) {
            try {
                throwing.await(4, SHORT, (userData, result) -> {
                    reported.add(userData);
                    throw new IllegalArgumentException("of " + userData);
                });
            } catch (IllegalArgumentException e) {
                thrown.add(e);
                thrown.addAll(List.of(e.getSuppressed()));
            }
        }

        assertThat(reported).containsExactlyInAnyOrder(0L, 1L, 2L, 3L);
        assertThat(thrown).hasSize(4);
        assertThat(throwing.inFlight()).isZero();
        assertThat(throwing.poll(UNEXPECTED)).isZero();
        throwing.close();
        synced.close();
    }

    @Test
    void aFileIsNotClosedUnderTheQueueOfTheSameThread() throws IOException {
        MemorySegment block = arena.allocate(BLOCK);
        queue.prepareWrite(file, block, 0, 1);

        assertThatThrownBy(file::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("AioQueue of this thread")
                .hasMessageContaining(path.toString())
                .hasMessageContaining("poll");
        assertThat(file.isOpen()).isTrue();
        queue.submit();
        assertThatThrownBy(file::close).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);
        assertThat(queue.await(1, LONG, (userData, result) -> assertThat(result).isEqualTo(BLOCK)))
                .isEqualTo(1);
        file.close();
        assertThat(file.isOpen()).isFalse();
    }

    @Test
    void closingDiscardsPreparedAndDrainsSubmittedOperations() throws IOException {
        byte[] contents = Bytes.random(2, BLOCK);
        MemorySegment block = Bytes.copy(arena, contents);
        queue.prepareWrite(file, block, 0, 1);
        queue.submit();
        queue.prepareWrite(file, block, BLOCK, 2);
        queue.close();

        assertThat(arena.inFlight()).isZero();
        assertThat(Files.readAllBytes(path)).isEqualTo(contents);
        queue.close();
        assertThatThrownBy(() -> queue.prepareSync(file, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("queue is closed");
        assertThatThrownBy(queue::submit).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> queue.poll(UNEXPECTED)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aFailureReportsTheNegatedErrorNumberAndTheBytesTransferred() throws IOException {
        TooFar.assumeRefused(directory);
        int efbig = 27;
        queue.prepareWrite(file, arena.allocate(BLOCK), TooFar.POSITION, 7);
        queue.prepareWrite(file, arena.allocate(BLOCK), 0, 8);
        queue.submit();
        Map<Long, Integer> results = new HashMap<>();
        Map<Long, Long> bytes = new HashMap<>();

        assertThat(queue.await(2, LONG, (userData, result) -> {
                    results.put(userData, result);
                    bytes.put(userData, queue.bytesTransferred());
                }))
                .isEqualTo(2);
        assertThat(results).isEqualTo(Map.of(7L, -efbig, 8L, BLOCK));
        assertThat(bytes).isEqualTo(Map.of(7L, 0L, 8L, (long) BLOCK));
        assertThat(queue.inFlight()).isZero();
        assertThat(Arrays.copyOf(Files.readAllBytes(path), BLOCK)).isEqualTo(new byte[BLOCK]);
    }
}
