package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.READ;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioBatch;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Reads that the page cache serves inside {@code io_submit}, and operations on closed files: no callback of a batch runs on
 * the submitting thread. {@code -Dio.linuxaio.test.immediate-completions=1000000} makes it a long test.
 */
@OnRealKernel
@Tag("slow")
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class CallbackThreadsIT {
    private static final int COMPLETIONS = Integer.getInteger("io.linuxaio.test.immediate-completions", 60_000);
    private static final int BATCH = 16;
    private static final String REAPER = "reaper-of-the-test";

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private void complete(AioContext aio) throws Exception {
        Path path = Files.write(directory.resolve("file"), new byte[4096]);
        CountDownLatch left = new CountDownLatch(COMPLETIONS / BATCH * BATCH);
        try (AioArena arena = AioArena.ofShared();
                AioFile file = AioFile.open(path, READ, AioOpenOption.BUFFERED)) {
            MemorySegment block = arena.allocate(4096);
            AioBatch batch = aio.batch();
            for (int i = 0; i < COMPLETIONS / BATCH; i++) {
                for (int j = 0; j < BATCH; j++) {
                    CompletableFuture<Integer> future =
                            j == 0 && i > 0 ? closing(batch, path, block) : batch.read(file, block, 0);
                    future.handle((count, failure) -> threads.add(Thread.currentThread()))
                            .thenRun(left::countDown);
                }
                batch.submit();
            }
            assertThat(left.await(500, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(threads).doesNotContain(Thread.currentThread());
    }

    /** Adds a read of a file that is closed before the batch is submitted. */
    private static CompletableFuture<Integer> closing(AioBatch batch, Path path, MemorySegment block)
            throws IOException {
        try (AioFile brief = AioFile.open(path, READ, AioOpenOption.BUFFERED)) {
            return batch.read(brief, block, 0);
        }
    }

    @Test
    void callbacksRunOnTheReaper() throws Exception {
        try (AioContext aio =
                AioContext.builder().queueDepth(8).threadName(REAPER).open()) {
            complete(aio);
        }
        assertThat(threads).extracting(Thread::getName).containsOnly(REAPER);
    }

    @Test
    void callbacksOfNonBlockingContextsRunOnTheReaper() throws Exception {
        try (AioContext aio = AioContext.builder()
                .queueDepth(64)
                .threadName(REAPER)
                .submission(AioSubmitMode.NON_BLOCKING)
                .open()) {
            complete(aio);
        }
        assertThat(threads).extracting(Thread::getName).containsOnly(REAPER);
    }

    @Test
    void callbacksRunOnTheExecutor() throws Exception {
        try (ExecutorService executor = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name("executor-of-the-test").factory())) {
            try (AioContext aio = AioContext.builder()
                    .queueDepth(8)
                    .completionExecutor(executor)
                    .open()) {
                complete(aio);
            }
        }
        assertThat(threads).extracting(Thread::getName).containsOnly("executor-of-the-test");
    }
}
