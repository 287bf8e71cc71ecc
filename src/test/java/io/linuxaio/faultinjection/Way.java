package io.linuxaio.faultinjection;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicIntegerArray;

/** A way to transfer many parts of a file at once. For one thread. */
interface Way {
    /**
     * Writes or reads parts of a file, and waits until all transfers have completed.
     *
     * @param memory memory as long as the file, with the same layout
     * @return for each part the number of bytes transferred, or a negative error number
     */
    int[] move(boolean write, AioFile file, MemorySegment memory, List<Extent> extents) throws IOException;

    /** One operation after the other through a context, every third in two pieces of memory. */
    static Way single(AioContext aio) {
        return (write, file, memory, extents) -> {
            Futures futures = new Futures(extents.size());
            for (int i = 0; i < extents.size(); i++) {
                Extent extent = extents.get(i);
                MemorySegment part = extent.of(memory);
                if (i % 3 == 0) {
                    MemorySegment[] halves = {part.asSlice(0, extent.length() / 2), part.asSlice(extent.length() / 2)};
                    futures.add(
                            write
                                    ? aio.writev(file, halves, extent.position())
                                    : aio.readv(file, halves, extent.position()));
                } else {
                    futures.add(
                            write ? aio.write(file, part, extent.position()) : aio.read(file, part, extent.position()));
                }
            }
            return futures.results();
        };
    }

    /** All operations in one batch, which is larger than the depth of the context. */
    static Way batch(AioContext aio) {
        return (write, file, memory, extents) -> {
            Futures futures = new Futures(extents.size());
            var batch = aio.batch();
            for (Extent extent : extents) {
                MemorySegment part = extent.of(memory);
                futures.add(
                        write ? batch.write(file, part, extent.position()) : batch.read(file, part, extent.position()));
            }
            batch.submit();
            return futures.results();
        };
    }

    /** The futures of a transfer: each completes once, and so does its callback. */
    final class Futures {
        private final CompletableFuture<?>[] futures;
        private final AtomicIntegerArray ends;
        private int count;

        Futures(int size) {
            futures = new CompletableFuture<?>[size];
            ends = new AtomicIntegerArray(size);
        }

        void add(CompletableFuture<Integer> future) {
            int index = count++;
            futures[index] = future.whenComplete((_, _) -> ends.incrementAndGet(index));
        }

        int[] results() {
            int[] results = new int[count];
            Arrays.setAll(results, this::result);
            for (int i = 0; i < count; i++) {
                if (ends.get(i) != 1) {
                    throw new AssertionError("operation " + i + " completed " + ends.get(i) + " times");
                }
            }
            return results;
        }

        private int result(int index) {
            try {
                return (Integer) futures[index].join();
            } catch (CompletionException e) {
                if (e.getCause() instanceof AioException failure) {
                    return -failure.errno();
                }
                throw e;
            }
        }
    }
}
