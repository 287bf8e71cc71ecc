package io.linuxaio.hostile;

import io.linuxaio.AioArena;
import io.linuxaio.AioBatch;
import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioCompletionHandler;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioPoller;
import io.linuxaio.AioPollerBatch;
import io.linuxaio.AioQueue;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioFlow;
import io.linuxaio.files.AioReadChannel;
import io.linuxaio.testing.Await;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The program of {@link StackEndIT}, which starts operations at each depth near the end of the stack and detects
 * losses. It has its own JVM, since a class initialized there can never be used again.
 */
final class StackEnd {
    private static final int BLOCK = 4096;
    private static final long STACK = 512 << 10;
    private static final int FRAMES = 600;
    private static final int ROUNDS = 2;
    private static final int WARM_UP = 300;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final AioArena arena = AioArena.ofShared();
    private final MemorySegment memory = arena.allocate(BLOCK);
    private final MemorySegment[] several = {arena.allocate(BLOCK), arena.allocate(BLOCK)};
    private final Path path;
    private int overflows;

    private StackEnd(Path path) {
        this.path = path;
    }

    /** An action that is repeated, each time with slightly more of the stack left. */
    private interface Attempt {
        void run() throws Exception;
    }

    /** Prints the number of attempts that reached the end of the stack. */
    public static void main(String[] args) throws Exception {
        Path path = Path.of(args[1]);
        Files.write(path, new byte[4 * BLOCK]);
        StackEnd program = new StackEnd(path);
        switch (args[0]) {
            case "context" -> program.context(Integer.parseInt(args[2]), Boolean.parseBoolean(args[3]));
            case "batch" -> program.batch();
            case "callbacks" -> program.callbacks();
            case "queue" -> program.queue();
            case "poller" -> program.poller();
            case "pool" -> program.pool();
            case "calls" -> program.calls();
            case "close" -> program.close();
            case "open" -> program.open();
            case "unaligned" -> program.unaligned();
            case "channels" -> program.channels();
            case "files" -> program.files();
            case "contexts" -> program.contexts();
            case "flow" -> program.flow();
            default -> throw new IllegalArgumentException(args[0]);
        }
        program.arena.close();
        requireDelayedTasksRun();
        Files.delete(path);
        System.out.println("overflows " + program.overflows);
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError("not true: " + what);
        }
    }

    /** Many an application's timeouts rely on the JDK's threads, which a call at the end of the stack could leave asleep. */
    private static void requireDelayedTasksRun() throws Exception {
        CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS))
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    /** Tries it with enough stack, so that all classes are loaded, and then at each depth of the end. */
    private void descend(Attempt attempt) throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            attempt.run();
        }
        List<Throwable> unexpected = new ArrayList<>();
        Thread thread = new Thread(
                null,
                () -> {
                    // With enough stack: the thread that polls must have done so once, or it may wait for its own
                    // polls.
                    runOnce(attempt, unexpected);
                    for (int i = 0; i < ROUNDS; i++) {
                        new Descent(attempt, unexpected).run();
                    }
                },
                "near the end",
                STACK);
        thread.start();
        require(thread.join(Duration.ofSeconds(100)), "the descent ends");
        if (!unexpected.isEmpty()) {
            throw new AssertionError(unexpected.getFirst());
        }
    }

    private static void runOnce(Attempt attempt, List<Throwable> unexpected) {
        try {
            attempt.run();
        } catch (Throwable e) {
            unexpected.add(e);
        }
    }

    private final class Descent {
        private final Attempt attempt;
        private final List<Throwable> unexpected;
        private int attempts;

        Descent(Attempt attempt, List<Throwable> unexpected) {
            this.attempt = attempt;
            this.unexpected = unexpected;
        }

        void run() {
            try {
                run();
            } catch (StackOverflowError end) {
                // From here on upwards.
            }
            if (attempts < FRAMES) {
                attempts++;
                tryOnce();
            }
        }

        private void tryOnce() {
            try {
                attempt.run();
            } catch (StackOverflowError e) {
                overflows++;
            } catch (Throwable e) {
                note(e);
            }
        }

        // A future may fail with it, and a closed channel or the like must not come of it.
        private void note(Throwable e) {
            boolean reported = e instanceof CompletionException
                    && (e.getCause() instanceof IOException || e.getCause() instanceof StackOverflowError);
            if (!reported) {
                unexpected.add(e);
            }
        }
    }

    private static void requireComplete(List<CompletableFuture<Integer>> futures) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int open = 0;
        for (CompletableFuture<Integer> future : futures) {
            try {
                future.copy().get(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
            } catch (ExecutionException failed) {
                // Completed, too.
            } catch (TimeoutException e) {
                open++;
            }
        }
        require(open == 0, "all of " + futures.size() + " futures complete; " + open + " do not");
    }

    private void requireNothingLost(AioContext aio, AioFile file) throws IOException, InterruptedException {
        Await.until("all slots are free: " + aio, () -> aio.stats().inFlight() == 0);
        Await.until("the memory is free: " + arena.inFlight(), () -> arena.inFlight() == 0);
        file.close();
        aio.shutdown();
        require(aio.awaitTermination(PATIENCE), "the context closes");
    }

    private void context(int depth, boolean callerReaping) throws Exception {
        AioContext aio = AioContext.builder()
                .queueDepth(depth)
                .callerReaping(callerReaping)
                .open();
        AioFile file = aio.open(path, StandardOpenOption.READ);
        List<CompletableFuture<Integer>> futures = new ArrayList<>(4 * (WARM_UP + ROUNDS * FRAMES));
        descend(() -> futures.add(file.read(memory, 0)));
        descend(() -> futures.add(file.readv(several, BLOCK)));
        descend(() -> file.read(memory, 0).join());
        requireComplete(futures);
        requireNothingLost(aio, file);
    }

    private void batch() throws Exception {
        AioContext aio = AioContext.builder().queueDepth(8).open();
        AioFile file = aio.open(path, StandardOpenOption.READ);
        List<CompletableFuture<Integer>> futures = new ArrayList<>(4 * (WARM_UP + ROUNDS * FRAMES));
        AioBatch batch = aio.batch();
        descend(() -> {
            futures.add(batch.read(file, memory, 0));
            futures.add(batch.readv(file, several, 0));
            batch.submit();
        });
        // What could not even be failed has stayed in the batch.
        batch.submit();
        requireComplete(futures);
        requireNothingLost(aio, file);
    }

    private void callbacks() throws Exception {
        AioContext aio = AioContext.builder().queueDepth(4).open();
        AioFile file = aio.open(path, StandardOpenOption.READ);
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < WARM_UP; i++) {
            futures.add(file.read(memory, 0).thenCompose(count -> file.read(memory, 0)));
        }
        requireComplete(futures);
        for (int i = 0; i < 4; i++) {
            futures.add(file.read(memory, 0).whenComplete((count, failure) -> {
                Descent descent = new Descent(() -> file.read(memory, 0), new ArrayList<>());
                descent.run();
            }));
        }
        requireComplete(futures);
        requireNothingLost(aio, file);
    }

    private void queue() throws Exception {
        List<Throwable> failures = new ArrayList<>();
        Thread owner = new Thread(
                null,
                () -> {
                    try {
                        useQueue();
                    } catch (Throwable e) {
                        failures.add(e);
                    }
                },
                "owner",
                STACK);
        owner.start();
        require(owner.join(Duration.ofSeconds(100)), "the queue closes");
        if (!failures.isEmpty()) {
            throw new AssertionError(failures.getFirst());
        }
        Await.until("the memory is free", () -> arena.inFlight() == 0);
    }

    private void useQueue() throws Exception {
        try (AioFile file = AioFile.open(path, StandardOpenOption.READ);
                AioQueue queue = AioQueue.open(8)) {
            Attempt attempt = () -> {
                queue.prepareRead(file, memory, 0, 0);
                queue.prepareReadv(file, several, 0, 0);
                queue.submit();
                queue.poll((userData, result) -> {});
            };
            for (int i = 0; i < WARM_UP; i++) {
                attempt.run();
                // An event at least, so that all classes are there.
                queue.await(1, Duration.ofSeconds(1), (userData, result) -> {});
            }
            List<Throwable> unexpected = new ArrayList<>();
            for (int i = 0; i < ROUNDS; i++) {
                new Descent(attempt, unexpected).run();
            }
            require(unexpected.isEmpty(), "nothing else is thrown: " + unexpected);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (queue.prepared() > 0 || queue.inFlight() > 0) {
                require(System.nanoTime() < deadline, "all end: " + queue.inFlight() + " do not");
                queue.submit();
                queue.await(1, Duration.ofMillis(100), (userData, result) -> {});
            }
            int free = 0;
            while (queue.prepareRead(file, memory, 0, 0)) {
                free++;
            }
            require(free == queue.depth(), "all slots are free: " + free);
        }
    }

    private void poller() throws Exception {
        AioFile file = AioFile.open(path, StandardOpenOption.READ);
        AioPoller poller = AioPoller.builder().queueDepth(8).open();
        AioPollerBatch batch = poller.batch(4);
        AtomicLong accepted = new AtomicLong();
        AtomicLong delivered = new AtomicLong();
        AioCompletionHandler handler = (userData, result) -> delivered.incrementAndGet();
        descend(() -> {
            // First: a thread that has not polled yet waits for slots, which only it would free.
            poller.poll(handler);
            accepted.addAndGet(poller.tryRead(file, memory, 0, 0) ? 1 : 0);
            accepted.addAndGet(poller.tryReadv(file, several, 0, 0) ? 1 : 0);
            batch.read(file, memory, 0, 0);
            accepted.addAndGet(batch.submit());
            poller.wakeup();
            poller.await(1, Duration.ofSeconds(1), handler);
            poller.poll(handler);
        });
        poller.shutdown();
        while (poller.await(1, PATIENCE, handler) >= 0) {
            // Until all are delivered.
        }
        // A submission may have taken place whose return the end of the stack prevented, in this program itself.
        require(delivered.get() >= accepted.get(), accepted + " accepted, " + delivered + " delivered");
        require(poller.inFlight() == 0, "all slots are free: " + poller);
        poller.close();
        file.close();
        Await.until("the memory is free", () -> arena.inFlight() == 0);
    }

    private void pool() throws Exception {
        AioBufferPool pool = AioBufferPool.of(2, BLOCK);
        AioBuffer[] taken = new AioBuffer[1];
        descend(() -> {
            if (taken[0] == null) {
                taken[0] = pool.acquire();
            }
            try {
                taken[0].close();
                taken[0] = null;
            } catch (IllegalStateException twice) {
                // It was given back when the end of the stack came.
                taken[0] = null;
            }
        });
        if (taken[0] != null) {
            taken[0].close();
        }
        Await.until("both buffers are released: " + pool, () -> pool.available() == 2);
        pool.close();
    }

    /** System calls on a descriptor, each of which counts a use. */
    private void calls() throws Exception {
        AioFile file = AioFile.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        descend(file::size);
        descend(() -> file.setLength(4 * BLOCK));
        descend(() -> file.tryLock(false).orElseThrow().close());
        closeInTime(file);
    }

    private void close() throws Exception {
        int before = descriptors();
        List<AioFile> files = new ArrayList<>();
        for (int i = 0; i < WARM_UP + 1 + ROUNDS * FRAMES; i++) {
            files.add(AioFile.open(path, StandardOpenOption.READ));
        }
        AtomicInteger next = new AtomicInteger();
        descend(() -> files.get(next.getAndIncrement()).close());
        for (AioFile file : files) {
            closeInTime(file);
        }
        require(descriptors() == before, "all descriptors are closed: " + descriptors() + " instead of " + before);
    }

    private void open() throws Exception {
        int before = descriptors();
        openAndClose(() -> AioFile.open(path, StandardOpenOption.READ), file -> {});
        require(descriptors() == before, "all descriptors are closed: " + descriptors() + " instead of " + before);
    }

    private void unaligned() throws Exception {
        AioContext aio = AioContext.builder().queueDepth(8).open();
        AioFile file = aio.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        byte[] bytes = new byte[100];
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        descend(() -> file.readFully(bytes, 0, bytes.length, 10));
        descend(() -> file.writeFully(bytes, 0, bytes.length, 10));
        descend(() ->
                futures.add(file.readFullyAsync(bytes, 0, bytes.length, 10).thenApply(nothing -> 0)));
        descend(() ->
                futures.add(file.writeFullyAsync(bytes, 0, bytes.length, 10).thenApply(nothing -> 0)));
        requireComplete(futures);
        // Waits for the lock of the file's edges.
        file.writeFullyAsync(bytes, 0, bytes.length, 10).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        requireNothingLost(aio, file);
    }

    private void channels() throws Exception {
        AioContext aio = AioContext.builder().queueDepth(8).open();
        AioFile file = aio.open(path, StandardOpenOption.READ);
        AioBufferPool pool = AioBufferPool.of(4, BLOCK);
        ByteBuffer bytes = ByteBuffer.allocate(100);
        openAndClose(() -> AioReadChannel.over(file, 0, 4 * BLOCK, pool), channel -> channel.read(bytes.clear()));
        Await.until("all buffers are released: " + pool, () -> pool.available() == 4);
        pool.close();
        requireNothingLost(aio, file);
        channelsOfTheirOwn();
    }

    /** A channel that owns its file. */
    private void channelsOfTheirOwn() throws Exception {
        int before = descriptors();
        Path written = path.resolveSibling(path.getFileName() + "-written");
        ByteBuffer bytes = ByteBuffer.allocate(100);
        openAndClose(
                () -> AioFiles.newWriteChannel(written, StandardOpenOption.CREATE),
                channel -> channel.write(bytes.clear()));
        openAndClose(() -> AioFiles.newReadChannel(written), channel -> channel.read(bytes.clear()));
        Files.delete(written);
        Await.until("all descriptors are closed", () -> descriptors() <= before);
    }

    private void flow() throws Exception {
        // More blocks than requests.
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.allocate(1), 2L * (WARM_UP + ROUNDS * FRAMES) * BLOCK);
        }
        try (AioContext aio = AioContext.builder().queueDepth(8).open()) {
            for (int i = 0; i < 5; i++) {
                Requesting subscriber = new Requesting();
                AioFlow.newPublisher(aio, path, BLOCK, 2).subscribe(subscriber);
                Flow.Subscription subscription = subscriber.subscribed.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
                descend(() -> subscription.request(1));
                subscription.request(Long.MAX_VALUE);
                subscriber.ended.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    /** Receives all that is requested elsewhere. */
    private static final class Requesting implements Flow.Subscriber<ByteBuffer> {
        private final CompletableFuture<Flow.Subscription> subscribed = new CompletableFuture<>();
        private final CompletableFuture<Void> ended = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscribed.complete(subscription);
        }

        @Override
        public void onNext(ByteBuffer block) {
            // Each is followed by another request.
        }

        @Override
        public void onError(Throwable failure) {
            ended.completeExceptionally(failure);
        }

        @Override
        public void onComplete() {
            ended.complete(null);
        }
    }

    private void contexts() throws Exception {
        openAndClose(() -> AioContext.builder().queueDepth(1).open(), context -> {});
        openAndClose(() -> AioPoller.builder().queueDepth(1).open(), poller -> {});
        Await.until("the kernel has no context: " + kernelContexts(), () -> kernelContexts() == 0);
    }

    private static long kernelContexts() {
        try (Stream<String> maps = Files.lines(Path.of("/proc/self/maps"))) {
            return maps.filter(line -> line.endsWith("/[aio] (deleted)")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void files() throws Exception {
        int before = descriptors();
        Path written = path.resolveSibling(path.getFileName() + "-written");
        byte[] bytes = new byte[100];
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        descend(() -> futures.add(AioFiles.write(written, bytes).thenApply(done -> 0)));
        requireComplete(futures);
        descend(() -> futures.add(AioFiles.readAllBytes(written).thenApply(read -> 0)));
        requireComplete(futures);
        Files.delete(written);
        Await.until("all descriptors are closed", () -> descriptors() <= before);
    }

    /** Opens something. */
    private interface Opening<T> {
        T open() throws Exception;
    }

    /** Uses something that is open. */
    private interface Use<T> {
        void of(T opened) throws Exception;
    }

    /** Opens, uses and closes something at each depth; the next attempt continues with what an overflow has left open. */
    private <T extends AutoCloseable> void openAndClose(Opening<T> opening, Use<T> use) throws Exception {
        // An array: to set its element is no call, which could overflow.
        Object[] opened = new Object[1];
        descend(() -> {
            if (opened[0] == null) {
                opened[0] = opening.open();
            }
            @SuppressWarnings("unchecked")
            T present = (T) opened[0];
            use.of(present);
            present.close();
            opened[0] = null;
        });
        if (opened[0] instanceof AutoCloseable left) {
            closeInTime(left);
        }
    }

    private static void closeInTime(AutoCloseable opened) throws Exception {
        CompletableFuture.runAsync(() -> {
                    try {
                        opened.close();
                    } catch (Exception e) {
                        throw new CompletionException(e);
                    }
                })
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private static int descriptors() {
        return new File("/proc/self/fd").list().length;
    }
}
