package io.linuxaio.examples;

import io.linuxaio.AioCompletionHandler;
import io.linuxaio.AioFile;
import io.linuxaio.AioPoller;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** A log to which any thread appends, and one thread that makes what has arrived durable with one sync for all. */
final class PollerExample implements Runnable {
    private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

    private final AioPoller poller;
    private final AioFile log;
    private final Map<Long, CompletableFuture<Void>> appends = new ConcurrentHashMap<>();
    private final AtomicLong end = new AtomicLong();
    private final List<CompletableFuture<Void>> written = new ArrayList<>();
    private int groups;

    PollerExample(AioPoller poller, AioFile log) {
        this.poller = poller;
        this.log = log;
    }

    // @start region="poller"
    /** Appends a block. For any thread. */
    CompletableFuture<Void> append(MemorySegment block) {
        CompletableFuture<Void> durable = new CompletableFuture<>();
        long position = end.getAndAdd(block.byteSize());
        appends.put(position, durable);
        poller.write(log, block, position, position);
        return durable;
    }

    /** Delivers completions until the poller is shut down. For one thread. */
    @Override
    public void run() {
        AioCompletionHandler handler = this::completed;
        while (poller.await(1, FOREVER, handler) >= 0) {
            if (!written.isEmpty()) {
                // One sync for all writes that have completed.
                sync();
                written.forEach(append -> append.complete(null));
                written.clear();
            }
        }
    }

    private void completed(long position, int result) {
        CompletableFuture<Void> append = appends.remove(position);
        if (result < 0) {
            append.completeExceptionally(new IllegalStateException("the write at " + position + " failed: " + result));
        } else {
            written.add(append);
        }
    }
    // @end

    private void sync() {
        groups++;
        try {
            log.dataSync().join();
        } catch (CompletionException e) {
            written.forEach(append -> append.completeExceptionally(e));
        }
    }

    /** Returns the number of syncs. */
    int groups() {
        return groups;
    }
}
