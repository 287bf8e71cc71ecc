package io.linuxaio.bench.run;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** A load on a disk, 16 writes of 1 MiB at random positions of a file, until it is closed. */
final class BusyDisk implements AutoCloseable {
    static final int BLOCKS = 256;

    private static final int BLOCK = 1 << 20;
    private static final int DEPTH = 16;

    private final Path path;
    private final AioContext context;
    private final AioArena arena = AioArena.ofShared();
    private final AioFile file;
    private final MemorySegment block = arena.allocate(BLOCK);
    private final Thread thread = new Thread(this::write, "bench-busy");
    private volatile boolean stopped;
    private volatile RuntimeException failure;

    BusyDisk(Path path) throws IOException {
        this.path = path;
        context = AioContext.builder().queueDepth(DEPTH).open();
        try {
            file = context.open(path, READ, WRITE, CREATE);
        } catch (IOException e) {
            context.close();
            throw e;
        }
        // Written once: what follows neither extends the file nor allocates blocks.
        for (long i = 0; i < BLOCKS; i++) {
            file.write(block, i * BLOCK).join();
        }
        thread.start();
    }

    private void write() {
        SplittableRandom places = new SplittableRandom(1);
        ArrayDeque<CompletableFuture<Integer>> inFlight = new ArrayDeque<>();
        try {
            while (!stopped) {
                inFlight.add(file.write(block, places.nextLong(BLOCKS) * BLOCK));
                if (inFlight.size() == DEPTH) {
                    inFlight.remove().join();
                }
            }
            inFlight.forEach(CompletableFuture::join);
        } catch (RuntimeException e) {
            failure = e;
        }
    }

    /** Throws if it is not busy any more. */
    void requireAlive() {
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public void close() throws IOException {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted; " + path + " is left behind");
        }
        file.close();
        context.close();
        arena.close();
        Files.deleteIfExists(path);
        requireAlive();
    }
}
