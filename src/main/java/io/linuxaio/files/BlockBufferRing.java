package io.linuxaio.files;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioBatch;
import io.linuxaio.AioBufferPool;
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
 * A ring of aligned bounce buffers, the blocks of a channel, each with the operation in flight in it. Not safe for use
 * by several threads at the same time.
 *
 * <p>Operations are collected in a batch, which is submitted when half of the ring is pending, or when one of them is
 * waited for. So the device always has work while the other half is filled or consumed.
 */
final class BlockBufferRing implements AutoCloseable, IdleBlocks {
    private static final long PAUSE_NANOS = 1_000_000;

    private final AioFile source;
    private final AioFile target;
    private final AioAlignment alignment;
    private final AioBatch batch;

    /** The blocks; null if there is no memory of the ring's own. */
    private final RingMemory memory;

    private final CompletableFuture<Integer>[] operations;
    private final Supplier<CompletableFuture<Integer>>[] requests;
    private final long[] starts;

    /** The memory that each block is read into. */
    private final MemorySegment[] targets;

    /** True if the last operation of the block is a read that has not completed. */
    private final boolean[] reading;

    /** The bytes of each read before the operation in flight, and the bytes read at its last short count. */
    private final int[] done;

    private final int[] reached;
    private final int submitAt;
    private final int blockSize;

    /**
     * @param aio the context
     * @param file the file to be read or written
     * @param size the size of a block in bytes, rounded up to the file's alignment
     * @param depth the number of blocks
     */
    BlockBufferRing(AioContext aio, AioFile file, int size, int depth) {
        this(aio, file, file, size, depth);
    }

    /**
     * @param aio the context
     * @param source the file to be read
     * @param target the file to be written
     * @param size the size of a block in bytes, rounded up to the alignments of both files
     * @param depth the number of blocks
     */
    BlockBufferRing(AioContext aio, AioFile source, AioFile target, int size, int depth) {
        this(aio, source, target, size, depth, true, null);
    }

    /**
     * Returns a ring whose blocks are buffers of a pool, each acquired when it is needed. If none is free then, the ring
     * allocates that block.
     *
     * @param aio the context
     * @param file the file to be written
     * @param size the size of a block in bytes, a multiple of the file's alignment; no more than that of the buffers
     * @param depth the number of blocks
     */
    static BlockBufferRing pooled(AioContext aio, AioFile file, int size, int depth, AioBufferPool pool) {
        return new BlockBufferRing(aio, file, file, size, depth, false, pool);
    }

    /**
     * Returns a ring that only reads, into memory of the caller.
     *
     * @param aio the context
     * @param file the file to be read
     * @param size the size of the longest read in bytes, rounded up to the file's alignment
     * @param depth the maximum number of reads in flight
     */
    static BlockBufferRing withoutMemory(AioContext aio, AioFile file, int size, int depth) {
        return new BlockBufferRing(aio, file, file, size, depth, false, null);
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // Arrays of a generic type require it.
    private BlockBufferRing(
            AioContext aio,
            AioFile source,
            AioFile target,
            int size,
            int depth,
            boolean hasMemory,
            AioBufferPool pool) {
        this.source = source;
        this.target = target;
        // Powers of two: the larger is a multiple of the smaller.
        alignment = CoreAccess.core()
                .alignment(
                        Math.max(source.alignment().memory(), target.alignment().memory()),
                        Math.max(source.alignment().offset(), target.alignment().offset()));
        batch = CoreAccess.core().batch(aio, depth);
        blockSize = Math.toIntExact(alignment.roundUp(size));
        submitAt = Math.max(1, depth / 2);
        operations = new CompletableFuture[depth];
        requests = new Supplier[depth];
        starts = new long[depth];
        targets = new MemorySegment[depth];
        reading = new boolean[depth];
        done = new int[depth];
        reached = new int[depth];
        memory = pool != null
                ? RingMemory.pooled(alignment, blockSize, depth, pool)
                : hasMemory ? RingMemory.of(alignment, blockSize, depth) : null;
    }

    /** Checks the arguments of a user, before a file is opened. */
    static void check(int blockSize, int depth) {
        if (blockSize < 1 || blockSize > Arguments.MAX_LENGTH / 2) {
            throw new IllegalArgumentException(
                    "the block size must be from 1 to " + Arguments.MAX_LENGTH / 2 + " bytes: " + blockSize);
        }
        Arguments.depth(depth, AioContext.Builder.MAX_QUEUE_DEPTH);
    }

    /**
     * Returns the size of blocks that are buffers of a pool, in bytes.
     *
     * @param unit the number of bytes of which the size must be a multiple, a power of two
     * @throws IllegalArgumentException if a buffer is shorter than that
     */
    static int blockSize(AioBufferPool pool, int unit) {
        if (pool.bufferSize() < unit) {
            throw new IllegalArgumentException(
                    "a buffer of the pool has " + pool.bufferSize() + " bytes, fewer than a unit of " + unit);
        }
        return (int) Math.min(pool.bufferSize(), Arguments.MAX_LENGTH / 2) & -unit;
    }

    int blockSize() {
        return blockSize;
    }

    /** Returns an alignment that satisfies both files. */
    AioAlignment alignment() {
        return alignment;
    }

    int depth() {
        return operations.length;
    }

    /** Returns the size of all blocks together, in bytes. */
    long capacity() {
        return (long) blockSize * operations.length;
    }

    MemorySegment block(int index) {
        return memory.block(index);
    }

    /** Returns the position at which a block was last read or written. */
    long start(int index) {
        return starts[index];
    }

    /** Returns the number of bytes that the read of a block requests. */
    int length(int index) {
        return (int) targets[index].byteSize();
    }

    /** Returns the memory that a block is read into. */
    MemorySegment bytes(int index) {
        return targets[index];
    }

    /** Writes the first bytes of a block. */
    void write(int index, int length, long position) {
        write(index, block(index).asSlice(0, length), position);
    }

    /** Writes other memory as the operation of a block. */
    void write(int index, MemorySegment bytes, long position) {
        write(index, target, bytes, position);
    }

    /** Writes memory as the operation of a block, through another view of the target. */
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
        read(index, block(index).asSlice(0, length), position);
    }

