package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Libc;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A poller on the real kernel. */
@OnRealKernel
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PollerIT {
    private static final int BLOCK = 4096;
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path path;
    private AioFile file;
    private AioArena arena;

    @BeforeEach
    void open() throws IOException {
        path = directory.resolve("file");
        file = AioFile.open(path, READ, WRITE, CREATE);
        arena = AioArena.ofShared();
    }

    @AfterEach
    void close() throws IOException {
        file.close();
        arena.close();
    }

    private Map<Long, Integer> awaitAll(AioPoller poller) {
        Map<Long, Integer> results = new HashMap<>();
        while (poller.inFlight() > 0) {
            poller.await(1, LONG, (userData, result) -> results.put(userData, result));
        }
        return results;
    }

    @Test
    void operationsMoveTheBytes() throws Exception {
        byte[] contents = Bytes.random(1, 4 * BLOCK);
        MemorySegment source = Bytes.copy(arena, contents);
        MemorySegment target = arena.allocate(4 * BLOCK);
        MemorySegment[] sources = {source.asSlice(BLOCK, BLOCK), source.asSlice(2 * BLOCK, 2 * BLOCK)};
        MemorySegment[] targets = {target.asSlice(BLOCK, 2 * BLOCK), target.asSlice(3 * BLOCK)};
        try (AioPoller poller = AioPoller.open()) {
            poller.write(file, source.asSlice(0, BLOCK), 0, Long.MIN_VALUE);
            poller.writev(file, sources, BLOCK, Long.MAX_VALUE);
            assertThat(awaitAll(poller)).isEqualTo(Map.of(Long.MIN_VALUE, BLOCK, Long.MAX_VALUE, 3 * BLOCK));
            poller.sync(file, 0);
            poller.dataSync(file, -1);
            assertThat(awaitAll(poller)).isEqualTo(Map.of(0L, 0, -1L, 0));
            AioPollerBatch batch = poller.batch(8);
            batch.read(file, target.asSlice(0, BLOCK), 0, 1);
            batch.readv(file, targets, BLOCK, 2);
            batch.read(file, arena.allocate(BLOCK), 1 << 20, 3);
            batch.read(file, target.asSlice(0, 0), 0, 4);
            assertThat(batch.submit()).isEqualTo(4);
            assertThat(awaitAll(poller)).isEqualTo(Map.of(1L, BLOCK, 2L, 3 * BLOCK, 3L, 0, 4L, 0));
        }
        assertThat(Bytes.of(target)).isEqualTo(contents);
        assertThat(Files.readAllBytes(path)).isEqualTo(contents);
    }

    @Test
    void anIdlePollerIsWokenEachTime() throws Exception {
        try (AioPoller poller = AioPoller.builder().queueDepth(1).open()) {
            AtomicInteger waits = new AtomicInteger();
            Thread polling = Thread.ofPlatform().start(() -> {
                while (poller.await(1, FOREVER, (userData, result) -> {}) >= 0) {
                    waits.incrementAndGet();
                }
            });
            for (int i = 0; i < 2_000; i++) {
                int before = waits.get();
                poller.wakeup();
                // Spinning meets the thread at any moment of its next wait.
                Await.spinning("the thread wakes", () -> waits.get() != before || !polling.isAlive());
            }
            poller.shutdown();
            polling.join();
            assertThat(waits.get()).isGreaterThanOrEqualTo(2_000);
        }
    }

    /** Nothing may be allocated for an operation, on either side. */
    @Test
    void nothingIsAllocated() throws Exception {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        MemorySegment block = arena.allocate(BLOCK);
        MemorySegment[] several = {arena.allocate(BLOCK), arena.allocate(BLOCK)};
        int measured = 10_000;
        long[] sum = new long[1];
        long fewest = Long.MAX_VALUE;
        AioCompletionHandler handler = (userData, result) -> sum[0] += result;
        AioFile memory = AioFile.open(path, READ, WRITE, AioOpenOption.BUFFERED);
        try (AioPoller poller = AioPoller.builder().queueDepth(8).open()) {
            AioPollerBatch batch = poller.batch(4);
            // Until the compilers are done: they remove allocations, and allocate themselves.
            for (int window = 0; window < 60 && fewest >= measured; window++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < measured; i++) {
                    poller.read(memory, block, 0, i);
                    poller.readv(memory, several, 0, i);
                    poller.tryWrite(memory, block, 0, i);
                    batch.read(memory, block, 0, i);
                    batch.write(memory, block, 0, i);
                    batch.submit();
                    poller.wakeup();
                    poller.poll(handler);
                    poller.await(1, LONG, handler);
                    poller.poll(handler);
                }
                fewest = Math.min(fewest, threads.getCurrentThreadAllocatedBytes() - before);
            }
            while (poller.inFlight() > 0) {
                poller.await(1, LONG, handler);
            }
        } finally {
            memory.close();
        }
        // An object for each operation would be 800,000 bytes.
        assertThat(fewest).isLessThan(measured);
        assertThat(sum[0]).isPositive();
    }

    @Test
    void completionsRefusalsAndWakeupsAddToAnEventfd() throws Exception {
        int eventfd = Libc.eventfd();
        MemorySegment counter = arena.allocate(ValueLayout.JAVA_LONG);
        Map<Long, Integer> results = new HashMap<>();
        AioCompletionHandler handler = (userData, result) -> results.put(userData, result);
        AioFile closed = AioFile.open(path, READ);
        closed.close();
        try (AioPoller poller =
                AioPoller.builder().queueDepth(4).eventfd(eventfd).open()) {
            Thread submitter = Thread.ofPlatform().start(() -> {
                poller.write(file, arena.allocate(BLOCK), 0, 1);
                poller.sync(closed, 2);
            });
            while (results.size() < 2) {
                Libc.awaitReadable(eventfd);
                Libc.read(eventfd, counter);
                poller.poll(handler);
            }
            submitter.join();
            assertThat(results).isEqualTo(Map.of(1L, BLOCK, 2L, -Errno.EBADF));
            poller.wakeup();
            Libc.awaitReadable(eventfd);
            Libc.read(eventfd, counter);
            poller.poll(handler);
        }
        Libc.close(eventfd);
        try (AioPoller poller = AioPoller.builder().eventfd(Integer.MAX_VALUE).open()) {
            results.clear();
            poller.sync(file, 3);
            assertThat(poller.await(1, FOREVER, handler)).isEqualTo(1);
            assertThat(results).isEqualTo(Map.of(3L, -Errno.EBADF));
        }
    }

    /** An event loop that polls only when it is signalled misses nothing. */
    @Test
    void aLoopThatWaitsForTheEventfdMissesNothing() throws Exception {
        int eventfd = Libc.eventfd();
        MemorySegment counter = arena.allocate(ValueLayout.JAVA_LONG);
        int count = 20_000;
        int[] results = new int[1];
        AioCompletionHandler handler = (userData, result) -> results[0]++;
        AioFile closed = AioFile.open(path, READ);
        closed.close();
        AioFile memory = AioFile.open(path, READ, WRITE, AioOpenOption.BUFFERED);
        MemorySegment block = arena.allocate(BLOCK);
        try (AioPoller poller =
                AioPoller.builder().queueDepth(4).eventfd(eventfd).open()) {
            Thread submitter = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < count; i++) {
                    if (i % 3 == 0) {
                        poller.read(memory, block, 0, i);
                    } else {
                        poller.sync(closed, i);
                    }
                }
            });
            while (results[0] < count) {
                Libc.awaitReadable(eventfd);
                Libc.read(eventfd, counter);
                poller.poll(handler);
            }
            submitter.join();
            for (int i = 0; i < 1000; i++) {
                poller.wakeup();
                Libc.awaitReadable(eventfd);
                Libc.read(eventfd, counter);
                poller.poll(handler);
            }
        }
        Libc.close(eventfd);
        memory.close();
    }
}
