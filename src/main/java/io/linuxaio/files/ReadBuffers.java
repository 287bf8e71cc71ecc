package io.linuxaio.files;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioArena;
import java.lang.foreign.MemorySegment;

/**
 * The aligned memory of a channel that reads: one buffer for each place of its ring, allocated when it is first needed and
 * as large as the request. Memory beyond a small minimum comes out of a budget. For one thread at a time.
 */
final class ReadBuffers implements AutoCloseable {
    /** How many bytes a channel may always have, if the alignment asks for no more. */
    static final int MINIMUM = 64 << 10;

    /** The least size of a buffer in bytes, so that small requests of different lengths use the same one. */
    private static final int LEAST = 16 << 10;

    private final AioArena[] arenas;
    private final MemorySegment[] buffers;
    private final AioAlignment alignment;
    private final int largest;
    private final int minimum;
    private final ReadAheadBudget budget;
    private long held;

    /**
     * @param depth how many buffers there can be
     * @param alignment of addresses and lengths
     * @param largest the size of the longest request, in bytes
     * @param budget where memory beyond the minimum comes from
     */
    ReadBuffers(int depth, AioAlignment alignment, int largest, ReadAheadBudget budget) {
        arenas = new AioArena[depth];
        buffers = new MemorySegment[depth];
        this.alignment = alignment;
        this.largest = largest;
        minimum = Math.max(MINIMUM, alignment.offset());
        this.budget = budget;
    }

    /**
     * Returns memory for a request, which nothing may be in flight in.
     *
     * @param index the place in the ring
     * @param length how many bytes; a multiple of the alignment
     * @return so many bytes; null if the budget has no room for them
     */
    MemorySegment get(int index, int length) {
        if (buffers[index] == null || buffers[index].byteSize() < length) {
            release(index);
            int size = (int) alignment.roundUp(Math.clamp(length, Math.min(LEAST, largest), largest));
            if (!tryHold(size)) {
                return null;
            }
            boolean allocated = false;
            try {
                arenas[index] = AioArena.ofShared(Math.max(alignment.memory(), AioArena.DEFAULT_ALIGNMENT));
                buffers[index] = arenas[index].allocate(size);
                allocated = true;
            } finally {
                if (!allocated) {
                    hold(-size);
                    closeArena(index);
                }
            }
        }
        return buffers[index].asSlice(0, length);
    }

    /**
     * Returns memory for a request that must go on without the budget: possibly less than was asked for, but at least one
     * unit of the alignment. Nothing may be in flight in any buffer.
     */
    MemorySegment getWithoutBudget(int index, int length) {
        if (buffers[index] != null && buffers[index].byteSize() >= minimum) {
            return buffers[index].asSlice(0, Math.min(length, minimum));
        }
        close();
        return get(index, Math.min(length, minimum));
    }

    /** Frees what is held beyond the minimum. Nothing may be in flight in any buffer. */
    void trim() {
        for (int i = buffers.length - 1; i >= 0 && held > minimum; i--) {
            release(i);
        }
    }

    /** Returns how many bytes are allocated. */
    long held() {
        return held;
    }

    private boolean tryHold(long bytes) {
        long more = beyondMinimum(held + bytes) - beyondMinimum(held);
        if (more > 0 && !budget.tryTake(more)) {
            return false;
        }
        held += bytes;
        return true;
    }

    private void hold(long bytes) {
        long more = beyondMinimum(held + bytes) - beyondMinimum(held);
        budget.give(-more);
        held += bytes;
    }

    private long beyondMinimum(long bytes) {
        return Math.max(0, bytes - minimum);
    }

    private void release(int index) {
        if (buffers[index] != null) {
            hold(-buffers[index].byteSize());
            buffers[index] = null;
        }
        closeArena(index);
    }

    private void closeArena(int index) {
        if (arenas[index] != null) {
            arenas[index].closeWhenIdle();
            arenas[index] = null;
        }
    }

    /** Frees everything, each buffer as soon as nothing is in flight in it. */
    @Override
    public void close() {
        for (int i = 0; i < buffers.length; i++) {
            release(i);
        }
    }
}
