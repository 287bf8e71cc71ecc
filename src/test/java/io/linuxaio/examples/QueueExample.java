package io.linuxaio.examples;

import static java.nio.file.StandardOpenOption.READ;

import io.linuxaio.AioArena;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;

/** One thread reads a file from end to end, and keeps the device busy. */
final class QueueExample {
    private static final int BLOCK = 4096;
    private static final int DEPTH = 32;

    private long next;
    private long bytes;
    private int failures;

    /** Reads a file, and returns the number of bytes. */
    static long readAll(Path path) throws IOException {
        QueueExample example = new QueueExample();
        try (AioFile file = AioFile.open(path, READ);
                AioArena arena = AioArena.ofShared()) {
            example.read(file, arena.allocate((long) DEPTH * BLOCK));
        }
        if (example.failures > 0) {
            throw new IOException(example.failures + " reads of " + path + " failed");
        }
        return example.bytes;
    }

    private void read(AioFile file, MemorySegment memory) throws IOException {
        long end = file.size();
        // @start region="queue"
        try (AioQueue queue = AioQueue.open(DEPTH)) {
            // The user data says which part of the memory an operation has.
            for (int part = 0; part < DEPTH && next < end; part++, next += BLOCK) {
                queue.prepareRead(file, memory.asSlice((long) part * BLOCK, BLOCK), next, part);
            }
            while (queue.prepared() + queue.inFlight() > 0) {
                queue.submit();
                queue.await(1, Duration.ofSeconds(1), (part, result) -> {
                    if (result < 0) {
                        failures++;
                        return;
                    }
                    bytes += result;
                    if (next < end) {
                        queue.prepareRead(file, memory.asSlice(part * BLOCK, BLOCK), next, part);
                        next += BLOCK;
                    }
                });
            }
        }
        // @end
    }
}
