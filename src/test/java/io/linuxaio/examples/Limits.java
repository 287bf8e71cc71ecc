package io.linuxaio.examples;

import io.linuxaio.AioFile;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** So many at once, and no more, in a context that others use, too. The context's depth is such a limit for all. */
final class Limits {
    private Limits() {}

    // @start region="semaphore"
    /** Writes blocks one behind the other, each as soon as there is a place; waits for places, not for the last writes. */
    static List<CompletableFuture<Integer>> writeSoManyAtOnce(
            Semaphore places, AioFile file, List<MemorySegment> blocks) throws InterruptedException {
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        long position = 0;
        for (MemorySegment block : blocks) {
            places.acquire();
            CompletableFuture<Integer> write;
            try {
                write = file.write(block, position);
            } catch (RuntimeException e) {
                places.release();
                throw e;
            }
            write.whenComplete((count, failure) -> places.release());
            // A copy: who cancels it does not free the place that the kernel still has.
            writes.add(write.copy());
            position += block.byteSize();
        }
        return writes;
    }
    // @end
}
