package io.linuxaio.files;

import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.engine.Arguments;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/**
 * A seekable channel that reads a file by direct I/O with adaptive read-ahead. Positions and lengths need no alignment;
 * several blocks are in flight ahead of the reader.
 *
 * <p>Read-ahead is adaptive. It starts at 32 KiB, grows during sequential reads up to the depth of the channel, and
 * stops at a seek until reads are sequential again. A random read requests only the bytes that it needs, rounded to the
 * file's alignment. A channel allocates memory as needed. Channels opened without an explicit depth share 64 MiB of
 * memory beyond 64 KiB each; a channel that gets none of it continues with its own 64 KiB.
 *
 * <p>Blocks read ahead hold the contents of the file at the time of reading: the channel does not see bytes written
 * later, and may return bytes that were truncated since. At the end of the file the channel checks again for more. A
 * block that cannot be read fails the {@link #read} that needs its bytes; the next read tries again.
 *
 * <p>Safe for use by several threads, one at a time. As specified by {@link java.nio.channels.InterruptibleChannel}, a
 * thread that waits in {@link #read} is released when another one closes the channel ({@link
 * java.nio.channels.AsynchronousCloseException}), and an interrupt closes it ({@link
 * java.nio.channels.ClosedByInterruptException}). In both cases closing waits until no operation is in flight.
 */
public final class AioReadChannel extends BlockIoChannel implements SeekableByteChannel {
    /** That of a channel that has read nothing. Not made when it is needed: a channel must close without memory. */
    private static final IdleBlocks NONE_READ = _ -> true;

    private final ReadAheadWindow window;
    private final ReadBuffers buffers;

    private final AioContext aio;
    private final int blockSize;
    private final int depth;

    /** The positions in the file of the channel's first byte, and after its last one. */
    private final long first;

    private final long limit;

    /** The position in the file. */
    private long position;

    /** The position at which the last read ended; a read from any other position follows a seek. */
    private long expected;

    /** True if the present read continues where the last one ended. */
    private boolean sequential;

    /** True if no sequential read has followed the last seek. */
    private boolean random;

    /** The index of the oldest block in flight or being consumed, and the number of blocks from there on. */
    private int head;

    private int ahead;

    /** The number of bytes in the oldest block; -1 while it is in flight. */
    private int loaded = -1;

    /** The position of the next block, and the file size when it was last read. */
    private long next;

    private long end;

    /** Takes ownership of an open file. */
    private AioReadChannel(AioContext aio, AioFile file, int blockSize, int depth, ReadAheadBudget budget) {
        super(file, false, null);
        this.aio = aio;
        this.blockSize = Math.toIntExact(file.alignment().roundUp(blockSize));
        this.depth = depth;
        first = 0;
        limit = Long.MAX_VALUE;
        window = new ReadAheadWindow(this.blockSize, depth);
        buffers = new ReadBuffers(depth, file.alignment(), this.blockSize, budget);
    }

    /** Borrows an open file and a pool. */
    private AioReadChannel(AioContext aio, AioFile file, long from, long to, int blockSize, AioBufferPool pool) {
        super(file, true, null);
        this.aio = aio;
        this.blockSize = blockSize;
        depth = Math.min(AioFileOperations.DEPTH, pool.size());
        first = from;
        limit = to;
        position = from;
        expected = from;
        window = new ReadAheadWindow(blockSize, depth);
        buffers = ReadBuffers.pooled(depth, file.alignment(), blockSize, pool);
    }

    /**
     * Makes a channel that reads a part of an open file, with buffers of a pool, through the context that opened the file.
     * Closing the channel closes neither. To make and close one is cheap: it makes no system call, and acquires memory
     * only when it reads.
     *
     * <p>The channel presents the part as a file of its own: its position 0 is {@code from}, and it ends at {@code to} or
     * at the end of the file. A request is at most as long as a buffer of the pool, and at most eight are in flight. After
     * a random read the channel releases its buffers to the pool; during sequential reads it keeps those that are read
     * ahead. If no buffer is free, it does not wait: it reads less ahead or, if it has none, allocates up to 64 KiB.
     *
     * <p>Closing the channel does not wait for blocks that are being read ahead. Their buffers return to the pool when they
     * have been read.
     *
     * @param file the file; it must stay open while the channel is used
     * @param from the position in the file of the first byte, in bytes
     * @param to the position in the file after the last byte; may be past the end of the file
     * @param pool the pool; its buffers must satisfy the alignment of the file
     * @return the channel, to be closed
     * @throws IllegalArgumentException if {@code from} is negative, {@code to} less than {@code from}, or a buffer shorter
     *     than a block of the file
     * @throws IllegalStateException if the file was opened without a context
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     */
    public static AioReadChannel over(AioFile file, long from, long to, AioBufferPool pool) {
        Arguments.notNegative("start", from);
        if (to < from) {
            throw new IllegalArgumentException("the end " + to + " is before the start " + from);
        }
        CoreAccess.core().requireReadable(file);
        int blockSize = BlockBufferRing.blockSize(pool, file.alignment().offset());
        return new AioReadChannel(CoreAccess.core().context(file), file, from, to, blockSize, pool);
    }

