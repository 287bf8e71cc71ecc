package io.linuxaio;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The free list of bounce buffers: aligned memory through which unaligned bytes go. One for the process.
 *
 * <p>A request never waits: if no buffer is free, more are allocated. At most {@value #MAX_FREE} free buffers are kept.
 * Their memory belongs to automatic arenas, so a buffer that is not released is freed by the garbage collector. Safe for
 * use by any thread.
 */
final class BounceBuffers {
    /** The size of a buffer, in bytes. */
    static final int SIZE = 16 << 10;

    /** The maximum number of free buffers that are kept. */
    static final int MAX_FREE = 256;

    private static final int ALIGNMENT = 4096;

    /** The number of buffers that are allocated together. */
    private static final int CHUNK = 16;

    private static final MemorySegment[] FREE = new MemorySegment[MAX_FREE];
    private static int free;

    private BounceBuffers() {}

    /** Returns the size of the buffers for an alignment, in bytes: a multiple of its unit. */
    static int size(AioAlignment alignment) {
        return Math.max(SIZE, alignment.offset());
    }

    /** Acquires a buffer that satisfies an alignment. Its contents are undefined. */
    static MemorySegment acquire(AioAlignment alignment) {
        if (alignment.memory() > ALIGNMENT || alignment.offset() > SIZE) {
            return Arena.ofAuto().allocate(size(alignment), Math.max(ALIGNMENT, alignment.memory()));
        }
        MemorySegment buffer = poll();
        return buffer == null ? allocate() : buffer;
    }

    private static synchronized MemorySegment poll() {
        if (free == 0) {
            return null;
        }
        free--;
        MemorySegment buffer = FREE[free];
        FREE[free] = null;
        return buffer;
    }

    private static MemorySegment allocate() {
        MemorySegment chunk = Arena.ofAuto().allocate((long) CHUNK * SIZE, ALIGNMENT);
        for (int i = 1; i < CHUNK; i++) {
            release(chunk.asSlice((long) i * SIZE, SIZE));
        }
        return chunk.asSlice(0, SIZE);
    }

    /** Releases a buffer that no operation uses. */
    static void release(MemorySegment buffer) {
        if (buffer.byteSize() == SIZE) {
            keep(buffer);
        }
    }

    private static synchronized void keep(MemorySegment buffer) {
        if (free < MAX_FREE) {
            FREE[free] = buffer;
            free++;
        }
    }

    /** Returns the number of free buffers. */
    static synchronized int available() {
        return free;
    }
}
