package io.linuxaio;

import io.linuxaio.internal.engine.PinnedMemory;
import io.linuxaio.internal.memory.BounceBuffers;
import java.lang.foreign.MemorySegment;
import java.util.Comparator;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * Many reads of any position and length from one file, of which one operation serves those that lie close together.
 *
 * <p>The requests are sorted by position and divided into groups. The blocks of a group are read into one bounce buffer, from
 * which each request takes its bytes. A sliding window bounds the groups in flight; half of it is submitted by one system
 * call. Groups end on threads that deliver results, and the next ones are submitted there.
 */
final class ManyReads {
    /** The longest gap between two requests of a group, in bytes: bytes that are read for nothing. */
    static final int LONGEST_GAP = 4096;

    /** The maximum number of groups in flight. */
    static final int WINDOW = 64;

    private final AioFile file;
    private final AioAlignment alignment;
    private final int window;

    /** The requests, by position. */
    private final MemorySegment[] targets;

    private final long[] positions;
    private final PinnedMemory[] pins;

    /** The index of the first request of each group, and the number of requests behind the last. */
    private final int[] groups;

    private final int count;
    private final CompletableFuture<Void> future = new CompletableFuture<>();

    // Guarded by this.
    private int next;
    private int inFlight;
    private Throwable failure;
    private boolean isOver;

    private ManyReads(AioFile file, MemorySegment[] targets, long[] positions) {
        this.file = file;
        alignment = file.alignment();
        window = Math.min(WINDOW, file.context().queueDepth());
        Integer[] order = IntStream.range(0, targets.length)
                .filter(i -> targets[i].byteSize() > 0)
                .boxed()
                .sorted(Comparator.comparingLong(i -> positions[i]))
                .toArray(Integer[]::new);
        this.targets = new MemorySegment[order.length];
        this.positions = new long[order.length];
        for (int i = 0; i < order.length; i++) {
            this.targets[i] = targets[order[i]];
            this.positions[i] = positions[order[i]];
        }
        groups = new int[order.length + 1];
        count = divide();
        pins = new PinnedMemory[order.length];
    }

    /**
     * Starts to fill segments, whose lengths and positions have been checked.
     *
     * @throws IllegalStateException if the arena of one is closed
     * @throws WrongThreadException if one is confined to a thread
     */
    static CompletableFuture<Void> start(AioFile file, MemorySegment[] targets, long[] positions) {
        ManyReads reads = new ManyReads(file, targets, positions);
        reads.pin();
        reads.refill();
        reads.endIfOver();
        return reads.future;
    }

    private void pin() {
        boolean pinned = false;
        try {
            for (int i = 0; i < pins.length; i++) {
                pins[i] = PinnedMemory.of(targets[i]);
            }
            pinned = true;
        } finally {
            if (!pinned) {
                unpin();
            }
        }
    }

    private void unpin() {
        for (PinnedMemory pin : pins) {
            if (pin != null) {
                pin.close();
            }
        }
    }

    /** Divides the requests into groups, and returns their number. */
    private int divide() {
        int number = 0;
        int from = 0;
        while (from < targets.length) {
            groups[number] = from;
            number++;
            long first = alignment.roundDown(positions[from]);
            long end = end(from);
            from++;
            while (from < targets.length
                    && positions[from] - end <= LONGEST_GAP
                    && fits(first, Math.max(end, end(from)))) {
                end = Math.max(end, end(from));
                from++;
            }
        }
        groups[number] = targets.length;
        return number;
    }

    private long end(int request) {
        return positions[request] + targets[request].byteSize();
    }

    private boolean fits(long first, long end) {
        return end - first <= TransferPiece.bufferSize(alignment) && end <= alignment.roundDown(Long.MAX_VALUE);
    }

    /** Submits groups if at most half of the window is in flight. */
    private void refill() {
        int from;
        int to;
        synchronized (this) {
            if (failure != null || inFlight > window / 2) {
                return;
            }
            from = next;
            to = Math.min(count, from + window - inFlight);
            next = to;
            inFlight += to - from;
        }
        if (from == to) {
            return;
        }
        AioBatch batch;
        try {
            batch = file.context().batch();
        } catch (RuntimeException | Error e) {
            for (int group = from; group < to; group++) {
                ended(e);
            }
            return;
        }
        for (int group = from; group < to; group++) {
            add(batch, groups[group], groups[group + 1]);
        }
        try {
            batch.submit();
        } catch (RuntimeException | Error e) {
            // The futures of the batch complete nevertheless.
            fail(e);
        }
    }

    private void add(AioBatch batch, int from, int to) {
        long first = alignment.roundDown(positions[from]);
        long end = end(from);
        for (int i = from + 1; i < to; i++) {
            end = Math.max(end, end(i));
        }
        if (!fits(first, end)) {
            readOne(from);
            return;
        }
        try {
            MemorySegment buffer = TransferPiece.acquire(alignment);
            batch.read(file, buffer.asSlice(0, alignment.roundUp(end - first)), first)
                    .whenComplete((bytes, thrown) -> ended(from, to, first, buffer, bytes, thrown));
        } catch (RuntimeException | Error e) {
            ended(e);
        }
    }

    /** Reads one request by itself, directly if its memory is aligned. It is counted as in flight. */
    private void readOne(int request) {
        try {
            file.readFullyAsync(targets[request], positions[request]).whenComplete((_, thrown) -> ended(thrown));
        } catch (RuntimeException | Error e) {
            ended(e);
        }
    }

    private void ended(int from, int to, long first, MemorySegment buffer, Integer bytes, Throwable thrown) {
        Throwable caught = thrown;
        try {
            if (thrown == null) {
                copy(from, to, first, buffer, bytes);
            }
            BounceBuffers.release(buffer);
        } catch (RuntimeException | Error e) {
            caught = e;
        }
        ended(caught);
    }

    /** Copies the bytes of a group, and reads again what the operation did not reach. */
    private void copy(int from, int to, long first, MemorySegment buffer, int bytes) {
        for (int i = from; i < to; i++) {
            if (end(i) - first <= bytes) {
                MemorySegment.copy(buffer, positions[i] - first, targets[i], 0, targets[i].byteSize());
            } else {
                // At the end of the file: the reader of one request finds out if it is beyond it.
                begin();
                readOne(i);
            }
        }
    }

    private synchronized void begin() {
        inFlight++;
    }

    private synchronized void fail(Throwable thrown) {
        if (failure == null) {
            failure = thrown;
        }
    }

    private void ended(Throwable thrown) {
        if (thrown != null) {
            fail(thrown);
        }
        synchronized (this) {
            inFlight--;
        }
        refill();
        endIfOver();
    }

    private void endIfOver() {
        Throwable cause;
        synchronized (this) {
            if (isOver || inFlight > 0 || (failure == null && next < count)) {
                return;
            }
            isOver = true;
            cause = failure;
        }
        unpin();
        if (cause == null) {
            future.complete(null);
        } else {
            future.completeExceptionally(cause);
        }
    }
}
