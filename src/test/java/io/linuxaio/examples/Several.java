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
    /** Returns the block of the copy that completes first; throws if that one fails. */
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
        // The buffer of the slower read returns to the pool when the kernel has completed it.
    }
    // @end

    // @start region="first-structured"
    /** Returns the block of the copy that succeeds first. No thread is left when the method returns. */
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
            // Not join(), which an interrupt does not end: invokeAny interrupts the slower thread.
            file.read(buffer.segment(), position).get();
            return buffer.segment().toArray(JAVA_BYTE);
        }
    }
    // @end

    // @start region="all"
    /** Returns a future that completes when all writes have completed; it fails if one of them failed. */
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
    /** Waits for one write after the other, reaping completions itself. Returns the number of bytes written. */
    static long writeAllInTurn(AioFile file, List<MemorySegment> blocks) {
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        long position = 0;
        for (MemorySegment block : blocks) {
            writes.add(file.write(block, position));
            position += block.byteSize();
        }
        long sum = 0;
        for (CompletableFuture<Integer> write : writes) {
            // Throws at the first failure and leaves the remaining writes in flight.
            sum += write.join();
        }
        return sum;
    }
    // @end
}
