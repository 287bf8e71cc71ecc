package io.linuxaio;

import io.linuxaio.internal.kernel.Errno;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;

/**
 * Writes a file from one end to the other by direct I/O: bytes in any number, at no alignment.
 *
 * <p>Bytes are gathered in blocks, and several blocks are in flight while the next is filled. The last block goes when all
 * others are done: it is padded to what the device asks for, and the file then cut to its true length. Writing waits only
 * while all blocks are in flight.
 *
 * <p>A file that was made or truncated for this channel never has its true length before all its bytes are there, if the
 * process is killed: until then it is shorter or, by padding or by space that was {@linkplain #allocate reserved}, longer.
 * Of a file that is overwritten in place nothing tells; after a power failure only what a sync has covered is sure.
 *
 * <p>A block that fails makes the next {@link #write}, {@link #force} and {@link #close} throw, and so does a sync that
 * fails: another one that succeeds would not say that what the first was for is durable. When {@link #close} throws, the
 * file is not what was written: it is cut to the bytes before the failure, after a failed sync to those that were made
 * durable before; of a file that was neither made nor truncated for this channel, only what lies behind its old end is
 * cut off. Where it cannot be cut, that exception is a suppressed one of what {@link #close} throws.
 *
 * <p>Safe for use by several threads, one at a time. As {@link java.nio.channels.InterruptibleChannel} says, a thread that
 * waits in {@link #write} or {@link #force} is freed when another one closes the channel
 * ({@link java.nio.channels.AsynchronousCloseException}), and an interrupt closes it
 * ({@link java.nio.channels.ClosedByInterruptException}, of which what closing may throw is a suppressed one). In both
 * cases the file is what {@link #close} makes it: it ends with the last byte that was taken, which is where the source's
 * position then stands, and closing waits until the kernel is done.
 */
public final class AioWriteChannel extends BlockChannel implements WritableByteChannel {
    private final boolean keepRest;
    private final boolean syncData;
    private final boolean syncAll;
    private final long originalSize;

    private BeforeSync beforeSync = () -> {};
    private int block;
    private int filled;
    private long blockStart;
    private IOException failure;
    private boolean failureIsTold;
    private long failedAt = Long.MAX_VALUE;

    /** Up to where the block begun was written when it last was: to write it again would undo a length made durable. */
    private long flushedTo;

    /** Up to where the file is known to be durable. */
    private long durableTo;

    /** Takes over an open file; the first byte goes to {@code start}. */
    private AioWriteChannel(AioFile file, BlockRing ring, WriteOptions options, long originalSize, long start)
            throws IOException {
        super(file, ring);
        this.originalSize = originalSize;
        keepRest = options.keepsRest();
        syncData = options.dsync();
        syncAll = options.sync();
        blockStart = file.alignment().roundDown(start);
        filled = (int) (start - blockStart);
        if (filled > 0) {
            // The first block begins before the first byte: with what stands there already.
            BlockRing.result(file.read(unit(ring.block(0), 0), blockStart));
        }
    }

    static AioWriteChannel open(AioContext aio, Path path, int blockSize, int depth, WriteOptions options)
            throws IOException {
        if (options.replaces()) {
            throw new UnsupportedOperationException("ATOMIC_REPLACE is for methods that take whole contents: a channel"
                    + " that is closed does not tell whether all was written");
        }
        return openFile(aio, path, path, blockSize, depth, options);
    }

    /** Opens also a file that takes another one's place when it is whole, and whose failures name that one. */
    static AioWriteChannel openFile(
            AioContext aio,
            Path path,
            Path known,
            int blockSize,
            int depth,
            WriteOptions options,
            FileAttribute<?>... attributes)
            throws IOException {
        BlockRing.check(blockSize, depth);
        AioFile file = aio.open(path, known, options.open(), attributes);
        BlockRing ring = null;
        try {
            long size = file.size();
            ring = new BlockRing(aio, file, blockSize, depth);
            return new AioWriteChannel(file, ring, options, size, options.append() ? size : 0);
        } catch (IOException | RuntimeException | Error e) {
            if (ring != null) {
                ring.close();
            }
            file.close();
            throw e;
        }
    }

