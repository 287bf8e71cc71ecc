package io.linuxaio.lucene;

import io.linuxaio.AioBuffer;
import java.util.concurrent.CompletableFuture;

/** A range of a file that is read ahead of its use. The fields that change are guarded by its table. */
final class PrefetchedRange {
    private final PrefetchTable table;
    private final long from;
    private final long to;

    /** The end of the bytes that were asked for. A read that reaches it is the last one. */
    long wantedEnd;

    /** The number of threads that wait for the range or copy from it. */
    int users;

    /** True if no thread finds the range any more. */
    boolean removed;

    /** Null before the range is submitted and after it is freed. */
    AioBuffer buffer;

    /** Null before the range is submitted. */
    CompletableFuture<Integer> read;

    private volatile boolean freed;

    PrefetchedRange(PrefetchTable table, long from, long to, long wantedEnd) {
        this.table = table;
        this.from = from;
        this.to = to;
        this.wantedEnd = wantedEnd;
    }

    PrefetchTable table() {
        return table;
    }

    long from() {
        return from;
    }

    long to() {
        return to;
    }

    int length() {
        return (int) (to - from);
    }

    boolean isFreed() {
        return freed;
    }

    void freed() {
        freed = true;
    }
}
