package io.linuxaio.examples;

import io.linuxaio.AioBatch;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A group of records of a log, written with one system call and made durable with one flush. */
final class BatchExample {
    private BatchExample() {}

    /** Writes blocks one behind the other; they are durable when the future completes. */
    static CompletableFuture<Void> commit(AioContext aio, AioFile log, List<MemorySegment> blocks, long position) {
        // @start region="batch"
        AioBatch batch = aio.batch();
        List<CompletableFuture<Integer>> writes = new ArrayList<>();
        long end = position;
        for (MemorySegment block : blocks) {
            writes.add(batch.write(log, block, end));
            end += block.byteSize();
        }
        batch.submit();
        // Not in the batch: a sync covers only what had completed before.
        return CompletableFuture.allOf(writes.toArray(CompletableFuture[]::new)).thenCompose(nothing -> log.dataSync());
        // @end
    }
}
