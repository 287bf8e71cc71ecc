package io.linuxaio.examples;

import io.linuxaio.AioFile;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;

/** A limit on operations in flight for one of several users of a context. The context's depth limits them together. */
final class Limits {
    private Limits() {}

    // @start region="semaphore"
    /** Writes blocks one behind the other, each when a permit is free. Does not wait for the last writes. */
    static List<CompletableFuture<Integer>> writeLimited(Semaphore permits, AioFile file, List<MemorySegment> blocks)
            throws InterruptedException {
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        long position = 0;
        for (MemorySegment block : blocks) {
            permits.acquire();
            CompletableFuture<Integer> write;
            try {
                write = file.write(block, position);
            } catch (RuntimeException e) {
                permits.release();
                throw e;
            }
            write.whenComplete((count, failure) -> permits.release());
            // A copy: cancelling it does not release the permit while the kernel still writes.
            writes.add(write.copy());
            position += block.byteSize();
        }
        return writes;
    }
    // @end
}
