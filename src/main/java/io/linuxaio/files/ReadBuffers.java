package io.linuxaio.files;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioArena;
import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import io.linuxaio.internal.memory.BounceBuffers;
import java.lang.foreign.MemorySegment;

/**
 * The aligned buffers of a read channel: one for each index of its ring, allocated lazily at the size of the request.
 * Memory beyond a small minimum is acquired from a budget. Short buffers are bounce buffers, others have an arena each. Not
 * safe for use by several threads at the same time.
 */
final class ReadBuffers {
    /** The number of bytes that a channel may always allocate, or one unit of the alignment if that is more. */
    static final int MINIMUM = 64 << 10;

    /** The minimum size of a buffer in bytes, so that small requests of different lengths reuse it. */
    private static final int MIN_BUFFER = 16 << 10;

    private final AioArena[] arenas;
    private final MemorySegment[] bounced;
    private final MemorySegment[] buffers;
    private final AioAlignment alignment;
    private final int largest;
    private final int minimum;
    private final ReadAheadBudget budget;

    /** Lends the buffers; null if the budget limits them. */
    private final AioBufferPool pool;

    private final AioBuffer[] lent;
    private long allocatedBytes;

    /**
     * @param depth the maximum number of buffers
     * @param alignment the alignment of addresses and lengths
     * @param largest the size of the longest request, in bytes
     * @param budget the budget for memory beyond the minimum
     */
    ReadBuffers(int depth, AioAlignment alignment, int largest, ReadAheadBudget budget) {
        this(depth, alignment, largest, budget, null);
    }

    /**
     * Creates buffers that a pool lends. If none is free, {@link #getWithoutBudget} allocates memory.
     *
     * @param largest the size of the longest request, in bytes; no more than that of the pool's buffers
     */
    static ReadBuffers pooled(int depth, AioAlignment alignment, int largest, AioBufferPool pool) {
        return new ReadBuffers(depth, alignment, largest, ReadAheadBudget.UNLIMITED, pool);
    }

    private ReadBuffers(int depth, AioAlignment alignment, int largest, ReadAheadBudget budget, AioBufferPool pool) {
        this.pool = pool;
        lent = pool == null ? null : new AioBuffer[depth];
        arenas = new AioArena[depth];
        bounced = new MemorySegment[depth];
        buffers = new MemorySegment[depth];
        this.alignment = alignment;
        this.largest = largest;
        minimum = Math.max(MINIMUM, alignment.offset());
        this.budget = budget;
    }

    /**
     * Returns memory for a request. Nothing may be in flight in the buffer of that index.
     *
     * @param index the index in the ring
     * @param length the number of bytes; a multiple of the alignment
     * @return memory of that length; null if it would exceed the budget
     */
    MemorySegment get(int index, int length) {
        if (buffers[index] == null || buffers[index].byteSize() < length) {
            release(index);
            if (pool == null ? !allocate(index, length) : !borrow(index)) {
                return null;
            }
        }
        return buffers[index].asSlice(0, length);
    }

    private boolean borrow(int index) {
        AioBuffer buffer = pool.tryAcquire().orElse(null);
        if (buffer == null) {
            return false;
        }
        lent[index] = buffer;
        buffers[index] = buffer.segment();
        return true;
    }

    /** Allocates a buffer for a request; returns {@code false} if it would exceed the budget. */
    private boolean allocate(int index, int length) {
        int size = (int) alignment.roundUp(Math.clamp(length, Math.min(MIN_BUFFER, largest), largest));
        if (!tryHold(size)) {
            return false;
        }
        boolean allocated = false;
        try {
            buffers[index] = allocateMemory(index, size);
            allocated = true;
        } finally {
            if (!allocated) {
                reserve(-size);
                free(index, true);
            }
        }
        return true;
    }

    private MemorySegment allocateMemory(int index, int size) {
        if (BounceBuffers.isKept(size, alignment.memory())) {
            bounced[index] = BounceBuffers.acquire(size, alignment.memory());
            return bounced[index].asSlice(0, size);
        }
        arenas[index] = AioArena.ofShared(Math.max(alignment.memory(), AioArena.DEFAULT_ALIGNMENT));
        return arenas[index].allocate(size);
    }

    /**
     * Returns memory for a request that must continue without the budget: possibly less than requested, but at least
     * one unit of the alignment. Nothing may be in flight in any buffer.
     */
    MemorySegment getWithoutBudget(int index, int length) {
        if (buffers[index] != null && buffers[index].byteSize() >= minimum) {
            return buffers[index].asSlice(0, Math.min(length, minimum));
        }
        releaseAll();
        int least = Math.min(length, minimum);
        MemorySegment buffer = get(index, least);
        return buffer == null && allocate(index, least) ? buffers[index].asSlice(0, least) : buffer;
    }

    /** Releases all buffers to their pool, if there is one. Nothing may be in flight in any buffer. */
    void releaseToPool() {
        if (pool != null) {
            releaseAll();
        }
    }

    private void releaseAll() {
        close(_ -> true);
    }

    /** Frees memory beyond the minimum. Nothing may be in flight in any buffer. */
    void trim() {
        for (int i = buffers.length - 1; i >= 0 && allocatedBytes > minimum; i--) {
            release(i);
        }
    }

    /** Returns the number of allocated bytes. */
    long held() {
        return allocatedBytes;
    }

    private boolean tryHold(long bytes) {
        long additional = beyondMinimum(allocatedBytes + bytes) - beyondMinimum(allocatedBytes);
        if (additional > 0 && !budget.tryAcquire(additional)) {
            return false;
        }
        allocatedBytes += bytes;
        return true;
    }

    private void reserve(long bytes) {
        long additional = beyondMinimum(allocatedBytes + bytes) - beyondMinimum(allocatedBytes);
        budget.release(-additional);
        allocatedBytes += bytes;
    }

    private long beyondMinimum(long bytes) {
        return Math.max(0, bytes - minimum);
    }

    private void release(int index) {
        release(index, true);
    }

    private void release(int index, boolean isIdle) {
        if (lent != null && lent[index] != null) {
            AioBuffer buffer = lent[index];
            lent[index] = null;
            buffers[index] = null;
            buffer.close();
        }
        if (buffers[index] != null) {
            reserve(-buffers[index].byteSize());
            buffers[index] = null;
        }
        free(index, isIdle);
    }

    private void free(int index, boolean isIdle) {
        // Forgotten first: a buffer must not be released twice.
        MemorySegment buffer = bounced[index];
        bounced[index] = null;
        if (buffer != null && isIdle) {
            BounceBuffers.release(buffer);
        }
        if (arenas[index] != null) {
            arenas[index].closeWhenIdle();
            arenas[index] = null;
        }
    }

    /**
     * Frees all buffers, each as soon as nothing is in flight in it.
     *
     * @param idle knows the buffers in which nothing is in flight. The garbage collector frees bounce buffers of others
     */
    void close(IdleBlocks idle) {
        for (int i = 0; i < buffers.length; i++) {
            release(i, idle.isIdle(i));
        }
    }
}
