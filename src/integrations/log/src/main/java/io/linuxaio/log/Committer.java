package io.linuxaio.log;

import io.linuxaio.AioException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The thread that writes: group commit. One commit is under way at a time, and all records that arrive meanwhile share the
 * next. Futures of a group are completed while the next one is being written.
 */
final class Committer implements Runnable {
    private static final int ENOSPC = 28;
    private static final int EDQUOT = 122;

    private final PendingGroups pending;
    private final SegmentList segments;
    private final LogDurability durability;
    private final boolean dsync;
    private final long syncInterval;
    private final Runnable release;
    /** Made beforehand, for a failure that leaves no memory. */
    private final LogFailedException withoutMemory;

    private Segment segment;
    private boolean segmentIsFull;
    /** The position behind the last record that was written. */
    private long end;

    private long unsyncedSince;
    private volatile long durable;

    private GroupBuffer committing;
    private List<PendingAppend> committed = new ArrayList<>();

    /**
     * Creates a committer.
     *
     * @param segment the segment to continue, durable up to the end
     * @param end the position behind the last record, in that segment
     * @param segmentIsFull {@code true} if the next record must begin another segment
     * @param release called when the log has been closed and everything is committed
     */
    Committer(
            LogWriter.Builder settings,
            PendingGroups pending,
            SegmentList segments,
            Segment segment,
            long end,
            boolean segmentIsFull,
            Runnable release) {
        this.pending = pending;
        this.segments = segments;
        this.segment = segment;
        this.end = end;
        this.segmentIsFull = segmentIsFull;
        this.release = release;
        durability = settings.durability;
        dsync = durability == LogDurability.ALWAYS && settings.force == LogForce.DSYNC;
        syncInterval = settings.syncInterval.toNanos();
        durable = end;
        withoutMemory = new LogFailedException("the log has failed and accepts no more records: out of memory", null);
    }

    /** Returns the position up to which the log is durable. */
    long durable() {
        return durable;
    }

    @Override
    public void run() {
        try {
            commitUntilClosed();
        } catch (Throwable e) {
            fail(e);
        } finally {
            release.run();
        }
    }

    private void commitUntilClosed() throws IOException {
        while (true) {
            if (nanosUntilSync() <= 0) {
                sync();
            }
            GroupBuffer group = pending.take(0);
            if (group == null) {
                deliverCommitted();
                if (pending.isFinished()) {
                    break;
                }
                group = pending.take(nanosUntilSync());
            }
            if (group != null) {
                commit(group);
            }
        }
        if (durable < end) {
            sync();
        }
    }

    private long nanosUntilSync() {
        boolean due = durability == LogDurability.INTERVAL && durable < end;
        return due ? unsyncedSince + syncInterval - System.nanoTime() : Long.MAX_VALUE;
    }

    private void commit(GroupBuffer group) throws IOException {
        committing = group;
        long position = end;
        IOException refusal = null;
        try {
            if (group.hasRecords()) {
                position = write(group);
            }
            if (durable < end && (durability == LogDurability.ALWAYS || group.isForced())) {
                sync();
            }
        } catch (NoSpaceException e) {
            refusal = e.reason();
        }
        // If nothing was submitted meanwhile.
        deliverCommitted();
        committed = group.exchangeAppends(committed);
        committing = null;
        for (PendingAppend append : committed) {
            if (refusal == null) {
                append.succeed(position, durable);
            } else {
                append.fail(refusal);
            }
        }
        group.clear();
        pending.giveBack(group);
    }

    /** Writes a group and returns its position. */
    private long write(GroupBuffer group) throws IOException, NoSpaceException {
        long position = place(group.length());
        SegmentHeader header = segment.header();
        MemorySegment blocks = group.seal(header, position, durable);
        CompletableFuture<Integer> write = segment.write(blocks, position, dsync);
        deliverCommitted();
        try {
            Segment.await(write);
        } catch (AioException e) {
            if (e.errno() == ENOSPC || e.errno() == EDQUOT) {
                // The next group is written to the same place.
                throw new NoSpaceException(e);
            }
            throw e;
        }
        if (durable == end) {
            unsyncedSince = System.nanoTime();
        }
        end = position + group.length();
        if (dsync) {
            durable = end;
        }
        return position;
    }

    /** Returns the position of the next group, in a new segment if it does not fit into this one. */
    private long place(int length) throws IOException, NoSpaceException {
        SegmentHeader header = segment.header();
        if (!segmentIsFull) {
            long next = header.base() + Layout.roundUp(end - header.base(), header.blockSize());
            if (next + Layout.roundUp(length, header.blockSize()) <= header.limit()) {
                return next;
            }
        }
        SegmentSupply.Unnamed next;
        try {
            next = segments.prepare(header.limit(), end);
        } catch (IOException e) {
            throw new NoSpaceException(e);
        }
        try {
            if (durable < end) {
                sync();
            }
            segments.append(next);
        } catch (Throwable e) {
            next.segment().close();
            throw e;
        }
        Segment full = segment;
        segment = next.segment();
        segmentIsFull = false;
        // Nothing before the new segment is left to be synced.
        end = segment.header().first();
        durable = end;
        full.close();
        return end;
    }

    private void sync() throws IOException {
        segment.dataSync();
        durable = end;
    }

    private void deliverCommitted() {
        for (int i = 0; i < committed.size(); i++) {
            committed.get(i).deliver();
        }
        committed.clear();
    }

    /** Ends the log: no future stays incomplete, and none is added. */
    private void fail(Throwable cause) {
        LogFailedException failure = failure(cause);
        List<PendingAppend> later = pending.fail(failure);
        deliverCommitted();
        if (committing != null) {
            fail(committing.exchangeAppends(List.of()), failure);
        }
        fail(later, failure);
    }

    private LogFailedException failure(Throwable cause) {
        try {
            return new LogFailedException("the log has failed and accepts no more records: " + cause, cause);
        } catch (Throwable e) {
            return withoutMemory;
        }
    }

    private static void fail(List<PendingAppend> appends, LogFailedException failure) {
        for (int i = 0; i < appends.size(); i++) {
            appends.get(i).fail(failure);
            appends.get(i).deliver();
        }
    }

    /** Closes the segment, when the thread has ended. */
    void close() throws IOException {
        segment.close();
    }

    /** Thrown if a group was not written for a reason that leaves the log as it was. */
    private static final class NoSpaceException extends Exception {
        private static final long serialVersionUID = 1L;

        private final IOException reason;

        NoSpaceException(IOException reason) {
            super(reason);
            this.reason = reason;
        }

        IOException reason() {
            return reason;
        }
    }
}
