package io.linuxaio.internal.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The free lists of bounce buffers: aligned memory of two sizes, through which bytes go that are not aligned, or are on the
 * Java heap. One of each for the process.
 *
 * <p>A request never waits: if no buffer is free, more are allocated. At most {@value #MAX_FREE_BYTES} bytes of free buffers
 * are kept of each size. Their memory belongs to automatic arenas, so a buffer that is not released is freed by the garbage
 * collector. Safe for use by any thread.
 */
public final class BounceBuffers {
    /** The size of a short buffer, in bytes. */
    public static final int SIZE = 16 << 10;

    /** The size of a long buffer, in bytes. */
    public static final int LONG_SIZE = 64 << 10;

    /** The alignment of the buffers in the lists, in bytes. */
    public static final int ALIGNMENT = 4096;

    /** The number of bytes of free buffers that are kept of each size. */
    static final int MAX_FREE_BYTES = 4 << 20;

    /** The number of bytes that are allocated together. */
    private static final int CHUNK = 256 << 10;

    private static final FreeList SHORT = new FreeList(SIZE);
    private static final FreeList LONG = new FreeList(LONG_SIZE);

    private BounceBuffers() {}

    /** The free buffers of one size. */
    private static final class FreeList {
        private final int size;
        private final MemorySegment[] buffers;
        private int count;

        FreeList(int size) {
            this.size = size;
            buffers = new MemorySegment[MAX_FREE_BYTES / size];
        }

        MemorySegment acquire() {
            MemorySegment buffer = poll();
            return buffer == null ? allocate() : buffer;
        }

        private synchronized MemorySegment poll() {
            if (count == 0) {
                return null;
            }
            count--;
            MemorySegment buffer = buffers[count];
            buffers[count] = null;
            return buffer;
        }

        private MemorySegment allocate() {
            MemorySegment chunk = Arena.ofAuto().allocate(CHUNK, ALIGNMENT);
            for (int offset = size; offset < CHUNK; offset += size) {
                release(chunk.asSlice(offset, size));
            }
            return chunk.asSlice(0, size);
        }

        synchronized void release(MemorySegment buffer) {
            if (count < buffers.length) {
                buffers[count] = buffer;
                count++;
            }
        }

        synchronized int count() {
            return count;
        }
    }

    /** Returns {@code true} if a buffer of this size and alignment, in bytes, comes from a free list. */
    public static boolean isKept(long size, int alignment) {
        return size <= LONG_SIZE && alignment <= ALIGNMENT;
    }

    /**
     * Acquires a buffer. Its contents are undefined.
     *
     * @param size the minimum size, in bytes
     * @param alignment the alignment of the address in bytes, a power of two
     */
    public static MemorySegment acquire(long size, int alignment) {
        if (!isKept(size, alignment)) {
            return Arena.ofAuto().allocate(size, Math.max(ALIGNMENT, alignment));
        }
        return (size <= SIZE ? SHORT : LONG).acquire();
    }

    /** Releases a buffer that no operation uses. */
    public static void release(MemorySegment buffer) {
        if (buffer.byteSize() == SIZE) {
            SHORT.release(buffer);
        } else if (buffer.byteSize() == LONG_SIZE) {
            LONG.release(buffer);
        }
    }

    /** Returns the number of free buffers of at least a size, in bytes, in the list that serves it. */
    public static int available(long size) {
        return (size <= SIZE ? SHORT : LONG).count();
    }
}
