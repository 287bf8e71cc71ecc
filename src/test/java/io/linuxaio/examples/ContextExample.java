package io.linuxaio.examples;

import static java.nio.file.StandardOpenOption.READ;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Several reads in flight through one context. */
final class ContextExample {
    private static final int BLOCK = 4096;

    private ContextExample() {}

    /** Returns the number of bytes in the first blocks of a file. */
    static long countBytes(Path path, int blocks) throws IOException {
        // @start region="context"
        try (AioContext aio = AioContext.builder().queueDepth(32).open();
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(path, READ)) {
            List<CompletableFuture<Integer>> reads = new ArrayList<>();
            for (int i = 0; i < blocks; i++) {
                // Waits here while 32 are in flight.
                MemorySegment target = arena.allocate(BLOCK);
                reads.add(file.read(target, (long) i * BLOCK));
            }
            long sum = 0;
            for (CompletableFuture<Integer> read : reads) {
                sum += read.join();
            }
            return sum;
        }
        // @end
    }
}
