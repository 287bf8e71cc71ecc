package io.linuxaio.examples;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioFile;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Waiting for the first of several operations, and for all. */
final class Several {
    private Several() {}

    // @start region="first"
    /** A block from whichever of two copies answers first, be it with a failure. */
    static byte[] readFromEither(AioBufferPool pool, AioFile one, AioFile other, long position)
            throws InterruptedException {
        try (AioBuffer a = pool.acquire();
                AioBuffer b = pool.acquire()) {
            CompletableFuture<AioBuffer> first = one.read(a.segment(), position).thenApply(count -> a);
            CompletableFuture<AioBuffer> second =
                    other.read(b.segment(), position).thenApply(count -> b);
            AioBuffer quicker =
                    (AioBuffer) CompletableFuture.anyOf(first, second).join();
            return quicker.segment().toArray(JAVA_BYTE);
        }
        // The slower one's buffer is back in the pool when the kernel is done with it.
    }
    // @end

    // @start region="first-structured"
    /** The same with a thread for each: the first that succeeds, and no thread is left behind. */
    static byte[] readFromEitherInThreads(AioBufferPool pool, AioFile one, AioFile other, long position)
            throws InterruptedException, ExecutionException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.invokeAny(List.<Callable<byte[]>>of(
                    () -> readBlock(pool, one, position), () -> readBlock(pool, other, position)));
        }
    }

    private static byte[] readBlock(AioBufferPool pool, AioFile file, long position)
            throws InterruptedException, ExecutionException {
        try (AioBuffer buffer = pool.acquire()) {
            // Not join(), which an interrupt does not end: invokeAny interrupts whoever is slower.
            file.read(buffer.segment(), position).get();
            return buffer.segment().toArray(JAVA_BYTE);
        }
    }
    // @end

    // @start region="all"
    /** Ends when all have ended, also where some failed; then fails with the failure of one. */
    static CompletableFuture<Void> writeAll(AioFile file, List<MemorySegment> blocks) {
        CompletableFuture<?>[] writes = new CompletableFuture<?>[blocks.size()];
        long position = 0;
        for (int i = 0; i < writes.length; i++) {
            writes[i] = file.write(blocks.get(i), position);
            position += blocks.get(i).byteSize();
        }
        return CompletableFuture.allOf(writes);
    }
    // @end

    // @start region="all-in-turn"
    /** Waits for one after the other, and takes completions itself; how many bytes that made. */
    static long writeAllInTurn(AioFile file, List<MemorySegment> blocks) {
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        long position = 0;
        for (MemorySegment block : blocks) {
            writes.add(file.write(block, position));
            position += block.byteSize();
        }
        long sum = 0;
        for (CompletableFuture<Integer> write : writes) {
            // Throws at the first failure, and leaves the rest in flight.
            sum += write.join();
        }
        return sum;
    }
    // @end
}