    /** Reads into other memory as the operation of a block. */
    void read(int index, MemorySegment bytes, long position) {
        targets[index] = bytes;
        reading[index] = true;
        done[index] = 0;
        reached[index] = -1;
        start(index, position, () -> read(bytes, position));
    }

    // The last unit of a file of the maximum size ends beyond the largest position.
    private CompletableFuture<Integer> read(MemorySegment bytes, long position) {
        return position > Long.MAX_VALUE - bytes.byteSize()
                ? CompletableFuture.failedFuture(CoreAccess.core().unreachable(source.path(), position))
                : batch.read(source, bytes, position);
    }

    /**
     * Continues a short read, unless the file ends there.
     *
     * @param index the block
     * @param count what {@link #take} returned
     * @return {@code true} if the rest is in flight now; await and take it again
     * @throws IOException if the filesystem repeatedly reports an end before the end of the file
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
            // The arena of the memory is closed: reported with the block, as any other failure.
            operations[index] = CompletableFuture.failedFuture(e);
        }
        if (batch.size() >= submitAt) {
            batch.submit();
        }
    }

    /** Submits the collected operations. */
    void submit() {
        batch.submit();
    }

    /**
     * Returns the operation in flight in a block after submitting it, or null if there is none. An operation that an
     * interrupt prevented from being submitted is started again.
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

    /**
     * Returns {@code true} if an operation was not submitted, since its thread was interrupted while the queue was
     * full.
     */
    static boolean wasInterrupted(CompletableFuture<?> operation) {
        return operation != null
                && operation.isCompletedExceptionally()
                && !operation.isCancelled()
                && operation.exceptionNow() instanceof InterruptedIOException;
    }

    /**
     * Takes the result of the operation of a block.
     *
     * @return the number of bytes transferred; 0 if nothing was in flight
     * @throws IOException the failure of the operation
     */
    int take(int index) throws IOException {
        CompletableFuture<Integer> operation = operations[index];
        boolean succeeded = false;
        try {
            int count = operation == null ? 0 : done[index] + result(operation);
            succeeded = operation != null;
            return count;
        } catch (RuntimeException e) {
            // The arena of the memory is closed, or the context rejects operations while its queue is full.
            throw new IOException(e.getMessage(), e);
        } finally {
            reading[index] &= succeeded;
            // An Error while waiting (out of memory) leaves the operation in flight.
            if (operation != null && operation.isDone()) {
                operations[index] = null;
            }
        }
    }

    /** Waits until nothing is in flight in any block, whatever the results. The caller may reuse the memory then. */
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
            // The failure that aborted the transfer is being thrown already.
            return true;
        } catch (Error e) {
            return isIdle(index);
        }
    }

    /**
     * Waits until nothing is in flight in a block. A short read is continued until it is complete, or the file ends.
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

    /** Returns the result of a future, or throws the exception that it failed with. */
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

    /** Frees the memory as soon as nothing is in flight in it. Operations not submitted yet are discarded. */
    @Override
    public void close() {
        try {
            batch.clear();
        } finally {
            if (memory != null) {
                memory.close(this);
            }
        }
    }

    /** Returns {@code true} if nothing is in flight in a block. */
    @Override
    public boolean isIdle(int index) {
        CompletableFuture<Integer> operation = operations[index];
        return operation == null || operation.isDone();
    }
}
