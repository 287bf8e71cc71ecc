package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferAllocator;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioPoller;
import io.linuxaio.AioQueue;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioReadChannel;
import io.linuxaio.files.AioWriteChannel;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.KernelContexts;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/** A program that closes a resource once, while the heap is full, and requires that it is released when there is memory. */
final class CloseWithoutMemoryChild {
    private static final int BLOCK = 4096;
    private static final int WARM_UP = 20;

    /** The time for which memory is short, in milliseconds: a call that waits for memory lasts longer. */
    private static final long SHORTAGE_MILLIS = 500;

    private final AioContext aio;
    private final Path path;
    private final MemoryPressure pressure = new FullHeap();
    private int shortages;

    /** A kind of resource. */
    enum Resource {
        CONTEXT,
        CONTEXT_SHUT_DOWN,
        NON_BLOCKING_CONTEXT,
        QUEUE,
        POLLER,
        FILE,
        FILE_IN_USE,
        ARENA,
        POOL,
        LENT_BUFFER,
        ALLOCATOR,
        ALLOCATED_BUFFER,
        LARGE_BUFFER,
        READ_CHANNEL,
        WRITE_CHANNEL
    }

    /**
     * An open resource.
     *
     * @param memory a segment of its memory, or null
     * @param around closed afterwards, or null
     */
    private record Opened(AutoCloseable resource, MemorySegment memory, AutoCloseable around) {
        Opened(AutoCloseable resource) {
            this(resource, null, null);
        }
    }

    private CloseWithoutMemoryChild(Path directory) throws IOException {
        aio = AioContext.builder().queueDepth(64).open();
        path = directory.resolve("data");
    }

    public static void main(String[] arguments) throws Exception {
        CloseWithoutMemoryChild child = new CloseWithoutMemoryChild(Path.of(arguments[1]));
        child.run(Resource.valueOf(arguments[0]), Integer.parseInt(arguments[2]));
        child.aio.close();
        System.out.println("shortages " + child.shortages);
    }

