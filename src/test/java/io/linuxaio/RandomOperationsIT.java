package io.linuxaio;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random operations of several threads, through several contexts, on several files, against a model in memory. What is
 * in flight at the same time does not overlap: the outcome of each operation is known.
 *
 * <p>A failure tells its seed, {@code -Dlinuxaio.seed=} takes it; {@code -Dlinuxaio.random.seconds=} makes it run longer.
 * The seed decides what each thread asks for; how the threads interleave is chance.
 */
@OnRealKernel
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class RandomOperationsIT {
    private static final long SEED = Long.getLong("linuxaio.seed", System.nanoTime());
    private static final long SECONDS = Long.getLong("linuxaio.random.seconds", 10);
    private static final int THREADS = 4;

    @TempDir(factory = TargetFolder.class)
    Path folder;

    @Test
    void filesHoldWhatTheModelHolds() throws Exception {
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<ModelledFile> files = new ArrayList<>();
        List<AioContext> contexts = new ArrayList<>();
        long operations = 0;
        try {
            contexts.add(AioContext.builder().queueDepth(3).open());
            contexts.add(AioContext.builder().queueDepth(32).open());
            contexts.add(AioContext.builder()
                    .queueDepth(8)
                    .submission(AioSubmission.NEVER_BLOCK)
                    .open());
            files.add(file(contexts.get(0), "sparse"));
            files.add(file(contexts.get(1), "written"));
            files.add(file(contexts.get(2), "buffered", AioOpenOption.BUFFERED));
            files.get(1).fill(contexts.get(1), new Random(SEED));
            operations = run(files, contexts, failure);
            for (AioContext context : contexts) {
                context.close();
            }
            check(contexts, operations);
            for (ModelledFile file : files) {
                file.check();
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        } finally {
            for (ModelledFile file : files) {
                file.close();
            }
            contexts.forEach(AioContext::close);
        }
        if (failure.get() != null) {
            throw new AssertionError("again with -Dlinuxaio.seed=" + SEED, failure.get());
        }
        assertThat(operations).as("it did something").isGreaterThan(100);
    }

    private ModelledFile file(AioContext context, String name, OpenOption... options) throws IOException {
        List<OpenOption> all = new ArrayList<>(List.of(READ, WRITE, CREATE));
        all.addAll(List.of(options));
        return new ModelledFile(context.open(folder.resolve(name), all.toArray(OpenOption[]::new)));
    }

    private static long run(List<ModelledFile> files, List<AioContext> contexts, AtomicReference<Throwable> failure)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        List<RandomWorker> workers = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            RandomWorker worker = new RandomWorker(new Random(SEED + i), files, contexts, deadline, failure);
            workers.add(worker);
            threads.add(
                    i % 2 == 0
                            ? Thread.startVirtualThread(worker)
                            : Thread.ofPlatform().start(worker));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        return workers.stream().mapToLong(RandomWorker::operations).sum();
    }

    private static void check(List<AioContext> contexts, long operations) {
        long submitted = 0;
        for (AioContext context : contexts) {
            AioStats stats = context.stats();
            assertThat(stats.inFlight()).isZero();
            assertThat(stats.failed()).isZero();
            assertThat(stats.strayEvents()).isZero();
            assertThat(stats.completed()).isEqualTo(stats.submitted());
            submitted += stats.submitted();
        }
        // One more: the write by which a file was filled.
        assertThat(submitted).isEqualTo(operations + 1);
    }

    /** The comparison that the other test rests on. */
    @Test
    void aModelIsToldFromAnotherFile() throws IOException {
        try (AioContext context = AioContext.builder().queueDepth(1).open()) {
            ModelledFile file = file(context, "spoilt");
            file.fill(context, new Random(1));
            file.check();
            byte[] contents = Files.readAllBytes(folder.resolve("spoilt"));
            contents[12_345]++;
            Files.write(folder.resolve("spoilt"), contents);

            assertThatThrownBy(file::check).isInstanceOf(AssertionError.class);
            file.close();
        }
    }
}
