package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioBatch;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioPoller;
import io.linuxaio.AioPollerBatch;
import io.linuxaio.AioQueue;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.files.AioFileOperations;
import io.linuxaio.files.AioFiles;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.KernelContexts;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A program that uses the library while native memory is used up, and detects losses. Each round uses new contexts, whose
 * slots have no memory for vectored operations yet.
 */
final class FullAddressSpaceChild {
    private static final int BLOCK = 4096;
    private static final int SEGMENTS = 1024;
    private static final int DEPTH = 4;
    private static final int WARM_UP = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final MemoryPressure pressure = new FullAddressSpace(12 << 10);
    private final Path path;
    private final AioArena arena = AioArena.ofShared();
    private final MemorySegment memory = arena.allocate(BLOCK);
    private final MemorySegment whole = arena.allocate(SEGMENTS * BLOCK + 5);
    private final MemorySegment[] many = new MemorySegment[SEGMENTS];
    private final List<CompletableFuture<?>> futures = new ArrayList<>(64);
    private int shortages;
    private boolean isShort;
    private Throwable unexpected;

    /** The part of the library that is used while memory is short. */
    enum Case {
        CONTEXT,
        NON_BLOCKING,
        BATCH,
        QUEUE,
        POLLER,
        WHOLE_FILES,
        OPENING
    }

    private interface Attempt {
        void run() throws Exception;
    }

    private FullAddressSpaceChild(Path directory) throws IOException {
        path = Files.write(directory.resolve("data"), new byte[SEGMENTS * BLOCK]);
        Arrays.setAll(many, i -> memory);
    }