    /** What a file gets when it has all its bytes and its length. */
    interface BeforeSync {
        void run() throws IOException;
    }

    /** Sets what is done between the last write and the sync, as the channel is closed. */
    void beforeSync(BeforeSync action) {
        beforeSync = action;
    }

    private MemorySegment unit(MemorySegment memory, long offset) {
        return memory.asSlice(offset, file.alignment().offset());
    }

    /**
     * Takes all bytes of a buffer.
     *
     * @param source bytes; its position is then its limit
     * @return how many there were
     * @throws ClosedChannelException if the channel is closed, or closed meanwhile
     * @throws IOException if an earlier block could not be written
     */
    @Override
    public synchronized int write(ByteBuffer source) throws IOException {
        requireSound();
        int count = source.remaining();
        while (source.hasRemaining()) {
            source.position(source.position() + copy(MemorySegment.ofBuffer(source), 0, source.remaining()));
        }
        return count;
    }

    /**
     * Takes bytes that stay as they are until the channel is closed: whole blocks of them are written without a copy
     * where they are aligned. The last one is copied always, so that it can be held back.
     */
    synchronized void write(LentMemory source, long from, long length) throws IOException {
        requireSound();
        long offset = from;
        long end = from + length;
        while (offset < end) {
            leaveFullBlock();
            int size = ring.blockSize();
            if (filled == 0 && end - offset > size && source.fits(offset, size, file.alignment())) {
                finishBlock(block);
                requireNoFailure();
                ring.write(block, source.segment().asSlice(offset, size), blockStart);
                beginBlock(size);
                offset += size;
            } else {
                offset += copy(source.segment(), offset, end - offset);
            }
        }
    }

    /** Copies as many bytes as the block begun has room for. */
    private int copy(MemorySegment source, long offset, long length) throws IOException {
        leaveFullBlock();
        finishBlock(block);
        requireNoFailure();
        int part = (int) Math.min(length, ring.blockSize() - filled);
        MemorySegment.copy(source, offset, ring.block(block), filled, part);
        filled += part;
        return part;
    }

    /** Writes the block begun where it is full. Only when more comes: the last one must wait for all others. */
    private void leaveFullBlock() {
        if (filled == ring.blockSize()) {
            if (position() != flushedTo) {
                ring.write(block, filled, blockStart);
            }
            beginBlock(filled);
        }
    }

    private void beginBlock(int length) {
        block = (block + 1) % ring.depth();
        blockStart += length;
        filled = 0;
    }

    /**
     * Reserves space for what is still to come, so that blocks need not be written one after the other as they extend
     * the file. Until {@link #force} or {@link #close} a file that grows by it is longer than what was reserved, by at
     * most one unit of its alignment: so that nobody takes it for complete if the process is killed meanwhile.
     *
     * @param length of the whole file in bytes, as far as is known; less or more may come
     * @throws IOException if there is no space, or the filesystem cannot reserve ({@code EOPNOTSUPP})
     */
    public synchronized void allocate(long length) throws IOException {
        requireSound();
        boolean grows = !keepRest || length > originalSize;
        long end = grows ? file.alignment().roundUp(Math.addExact(length, 1)) : length;
        if (length > 0 && end > blockStart) {
            file.allocate(blockStart, end - blockStart);
        }
    }

    /** Reserves so many bytes from where the next one goes to, and goes on without where the filesystem cannot. */
    void reserveIfSupported(long bytes) throws IOException {
        try {
            allocate(Math.addExact(position(), bytes));
        } catch (AioException e) {
            if (e.errno() != Errno.EOPNOTSUPP && e.errno() != Errno.ENODEV) {
                throw e;
            }
        }
    }

    /**
     * How many bytes precede the next one in the file.
     *
     * @return bytes
     */
    public synchronized long position() {
        return blockStart + filled;
    }

    /**
     * Writes what was taken, gives the file its length, and makes both durable.
     *
     * @param metaData whether metadata that reading does not need is made durable too
     * @throws IOException if a block could not be written, or could not be made durable
     */
    public synchronized void force(boolean metaData) throws IOException {
        requireSound();
        flush();
        sync(metaData);
        requireSound();
    }

