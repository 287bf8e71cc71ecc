package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioFlow;
import io.linuxaio.files.AioWriteOption;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;

/** An application of a server that uses all of the library; its class loader is given up afterwards. */
public final class DeployedApplication implements Runnable {
    private static final int SIZE = 1 << 16;

    /** A thread local that outlives its thread if threads inherit it. */
    private static final InheritableThreadLocal<Object> INHERITED = new InheritableThreadLocal<>();

    private final Path directory;

    /**
     * Prepares a run.
     *
     * @param directory the directory for files
     */
    public DeployedApplication(Path directory) {
        this.directory = directory;
    }

    @Override
    public void run() {
        INHERITED.set(new Object() {});
        try {
            contexts();
            pools();
            queues();
            wholeFiles();
            flows();
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void contexts() throws IOException, InterruptedException {
        Path path = directory.resolve("context");
        try (AioArena arena = AioArena.ofShared();
                AioContext first = AioContext.builder().jmx("deployed").open();
                AioContext second = AioContext.builder()
                        .submission(AioSubmitMode.NON_BLOCKING)
                        .completionExecutor(Runnable::run)
                        .open();
                AioFile file = first.open(path, CREATE, READ, WRITE);
                AioFile other = second.open(path, READ, WRITE)) {
            MemorySegment memory = arena.allocate(SIZE);
            file.write(memory, 0).thenCompose(_ -> file.sync()).join();
            other.write(memory, 2L * SIZE).thenCompose(_ -> other.sync()).join();
            Thread.ofVirtual().start(() -> file.read(memory, 0).join()).join();
        }
    }

    private void pools() throws IOException, InterruptedException {
        try (AioBufferPool pool =
                        AioBufferPool.builder().buffers(2).trackLeaks(true).build();
                AioBuffer one = pool.acquire();
                AioContext aio = AioContext.open();
                AioFile file = aio.open(directory.resolve("pool"), CREATE, WRITE)) {
            file.write(one.segment(), 0).join();
        }
    }

    private void queues() throws IOException {
        Path path = directory.resolve("queue");
        try (AioArena arena = AioArena.ofShared();
                AioQueue queue = AioQueue.open(4);
                AioFile file = AioFile.open(path, CREATE, WRITE)) {
            queue.prepareWrite(file, arena.allocate(SIZE), 0, 1);
            queue.submit();
            queue.await(1, Duration.ofSeconds(30), (_, _) -> {});
            AioContext.shared().write(file, arena.allocate(SIZE), 0).join();
        }
    }

    private void wholeFiles() {
        Path path = directory.resolve("whole");
        AioFiles.write(path, new byte[SIZE]).join();
        AioFiles.write(path, new byte[SIZE], AioWriteOption.ATOMIC_REPLACE).join();
        AioFiles.readAllBytes(path).thenApply(bytes -> bytes.length).join();
        AioFiles.copy(path, directory.resolve("copy"), StandardCopyOption.REPLACE_EXISTING)
                .join();
        AioFiles.readAllBytes(directory.resolve("none"))
                .exceptionally(_ -> null)
                .join();
    }

    private void flows() {
        CompletableFuture<Void> read = new CompletableFuture<>();
        AioFlow.newPublisher(AioContext.shared(), directory.resolve("whole"), SIZE, 2)
                .subscribe(new Flow.Subscriber<>() {
                    @Override
                    public void onSubscribe(Flow.Subscription subscription) {
                        subscription.request(Long.MAX_VALUE);
                    }

                    @Override
                    public void onNext(ByteBuffer block) {}

                    @Override
                    public void onError(Throwable failure) {
                        read.completeExceptionally(failure);
                    }

                    @Override
                    public void onComplete() {
                        read.complete(null);
                    }
                });
        read.join();
    }
}