    private void run(Resource what, int rounds) throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            closeAndCheck(what, false);
        }
        int descriptors = Descriptors.targets().size();
        int contexts = KernelContexts.count();
        for (int round = 0; round < rounds; round++) {
            closeAndCheck(what, true);
            Await.until("no kernel context is left", () -> KernelContexts.count() <= contexts);
            Await.until("no descriptor is left", () -> Descriptors.targets().size() <= descriptors);
        }
    }

    private void closeAndCheck(Resource what, boolean withoutMemory) throws Exception {
        Closer closer = new Closer(what);
        closer.start();
        closer.isOpen.await();
        if (withoutMemory) {
            pressure.begin(0);
            try {
                requireFull();
                closer.mayClose = true;
                closer.join(SHORTAGE_MILLIS);
            } finally {
                pressure.end();
            }
        }
        closer.mayClose = true;
        closer.join();
        requireShortage(closer.failure);
        Opened opened = closer.opened;
        MemorySegment memory = opened.memory();
        if (opened.around() != null) {
            opened.around().close();
        }
        Await.until(
                "its memory is freed", () -> memory == null || !memory.scope().isAlive());
    }

    /** A thread that is there before memory is short, since it opens the resource: a queue has one thread. */
    private final class Closer extends Thread {
        private final Resource what;
        private final CountDownLatch isOpen = new CountDownLatch(1);
        private volatile boolean mayClose;
        private volatile Opened opened;
        private volatile Throwable failure;

        Closer(Resource what) {
            this.what = what;
        }

        @Override
        public void run() {
            try {
                opened = open(what);
                AutoCloseable resource = opened.resource();
                isOpen.countDown();
                while (!mayClose) {
                    Thread.onSpinWait();
                }
                resource.close();
            } catch (Throwable e) {
                failure = e;
            } finally {
                isOpen.countDown();
            }
        }
    }

    /** Shows that the heap is full. */
    private void requireFull() {
        try {
            CompletableFuture<?>[] some = new CompletableFuture<?>[BLOCK];
            if (some.length > 0) {
                throw new AssertionError("the heap is not full");
            }
        } catch (OutOfMemoryError full) {
            shortages++;
        }
    }

    private static void requireShortage(Throwable failure) {
        if (failure != null && !(failure instanceof OutOfMemoryError) && !(failure instanceof IOException)) {
            throw new AssertionError("closing failed otherwise", failure);
        }
    }

    private Opened open(Resource what) throws Exception {
        return switch (what) {
            case CONTEXT -> new Opened(AioContext.builder().queueDepth(8).open());
            case CONTEXT_SHUT_DOWN -> contextShutDown();
            case NON_BLOCKING_CONTEXT ->
                new Opened(AioContext.builder()
                        .queueDepth(8)
                        .submission(AioSubmitMode.NON_BLOCKING)
                        .open());
            case QUEUE -> new Opened(AioQueue.open(8));
            case POLLER -> new Opened(AioPoller.builder().queueDepth(8).open());
            case FILE -> new Opened(AioFile.open(path, READ, WRITE, CREATE));
            case FILE_IN_USE -> fileInUse();
            case ARENA -> {
                AioArena arena = AioArena.ofShared();
                yield new Opened(arena, arena.allocate(BLOCK), null);
            }
            case POOL -> pool();
            case LENT_BUFFER -> lent();
            case ALLOCATOR -> allocator();
            case ALLOCATED_BUFFER -> allocated(BLOCK);
            case LARGE_BUFFER -> allocated(1 << 24);
            case READ_CHANNEL -> readChannel();
            case WRITE_CHANNEL -> writeChannel();
        };
    }

    /** No thread waits for its termination: later activity has to suffice. */
    private Opened contextShutDown() throws IOException {
        AioContext context = AioContext.builder().queueDepth(8).open();
        return new Opened(
                context::shutdown,
                null,
                () -> AioFile.open(path, READ, WRITE, CREATE).close());
    }

    private Opened fileInUse() throws IOException {
        AioFile file = aio.open(path, READ, WRITE, CREATE);
        AioArena arena = AioArena.ofShared();
        MemorySegment memory = arena.allocate(BLOCK);
        file.write(memory, 0);
        return new Opened(file, memory, arena::closeWhenIdle);
    }

    private static Opened pool() {
        AioBufferPool pool = AioBufferPool.of(4, BLOCK);
        AioBuffer buffer = pool.tryAcquire().orElseThrow();
        MemorySegment memory = buffer.segment();
        buffer.close();
        return new Opened(pool, memory, null);
    }

    private static Opened lent() {
        AioBufferPool pool = AioBufferPool.of(4, BLOCK);
        AioBuffer buffer = pool.tryAcquire().orElseThrow();
        return new Opened(buffer, buffer.segment(), () -> {
            Await.until("all buffers are back", () -> pool.available() == pool.size());
            pool.close();
        });
    }

    private static Opened allocator() {
        AioBufferAllocator allocator = AioBufferAllocator.open();
        AioBuffer buffer = allocator.allocate(BLOCK);
        MemorySegment memory = buffer.segment();
        buffer.close();
        return new Opened(allocator, memory, null);
    }

    private static Opened allocated(long size) {
        AioBufferAllocator allocator = AioBufferAllocator.open();
        AioBuffer buffer = allocator.allocate(size);
        return new Opened(buffer, buffer.segment(), () -> {
            Await.until("the buffer is back", () -> allocator.allocated() == 0);
            allocator.close();
        });
    }

    private Opened readChannel() throws IOException {
        try (AioWriteChannel written = AioFiles.using(aio).newWriteChannel(path, WRITE, CREATE)) {
            written.write(ByteBuffer.allocate(3 * BLOCK));
        }
        AioReadChannel channel = AioFiles.using(aio).newReadChannel(path);
        channel.read(ByteBuffer.allocate(1));
        return new Opened(channel);
    }

    private Opened writeChannel() throws IOException {
        AioWriteChannel channel = AioFiles.using(aio).newWriteChannel(path, WRITE, CREATE);
        channel.write(ByteBuffer.allocate(3 * BLOCK + 1));
        return new Opened(channel);
    }
}
