package io.linuxaio.artemis.aio;

import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferAllocator;
import java.nio.ByteBuffer;
import java.util.Objects;

/** The memory of direct buffers, which the broker allocates and frees one by one. Safe for use by any thread. */
final class BufferMemory {
    private static final int MIN_ALIGNMENT = 512;

    private final AioBufferAllocator allocator = AioBufferAllocator.open();

    /** Allocates a buffer filled with zeros. */
    ByteBuffer allocate(int size, int alignment) {
        if (size < 0 || alignment < 1 || Integer.bitCount(alignment) != 1 || size % alignment != 0) {
            throw new IllegalArgumentException(
                    "the size of a buffer must be a multiple of its alignment, which must be a" + " power of two: "
                            + size + " bytes, aligned to " + alignment);
        }
        // An allocated buffer has at least a byte.
        AioBuffer buffer = allocator.allocate(Math.max(1, size), Math.max(MIN_ALIGNMENT, alignment));
        buffer.segment().fill((byte) 0);
        ByteBuffer bytes = buffer.asByteBuffer();
        return size == 0 ? bytes.limit(0) : bytes;
    }

    /** Frees a buffer; an operation in flight keeps the memory until it has completed. */
    void free(ByteBuffer bytes) {
        Objects.requireNonNull(bytes, "buffer");
        allocator
                .bufferOf(bytes)
                .orElseThrow(() -> new IllegalArgumentException(
                        "this buffer is not one of newAlignedBuffer, or it was freed before: " + bytes))
                .close();
    }

    /** Returns the number of buffers that are not free. */
    int allocated() {
        return allocator.allocated();
    }

    /** Gives memory without buffers back to the operating system. */
    void trim() {
        allocator.trim();
    }
}
