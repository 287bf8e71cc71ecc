package io.linuxaio.log;

import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.ReentrantLock;

/** The segments of an open log, in order. Readers look at it while segments are added at its end and discarded at its start. */
final class SegmentList {
    private final LogDirectory directory;
    private final SegmentSupply supply;
    private final long size;
    private final int blockSize;
    private final ConcurrentNavigableMap<Long, SegmentHeader> headers = new ConcurrentSkipListMap<>();
    /** Held while names change. */
    private final ReentrantLock changes = new ReentrantLock();

    private boolean closed;

    SegmentList(LogDirectory directory, SegmentSupply supply, long size, int blockSize, List<SegmentHeader> present) {
        this.directory = directory;
        this.supply = supply;
        this.size = size;
        this.blockSize = blockSize;
        present.forEach(header -> headers.put(header.base(), header));
    }

    /** Returns the position at which the log begins. */
    long start() {
        return headers.firstKey();
    }

    /** Returns the segment that contains a position; {@code null} if the log begins behind it. */
    SegmentHeader containing(long position) {
        var entry = headers.floorEntry(position);
        return entry == null ? null : entry.getValue();
    }

    /** Returns the segment that follows another; {@code null} if there is none yet. */
    SegmentHeader after(SegmentHeader header) {
        return headers.get(header.limit());
    }

    boolean contains(SegmentHeader header) {
        return headers.containsKey(header.base());
    }

    Path path(SegmentHeader header) {
        return directory.segment(header.base());
    }

    /**
     * Makes the next segment, which is no part of the log until it is {@linkplain #append appended}.
     *
     * @param base the position at which it begins
     * @param previousEnd the end of the records before it
     */
    SegmentSupply.Unnamed prepare(long base, long previousEnd) throws IOException {
        return supply.take(
                new SegmentHeader(ThreadLocalRandom.current().nextLong(), base, previousEnd, size, blockSize));
    }

    /** Makes a segment part of the log, durably. All records before it must be durable. */
    void append(SegmentSupply.Unnamed next) throws IOException {
        SegmentHeader header = next.segment().header();
        changes.lock();
        try {
            directory.rename(next.path(), path(header));
            headers.put(header.base(), header);
        } finally {
            changes.unlock();
        }
        supply.makeAhead();
    }

    /** Takes the segments out of the log that end before a position, and recycles them. */
    void discardBefore(long position) throws IOException {
        changes.lock();
        try {
            if (closed) {
                throw new ClosedChannelException();
            }
            SegmentHeader first = headers.firstEntry().getValue();
            SegmentHeader second;
            while ((second = after(first)) != null && second.previousEnd() <= position) {
                headers.remove(first.base());
                // Durable for each: the names that a power failure leaves are always those of consecutive segments.
                supply.offer(directory.recycle(path(first)));
                first = second;
            }
        } finally {
            changes.unlock();
        }
    }

    /** Refuses further changes of names: the directory is about to be free for another writer. */
    void close() {
        changes.lock();
        try {
            closed = true;
        } finally {
            changes.unlock();
        }
    }
}