    static AioReadChannel open(AioContext aio, Path path, int blockSize, int depth, OpenOption... options)
            throws IOException {
        return open(aio, path, blockSize, depth, ReadAheadBudget.UNLIMITED, options);
    }

    static AioReadChannel open(
            AioContext aio, Path path, int blockSize, int depth, ReadAheadBudget budget, OpenOption... options)
            throws IOException {
        BlockBufferRing.check(blockSize, depth);
        AioFile file = aio.open(path, options);
        AioReadChannel channel = null;
        try {
            PseudoFiles.requireTruth(aio, file);
            channel = new AioReadChannel(aio, file, blockSize, depth, budget);
            return channel;
        } finally {
            if (channel == null) {
                letGo(file, null);
            }
        }
    }

    /**
     * Reads until the buffer is full or the file ends. If a block cannot be read, the buffer contains the bytes before
     * it, and both positions have advanced accordingly.
     *
     * @param target the buffer that is read into
     * @return the number of bytes read; -1 at the end of the file
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws ClosedChannelException if the channel is closed, possibly during the read, or if its context is closed
     * @throws IOException if the file cannot be read
     */
    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        begin();
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("the buffer is read-only; it cannot be read into");
        }
        int count = 0;
        sequential = position == expected;
        while (target.hasRemaining() && load(target.remaining())) {
            int offset = (int) (position - ring.start(head));
            int part = (int) Math.min(Math.min(target.remaining(), loaded - offset), limit - position);
            MemorySegment.copy(ring.bytes(head), offset, MemorySegment.ofBuffer(target), 0, part);
            target.position(target.position() + part);
            moveOn(part);
            count += part;
        }
        if (borrowed && window.size() == 0) {
            forgetAhead();
            buffers.releaseToPool();
        }
        return count == 0 && target.hasRemaining() ? -1 : count;
    }

    /**
     * Reads the rest of the block at the position into a new buffer. Returns null at the end of the file.
     *
     * @param maxBlocks the maximum number of blocks to read ahead, including this one; at least 1
     */
    synchronized ByteBuffer readBlock(int maxBlocks) throws IOException {
        begin();
        // No speculative read-ahead: the subscriber has requested a number of blocks.
        window.collapse();
        sequential = false;
        if (!load((long) Math.min(maxBlocks, depth) * blockSize)) {
            return null;
        }
        int offset = (int) (position - ring.start(head));
        ByteBuffer bytes = ByteBuffer.allocate(loaded - offset);
        MemorySegment.copy(ring.bytes(head), offset, MemorySegment.ofBuffer(bytes), 0, bytes.capacity());
        moveOn(bytes.capacity());
        return bytes;
    }

    private void moveOn(int bytes) {
        position += bytes;
        expected = position;
    }

    /**
     * Loads the block that contains the byte at the position, as the oldest block.
     *
     * @param wanted the number of bytes that the reader requests from there on
     * @return {@code false} at the end of the file
     */
    private boolean load(long wanted) throws IOException {
        if (position >= limit) {
            return false;
        }
        if (position != expected && (ahead == 0 || position < ring.start(head) || position >= next)) {
            leaveFor();
        }
        while (ahead > 0) {
            awaitHead();
            if (position - ring.start(head) < loaded) {
                return true;
            } else if (loaded < ring.length(head)) {
                // The file ended here when this block was read.
                forgetAhead();
            } else {
                leaveHead(wanted);
            }
        }
        if (!startAhead(wanted)) {
            return false;
        }
        awaitHead();
        if (position - ring.start(head) < loaded) {
            return true;
        }
        // The file was truncated meanwhile.
        forgetAhead();
        return false;
    }

    /** Seeks to a position that was not read ahead. Reads count as random from here on, until one is sequential. */
    private void leaveFor() throws IOException {
        forgetAhead();
        window.collapse();
        if (random) {
            buffers.trim();
        }
        random = true;
    }

    private void awaitHead() throws IOException {
        if (loaded >= 0) {
            return;
        }
        try {
            loaded = awaitRead(head);
        } catch (IOException e) {
            if (isOfThisChannel(e)) {
                throw e;
            }
            int length = ring.length(head);
            if (position - ring.start(head) < length) {
                forgetAhead();
                throw e;
            }
            // Skipped by a seek: these bytes are not needed.
            loaded = length;
        }
    }

    private boolean startAhead(long wanted) throws IOException {
        end = Math.min(limit, file.size());
        if (position >= end) {
            buffers.trim();
            return false;
        }
        next = file.alignment().roundDown(position);
        head = 0;
        if (ring == null) {
            ring = BlockBufferRing.withoutMemory(aio, file, blockSize, depth);
        }
        readAhead(wanted);
        return true;
    }

    /** Requests the bytes that the reader needs, and the read-ahead window. */
    private void readAhead(long wanted) {
        long demanded = position + Math.min(wanted, end - position);
        long goal = position + Math.min(Math.max(wanted, window.size()), end - position);
        while (ahead < depth && next < goal) {
            long ofDemand = Math.min(blockSize, demanded - next);
            long length = Math.min(Math.max(ofDemand, window.request()), end - next);
            int index = (head + ahead) % depth;
            MemorySegment buffer = memory(index, (int) file.alignment().roundUp(length));
            if (buffer == null) {
                break;
            }
            ring.read(index, buffer, next);
            // The last block of a file of the maximum size ends beyond the largest position.
            next += Math.min(buffer.byteSize(), Long.MAX_VALUE - next);
            ahead++;
        }
        if (next >= end || (window.size() > 0 && !window.isFull())) {
            ring.submit();
        }
    }

    private MemorySegment memory(int index, int length) {
        MemorySegment buffer = buffers.get(index, length);
        return buffer == null && ahead == 0 ? buffers.getWithoutBudget(index, length) : buffer;
    }

    private void leaveHead(long wanted) {
        loaded = -1;
        ahead--;
        head = ahead == 0 ? 0 : (head + 1) % depth;
        if (sequential) {
            window.grow(wanted);
            random = false;
        }
        if (position < end) {
            readAhead(wanted);
        }
    }

    /** Discards the blocks read ahead. Their memory is reused only after their operations have completed. */
    private void forgetAhead() throws IOException {
        for (int i = 0; i < ahead; i++) {
            int index = (head + i) % depth;
            awaitBlock(index);
            try {
                ring.take(index);
            } catch (IOException notWanted) {
                // These bytes were not needed; a later read requests them again.
            }
        }
        ahead = 0;
        loaded = -1;
    }

    /** Returns the number of bytes of memory that the channel has allocated. */
    synchronized long memoryHeld() {
        return buffers.held();
    }

    @Override
    public synchronized long position() throws IOException {
        requireOpen();
        return position - first;
    }

    /**
     * Sets the position. The next {@link #read} uses the blocks read ahead if they contain the position. Otherwise it
     * reads only the bytes that it needs, and read-ahead restarts when reads are sequential again.
     *
     * @param newPosition the position in bytes; may be past the end
     * @return this
     * @throws IllegalArgumentException if it is negative
     * @throws ClosedChannelException if the channel is closed
     */
    @Override
    public synchronized SeekableByteChannel position(long newPosition) throws IOException {
        requireOpen();
        Arguments.notNegative("position", newPosition);
        position = newPosition > Long.MAX_VALUE - first ? Long.MAX_VALUE : first + newPosition;
        return this;
    }

    /** Returns {@code true} if the position is at or past the end of the file. */
    synchronized boolean isAtEnd() throws IOException {
        return position - first >= size();
    }

    /**
     * Returns the present length of the file, or of the part of it that the channel reads.
     *
     * @return the length in bytes
     * @throws ClosedChannelException if the channel is closed
     */
    @Override
    public synchronized long size() throws IOException {
        requireOpen();
        return Math.max(0, Math.min(limit, file.size()) - first);
    }

    /**
     * Throws an exception, since this channel only reads.
     *
     * @throws NonWritableChannelException always
     */
    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    /**
     * Throws an exception, since this channel does not change the file.
     *
     * @throws NonWritableChannelException always
     */
    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    void finish() {
        // Reads in flight keep the descriptor and the memory alive by themselves, and closing the file waits for them.
        buffers.close(ring == null ? NONE_READ : ring);
    }
}
