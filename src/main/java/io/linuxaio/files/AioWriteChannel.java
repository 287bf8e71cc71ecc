package io.linuxaio.files;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.ClosedException;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.engine.Arguments;
import io.linuxaio.internal.engine.PinnedMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;

/**
 * A channel that writes a file sequentially by direct I/O, with write-behind. Lengths need no alignment.
 *
 * <p>Bytes are collected in blocks; several blocks are in flight while the next one is filled. The last block is
 * written after all others have completed. Bytes at its end that do not fill a unit of direct I/O go through the page
 * cache, without padding; {@code DSYNC}, {@code SYNC} and {@link #force} make them durable with the rest. Without a
 * sync, a device error in these last bytes may occur too late to be reported, as with {@link
 * java.nio.file.Files#write}. A write waits only while all blocks are in flight.
 *
 * <p>If the process is killed, a file that was created or truncated by this channel has its final length only if all
 * its bytes were written. Otherwise it is shorter or, by {@linkplain #allocate reserved} space, longer. An interrupted
 * overwrite leaves a torn mix of old and new bytes that cannot be detected. After a power failure, only bytes covered
 * by a sync are guaranteed.
 *
 * <p>Other handles and processes may write to the file meanwhile. The channel changes no other bytes than those that it
 * was given, and writes each once. With {@code APPEND} it writes one block after the other through the page cache, each
 * to the present end of the file ({@code O_APPEND}). So no appended bytes are lost, though blocks of several writers
 * may be interleaved. A file that had contents when it was opened is never shortened. Any other file is shortened only
 * to release reserved space or failed blocks, and only if no other writer has changed its length.
 *
 * <p>After a failed block, the next {@link #write}, {@link #force} and {@link #close} throw. So they do after a failed
 * sync, since a later successful one would not make the earlier bytes durable. If {@link #close} throws, the file is
 * incomplete. A file that was created or truncated by this channel is cut to the bytes before the failure, after a
 * failed sync to the bytes that were durable before it. If it cannot be cut, that exception is suppressed in the one
 * that {@link #close} throws. A file that had contents is left as it is, with the bytes that were written.
 *
 * <p>Safe for use by several threads, one at a time. As specified by {@link java.nio.channels.InterruptibleChannel}, a
 * thread that waits in {@link #write} or {@link #force} is released when another one closes the channel ({@link
 * java.nio.channels.AsynchronousCloseException}), and an interrupt closes it ({@link
 * java.nio.channels.ClosedByInterruptException}, in which an exception of closing is suppressed). In both cases the
 * file is as {@link #close} leaves it: it ends with the last byte accepted, at which the source's position then is.
 * Closing waits until no operation is in flight.
 */
public final class AioWriteChannel extends BlockIoChannel implements WritableByteChannel {
    /**
     * The size of a page in bytes. A buffered write must not share a page with direct I/O, since whole pages are
     * cached.
     */
    private static final int PAGE = 4096;

    private final boolean appends;
    private final boolean syncData;
    private final boolean syncAll;

    /** The unit of direct writes, which begin and end at multiples of it. */
    private final AioAlignment unit;

    /** A view of the file that requires no alignment. */
    private final AioFile unaligned;

    private final FileEnd fileEnd;

    private BeforeSync beforeSync = () -> {};
    private int block;
    private int filled;
    private long blockStart;

    /** The number of bytes of the current block that a flush has submitted. They are not written again. */
    private int submitted;

    /** True if {@code O_DIRECT} is off for a write through {@link #unaligned}. */
    private boolean directIsOff;

    private IOException failure;
    private boolean failureReported;
    private long failedAt = Long.MAX_VALUE;

    /** The position up to which the file is known to be durable. */
    private long durableTo;

    /** Borrows an open file. */
    private AioWriteChannel(AioFile file, BlockBufferRing ring, AioAlignment unit, AioFile cached, long from) {
        super(file, true, ring);
        appends = CoreAccess.core().isAppending(file);
        syncData = false;
        syncAll = false;
        this.unit = unit;
        unaligned = cached;
        fileEnd = new FileEnd(file, file.alignment(), false);
        blockStart = unit.roundDown(from);
        // Bytes before the first one count as written.
        filled = (int) (from - blockStart);
        submitted = filled;
    }

