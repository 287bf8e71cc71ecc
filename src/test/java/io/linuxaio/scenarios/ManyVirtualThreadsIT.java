package io.linuxaio.scenarios;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioStats;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.fuse.FaultyFilesystem;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of virtual threads that share a context and as many buffers as its depth. */
@OnRealKernel
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class ManyVirtualThreadsIT {
    private static final int THREADS = 10_000;
    private static final int DEPTH = 256;
    private static final int BLOCK = 4096;
    private static final long MIB = 1 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void allThreadsWriteAndReadInTime() throws Exception {
        Path path = directory.resolve("file");
        long heapBefore = Heartbeat.heap();
        long residentBefore = resident();
        long start = System.nanoTime();
        try (AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
                AioBufferPool pool = AioBufferPool.of(DEPTH, BLOCK);
                AioFile file = aio.open(path, READ, WRITE, CREATE);
                Heartbeat heartbeat = Heartbeat.start()) {
            file.allocate(0, (long) THREADS * BLOCK);
            List<Future<?>> results = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < THREADS; i++) {
                    long number = i;
                    results.add(threads.submit(() -> {
                        writeAndRead(pool, file, number);
                        return null;
                    }));
                }
            }
            for (Future<?> result : results) {
                result.get();
            }
            long took = System.nanoTime() - start;
            long residentAfter = resident();
            AioStats stats = aio.stats();
            System.out.printf(
                    "%d virtual threads, %d operations through a queue of %d in %.2f s (full %d times)%n",
                    THREADS, stats.succeeded(), DEPTH, took / 1e9, stats.queueFullCount());
            System.out.printf(
                    "buffers %d KiB; heap %d MiB before, %d MiB at most; resident %d MiB before, %d MiB after%n",
                    pool.size() * pool.bufferSize() / 1024,
                    heapBefore / MIB,
                    heartbeat.maxHeap() / MIB,
                    residentBefore / MIB,
                    residentAfter / MIB);
            System.out.printf(
                    "heartbeat: %d ticks, %.1f ms between two at most%n", heartbeat.ticks(), heartbeat.longest() / 1e6);
            assertThat(stats.succeeded()).isEqualTo(2L * THREADS);
            assertThat(stats.failed() + stats.inFlight()).isZero();
            assertThat(pool.available()).isEqualTo(DEPTH);
            assertThat(heartbeat.ticks())
                    .as("ticks of a virtual thread meanwhile")
                    .isGreaterThan(10);
            assertThat(heartbeat.longest()).as("between two ticks").isLessThan(took / 2 + 1_000_000_000L);
            // Of each thread there is a stack that waits, some KiB, and no buffer.
            assertThat(heartbeat.maxHeap() - heapBefore).as("heap").isLessThan(512 * MIB);
            assertThat(residentAfter - residentBefore).as("resident memory").isLessThan(768 * MIB);
        }
        assertThat(Files.size(path)).isEqualTo((long) THREADS * BLOCK);
    }

    private static void writeAndRead(AioBufferPool pool, AioFile file, long number) throws Exception {
        try (AioBuffer buffer = pool.acquire()) {
            MemorySegment block = buffer.segment();
            for (long at = 0; at < BLOCK; at += JAVA_LONG.byteSize()) {
                block.set(JAVA_LONG, at, number * BLOCK + at);
            }
            await(file.write(block, number * BLOCK));
            block.fill((byte) -1);
            await(file.read(block, number * BLOCK));
            for (long at = 0; at < BLOCK; at += JAVA_LONG.byteSize()) {
                if (block.get(JAVA_LONG, at) != number * BLOCK + at) {
                    throw new AssertionError("block " + number + " differs at " + at);
                }
            }
        }
    }

    private static void await(CompletableFuture<Integer> operation) throws Exception {
        int count = operation.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (count != BLOCK) {
            throw new AssertionError(count + " bytes");
        }
    }

    /** Returns the kernel's figure for this process's memory, in bytes. */
    private static long resident() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                        .filter(line -> line.startsWith("VmRSS:"))
                        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                        .findFirst()
                        .orElseThrow()
                * 1024;
    }

    @Test
    @Tag("own-volumes")
    void anUnresponsiveDiskDelaysNoOtherThread() throws Exception {
        AtomicInteger late = new AtomicInteger();
        AtomicInteger withoutBuffer = new AtomicInteger();
        CountDownLatch held = new CountDownLatch(DEPTH);
        try (FaultyFilesystem faulty = FaultyFilesystem.in(directory)) {
            Path path = faulty.file("file", new byte[DEPTH * BLOCK]);
            try (AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
                    AioBufferPool pool = AioBufferPool.of(DEPTH, BLOCK);
                    AioFile file = aio.open(path, READ, WRITE);
                    Heartbeat heartbeat = Heartbeat.start()) {
                faulty.hold("READ");
                List<Future<?>> results = new ArrayList<>();
                try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (int i = 0; i < THREADS; i++) {
                        long position = (long) i % DEPTH * BLOCK;
                        results.add(threads.submit(() -> {
                            readFromADeadDisk(pool, file, position, held, late, withoutBuffer);
                            return null;
                        }));
                    }
                    held.await();
                    assertThat(aio.stats().inFlight()).isEqualTo(DEPTH);
                    long ticks = heartbeat.ticks();
                    Await.until("a virtual thread ticks", () -> heartbeat.ticks() > ticks + 20);
                } finally {
                    faulty.release();
                }
                for (Future<?> result : results) {
                    result.get();
                }
                Await.until("all buffers are released", () -> pool.available() == DEPTH);
                System.out.printf(
                        "a disk that does not answer: %d threads gave up in flight, %d without a buffer%n",
                        late.get(), withoutBuffer.get());
                assertThat(late.get()).isEqualTo(DEPTH);
                assertThat(late.get() + withoutBuffer.get()).isEqualTo(THREADS);
            }
        }
    }

    private static void readFromADeadDisk(
            AioBufferPool pool,
            AioFile file,
            long position,
            CountDownLatch held,
            AtomicInteger late,
            AtomicInteger withoutBuffer)
            throws Exception {
        Optional<AioBuffer> taken = pool.tryAcquire(Duration.ofMillis(200));
        if (taken.isEmpty()) {
            withoutBuffer.incrementAndGet();
            return;
        }
        try (AioBuffer buffer = taken.get()) {
            CompletableFuture<Integer> read = file.read(buffer.segment(), position);
            held.countDown();
            read.get(200, TimeUnit.MILLISECONDS);
            throw new AssertionError("the disk completed an operation");
        } catch (TimeoutException e) {
            late.incrementAndGet();
        }
    }
}
