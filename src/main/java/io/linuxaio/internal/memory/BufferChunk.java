package io.linuxaio.internal.memory;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.BlockRefs;
import io.linuxaio.internal.engine.RefCount;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * A chunk of an allocator's memory, divided by the buddy algorithm: a block has a power of two of bytes, is split into two
 * halves if a smaller one is requested, and is merged with its other half when both are free. A block's address is a
 * multiple of its size.
 *
 * <p>Guarded by the allocator's lock. Allocates nothing after its construction.
 *
 * @param <B> the type of the borrower of a block
 */
public final class BufferChunk<B> {
    private static final int NIL = -1;

    /** In {@link #freeOrders}: no free block starts here. */
    private static final byte NONE = -1;

    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    private final BlockRefs refs;
    private final B[] borrowers;
    private final int maxOrder;

    // A doubly linked list of the free blocks of each order, by block index; a bit of the mask for each list that
    // is not empty.
    private final byte[] freeOrders;
    private final int[] next;
    private final int[] previous;
    private final int[] heads;
    private int nonEmpty;

    /**
     * Allocates a chunk.
     *
     * @param size the size in bytes, a power of two
     * @throws OutOfMemoryError if there is not enough memory
     */
    @SuppressWarnings("unchecked")
    public BufferChunk(long size) {
        boolean isComplete = false;
        try {
            int blocks = Math.toIntExact(size / BlockRefs.MIN_BLOCK);
            maxOrder = Integer.numberOfTrailingZeros(blocks);
            // Never seen as an array of another type.
            borrowers = (B[]) new Object[blocks];
            freeOrders = new byte[blocks];
            Arrays.fill(freeOrders, NONE);
            next = new int[blocks];
            previous = new int[blocks];
            heads = new int[maxOrder + 1];
            Arrays.fill(heads, NIL);
            memory = arena.allocate(size, size);
            refs = new BlockRefs(memory.address(), size);
            add(0, maxOrder);
            ArenaRefs.register(arena.scope(), refs);
            isComplete = true;
        } finally {
            if (!isComplete) {
                arena.close();
            }
        }
    }

    /** Returns the order of the smallest block with so many bytes. */
    public static int orderOf(long size) {
        long blocks = (size - 1) / BlockRefs.MIN_BLOCK + 1;
        return blocks <= 1 ? 0 : Long.SIZE - Long.numberOfLeadingZeros(blocks - 1);
    }

    /** Returns {@code true} if a block of this order is free. */
    public boolean hasFree(int order) {
        return order <= maxOrder && nonEmpty >>> order != 0;
    }

    /** Returns the index of the first free block of at least this order, which stays free. */
    public int peek(int order) {
        return heads[order + Integer.numberOfTrailingZeros(nonEmpty >>> order)];
    }

    /** Returns the first bytes of a block. */
    public MemorySegment segment(int block, long size) {
        return memory.asSlice((long) block * BlockRefs.MIN_BLOCK, size);
    }

    /** Allocates the start of the free block that {@link #peek} has returned, and frees the rest of it. */
    public void allocate(int block, int order, RefCount uses, B borrower) {
        int present = freeOrders[block];
        remove(block, present);
        while (present > order) {
            present--;
            add(block + (1 << present), present);
        }
        refs.set(block, order, uses);
        borrowers[block] = borrower;
    }

    /** Frees a block, and merges it with its buddy as long as that is free. */
    public void free(int block, int order) {
        refs.clear(block);
        borrowers[block] = null;
        int start = block;
        int merged = order;
        while (merged < maxOrder) {
            int buddy = start ^ 1 << merged;
            if (freeOrders[buddy] != merged) {
                break;
            }
            remove(buddy, merged);
            start = Math.min(start, buddy);
            merged++;
        }
        add(start, merged);
    }

    private void add(int block, int order) {
        int head = heads[order];
        next[block] = head;
        previous[block] = NIL;
        if (head != NIL) {
            previous[head] = block;
        }
        heads[order] = block;
        freeOrders[block] = (byte) order;
        nonEmpty |= 1 << order;
    }

    private void remove(int block, int order) {
        int after = next[block];
        int before = previous[block];
        if (after != NIL) {
            previous[after] = before;
        }
        if (before != NIL) {
            next[before] = after;
        } else {
            heads[order] = after;
            if (after == NIL) {
                nonEmpty &= ~(1 << order);
            }
        }
        freeOrders[block] = NONE;
    }

    /** Returns the borrower of the block that contains an address, or null. */
    public B find(long address) {
        int block = refs.find(address);
        return block < 0 ? null : borrowers[block];
    }

    /** Returns {@code true} if nothing is allocated. */
    public boolean isUnused() {
        return freeOrders[0] == maxOrder;
    }

    /** Returns {@code true} if the memory is not freed. */
    public boolean isAlive() {
        return arena.scope().isAlive();
    }

    /**
     * Frees the memory.
     *
     * @throws IllegalStateException if a native call outside this library uses it; it can be freed later
     */
    public void close() {
        if (arena.scope().isAlive()) {
            arena.close();
        }
        ArenaRefs.forget(arena.scope());
    }
}
