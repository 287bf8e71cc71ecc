package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Reaping from the kernel's ring in user space, without a system call, and waiting in the kernel. */
@OnRealKernel
@Timeout(60)
class EventRingIT {
    private static final int BLOCK = 4096;
    private static final int DEPTH = 8;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final AtomicInteger waits = new AtomicInteger();
    private final Set<Thread> waiters = ConcurrentHashMap.newKeySet();

    /** The real kernel, with a count of the calls of io_getevents. */
    private final Kernel kernel = KernelProxy.over(LinuxAio.kernel(), call -> {
        if (call.is("getEvents")) {
            waits.incrementAndGet();
            waiters.add(Thread.currentThread());
        }
        return call.proceed();
    });

    @Test
    void aQueueThatIsPolledMakesNoSystemCallToReap() throws Exception {
        Assumptions.assumeTrue(AioContext.Builder.READS_RING, "switched off by -Dio.linuxaio.ring=false");
        int rounds = 100;
        try (AioArena arena = AioArena.ofShared();
                AioFile file = AioFile.open(directory.resolve("polled"), READ, WRITE, CREATE);
                AioQueue queue = AioQueue.open(kernel, DEPTH)) {
            MemorySegment blocks = arena.allocate(DEPTH * BLOCK);
            int[] ended = {0};
            for (int round = 0; round < rounds; round++) {
                for (int i = 0; i < DEPTH; i++) {
                    queue.prepareWrite(file, blocks.asSlice((long) i * BLOCK, BLOCK), (long) i * BLOCK, i);
                }
                queue.submit();
                while (queue.inFlight() > 0) {
                    queue.poll((_, result) -> ended[0] += result / BLOCK);
                    Thread.onSpinWait();
                }
            }

            assertThat(ended[0]).isEqualTo(rounds * DEPTH);
        }
        assertThat(waits).hasValue(0);
    }

    @Test
    void theKernelIsCalledIfTheRingIsOff() throws Exception {
        AioContext.Builder settings =
                AioContext.builder().queueDepth(DEPTH).readsRing(false).callerReaping(false);
        try (AioContext aio = settings.open(kernel);
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(directory.resolve("asked"), READ, WRITE, CREATE)) {
            CompletableFuture<Integer> write = file.write(arena.allocate(BLOCK), 0);

            assertThat(write.join()).isEqualTo(BLOCK);
        }
        assertThat(waits).hasPositiveValue();
    }

    @Test
    void aThreadThatWaitsForAResultCallsTheKernelItself() throws Exception {
        Assumptions.assumeTrue(AioContext.Builder.CALLER_REAPING, "switched off by -Dio.linuxaio.waiters=false");
        try (AioContext aio = AioContext.builder().queueDepth(DEPTH).open(kernel);
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(directory.resolve("awaited"), READ, WRITE, CREATE)) {
            MemorySegment block = arena.allocate(BLOCK);
            // Even a sync, which the kernel leaves to a thread of its own, may be done before anybody can wait.
            Await.until("this thread waits in the kernel", () -> {
                assertThat(file.write(block, 0).join()).isEqualTo(BLOCK);
                file.dataSync().join();
                return waiters.contains(Thread.currentThread());
            });
        }
    }

    @Test
    void theReaperCallsTheKernelIfCallersDoNotReap() throws Exception {
        try (AioContext aio = AioContext.builder()
                        .queueDepth(DEPTH)
                        .callerReaping(false)
                        .open(kernel);
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(directory.resolve("reaped"), READ, WRITE, CREATE)) {
            MemorySegment block = arena.allocate(BLOCK);
            for (int i = 0; i < 100; i++) {
                assertThat(file.write(block, 0).join()).isEqualTo(BLOCK);
            }
        }
        assertThat(waiters).hasSize(1).doesNotContain(Thread.currentThread());
    }
}
