package io.linuxaio.random;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.AioStats;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.FileContents;
import io.linuxaio.OnKernel;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;

/**
 * Random operations of several threads, through several contexts and queues, on several files, against a model in
 * memory. Operations in flight at the same time do not overlap, so each outcome is known.
 *
 * <p>The seed determines the operations of each thread; their interleaving is random.
 */
public final class RandomWalk {
    /** The maximum time for the operations in flight at the end. */
    private static final Duration ENDING = Duration.ofSeconds(60);

    private static final int FUTURE_WORKERS = 4;
    private static final int QUEUE_WORKERS = 2;

    private final Kernel kernel;
    private final Path directory;
    private final Function<Path, FileContents> access;
    private final boolean faulty;
    private final long seed;
    private final long seconds;
    private final OperationCounts tally = new OperationCounts();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final List<ModelledFile> files = new ArrayList<>();
    private final List<RandomAppender> appenders = new ArrayList<>();
    private final AtomicReferenceArray<AioContext> contexts = new AtomicReferenceArray<>(3);
    private final List<AioContext> closed = new ArrayList<>();
    private long deadline;
    private long fills;

    /**
     * @param kernel the kernel under test
     * @param directory the directory of the files
     * @param access access to a file without the library
     * @param faulty {@code true} if operations may fail with an allowed outcome
     * @param seed the seed of the operations
     * @param seconds the duration
     */
    public RandomWalk(
            Kernel kernel,
            Path directory,
            Function<Path, FileContents> access,
            boolean faulty,
            long seed,
            long seconds) {
        this.kernel = kernel;
        this.directory = directory;
        this.access = access;
        this.faulty = faulty;
        this.seed = seed;
        this.seconds = seconds;
    }

    /** Returns {@code -Dlinuxaio.random.seconds}, or the duration in an ordinary build. */
    public static long seconds(long ordinary) {
        return Long.getLong("linuxaio.random.seconds", ordinary);
    }

    /** Returns the maximum duration of a walk, after which it counts as hung. */
    public static Duration limit(long seconds) {
        return Duration.ofSeconds(seconds).plus(ENDING).plus(ENDING);
    }

    public OperationCounts tally() {
        return tally;
    }

    /** Returns {@code true} if operations may fail. */
    boolean isFaulty() {
        return faulty;
    }

    Kernel kernel() {
        return kernel;
    }

    boolean goesOn() {
        return System.nanoTime() - deadline < 0 && failure.get() == null;
    }

    void fail(Throwable thrown) {
        if (!failure.compareAndSet(null, thrown) && failure.get() != thrown) {
            failure.get().addSuppressed(thrown);
        }
    }

    ModelledFile file(Random random) {
        return files.get(random.nextInt(files.size()));
    }

    /** Returns one of the contexts, which may be closed at any moment. */
    AioContext context(Random random) {
        return contexts.get(random.nextInt(contexts.length()));
    }

    /** Replaces a context, and returns the old one, which the caller closes. */
    AioContext replace(int place, AioContext by) {
        AioContext old = contexts.getAndSet(place, by);
        synchronized (closed) {
            closed.add(old);
        }
        return old;
    }

    int contextCount() {
        return contexts.length();
    }

    /** Runs, prints the counts, and throws on any deviation from the model. */
    public void run(String backend) throws Exception {
        try {
            open();
            deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
            work();
            if (failure.get() == null) {
                closeContexts();
                check();
            }
        } catch (Exception | AssertionError e) {
            fail(e);
        }
        System.out.println(String.format(
                Locale.ROOT,
                "model test: %,d operations in %d s, seed %d, backend %s: %s",
                tally.operations(),
                seconds,
                seed,
                backend,
                tally));
        if (failure.get() != null) {
            throw new AssertionError("repeat with -Dlinuxaio.seed=" + seed, failure.get());
        }
        for (ModelledFile file : files) {
            file.close();
        }
        for (RandomAppender appender : appenders) {
            appender.close();
        }
    }

