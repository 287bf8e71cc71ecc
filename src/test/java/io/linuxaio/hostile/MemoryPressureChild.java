package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioBatch;
import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioCompletionHandler;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteOption;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.KernelContexts;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A program that uses the library with little memory, slightly more in each attempt, and detects losses. */
final class MemoryPressureChild {
    private static final int BLOCK = 4096;
    private static final int LENGTH = 3 * BLOCK + 5;
    private static final int SEGMENTS = 1024;
    private static final int DEPTH = 8;
    private static final int WARM_UP = 200;
    private static final int FEW = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The time after which the idle context of the process is closed, and a little more. */
    private static final long SHARED_IDLE_MILLIS = 5500;

    private final MemoryPressure pressure;
    private final int rounds;
    private final Path directory;
    private final Path path;
    private final AioArena arena = AioArena.ofShared();
    private final MemorySegment memory = arena.allocate(BLOCK);
    private final MemorySegment whole = arena.allocate(LENGTH);
    private final MemorySegment[] many = new MemorySegment[SEGMENTS];
    private final CompletableFuture<?>[] futures = new CompletableFuture<?>[64];
    private int count;
    private int shortages;
    private Throwable unexpected;

    /** The number of descriptors that are open once all classes are loaded. */
    private int descriptors = Integer.MAX_VALUE;

    private int contexts = Integer.MAX_VALUE;
    private Set<String> files = Set.of();

    /** The part of the library that is used while memory is short. */
    enum Case {
        CONTEXT,
        NON_BLOCKING,
        BATCH,
        QUEUE,
        POOL,
        WHOLE_FILES,
        OPENING,
        CLOSING,
        SHARED
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private MemoryPressureChild(MemoryPressure pressure, int rounds, Path directory) throws IOException {
        this.pressure = pressure;
        this.rounds = rounds;
        this.directory = directory;
        path = Files.write(directory.resolve("data"), new byte[SEGMENTS * BLOCK]);
        Arrays.setAll(many, i -> memory);
    }

    public static void main(String[] arguments) throws Exception {
        MemoryPressureChild child =
                new MemoryPressureChild(new FullHeap(), Integer.parseInt(arguments[2]), Path.of(arguments[1]));
        switch (Case.valueOf(arguments[0])) {
            case CONTEXT -> child.context(AioSubmitMode.MAY_BLOCK);
            case NON_BLOCKING -> child.context(AioSubmitMode.NON_BLOCKING);
            case BATCH -> child.batch();
            case QUEUE -> child.queue();
            case POOL -> child.pool();
            case WHOLE_FILES -> child.wholeFiles();
            case OPENING -> child.opening();
            case CLOSING -> child.closing();
            case SHARED -> child.shared();
        }
        require(child.arena.inFlight() == 0, "the memory is free");
        child.arena.close();
        System.out.println("shortages " + child.shortages);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError("not true: " + what);
        }
    }

    /** Runs attempts with enough memory, so that all classes are there, and then with more and less of it. */
    private void press(int warmUp, Attempt check, Attempt... attempts) throws Exception {
        for (int i = 0; i < warmUp; i++) {
            for (Attempt attempt : attempts) {
                attempt.run();
            }
            check.run();
        }
        requireNothingOpen();
        countResources();
        requireNothingOpen();
        countResources();
        for (int round = 0; round < rounds; round++) {
            pressure.begin(2 * round);
            try {
                for (int i = 0; i < attempts.length; i++) {
                    tryOnce(attempts[i]);
                }
            } finally {
                pressure.end();
            }
            if (unexpected != null) {
                throw new AssertionError("round " + round, unexpected);
            }
            check.run();
            requireNothingOpen();
        }
    }

    private void countResources() throws IOException {
        descriptors = Descriptors.targets().size();
        contexts = KernelContexts.count();
        files = names();
    }

    private void requireNothingOpen() throws IOException {
        Await.until(
                "no descriptor is left: " + Descriptors.targets(),
                () -> Descriptors.targets().size() <= descriptors);
        Await.until("no kernel context is left", () -> KernelContexts.count() <= contexts);
        require(files.isEmpty() || names().equals(files), "no file is left: " + names());
    }

