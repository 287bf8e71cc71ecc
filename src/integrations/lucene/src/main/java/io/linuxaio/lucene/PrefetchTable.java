package io.linuxaio.lucene;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioBatch;
import io.linuxaio.AioBuffer;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioFullQueuePolicy;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;

/**
 * The prefetched ranges of an open file: a sliding window over the ranges that were asked for.
 *
 * <p>The first ranges are submitted at once. While many operations are in flight, further ranges wait, and are submitted in
 * batches as slots of the context become free, which later calls of this table notice. So the device stays busy, a prefetch
 * does not wait for the queue, and a batch takes one system call. Ranges do not overlap. A range is freed when a read has
 * reached its end. A range that fails is forgotten: the read that needs it reads the file and reports the failure.
 *
 * <p>Safe for use by any thread. No lock is held during a system call.
 */
final class PrefetchTable {
    /** The maximum length of a range, in bytes. */
    static final int MAX_RANGE = 128 << 10;

    /** The number of ranges that are submitted together while the device is busy. */
    private static final int BATCH = 16;

    private static final int MAX_BATCH = 32;

    /** The maximum number of ranges that wait. If there are more, the oldest is dropped. */
    private static final int MAX_WAITING = 4096;

    private final AioResources resources;
    private final AioContext context;
    private final AioFile file;
    private final AioAlignment alignment;
    private final long fileEnd;
    private final int maxInFlight;

    // Guarded by this.
    private final TreeMap<Long, PrefetchedRange> ranges = new TreeMap<>();
    private final ArrayDeque<PrefetchedRange> waiting = new ArrayDeque<>();
    private boolean closed;

    /** True if there are no ranges; written under the lock. */
    private volatile boolean empty = true;

    PrefetchTable(AioResources resources, AioFile file, long length) {
        this.resources = resources;
        context = resources.context();
        // A prefetch must not wait for a slot.
        this.file = file.with(AioFullQueuePolicy.REJECT);
        alignment = file.alignment();
        fileEnd = alignment.roundUp(length);
        int depth = context.queueDepth();
        maxInFlight = depth - depth / 8;
    }

    /** Starts to read a range of the file that is not empty, or notes it to be read. */
    void prefetch(long from, long to) {
        List<PrefetchedRange> next;
        synchronized (this) {
            add(from, to);
            next = pollWaiting();
        }
        submit(next);
    }

    private void add(long from, long to) {
        long at = alignment.roundDown(from);
        while (at < to && !closed) {
            Map.Entry<Long, PrefetchedRange> before = ranges.floorEntry(at);
            if (before != null && before.getValue().to() > at) {
                PrefetchedRange present = before.getValue();
                present.wantedEnd = Math.max(present.wantedEnd, Math.min(to, present.to()));
                at = present.to();
            } else {
                at = addRange(at, to);
            }
        }
    }

    private long addRange(long at, long to) {
        long end = Math.min(Math.min(alignment.roundUp(to), fileEnd), at + MAX_RANGE);
        Long next = ranges.higherKey(at);
        if (next != null) {
            end = Math.min(end, next);
        }
        PrefetchedRange range = new PrefetchedRange(this, at, end, Math.min(to, end));
        ranges.put(at, range);
        waiting.add(range);
        empty = false;
        if (waiting.size() > MAX_WAITING) {
            remove(waiting.poll());
        }
        return end;
    }

    /** Takes the ranges to be submitted now; none while others are to be awaited. */
    private List<PrefetchedRange> pollWaiting() {
        if (waiting.isEmpty()) {
            return List.of();
        }
        int inFlight = context.inFlight();
        int room = maxInFlight - inFlight;
        if (room < 1 || inFlight >= BATCH && (room < BATCH || waiting.size() < BATCH)) {
            return List.of();
        }
        List<PrefetchedRange> next = new ArrayList<>(MAX_BATCH);
        while (next.size() < Math.min(room, MAX_BATCH) && !waiting.isEmpty()) {
            PrefetchedRange range = waiting.poll();
            if (!range.removed) {
                next.add(range);
            }
        }
        return next;
    }

    private void submit(List<PrefetchedRange> next) {
        if (next.isEmpty()) {
            return;
        }
        AioBatch batch = resources.takeBatch();
        try {
            next.forEach(range -> addTo(batch, range));
        } finally {
            // Always: threads may wait for the ranges.
            batch.submit();
        }
        resources.giveBack(batch);
    }

    private void addTo(AioBatch batch, PrefetchedRange range) {
        AioBuffer buffer = resources.memory().allocate(range, alignment.memory());
        synchronized (this) {
            range.buffer = buffer;
            if (buffer == null || range.removed) {
                remove(range);
            } else {
                range.read = batch.read(file, buffer.segment().asSlice(0, range.length()), range.from());
            }
        }
    }

    /**
     * Copies prefetched bytes, and waits for them if they are being read.
     *
     * @return the number of bytes copied, from 1 to the size of the target; 0 if the first byte was not prefetched
     */
    int copy(long position, MemorySegment target) {
        if (empty) {
            return 0;
        }
        PrefetchedRange range;
        List<PrefetchedRange> next;
        synchronized (this) {
            range = claim(position);
            next = pollWaiting();
        }
        // Before this thread waits.
        submit(next);
        if (range == null) {
            return 0;
        }
        int count = 0;
        try {
            count = (int) Math.min(target.byteSize(), range.from() + result(range) - position);
            if (count > 0) {
                MemorySegment.copy(range.buffer.segment(), position - range.from(), target, 0, count);
            }
        } finally {
            release(range, position + count);
        }
        return Math.max(0, count);
    }

    /** Returns the submitted range that contains a position, to be released. One that still waits is given up. */
    private PrefetchedRange claim(long position) {
        Map.Entry<Long, PrefetchedRange> entry = ranges.floorEntry(position);
        if (entry == null || entry.getValue().to() <= position) {
            return null;
        }
        PrefetchedRange range = entry.getValue();
        if (range.read == null) {
            remove(range);
            return null;
        }
        range.users++;
        return range;
    }

    /** Waits for the read of a range; returns the number of bytes, -1 if it failed. */
    private static int result(PrefetchedRange range) {
        try {
            return range.read.join();
        } catch (CompletionException | CancellationException failed) {
            return -1;
        }
    }

    private synchronized void release(PrefetchedRange range, long readTo) {
        range.users--;
        // Without progress, the range has failed.
        if (readTo >= range.wantedEnd || readTo <= range.from()) {
            remove(range);
        } else if (range.removed) {
            free(range);
        }
    }

    /** Evicts a range; returns {@code false} if it is in use or in flight. */
    synchronized boolean evict(PrefetchedRange range) {
        if (range.isFreed()) {
            return true;
        }
        if (range.users > 0 || range.read == null || !range.read.isDone()) {
            return false;
        }
        remove(range);
        return true;
    }

    /** Removes a range, and frees it if no thread uses it. */
    private void remove(PrefetchedRange range) {
        if (!range.removed) {
            range.removed = true;
            ranges.remove(range.from());
            empty = ranges.isEmpty();
        }
        free(range);
    }

    private void free(PrefetchedRange range) {
        if (range.users == 0 && range.buffer != null) {
            AioBuffer buffer = range.buffer;
            range.buffer = null;
            range.freed();
            resources.memory().free(buffer, range.length());
        }
    }

    /** Forgets all ranges and accepts no more. */
    synchronized void close() {
        closed = true;
        for (PrefetchedRange range : List.copyOf(ranges.values())) {
            remove(range);
        }
        waiting.clear();
    }
}