    private void open() throws IOException {
        contexts.set(0, openContext(AioContext.builder().queueDepth(3)));
        contexts.set(1, openContext(AioContext.builder().queueDepth(32)));
        contexts.set(2, openContext(AioContext.builder().queueDepth(8).submission(AioSubmitMode.NON_BLOCKING)));
        files.add(modelled("sparse"));
        files.add(modelled("written"));
        files.add(modelled("buffered", AioOpenOption.BUFFERED));
        if (!faulty) {
            files.get(1).fill(contexts.get(1), new Random(seed));
            fills++;
        }
        AioFile appended = open("appended");
        appenders.add(new RandomAppender(this, new Random(seed - 1), appended, access.apply(appended.path())));
    }

    /** Opens a context, trying again where faults refuse it. */
    AioContext openContext(AioContext.Builder builder) throws IOException {
        return persistently(() -> OnKernel.open(kernel, builder));
    }

    /** Repeats an action that faults may refuse, until it succeeds. */
    <T> T persistently(Attempt<T> attempt) throws IOException {
        while (true) {
            try {
                return attempt.make();
            } catch (AioException e) {
                if (!faulty) {
                    throw e;
                }
                tally.count(OperationCounts.Kind.FAILED);
            }
        }
    }

    /** An action that the kernel may refuse. */
    interface Attempt<T> {
        T make() throws IOException;
    }

    private ModelledFile modelled(String name, OpenOption... options) throws IOException {
        AioFile file = open(name, options);
        return persistently(() -> new ModelledFile(file, access.apply(file.path())));
    }

    private AioFile open(String name, OpenOption... options) throws IOException {
        Set<OpenOption> all = new HashSet<>(Set.of(READ, WRITE, CREATE));
        all.addAll(List.of(options));
        return OnKernel.file(kernel, null, directory.resolve(name), all);
    }

    private void work() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < FUTURE_WORKERS; i++) {
            Runnable worker = new RandomWorker(this, new Random(seed + i));
            threads.add(
                    i % 2 == 0
                            ? Thread.ofVirtual().name("worker " + i).start(worker)
                            : platform("worker " + i, worker));
        }
        for (int i = 0; i < QUEUE_WORKERS; i++) {
            threads.add(platform("queue " + i, new RandomQueueOwner(this, new Random(seed + 100 + i))));
        }
        for (RandomAppender appender : appenders) {
            threads.add(platform("appender", appender));
        }
        threads.add(platform("closer", new RandomCloser(this, new Random(seed + 200))));
        for (Thread thread : threads) {
            Duration left = Duration.ofNanos(deadline - System.nanoTime()).plus(ENDING);
            if (!thread.join(left.isPositive() ? left : Duration.ofMillis(1))) {
                AssertionError hung = new AssertionError(thread + " hangs");
                hung.setStackTrace(thread.getStackTrace());
                fail(hung);
            }
        }
    }

    private static Thread platform(String name, Runnable worker) {
        return Thread.ofPlatform().daemon().name(name).start(worker);
    }

    private void closeContexts() throws InterruptedException {
        for (int i = 0; i < contexts.length(); i++) {
            AioContext context = contexts.get(i);
            context.shutdown();
            assertThat(context.awaitTermination(ENDING))
                    .as("closed: %s", context)
                    .isTrue();
            closed.add(context);
        }
    }

    private void check() {
        long submitted = 0;
        long failed = 0;
        for (AioContext context : closed) {
            AioStats stats = context.stats();
            assertThat(stats.inFlight()).as("in flight").isZero();
            assertThat(stats.succeeded() + stats.failed()).as("completed").isEqualTo(stats.submitted());
            submitted += stats.submitted();
            failed += stats.failed();
            assertThat(faulty ? 0 : stats.strayEvents()).as("stray events").isZero();
        }
        assertThat(submitted).as("submitted to contexts").isEqualTo(tally.submittedToContexts() + fills);
        if (!faulty) {
            assertThat(failed).as("failed").isZero();
        }
        for (ModelledFile file : files) {
            file.check();
        }
        for (RandomAppender appender : appenders) {
            appender.check();
        }
    }
}