    /**
     * Takes ownership of an open file.
     *
     * @param own {@code true} if the file was empty, so that only this channel writes it
     * @param size the size of the file in bytes, which is 0 if the file is new or was truncated
     */
    private AioWriteChannel(
            AioFile file, BlockBufferRing ring, AioAlignment unit, WriteOptions options, boolean own, long size) {
        super(file, false, ring);
        appends = options.append();
        syncData = options.dsync();
        syncAll = options.sync();
        this.unit = unit;
        unaligned = CoreAccess.core().unaligned(file);
        fileEnd = new FileEnd(file, file.alignment(), own);
        blockStart = appends ? size : 0;
    }

    /** Returns the alignment of direct writes to a file that others write too: at least whole pages. */
    private static AioAlignment pages(AioAlignment alignment) {
        return CoreAccess.core().alignment(alignment.memory(), Math.max(PAGE, alignment.offset()));
    }

    static AioWriteChannel open(AioContext aio, Path path, int blockSize, int depth, WriteOptions options)
            throws IOException {
        if (options.replaces()) {
            throw new UnsupportedOperationException(
                    "ATOMIC_REPLACE is for methods that take whole contents: closing a channel"
                            + " does not show that all was written");
        }
        BlockBufferRing.check(blockSize, depth);
        return over(aio, CoreAccess.core().open(aio, path, path, options.open()), blockSize, depth, options);
    }

    /**
     * Makes a channel that writes to an open file from a position on, with buffers of a pool, through the context that
     * opened the file. Closing the channel closes neither.
     *
     * <p>The position need not be aligned. As with {@link AioFile#writeFully(MemorySegment, long)}, bytes at both ends that
     * do not fill a page go through the page cache by a descriptor of their own, no other byte of the file changes, and
     * the file is never shortened. The channel acquires a buffer when it needs one, at most eight, and keeps them until it
     * is closed. If none is free, it does not wait, but allocates a block of the same size.
     *
     * <p>If the file was opened to append, all bytes go through the page cache, to the present end of the file. If it was
     * opened with {@code DSYNC} or {@code SYNC}, each block is durable when it is written. Otherwise {@link #force} or a
     * sync of the file makes the bytes durable; {@link #close} does not sync.
     *
     * @param file the file; it must stay open while the channel is used
     * @param from the position in the file of the first byte, in bytes; ignored if the file was opened to append
     * @param pool the pool; its buffers must satisfy the alignment of the file and have at least 4096 bytes
     * @return the channel, to be closed
     * @throws IllegalArgumentException if {@code from} is negative, or a buffer too short
     * @throws IllegalStateException if the file was opened without a context
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     * @throws IOException if the second descriptor cannot be opened, or the file is closed
     */
    public static AioWriteChannel over(AioFile file, long from, AioBufferPool pool) throws IOException {
        Arguments.notNegative("start", from);
        CoreAccess.core().requireWritable(file);
        AioContext aio = CoreAccess.core().context(file);
        if (!file.isOpen()) {
            throw new ClosedException("the file is closed: " + file.path());
        }
        AioFile cached = file.isDirect() ? CoreAccess.core().cached(file) : file;
        boolean appends = CoreAccess.core().isAppending(file);
        AioFile target = appends ? cached : file;
        AioAlignment unit = target.isDirect() ? pages(file.alignment()) : target.alignment();
        int blockSize = BlockBufferRing.blockSize(pool, Math.max(PAGE, unit.offset()));
        BlockBufferRing ring =
                BlockBufferRing.pooled(aio, target, blockSize, Math.min(AioFileOperations.DEPTH, pool.size()), pool);
        return new AioWriteChannel(target, ring, unit, cached, appends ? file.size() : from);
    }

    /** Creates a channel that owns an open file. The file is closed with the channel, or if it cannot be created. */
    static AioWriteChannel over(AioContext aio, AioFile opened, int blockSize, int depth, WriteOptions options)
            throws IOException {
        AioFile file = opened;
        AioWriteChannel channel = null;
        BlockBufferRing ring = null;
        try {
            if (options.append() && file.isDirect()) {
                // Other writers may move the end of the file to any position, so direct I/O cannot be aligned.
                CoreAccess.core().setDirect(file, false);
                file = CoreAccess.core().unaligned(file);
            }
            long size = options.append() || options.keepsRest() ? file.size() : 0;
            boolean own = !options.append() && size == 0 && !CoreAccess.core().isBlockDevice(file);
            AioAlignment unit = own || !file.isDirect() ? file.alignment() : pages(file.alignment());
            // A full block is written directly, and so must end with a unit.
            ring = new BlockBufferRing(aio, file, Math.toIntExact(unit.roundUp(blockSize)), depth);
            channel = new AioWriteChannel(file, ring, unit, options, own, size);
            return channel;
        } finally {
            if (channel == null) {
                letGo(file, ring);
            }
        }
    }

