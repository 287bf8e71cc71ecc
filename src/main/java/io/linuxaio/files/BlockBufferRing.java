package io.linuxaio.files;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioArena;
import io.linuxaio.AioBatch;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.ClosedException;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.engine.Arguments;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The blocks of a channel: aligned memory, used in turn, and what is in flight in each. For one thread at a time.
 *
 * <p>Operations are collected and submitted when half of the ring waits, or when one of them is waited for: so the
 * device always has work while the other half is filled or emptied.
 */
final class BlockBufferRing implements AutoCloseable {
    private static final long PAUSE_NANOS = 1_000_000;

    private final AioFile source;
    private final AioFile target;
    private final AioAlignment alignment;
    private final AioBatch batch;
    private final AioArena arena;
    private final MemorySegment[] blocks;
    private final CompletableFuture<Integer>[] operations;
    private final Supplier<CompletableFuture<Integer>>[] requests;
    private final long[] starts;

    /** Where each read goes to. */
    private final MemorySegment[] targets;

    /** True if what was last begun is a read that has not ended. */
    private final boolean[] reading;

    /** The bytes of each read that came before what is in flight, and those there at its last short count. */
    private final int[] done;

    private final int[] reached;
    private final int submitAt;
    private final int blockSize;

    /**
     * @param aio the queue
     * @param file what is read or written
     * @param size of a block in bytes, rounded up to what the file's alignment asks for
     * @param depth how many blocks
     */
    BlockBufferRing(AioContext aio, AioFile file, int size, int depth) {
        this(aio, file, file, size, depth);
    }

    /**
     * @param aio the queue
     * @param source what is read
     * @param target what is written
     * @param size of a block in bytes, rounded up to what the alignments of both ask for
     * @param depth how many blocks
     */
    BlockBufferRing(AioContext aio, AioFile source, AioFile target, int size, int depth) {
        this(aio, source, target, size, depth, true);
    }

