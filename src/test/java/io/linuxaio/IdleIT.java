package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An idle context, which uses no processor time. */
@OnRealKernel
@Timeout(60)
class IdleIT {
    private static final int BLOCK = 4096;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void anIdleReaperIsNotWoken() throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(4).open()) {
            assertSleeps(aio);
        }
    }

    @Test
    void anIdleReaperIsNotWokenAfterThreadsReapedForThemselves() throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(directory.resolve("file"), WRITE, CREATE)) {
            MemorySegment block = arena.allocate(BLOCK);
            for (int i = 0; i < 200; i++) {
                assertThat(file.write(block, 0).join()).isEqualTo(BLOCK);
            }

            assertSleeps(aio);
        }
    }

    /** Events found in the ring without a wait are not counted. */
    @Test
    void onlyReturnsFromTheKernelCountAsWakeUps() throws IOException {
        AtomicInteger returned = new AtomicInteger();
        Kernel counting = KernelProxy.over(LinuxAio.kernel(), call -> {
            Object answer = call.proceed();
            if (call.is("getEvents")) {
                returned.incrementAndGet();
            }
            return answer;
        });
        try (AioContext aio =
                        AioContext.builder().queueDepth(8).callerReaping(false).open(counting);
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(directory.resolve("file"), WRITE, CREATE)) {
            MemorySegment block = arena.allocate(BLOCK);
            AioBatch batch = aio.batch();
            for (int round = 0; round < 100; round++) {
                List<CompletableFuture<Integer>> writes = new ArrayList<>();
                for (int i = 0; i < 8; i++) {
                    writes.add(batch.write(file, block, (long) i * BLOCK));
                }
                batch.submit();
                writes.forEach(CompletableFuture::join);
            }

            Await.until("all wake-ups are counted", () -> aio.stats().reaperWakeups() == returned.get());
            assertThat(aio.stats().reaperWakeups()).isPositive();
        }
    }

    /** A second without a wake-up follows soon. */
    private static void assertSleeps(AioContext aio) {
        Await.until("a second without a wake-up", () -> {
            long before = aio.stats().reaperWakeups();
            long end = System.nanoTime() + Duration.ofSeconds(1).toNanos();
            while (end - System.nanoTime() > 0) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            return aio.stats().reaperWakeups() == before;
        });
    }
}