    /** An action on a file that has its final contents and length. */
    interface BeforeSync {
        void run() throws IOException;
    }

    /** Sets the action between the last write and the sync when the channel is closed. */
    void beforeSync(BeforeSync action) {
        beforeSync = action;
    }

    /**
     * Accepts all bytes of a buffer.
     *
     * @param source the bytes; its position equals its limit afterwards
     * @return the number of bytes
     * @throws ClosedChannelException if the channel is closed, possibly during the write, or if its context is closed
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
     * Accepts bytes that do not change until the channel is closed. Whole aligned blocks are written without a copy.
     * The last block is always copied, so that it can be held back.
     */
    synchronized void write(PinnedMemory source, long from, long length) throws IOException {
        requireSound();
        long offset = from;
        long end = from + length;
        while (offset < end) {
            leaveFullBlock();
            int size = ring.blockSize();
            if (filled == 0
                    && end - offset > size
                    && source.fits(offset, size, file.alignment().memory())) {
                makeRoom();
                ring.write(block, source.segment().asSlice(offset, size), blockStart);
                beginBlock(size);
                offset += size;
            } else {
                offset += copy(source.segment(), offset, end - offset);
            }
        }
    }

    /** Copies as many bytes as fit into the current block. */
    private int copy(MemorySegment source, long offset, long length) throws IOException {
        leaveFullBlock();
        makeRoom();
        int part = (int) Math.min(length, ring.blockSize() - filled);
        MemorySegment.copy(source, offset, ring.block(block), filled, part);
        filled += part;
        return part;
    }

    /** Waits until the current block can be filled; with {@code APPEND}, until all other blocks have been written. */
    private void makeRoom() throws IOException {
        if (appends) {
            finishAll();
        } else {
            finishBlock(block);
        }
        requireNoFailure();
    }

    /**
     * Writes the current block if it is full. Called only before further bytes: the last block must wait for all
     * others.
     */
    private void leaveFullBlock() throws IOException {
        if (filled == ring.blockSize()) {
            if (submitted == 0 && !appends) {
                ring.write(block, filled, blockStart);
            } else {
                writeBegun();
            }
            beginBlock(filled);
        }
    }

    /** Writes the bytes of the current block that no flush has written, whole units by direct I/O. */
    private void writeBegun() throws IOException {
        int head = (int) Math.min(filled, unit.roundUp(blockStart + submitted) - blockStart);
        int tail = (int) Math.max(head, unit.roundDown(blockStart + filled) - blockStart);
        writeUnaligned(head);
        if (tail > submitted) {
            if (appends) {
                finishAll();
                requireNoFailure();
            }
            ring.write(block, currentBlock(tail), blockStart + submitted);
            submitted = tail;
        }
        writeUnaligned(filled);
    }

    /** Returns the bytes of the current block from the first one not submitted to the given one. */
    private MemorySegment currentBlock(int to) {
        return ring.block(block).asSlice(submitted, to - submitted);
    }

    /**
     * Writes the bytes of the current block up to the given one without padding, after all others have been written.
     */
    private void writeUnaligned(int to) throws IOException {
        if (to <= submitted) {
            return;
        }
        finishAll();
        requireNoFailure();
        CoreAccess.core().lockEdges(file);
        try {
            if (!borrowed) {
                directIsOff = true;
                CoreAccess.core().setDirect(file, false);
            }
            ring.write(block, unaligned, currentBlock(to), blockStart + submitted);
            submitted = to;
            finishAll();
        } finally {
            CoreAccess.core().unlockEdges(file);
        }
        requireNoFailure();
    }

    private void beginBlock(int length) {
        block = (block + 1) % ring.depth();
        blockStart += length;
        filled = 0;
        submitted = 0;
    }

    /**
     * Reserves space for later bytes, so that blocks that extend the file need not be written one after the other. A
     * file that was empty when the channel was opened is extended to a little less than the given length, by at most
     * one unit of its alignment: the last bytes complete its length. If fewer bytes are written, {@link #force} and
     * {@link #close} release the rest. A file that had contents gets space only within its length, to fill its holes; a
     * file opened with {@code APPEND} gets none. For a block device, the method does nothing.
     *
     * @param length the expected length of the whole file in bytes; fewer or more may be written
     * @throws IllegalArgumentException if the length is negative
     * @throws IOException if there is no space, or the filesystem cannot reserve it ({@code EOPNOTSUPP}); writing may
     *     continue nevertheless
     */
    public synchronized void allocate(long length) throws IOException {
        Arguments.notNegative("length", length);
        requireSound();
        fileEnd.reserve(blockStart, length);
    }