    /**
     * Returns a ring that only reads, into memory of the caller's.
     *
     * @param aio the queue
     * @param file what is read
     * @param size of the longest read in bytes, rounded up to what the file's alignment asks for
     * @param depth how many reads
     */
    static BlockBufferRing withoutMemory(AioContext aio, AioFile file, int size, int depth) {
        return new BlockBufferRing(aio, file, file, size, depth, false);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // An array of a generic type cannot be made otherwise.
    private BlockBufferRing(AioContext aio, AioFile source, AioFile target, int size, int depth, boolean hasMemory) {
        this.source = source;
        this.target = target;
        // Powers of two: the larger is a multiple of the smaller.
        alignment = CoreAccess.core()
                .alignment(
                        Math.max(source.alignment().memory(), target.alignment().memory()),
                        Math.max(source.alignment().offset(), target.alignment().offset()));
        batch = aio.batch();
        blockSize = Math.toIntExact(alignment.roundUp(size));
        submitAt = Math.max(1, depth / 2);
        blocks = new MemorySegment[depth];
        operations = new CompletableFuture[depth];
        requests = new Supplier[depth];
        starts = new long[depth];
        targets = new MemorySegment[depth];
        reading = new boolean[depth];
        done = new int[depth];
        reached = new int[depth];
        arena = AioArena.ofShared(Math.max(alignment.memory(), AioArena.DEFAULT_ALIGNMENT));
        if (!hasMemory) {
            return;
        }
        MemorySegment memory = arena.allocate((long) blockSize * depth);
        for (int i = 0; i < depth; i++) {
            blocks[i] = memory.asSlice((long) blockSize * i, blockSize);
        }
    }

    /** Checks what a user gives, before a file is opened. */
    static void check(int blockSize, int depth) {
        if (blockSize < 1 || blockSize > Arguments.MAX_LENGTH / 2) {
            throw new IllegalArgumentException(
                    "the block size must be from 1 to " + Arguments.MAX_LENGTH / 2 + " bytes: " + blockSize);
        }
        Arguments.depth(depth, AioContext.Builder.MAX_QUEUE_DEPTH);
    }

    int blockSize() {
        return blockSize;
    }

    /** What fits both files. */
    AioAlignment alignment() {
        return alignment;
    }

    int depth() {
        return blocks.length;
    }

    /** How many bytes all blocks hold together. */
    long capacity() {
        return (long) blockSize * blocks.length;
    }

    MemorySegment block(int index) {
        return blocks[index];
    }

    /** Where in the file a block was last read or written. */
    long start(int index) {
        return starts[index];
    }

    /** Returns how many bytes the read of a block is for. */
    int length(int index) {
        return (int) targets[index].byteSize();
    }

    /** Returns the memory that a block is read into. */
    MemorySegment bytes(int index) {
        return targets[index];
    }

    /** Writes the first bytes of a block. */
    void write(int index, int length, long position) {
        write(index, blocks[index].asSlice(0, length), position);
    }

    /** Writes other memory in a block's turn. */
    void write(int index, MemorySegment bytes, long position) {
        write(index, target, bytes, position);
    }

    /** Writes memory in a block's turn through another view of the target. */
    void write(int index, AioFile view, MemorySegment bytes, long position) {
        reading[index] = false;
        done[index] = 0;
        start(index, position, () -> batch.write(view, bytes, position));
    }

    /** Reads a whole block. */
    void read(int index, long position) {
        read(index, blockSize, position);
    }

    /** Reads into the first bytes of a block. */
    void read(int index, int length, long position) {
        read(index, blocks[index].asSlice(0, length), position);
    }

    /** Reads into other memory in a block's turn. */
    void read(int index, MemorySegment bytes, long position) {
        targets[index] = bytes;
        reading[index] = true;
        done[index] = 0;
        reached[index] = -1;
        start(index, position, () -> read(bytes, position));
    }

    // The last unit of the largest file there can be ends beyond the largest position.
    private CompletableFuture<Integer> read(MemorySegment bytes, long position) {
        return position > Long.MAX_VALUE - bytes.byteSize()
                ? CompletableFuture.failedFuture(CoreAccess.core().unreachable(source.path(), position))
                : batch.read(source, bytes, position);
    }

    /**
     * Continues a read that came back short, unless the file ends there.
     *
     * @param index the block
     * @param count what {@link #take} returned
     * @return {@code true} if the rest is in flight now, to be awaited and taken again
     * @throws IOException if the filesystem reports an end where the file has more, and does so again
     */
    boolean readOn(int index, int count) throws IOException {
        boolean wasReading = reading[index];
        reading[index] = false;
        MemorySegment target = targets[index];
        if (!wasReading || count >= target.byteSize()) {
            return false;
        }
        long size = source.size();
        long start = starts[index];
        if (start + count >= size) {
            return false;
        }
        if (count <= reached[index]) {
            throw CoreAccess.core().endsEarly(source.path(), start, target.byteSize(), count, size);
        }
        reading[index] = true;
        reached[index] = count;
        done[index] = (int) alignment.roundDown(count);
        MemorySegment rest = target.asSlice(done[index]);
        long position = start + done[index];
        start(index, start, () -> read(rest, position));
        return true;
    }

    private void start(int index, long position, Supplier<CompletableFuture<Integer>> operation) {
        starts[index] = position;
        requests[index] = operation;
        try {
            operations[index] = operation.get();
        } catch (IllegalStateException e) {
            // The memory's arena was closed: reported with the block, as every other failure.
            operations[index] = CompletableFuture.failedFuture(e);
        }
        if (batch.size() >= submitAt) {
            batch.submit();
        }
    }

    /** Submits what was collected. */
    void submit() {
        batch.submit();
    }

    /**
     * What is in flight in a block, submitted; null where nothing is. What an interrupt kept from the kernel goes to it
     * again.
     */
    CompletableFuture<Integer> inFlight(int index) {
        if (wasInterrupted(operations[index])) {
            start(index, starts[index], requests[index]);
        }
        CompletableFuture<Integer> operation = operations[index];
        if (operation != null && !operation.isDone() && batch.size() > 0) {
            batch.submit();
        }
        return operation;
    }

    /** Whether an operation was not submitted, since its thread was interrupted while the queue was full. */
    static boolean wasInterrupted(CompletableFuture<?> operation) {
        return operation != null
                && operation.isCompletedExceptionally()
                && !operation.isCancelled()
                && operation.exceptionNow() instanceof InterruptedIOException;
    }

    /**
     * The outcome of what was in flight in a block.
     *
     * @return how many bytes were moved; 0 where nothing was in flight
     * @throws IOException what the operation failed with
     */
    int take(int index) throws IOException {
        CompletableFuture<Integer> operation = operations[index];
        boolean succeeded = false;
        try {
            int count = operation == null ? 0 : done[index] + result(operation);
            succeeded = operation != null;
            return count;
        } catch (RuntimeException e) {
            // The memory's arena was closed, or the context rejects what it has no room for.
            throw new IOException(e.getMessage(), e);
        } finally {
            reading[index] &= succeeded;
            // An Error while waiting (out of memory) leaves the operation in flight.
            if (operation != null && operation.isDone()) {
                operations[index] = null;
            }
        }
    }

    /** Waits until nothing is in flight in any block, whatever the outcomes: then the memory is the caller's again. */
    void settle() {
        for (int i = 0; i < operations.length; i++) {
            while (!isSettled(i)) {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private boolean isSettled(int index) {
        try {
            await(index);
            return true;
        } catch (IOException | RuntimeException notWanted) {
            // The failure that ended the transfer is on its way already.
            return true;
        } catch (Error e) {
            CompletableFuture<Integer> operation = operations[index];
            return operation == null || operation.isDone();
        }
    }

    /**
     * Waits until nothing is in flight in a block. A read is continued until it is complete, or the file ends.
     *
     * @return as {@link #take}
     */
    int await(int index) throws IOException {
        int count;
        do {
            inFlight(index);
            count = take(index);
        } while (readOn(index, count));
        return count;
    }

    /** A future's result, or the exception it failed with. */
    static <T> T result(CompletableFuture<T> future) throws IOException {
        try {
            return future.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case AioException cause -> throw cause;
                case ClosedException cause -> throw cause;
                case InterruptedIOException cause -> throw cause;
                case IOException cause -> throw new IOException(cause.getMessage(), cause);
                case RuntimeException cause -> throw cause;
                default -> throw new IOException(e.getCause());
            }
        }
    }

    /** Lets the memory go as soon as nothing is in flight in it. What was not submitted yet never is. */
    @Override
    public void close() {
        batch.clear();
        arena.closeWhenIdle();
    }
}