    public static void main(String[] arguments) throws Exception {
        FullAddressSpaceChild child = new FullAddressSpaceChild(Path.of(arguments[1]));
        Case what = Case.valueOf(arguments[0]);
        int rounds = Integer.parseInt(arguments[2]);
        for (int i = 0; i < WARM_UP + rounds; i++) {
            child.isShort = i >= WARM_UP;
            child.round(what, i - WARM_UP);
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

    private void round(Case what, int round) throws Exception {
        switch (what) {
            case CONTEXT -> context(AioSubmitMode.MAY_BLOCK, round);
            case NON_BLOCKING -> context(AioSubmitMode.NON_BLOCKING, round);
            case BATCH -> batch(round);
            case QUEUE -> queue(round);
            case POLLER -> poller(round);
            case WHOLE_FILES -> wholeFiles(round);
            case OPENING -> opening(round);
        }
    }

    private void press(int round, Attempt... attempts) throws Exception {
        if (isShort) {
            pressure.begin(round);
        }
        unexpected = null;
        try {
            for (Attempt attempt : attempts) {
                tryOnce(attempt);
            }
        } finally {
            if (isShort) {
                pressure.end();
            }
        }
        if (unexpected != null) {
            throw new AssertionError("round " + round, unexpected);
        }
    }

    private void tryOnce(Attempt attempt) {
        try {
            attempt.run();
        } catch (Throwable e) {
            Throwable failure = e instanceof ExecutionException ? e.getCause() : e;
            if (isShortage(failure)) {
                shortages++;
            } else {
                unexpected = failure;
            }
        }
    }

    private static boolean isShortage(Throwable failure) {
        return failure instanceof OutOfMemoryError || failure instanceof IOException;
    }

    private void requireComplete() throws Exception {
        for (CompletableFuture<?> future : futures) {
            try {
                future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                require(isShort && isShortage(e.getCause()), "no other failure: " + e.getCause());
                shortages++;
            }
        }
        futures.clear();
    }

    private void requireNothingLost(AioContext aio, AioFile file) throws Exception {
        requireComplete();
        Await.until("all slots are free: " + aio.stats(), () -> aio.stats().inFlight() == 0);
        Await.until("the memory is free", () -> arena.inFlight() == 0);
        require(file.writev(many, 0).get() == SEGMENTS * BLOCK, "it works again");
        file.close();
        aio.shutdown();
        require(aio.awaitTermination(PATIENCE), "the context closes");
    }

    private void context(AioSubmitMode submission, int round) throws Exception {
        AioContext aio =
                AioContext.builder().queueDepth(DEPTH).submission(submission).open();
        AioFile file = aio.open(path, READ, WRITE);
        Attempt writev = () -> futures.add(file.writev(many, 0));
        Attempt write = () -> futures.add(file.write(memory, 0));
        press(round, write, writev, write, writev, () -> futures.add(file.readv(many, 0)), write, writev, write);
        requireNothingLost(aio, file);
    }

    private void batch(int round) throws Exception {
        AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
        AioFile file = aio.open(path, READ, WRITE);
        AioBatch batch = aio.batch();
        press(
                round,
                () -> futures.add(batch.write(file, memory, 0)),
                () -> futures.add(batch.writev(file, many, 0)),
                () -> futures.add(batch.read(file, memory, 0)),
                () -> futures.add(batch.readv(file, many, 0)),
                () -> futures.add(batch.write(file, memory, 0)),
                batch::submit,
                () -> futures.add(batch.writev(file, many, 0)),
                batch::submit);
        batch.submit();
        requireNothingLost(aio, file);
    }

    private void queue(int round) throws Exception {
        int[] operations = new int[2];
        try (AioFile file = AioFile.open(path, READ, WRITE);
                AioQueue queue = AioQueue.open(DEPTH)) {
            press(
                    round,
                    () -> operations[0] += queue.prepareWrite(file, memory, 0, 0) ? 1 : 0,
                    () -> operations[0] += queue.prepareWritev(file, many, 0, 0) ? 1 : 0,
                    () -> operations[0] += queue.prepareReadv(file, many, 0, 0) ? 1 : 0,
                    queue::submit,
                    () -> operations[0] += queue.prepareWrite(file, memory, 0, 0) ? 1 : 0,
                    () -> operations[0] += queue.prepareWritev(file, many, 0, 0) ? 1 : 0,
                    queue::submit);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (queue.prepared() > 0 || queue.inFlight() > 0) {
                require(System.nanoTime() < deadline, "all complete: " + queue.inFlight() + " do not");
                queue.submit();
                queue.await(1, Duration.ofMillis(100), (userData, result) -> operations[1]++);
            }
        }
        require(operations[0] == operations[1], "each is reported: " + Arrays.toString(operations));
        Await.until("the memory is free", () -> arena.inFlight() == 0);
    }

    private void poller(int round) throws Exception {
        int[] operations = new int[2];
        try (AioFile file = AioFile.open(path, READ, WRITE);
                AioPoller poller = AioPoller.builder().queueDepth(DEPTH).open()) {
            AioPollerBatch batch = poller.batch(DEPTH);
            press(
                    round,
                    () -> {
                        poller.writev(file, many, 0, 0);
                        operations[0]++;
                    },
                    () -> {
                        poller.write(file, memory, 0, 0);
                        operations[0]++;
                    },
                    () -> {
                        batch.writev(file, many, 0, 0);
                        operations[0]++;
                    },
                    batch::submit);
            batch.submit();
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (operations[1] < operations[0]) {
                require(System.nanoTime() < deadline, "all complete: " + Arrays.toString(operations));
                poller.await(1, Duration.ofMillis(100), (userData, result) -> operations[1]++);
            }
        }
        Await.until("the memory is free", () -> arena.inFlight() == 0);
    }

    private void wholeFiles(int round) throws Exception {
        AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
        AioFile file = aio.open(path, READ, WRITE);
        AioFileOperations files = AioFiles.using(aio);
        press(
                round,
                () -> files.readAllBytes(path).get(),
                () -> files.write(path, whole).get(),
                () -> files.read(path, 0, whole).get());
        requireNothingLost(aio, file);
    }

    private void opening(int round) throws Exception {
        int before = KernelContexts.count();
        press(
                round,
                () -> AioContext.builder().queueDepth(256).open().close(),
                () -> AioQueue.open(256).close(),
                () -> AioPoller.builder().queueDepth(256).open().close(),
                () -> AioBufferPool.of(4, 1 << 20).close(),
                () -> {
                    try (AioArena one = AioArena.ofShared()) {
                        one.allocate(1 << 20);
                    }
                },
                () -> AioFile.open(path, READ, WRITE).close());
        Await.until("no kernel context is left", () -> KernelContexts.count() <= before);
        try (AioContext aio = AioContext.builder().queueDepth(256).open();
                AioFile file = aio.open(path, READ)) {
            require(file.read(memory, 0).get() == BLOCK, "it works again");
        }
    }
}
