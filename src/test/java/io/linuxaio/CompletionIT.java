package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.TooFar;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The completion of futures, and the threads that complete them. */
@OnRealKernel
@Timeout(value = 30, unit = TimeUnit.SECONDS)
class CompletionIT {
    private static final int BLOCK = 4096;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private AioArena arena;

    @BeforeEach
    void open() {
        arena = AioArena.ofShared();
    }

    @AfterEach
    void close() {
        arena.close();
    }

    private AioFile open(AioContext aio) throws IOException {
        return aio.open(directory.resolve("file"), READ, WRITE, CREATE);
    }

    /** Returns the thread that runs a future's callback. The callback is attached before the operation begins. */
    private static Thread threadOfCallback(AioContext aio, AioFile file, MemorySegment block) {
        AioBatch batch = aio.batch();
        CompletableFuture<Thread> thread = batch.write(file, block, 0).thenApply(count -> Thread.currentThread());
        batch.submit();
        return thread.join();
    }

    @Test
    void callbacksRunOnTheReaperWithoutAnExecutor() throws IOException {
        try (AioContext aio = AioContext.builder().threadName("my-reaper").open();
                AioFile file = open(aio)) {
            Thread thread = threadOfCallback(aio, file, arena.allocate(BLOCK));

            assertThat(thread.getName()).isEqualTo("my-reaper");
            assertThat(thread.isDaemon()).isTrue();
            assertThat(thread.isVirtual()).isFalse();
        }
    }

    @Test
    void eachReaperThreadHasAUniqueName() throws IOException {
        try (AioContext one = AioContext.open();
                AioContext other = AioContext.open();
                AioFile file = open(one)) {
            MemorySegment block = arena.allocate(BLOCK);
            assertThat(List.of(threadOfCallback(one, file, block), threadOfCallback(other, file, block)))
                    .extracting(Thread::getName)
                    .doesNotHaveDuplicates()
                    .allSatisfy(name -> assertThat(name).matches("linux-aio-reaper-\\d+"));
        }
    }

    @Test
    void callbacksRunOnTheExecutorIfOneIsSet() throws IOException {
        TooFar.assumeRefused(directory);
        try (ExecutorService executor = Executors.newSingleThreadExecutor(
                        Thread.ofPlatform().name("completes").factory());
                AioContext aio =
                        AioContext.builder().completionExecutor(executor).open();
                AioFile file = open(aio)) {
            assertThat(threadOfCallback(aio, file, arena.allocate(BLOCK)).getName())
                    .isEqualTo("completes");
            CompletableFuture<Void> sync = file.dataSync();
            assertThat(sync.join()).isNull();
            assertThatThrownBy(() ->
                            file.write(arena.allocate(BLOCK), TooFar.POSITION).join())
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(AioException.class);
        }
    }

    @Test
    void anExecutorThatRejectsLosesNoResult() throws IOException {
        ExecutorService executor = Executors.newSingleThreadExecutor();
        executor.shutdown();
        try (AioContext aio = AioContext.builder()
                        .completionExecutor(executor)
                        .threadName("in-its-place")
                        .open();
                AioFile file = open(aio)) {
            assertThat(threadOfCallback(aio, file, arena.allocate(BLOCK)).getName())
                    .isEqualTo("in-its-place");
        }
    }

    @Test
    void aCallbackThatThrowsAffectsNoOtherOperation() throws IOException {
        try (AioContext aio = AioContext.open();
                AioFile file = open(aio)) {
            MemorySegment block = arena.allocate(BLOCK);
            for (int i = 0; i < 10; i++) {
                CompletableFuture<Integer> write = file.write(block, 0);
                CompletableFuture<Void> bad = write.thenAccept(count -> {
                    throw new IllegalArgumentException("of a callback");
                });
                assertThat(write.join()).isEqualTo(BLOCK);
                assertThatThrownBy(bad::join).hasMessageContaining("of a callback");
            }
            assertThat(aio.stats().succeeded()).isEqualTo(10);
        }
    }

    @Test
    void allFuturesAreDoneAndAllCallbacksHaveRunWhenTheContextIsClosed() throws IOException {
        int many = 500;
        AtomicInteger called = new AtomicInteger();
        List<CompletableFuture<Integer>> all = new ArrayList<>();
        AioContext aio = AioContext.builder().queueDepth(16).open();
        try (AioFile file = open(aio)) {
            file.allocate(0, 64L * BLOCK);
            MemorySegment block = arena.allocate(BLOCK);
            AioBatch batch = aio.batch();
            for (int i = 0; i < many; i++) {
                CompletableFuture<Integer> write = batch.write(file, block, (long) i % 64 * BLOCK);
                write.thenRun(called::incrementAndGet);
                all.add(write);
            }
            batch.submit();
            aio.close();
            assertThat(all).allSatisfy(write -> assertThat(write).isCompletedWithValue(BLOCK));
            assertThat(called).hasValue(many);
        }
    }

    @Test
    void anIdleContextUsesNoProcessorTime() throws Exception {
        try (AioContext aio = AioContext.builder().threadName("idle-reaper").open();
                AioFile file = open(aio)) {
            file.write(arena.allocate(BLOCK), 0).join();
            Path task = task("idle-reaper");
            Await.until("the reaper sleeps", () -> status(task, "State:").startsWith("S"));

            // A second is enough to see one that looks up now and then; thrice, as it may be on its way to sleep still.
            boolean slept = false;
            for (int i = 0; i < 3 && !slept; i++) {
                long before = switches(task);
                assertThat(new CountDownLatch(1).await(1, TimeUnit.SECONDS)).isFalse();
                slept = switches(task) == before;
            }
            assertThat(slept).isTrue();
            long before = switches(task);
            CompletableFuture<Integer> write = file.write(arena.allocate(BLOCK), 0);
            Await.until("the counter grows", () -> write.isDone() && switches(task) > before);
        }
    }

    private static long switches(Path task) {
        return Long.parseLong(status(task, "voluntary_ctxt_switches:"));
    }

    private static Path task(String name) throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.filter(task -> status(task, "Name:").equals(name))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String status(Path task, String key) {
        try {
            return Files.readAllLines(task.resolve("status")).stream()
                    .filter(line -> line.startsWith(key))
                    .map(line -> line.substring(key.length()).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException gone) {
            return "";
        }
    }
}
