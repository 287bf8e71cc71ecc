package io.linuxaio;

import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.memory.BufferChunk;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An allocator of aligned buffers of any size, each of which is freed by itself: a buddy allocator over a few large arenas.
 * An {@link AioArena} for each buffer would be slow, since closing a shared arena takes a handshake with all threads of the
 * process; for buffers of one size, an {@link AioBufferPool} also bounds their number.
 *
 * {@snippet class="io.linuxaio.examples.ByteBufferExample" region="allocator"}
 *
 * <p>A buffer takes the next power of two of its size and alignment, at least 512 bytes, from a chunk of memory. A buffer
 * larger than a chunk has an arena of its own. New memory is filled with zeros, and memory that was used before is not: the
 * contents of a new buffer are undefined. Chunks are kept until {@link #trim} or {@link #close}.
 *
 * <p>A buffer released while an operation is in flight in it is freed when the operation completes, as {@link AioBuffer}
 * describes.
 *
 * <p>Safe for use by any thread. No method waits.
 */
public final class AioBufferAllocator implements AutoCloseable {
    /** The default size of a chunk: 4 MiB. */
    public static final long DEFAULT_CHUNK_SIZE = 4L << 20;

    private static final long MIN_CHUNK_SIZE = 64L << 10;
    private static final long MAX_CHUNK_SIZE = 1L << 30;

    private final long chunkSize;

    // A private lock, since a user may synchronize on the allocator.
    private final Object lock = new Object();
    private final List<BufferChunk<AioBuffer>> chunks = new ArrayList<>();
    private final List<LargeBuffer> large = new ArrayList<>();
    private int allocated;
    private boolean closed;

    private AioBufferAllocator(long chunkSize) {
        this.chunkSize = chunkSize;
    }

    /**
     * Opens an allocator with chunks of {@value #DEFAULT_CHUNK_SIZE} bytes. Allocates no memory yet.
     *
     * @return the allocator, to be closed
     */
    public static AioBufferAllocator open() {
        return open(DEFAULT_CHUNK_SIZE);
    }

    /**
     * Opens an allocator. Allocates no memory yet.
     *
     * @param chunkSize the size of a chunk in bytes, a power of two from 64 KiB to 1 GiB
     * @return the allocator, to be closed
     * @throws IllegalArgumentException if the size is not such a power of two
     */
    public static AioBufferAllocator open(long chunkSize) {
        if (chunkSize < MIN_CHUNK_SIZE || chunkSize > MAX_CHUNK_SIZE || Long.bitCount(chunkSize) != 1) {
            throw new IllegalArgumentException("the size of a chunk must be a power of two from " + MIN_CHUNK_SIZE
                    + " to " + MAX_CHUNK_SIZE + ": " + chunkSize);
        }
        return new AioBufferAllocator(chunkSize);
    }

    /**
     * Allocates a buffer that is aligned to {@value AioArena#DEFAULT_ALIGNMENT} bytes.
     *
     * @param byteSize the size in bytes, at least 1
     * @return the buffer, to be closed
     * @throws IllegalArgumentException if the size is less than one
     * @throws IllegalStateException if the allocator is closed
     * @throws OutOfMemoryError if there is not enough memory
     */
    public AioBuffer allocate(long byteSize) {
        return allocate(byteSize, AioArena.DEFAULT_ALIGNMENT);
    }

    /**
     * Allocates a buffer.
     *
     * @param byteSize the size in bytes, at least 1
     * @param byteAlignment the alignment of its address in bytes, a power of two
     * @return the buffer, to be closed
     * @throws IllegalArgumentException if the size is less than one, or the alignment is not a power of two
     * @throws IllegalStateException if the allocator is closed
     * @throws OutOfMemoryError if there is not enough memory
     */
    public AioBuffer allocate(long byteSize, long byteAlignment) {
        if (byteSize < 1) {
            throw new IllegalArgumentException("a buffer has at least one byte: " + byteSize);
        }
        long blockSize = Math.max(byteSize, AioArena.powerOfTwo(byteAlignment));
        StackRoom.require();
        Leftovers.recover();
        return blockSize > chunkSize ? large(byteSize, byteAlignment) : small(byteSize, BufferChunk.orderOf(blockSize));
    }

    // Everything is allocated before the block is: an Error in between must not lose it.
    private AioBuffer small(long byteSize, int order) {
        BufferAllocation allocation = new BufferAllocation(this, order);
        AioBuffer buffer = new AioBuffer(allocation);
        synchronized (lock) {
            requireOpen();
            allocation.allocateFrom(chunkWith(order), byteSize, buffer);
            allocated++;
        }
        return buffer;
    }

    private BufferChunk<AioBuffer> chunkWith(int order) {
        for (int i = 0; i < chunks.size(); i++) {
            BufferChunk<AioBuffer> chunk = chunks.get(i);
            if (chunk.hasFree(order)) {
                return chunk;
            }
        }
        // The list has room before the chunk exists, which no collector frees.
        int index = chunks.size();
        chunks.add(null);
        BufferChunk<AioBuffer> added = null;
        try {
            added = new BufferChunk<>(chunkSize);
            return added;
        } finally {
            if (added == null) {
                chunks.remove(index);
            } else {
                chunks.set(index, added);
            }
        }
    }

    // The memory is allocated outside the lock: the kernel may need long to provide so much.
    private AioBuffer large(long byteSize, long byteAlignment) {
        LargeBuffer claim = new LargeBuffer(this, byteSize, byteAlignment);
        boolean isAllocated = false;
        try {
            synchronized (lock) {
                requireOpen();
                large.add(claim);
                allocated++;
            }
            isAllocated = true;
            return claim.buffer();
        } finally {
            if (!isAllocated) {
                claim.uses().close();
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the allocator is closed");
        }
    }

    /** Frees a block that nothing uses. Called again if an {@link Error} has ended it. */
    void free(BufferAllocation allocation) {
        StackRoom.requireForRelease();
        synchronized (lock) {
            if (allocation.free()) {
                allocated--;
            }
        }
    }

    /** Notes that the memory of a large buffer is freed. */
    void freed(LargeBuffer buffer) {
        synchronized (lock) {
            if (large.remove(buffer)) {
                allocated--;
            }
        }
    }

    /**
     * Returns the buffer whose memory contains the first byte of a direct byte buffer, for code that receives byte buffers
     * and must release them.
     *
     * @param bytes a byte buffer of {@link AioBuffer#asByteBuffer}, or a slice or duplicate of one
     * @return the buffer; empty if the byte buffer is on the heap, or its memory is not that of a buffer of this
     *     allocator, or no longer
     */
    public Optional<AioBuffer> bufferOf(ByteBuffer bytes) {
        if (!bytes.isDirect()) {
            return Optional.empty();
        }
        long address = MemorySegment.ofBuffer(bytes.duplicate().clear()).address();
        synchronized (lock) {
            for (BufferChunk<AioBuffer> chunk : chunks) {
                AioBuffer found = chunk.find(address);
                if (found != null) {
                    return Optional.of(found);
                }
            }
            return large.stream()
                    .filter(claim -> claim.contains(address))
                    .map(LargeBuffer::buffer)
                    .findFirst();
        }
    }

    /**
     * Returns the number of buffers that are allocated: not closed, or with an operation in flight in them.
     *
     * @return buffers
     */
    public int allocated() {
        Leftovers.recover();
        synchronized (lock) {
            return allocated;
        }
    }

    /**
     * Returns the memory that this allocator has from the operating system: its chunks, and the buffers larger than a chunk.
     *
     * @return bytes
     */
    public long reservedBytes() {
        synchronized (lock) {
            return chunkSize * chunks.size()
                    + large.stream()
                            .mapToLong(claim -> claim.segment().byteSize())
                            .sum();
        }
    }

    /**
     * Frees the chunks in which nothing is allocated. A chunk whose memory a native call outside this library uses at that
     * moment is kept.
     *
     * @return the number of bytes that were freed
     */
    public long trim() {
        Leftovers.recover();
        synchronized (lock) {
            return closeUnused(true);
        }
    }

    private long closeUnused(boolean keepsUsedByOthers) {
        long bytes = 0;
        for (int i = chunks.size() - 1; i >= 0; i--) {
            BufferChunk<AioBuffer> chunk = chunks.get(i);
            if (!chunk.isUnused()) {
                continue;
            }
            // Removed first: a chunk without memory must not serve an allocation.
            chunks.remove(i);
            try {
                chunk.close();
                bytes += chunkSize;
            } catch (IllegalStateException e) {
                if (!keepsUsedByOthers) {
                    throw e;
                }
            } finally {
                if (chunk.isAlive()) {
                    chunks.add(i, chunk);
                }
            }
        }
        return bytes;
    }

    /**
     * Closes the allocator and frees its memory. Closing again has no effect.
     *
     * @throws IllegalStateException if buffers are not released, or an operation is in flight in them: the allocator then
     *     stays open. Also if a native call outside this library uses released memory: the allocator is then closed, and
     *     closing it again frees the memory
     */
    @Override
    public void close() {
        StackRoom.require();
        Leftovers.recoverIfPossible();
        synchronized (lock) {
            if (allocated > 0) {
                throw new IllegalStateException(allocated + " buffers are not released");
            }
            closed = true;
            closeUnused(false);
        }
    }

    @Override
    public String toString() {
        synchronized (lock) {
            return "AioBufferAllocator with " + allocated + " buffers in " + chunks.size() + " chunks of " + chunkSize
                    + " bytes";
        }
    }
}