    private void tryOnce(Attempt attempt) {
        try {
            attempt.run();
        } catch (OutOfMemoryError | IOException e) {
            shortages++;
        } catch (CompletionException e) {
            if (e.getCause() instanceof IOException || e.getCause() instanceof OutOfMemoryError) {
                shortages++;
            } else {
                unexpected = e;
            }
        } catch (Throwable e) {
            unexpected = e;
        }
    }

    private void add(CompletableFuture<?> future) {
        futures[count] = future;
        count++;
    }

    private void requireComplete() throws Exception {
        for (int i = 0; i < count; i++) {
            try {
                futures[i].get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof OutOfMemoryError || e.getCause() instanceof IOException)) {
                    throw e;
                }
                shortages++;
            }
            futures[i] = null;
        }
        count = 0;
    }

    private void requireNothingLost(AioContext aio) throws Exception {
        requireComplete();
        Await.until("all slots are free: " + aio.stats(), () -> aio.stats().inFlight() == 0);
        Await.until("the memory is free", () -> arena.inFlight() == 0);
    }

    private static void allocate() {
        // More than is left of the heap, in a callback.
        require(new byte[1 << 16].length > 0, "allocated");
    }

    private void context(AioSubmitMode submission) throws Exception {
        AioContext aio =
                AioContext.builder().queueDepth(DEPTH).submission(submission).open();
        AioFile file = aio.open(path, READ, WRITE);
        Attempt write = () -> add(file.write(memory, 0));
        Attempt writev = () -> add(file.writev(many, 0));
        Attempt sync = () -> add(file.dataSync());
        Attempt callback = () -> file.read(memory, 0).thenRun(MemoryPressureChild::allocate);
        press(
                WARM_UP,
                () -> requireNothingLost(aio),
                write,
                writev,
                callback,
                write,
                write,
                sync,
                writev,
                write,
                write,
                callback,
                write,
                write,
                () -> file.read(memory, 0).join());
        file.close();
        aio.shutdown();
        require(aio.awaitTermination(PATIENCE), "the context closes");
    }

    private void batch() throws Exception {
        AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
        AioFile file = aio.open(path, READ, WRITE);
        AioBatch kept = aio.batch();
        press(
                WARM_UP,
                () -> {
                    kept.submit();
                    requireNothingLost(aio);
                },
                () -> add(kept.write(file, memory, 0)),
                () -> add(kept.writev(file, many, 0)),
                () -> add(kept.read(file, memory, 0)),
                kept::submit,
                () -> {
                    AioBatch batch = aio.batch();
                    try {
                        add(batch.read(file, memory, 0));
                        add(batch.readv(file, many, 0));
                        add(batch.write(file, memory, 0));
                    } finally {
                        batch.submit();
                    }
                });
        file.close();
        aio.shutdown();
        require(aio.awaitTermination(PATIENCE), "the context closes");
    }

    private void queue() throws Exception {
        try (AioFile file = AioFile.open(path, READ, WRITE);
                AioQueue queue = AioQueue.open(DEPTH)) {
            int[] operations = new int[2];
            AioCompletionHandler reported = (token, result) -> operations[1]++;
            press(
                    WARM_UP,
                    () -> {
                        long deadline = System.nanoTime() + PATIENCE.toNanos();
                        while (queue.prepared() > 0 || queue.inFlight() > 0) {
                            require(System.nanoTime() < deadline, "all end: " + queue.inFlight() + " do not");
                            queue.submit();
                            queue.await(1, Duration.ofMillis(100), reported);
                        }
                        require(operations[0] == operations[1], "each is told: " + Arrays.toString(operations));
                        require(arena.inFlight() == 0, "the memory is free");
                    },
                    () -> operations[0] += queue.prepareWrite(file, memory, 0, 0) ? 1 : 0,
                    () -> operations[0] += queue.prepareWritev(file, many, 0, 0) ? 1 : 0,
                    () -> operations[0] += queue.prepareReadv(file, many, 0, 0) ? 1 : 0,
                    queue::submit,
                    () -> queue.poll(reported),
                    () -> queue.await(1, Duration.ofMillis(100), reported));
        }
    }

    private void pool() throws Exception {
        AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
        AioFile file = aio.open(path, READ, WRITE);
        AioBufferPool buffers = AioBufferPool.of(2, BLOCK);
        AioBuffer[] taken = new AioBuffer[2];
        Attempt release = () -> {
            for (int i = 0; i < taken.length; i++) {
                if (taken[i] != null) {
                    AioBuffer buffer = taken[i];
                    taken[i] = null;
                    buffer.close();
                }
            }
        };
        press(
                WARM_UP,
                () -> {
                    requireNothingLost(aio);
                    release.run();
                    Await.until("all buffers are released: " + buffers, () -> buffers.available() == buffers.size());
                },
                () -> taken[0] = buffers.tryAcquire(Duration.ofSeconds(1)).orElse(null),
                () -> {
                    if (taken[0] != null) {
                        add(file.read(taken[0].segment(), 0));
                    }
                },
                () -> taken[1] = buffers.tryAcquire().orElse(null),
                release);
        buffers.close();
        file.close();
        aio.shutdown();
        require(aio.awaitTermination(PATIENCE), "the context closes");
    }

    private void wholeFiles() throws Exception {
        AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
        Path target = Files.write(directory.resolve("target"), new byte[0]);
        byte[] bytes = new byte[LENGTH];
        Attempt[] attempts = {
            () -> add(AioFiles.using(aio).read(path, 1, whole)),
            () -> add(AioFiles.using(aio).write(target, whole)),
            () -> add(AioFiles.using(aio).readAllBytes(target)),
            () -> add(AioFiles.using(aio).write(target, whole, AioWriteOption.ATOMIC_REPLACE)),
            () -> add(AioFiles.using(aio).copy(path, target, (done, all) -> {}, StandardCopyOption.REPLACE_EXISTING))
        };
        press(
                WARM_UP,
                () -> {
                    requireNothingLost(aio);
                    AioFiles.using(aio).write(target, bytes).join();
                    require(Files.size(target) == LENGTH, "written whole");
                },
                attempts);
        aio.shutdown();
        require(aio.awaitTermination(PATIENCE), "the context closes");
    }

    private Set<String> names() throws IOException {
        try (Stream<Path> paths = Files.list(directory)) {
            return paths.map(each -> each.getFileName().toString()).collect(Collectors.toSet());
        }
    }

    private void opening() throws Exception {
        press(
                FEW,
                () -> {},
                () -> AioContext.builder().queueDepth(256).open().close(),
                () -> AioContext.builder()
                        .queueDepth(4)
                        .submission(AioSubmitMode.NON_BLOCKING)
                        .open()
                        .close(),
                () -> AioQueue.open(64).close(),
                () -> AioBufferPool.of(4, 1 << 16).close(),
                () -> AioFile.open(path, READ, WRITE, CREATE).close(),
                () -> {
                    try (AioArena one = AioArena.ofShared()) {
                        one.allocate(1 << 16);
                    }
                });
    }

    /** Without a warm-up: what closing requires may be linked or loaded when there is no memory for that. */
    private void closing() throws Exception {
        Attempt allocate = MemoryPressureChild::allocate;
        for (int round = 0; round < rounds; round++) {
            AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
            AioFile file = aio.open(path, READ, WRITE);
            file.write(memory, 0).join();
            file.close();
            Attempt shutdown = aio::shutdown;
            pressure.begin(2 * round);
            try {
                tryOnce(shutdown);
                // Shows that memory is short, if closing needed none.
                tryOnce(allocate);
            } finally {
                pressure.end();
            }
            if (unexpected != null) {
                throw new AssertionError("round " + round, unexpected);
            }
            aio.shutdown();
            require(aio.awaitTermination(PATIENCE), "the context closes");
        }
    }

    /** The thread that closes the context of the process when it is idle outlives the shortage. */
    private void shared() throws Exception {
        int before = KernelContexts.count();
        try (AioFile file = AioContext.shared().open(path, READ, WRITE)) {
            file.write(memory, 0).join();
            require(KernelContexts.count() > before, "the context of the process is open");
            Thread watcher = Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("linux-aio-shared-idle"))
                    .findFirst()
                    .orElseThrow();
            pressure.begin(0);
            try {
                // Longer than it takes to look twice.
                watcher.join(SHARED_IDLE_MILLIS);
            } finally {
                pressure.end();
            }
            shortages++;
            Await.until("it is closed when it is idle", () -> KernelContexts.count() <= before);
        }
    }
}
