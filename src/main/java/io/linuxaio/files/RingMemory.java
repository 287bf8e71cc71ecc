package io.linuxaio.files;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioArena;
import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import io.linuxaio.internal.memory.BounceBuffers;
import java.lang.foreign.MemorySegment;

/**
 * The memory of a ring's blocks: bounce buffers if the blocks are few and short, else an arena, or buffers that a pool lends.
 * Not safe for use by several threads at the same time.
 *
 * <p>A shared arena is expensive to close: it takes a handshake with all threads of the process.
 */
final class RingMemory {
    /** The maximum number of blocks that are bounce buffers: that of a file of one block, and a few more. */
    private static final int MAX_BOUNCED = 4;

    private final AioAlignment alignment;
    private final int blockSize;
    private final MemorySegment[] blocks;

    /** Null if the memory is not that of an arena. */
    private AioArena arena;

    /** The bounce buffers of the blocks that have one; null if the memory is that of an arena or a pool. */
    private final MemorySegment[] bounced;

    /** Lends the blocks; null if none does. */
    private final AioBufferPool pool;

    private final AioBuffer[] lent;

    private RingMemory(AioAlignment alignment, int blockSize, int depth, boolean bounces, AioBufferPool pool) {
        this.alignment = alignment;
        this.blockSize = blockSize;
        this.pool = pool;
        blocks = new MemorySegment[depth];
        bounced = bounces ? new MemorySegment[depth] : null;
        lent = pool == null ? null : new AioBuffer[depth];
    }

    /**
     * Returns memory that no pool lends.
     *
     * @param alignment the alignment of the blocks
     * @param blockSize the size of a block, in bytes
     * @param depth the number of blocks
     */
    static RingMemory of(AioAlignment alignment, int blockSize, int depth) {
        boolean bounces = depth <= MAX_BOUNCED && BounceBuffers.isKept(blockSize, alignment.memory());
        RingMemory memory = new RingMemory(alignment, blockSize, depth, bounces, null);
        if (!bounces) {
            memory.allocateAll();
        }
        return memory;
    }

    /** Returns blocks that are buffers of a pool, each acquired when it is needed. If none is free then, it is allocated. */
    static RingMemory pooled(AioAlignment alignment, int blockSize, int depth, AioBufferPool pool) {
        return new RingMemory(alignment, blockSize, depth, false, pool);
    }

    private void allocateAll() {
        arena = newArena();
        boolean allocated = false;
        try {
            MemorySegment memory = arena.allocate((long) blockSize * blocks.length);
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = memory.asSlice((long) blockSize * i, blockSize);
            }
            allocated = true;
        } finally {
            if (!allocated) {
                arena.closeWhenIdle();
            }
        }
    }

    private AioArena newArena() {
        return AioArena.ofShared(Math.max(alignment.memory(), AioArena.DEFAULT_ALIGNMENT));
    }

    /** Returns a block, with undefined contents at first. */
    MemorySegment block(int index) {
        MemorySegment block = blocks[index];
        if (block == null) {
            block = bounced != null ? bounce(index) : borrow(index);
            blocks[index] = block;
        }
        return block;
    }

    private MemorySegment bounce(int index) {
        bounced[index] = BounceBuffers.acquire(blockSize, alignment.memory());
        return bounced[index].asSlice(0, blockSize);
    }

    private MemorySegment borrow(int index) {
        AioBuffer buffer = pool.tryAcquire().orElse(null);
        if (buffer != null) {
            lent[index] = buffer;
            return buffer.segment().asSlice(0, blockSize);
        }
        if (arena == null) {
            arena = newArena();
        }
        return arena.allocate(blockSize);
    }

    /**
     * Frees the memory, each block as soon as nothing is in flight in it.
     *
     * @param idle knows the blocks in which nothing is in flight. The garbage collector frees bounce buffers of other blocks
     */
    void close(IdleBlocks idle) {
        if (arena != null) {
            arena.closeWhenIdle();
        }
        for (int i = 0; i < blocks.length; i++) {
            if (lent != null && lent[i] != null) {
                lent[i].close();
            }
            if (bounced != null && bounced[i] != null && idle.isIdle(i)) {
                // Forgotten first: a buffer must not be released twice.
                MemorySegment buffer = bounced[i];
                bounced[i] = null;
                BounceBuffers.release(buffer);
            }
        }
    }
}