    /**
     * Writes everything, waits for it, and gives the file its length. The block begun stays begun: it is written again
     * when more comes.
     */
    private void flush() throws IOException {
        finishAll();
        if (filled > 0 && failure == null && position() != flushedTo) {
            ring.write(block, pad(), blockStart);
            flushedTo = position();
            finishAll();
        }
        requireNoFailure();
        setLength();
    }

    private void finishAll() throws ClosedChannelException {
        for (int i = 0; i < ring.depth(); i++) {
            finishBlock(i);
        }
    }

    private void sync(boolean metaData) throws ClosedChannelException {
        try {
            await(() -> metaData ? file.sync() : file.dataSync());
            durableTo = position();
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            fail(e, durableTo);
        }
    }

    /** Fills the block begun up to the next multiple of the alignment, and answers its length. */
    private int pad() throws IOException {
        int length = (int) file.alignment().roundUp(filled);
        if (length > filled) {
            MemorySegment padding = ring.block(block).asSlice(filled, length - filled);
            padding.fill((byte) 0);
            if (keepRest && position() < originalSize) {
                readRest(padding);
            }
        }
        return length;
    }

    /** What stands behind the last byte in its unit must stand there again. */
    private void readRest(MemorySegment padding) throws IOException {
        try (AioArena arena = AioArena.ofShared(Math.max(file.alignment().memory(), AioArena.DEFAULT_ALIGNMENT))) {
            int size = file.alignment().offset();
            MemorySegment unit = arena.allocate(size);
            int there = await(() -> file.read(unit, file.alignment().roundDown(position())));
            long from = size - padding.byteSize();
            if (there > from) {
                MemorySegment.copy(unit, from, padding, 0, there - from);
            }
        }
    }

    private void setLength() throws IOException {
        long sound = Math.min(position(), failedAt);
        long length = keepRest ? Math.max(originalSize, sound) : sound;
        if (!file.isBlockDevice() && file.size() != length) {
            file.truncate(length);
        }
    }

    /** Waits until nothing is in flight in a block, and notes its failure. */
    private void finishBlock(int index) throws ClosedChannelException {
        try {
            awaitBlock(index);
            ring.take(index);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            long done = e instanceof AioException aio ? aio.bytesTransferred() : 0;
            fail(e, ring.start(index) + done);
        }
    }

    private void fail(Exception e, long at) {
        failedAt = Math.min(failedAt, at);
        if (failure == null) {
            failure = e instanceof IOException io ? io : new IOException(e.getMessage(), e);
        }
    }

    private void requireSound() throws IOException {
        begin();
        requireNoFailure();
    }

    private void requireNoFailure() throws IOException {
        if (failure == null) {
            return;
        }
        if (failureIsTold) {
            // Another exception: the first may be on its way to the caller already, who closes in passing.
            throw new IOException("an earlier write or sync failed: " + failure.getMessage(), failure);
        }
        failureIsTold = true;
        throw failure;
    }

    /**
     * Writes what was taken, gives the file its length, makes both durable where the options ask for it, and closes the
     * file. A thread that waits in another method leaves it with an
     * {@link java.nio.channels.AsynchronousCloseException}. An interrupt does not end this wait, and is kept. Closing
     * again waits for the first closing and does nothing else.
     *
     * @throws IOException if anything was not written, or not made durable
     */
    @Override
    public void close() throws IOException {
        super.close();
    }

    @Override
    void finish() throws IOException {
        try {
            flush();
            beforeSync.run();
            if (syncAll || syncData) {
                sync(syncAll);
            }
            requireNoFailure();
        } catch (IOException | RuntimeException e) {
            cut(e);
            throw e;
        }
    }

    /** Takes off what is behind the failure: padding, space reserved, blocks that came to nothing. */
    private void cut(Exception first) {
        try {
            // A block that comes to its end later would lengthen the file again.
            finishAll();
            // Of the block begun nobody knows; where that could not even be completed, it was not written.
            failedAt = Math.min(failedAt, Math.max(blockStart, flushedTo));
            setLength();
        } catch (IOException | RuntimeException e) {
            first.addSuppressed(e);
        }
    }
}