    /** Reserves the given number of bytes from the present position on. Fails only if the volume is full. */
    void reserveIfPossible(long bytes) throws IOException {
        requireSound();
        long from = position();
        try {
            fileEnd.reserve(blockStart, bytes > Long.MAX_VALUE - from ? Long.MAX_VALUE : from + bytes);
        } catch (IOException e) {
            if (CoreAccess.core().isNoSpace(e)) {
                throw e;
            }
        }
    }

    /**
     * Returns the position of the next byte in the file.
     *
     * @return the position in bytes
     */
    public synchronized long position() {
        return blockStart + filled;
    }

    /**
     * Writes all accepted bytes, sets the length of the file, and makes both durable.
     *
     * @param metaData whether to make metadata durable that is not needed for reading
     * @throws IOException if a block could not be written, or could not be made durable
     */
    public synchronized void force(boolean metaData) throws IOException {
        requireSound();
        finishBytes();
        sync(metaData);
        requireSound();
    }

    /**
     * Writes all accepted bytes, waits for that, and sets the length of the file, without a sync. Other handles and
     * processes see the bytes then, and they survive the end of the process, but not a power failure.
     *
     * @throws ClosedChannelException if the channel is closed, possibly during the call, or if its context is closed
     * @throws IOException if a block could not be written
     */
    public synchronized void flush() throws IOException {
        requireSound();
        finishBytes();
    }

    /**
     * Writes all accepted bytes, waits for their completion, and sets the length of the file. The current block stays
     * current: later bytes fill its rest.
     */
    private void finishBytes() throws IOException {
        finishAll();
        if (failure == null) {
            writeBegun();
            finishAll();
        }
        requireNoFailure();
        setLength();
    }

    private void finishAll() throws ClosedChannelException {
        for (int i = 0; i < ring.depth(); i++) {
            finishBlock(i);
        }
        if (directIsOff) {
            directIsOff = false;
            turnDirectOn();
        }
    }

    private void turnDirectOn() {
        try {
            CoreAccess.core().setDirect(file, true);
        } catch (IOException | RuntimeException e) {
            fail(e, position());
        }
    }

    private void sync(boolean metaData) throws ClosedChannelException {
        try {
            await(() -> metaData ? file.sync() : file.dataSync());
            durableTo = position();
        } catch (ClosedException e) {
            fail(e, durableTo);
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            fail(e, durableTo);
        }
    }

    private void setLength() throws IOException {
        fileEnd.cut(Math.min(position(), failedAt));
    }

    /** Waits until nothing is in flight in a block, and records its failure. */
    private void finishBlock(int index) throws ClosedChannelException {
        try {
            awaitBlock(index);
            int count = ring.take(index);
            if (count > 0) {
                fileEnd.reached(ring.start(index) + count);
            }
        } catch (ClosedException e) {
            fail(e, ring.start(index));
        } catch (ClosedChannelException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            long done = e instanceof AioException aio ? aio.bytesTransferred() : 0;
            if (done > 0) {
                fileEnd.reached(ring.start(index) + done);
            }
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
        if (failureReported) {
            // A new exception: the caller may be propagating the first one while it closes the channel.
            throw new IOException("an earlier write or sync failed: " + failure.getMessage(), failure);
        }
        failureReported = true;
        throw failure;
    }

    /**
     * Writes all accepted bytes, sets the length of the file, makes both durable if the options require it, and closes
     * the file. A thread that waits in another method is released with an {@link
     * java.nio.channels.AsynchronousCloseException}. An interrupt does not end this wait; the interrupt status is kept.
     * A second call waits for the first one and has no other effect.
     *
     * @throws IOException if a byte could not be written, or not be made durable
     */
    @Override
    public void close() throws IOException {
        super.close();
    }

    @Override
    void finish() throws IOException {
        try {
            finishBytes();
            beforeSync.run();
            if (syncAll || syncData) {
                sync(syncAll);
            }
            requireNoFailure();
        } catch (IOException | RuntimeException | Error e) {
            cut(e);
            throw e;
        }
    }

    /** Cuts off reserved space and the blocks after the failure. */
    private void cut(Throwable first) {
        try {
            // A block that completes later would extend the file again.
            finishAll();
            // Bytes of the current block that were never submitted are not in the file.
            failedAt = Math.min(failedAt, blockStart + submitted);
            setLength();
        } catch (IOException | RuntimeException | Error e) {
            // The JVM has one error for a full heap, which cannot suppress itself.
            if (e != first) {
                first.addSuppressed(e);
            }
        }
    }
}
