package io.linuxaio.internal.memory;

import io.linuxaio.internal.engine.RefCount;
import java.lang.foreign.MemorySegment;

/** The right of one borrower to a buffer's memory: from a pool, or from an allocator. */
public interface BufferClaim {
    /** Returns the count of the operations that use the memory; closing it releases the memory when it is unused. */
    RefCount uses();

    /** Returns the memory, also after the claim has ended. */
    MemorySegment segment();

    /** Returns the pool or allocator, for messages. */
    Object owner();

    /** Removes records of the claim, which has ended. */
    void forget();
}
