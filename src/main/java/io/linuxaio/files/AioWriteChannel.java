package io.linuxaio.files;

import io.linuxaio.AioAlignment;
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
 * Writes a file from one end to the other by direct I/O: bytes in any number, at no alignment.
 *
 * <p>Bytes are gathered in blocks, and several blocks are in flight while the next is filled. The last block goes when all
 * others are done. The bytes at its end that are not a whole unit of direct I/O go through the page cache, exactly so many
 * as there are; {@code DSYNC}, {@code SYNC} and {@link #force} make them durable with the rest. Without a sync, an error of
 * the device that concerns these last bytes may come too late to be reported, as with {@link java.nio.file.Files#write}.
 * Writing waits only while all blocks are in flight.
 *
 * <p>A file that was made or truncated for this channel never has its true length before all its bytes are there, if the
 * process is killed: until then it is shorter or, by space that was {@linkplain #allocate reserved}, longer. An interrupted
 * overwrite leaves a torn mix of old and new bytes that cannot be detected; after a power failure only bytes that a sync
 * has covered are sure.
 *
 * <p>Other handles and processes may write to the file meanwhile. The channel changes no bytes but those that it was given,
 * and writes each once. With {@code APPEND} it writes one block after the other, through the page cache, each to the end
 * that the file has at that moment ({@code O_APPEND}); so the bytes of all that append are there, though blocks of one may
 * come to stand between those of another. A file that had contents when it was opened is never made shorter, and another
 * one only to give back space that the channel has reserved or blocks that failed, and only if nobody else has changed its
 * length.
 *
 * <p>A block that fails makes the next {@link #write}, {@link #force} and {@link #close} throw, and so does a sync that
 * fails: another one that succeeds would not say that what the first was for is durable. When {@link #close} throws, the
 * file is not what was written. One that was made or truncated for this channel is cut to the bytes before the failure,
 * after a failed sync to those that were made durable before; if it cannot be cut, that exception is a suppressed one of
 * the exception that {@link #close} throws. One that had contents is left as it is, with the bytes that were written.
 *
 * <p>Safe for use by several threads, one at a time. As {@link java.nio.channels.InterruptibleChannel} says, a thread that
 * waits in {@link #write} or {@link #force} is freed when another one closes the channel
 * ({@link java.nio.channels.AsynchronousCloseException}), and an interrupt closes it
 * ({@link java.nio.channels.ClosedByInterruptException}, of which what closing may throw is a suppressed one). In both
 * cases the file is what {@link #close} makes it: it ends with the last byte that was taken, which is where the source's
 * position then stands, and closing waits until the kernel is done.
 */
public final class AioWriteChannel extends BlockIoChannel implements WritableByteChannel {
    /** Writes that end inside a page share it with nobody's direct I/O: the kernel caches whole pages. */
    private static final int PAGE = 4096;

    private final boolean appends;
    private final boolean syncData;
    private final boolean syncAll;

    /** Direct writes begin and end at multiples of this. */
    private final AioAlignment unit;

    /** A view of the file that takes any length. */
    private final AioFile unaligned;

    private final FileEnd fileEnd;

    private BeforeSync beforeSync = () -> {};
    private int block;
    private int filled;
    private long blockStart;

    /** The number of bytes of the block begun that were submitted by a flush. They are not written again. */
    private int submitted;

    /** True if {@code O_DIRECT} is off for a write through {@link #unaligned}. */
    private boolean directIsOff;

    private IOException failure;
    private boolean failureIsTold;
    private long failedAt = Long.MAX_VALUE;

    /** Up to where the file is known to be durable. */
    private long durableTo;

    /** Takes over an open file that has so many bytes. */
    private AioWriteChannel(AioFile file, BlockBufferRing ring, WriteOptions options, long size) {
        super(file, ring);
        appends = options.append();
        syncData = options.dsync();
        syncAll = options.sync();
        boolean own = !appends
                && (!options.keepsRest() || size == 0)
                && !CoreAccess.core().isBlockDevice(file);
        unit = own || !file.isDirect() ? file.alignment() : pages(file.alignment());
        unaligned = CoreAccess.core().unaligned(file);
        fileEnd = new FileEnd(file, file.alignment(), own);
        blockStart = appends ? size : 0;
    }

    /** The alignment of direct writes to a file in which others have bytes: whole pages, too. */
    private static AioAlignment pages(AioAlignment alignment) {
        return CoreAccess.core().alignment(alignment.memory(), Math.max(PAGE, alignment.offset()));
    }

    static AioWriteChannel open(AioContext aio, Path path, int blockSize, int depth, WriteOptions options)
            throws IOException {
        if (options.replaces()) {
            throw new UnsupportedOperationException("ATOMIC_REPLACE is for methods that take whole contents: a channel"
                    + " that is closed does not tell whether all was written");
        }
        BlockBufferRing.check(blockSize, depth);
        return over(aio, CoreAccess.core().open(aio, path, path, options.open()), blockSize, depth, options);
    }

    /** Makes a channel of an open file, which it closes in the end, and also if no channel can be made. */
    static AioWriteChannel over(AioContext aio, AioFile opened, int blockSize, int depth, WriteOptions options)
            throws IOException {
        AioFile file = opened;
        BlockBufferRing ring = null;
        try {
            if (options.append() && file.isDirect()) {
                // At an end that anybody may move, direct I/O finds no alignment.
                CoreAccess.core().setDirect(file, false);
                file = CoreAccess.core().unaligned(file);
            }
            ring = new BlockBufferRing(aio, file, blockSize, depth);
            return new AioWriteChannel(file, ring, options, file.size());
        } catch (IOException | RuntimeException | Error e) {
            if (ring != null) {
                ring.close();
            }
            file.close();
            throw e;
        }
    }

    /** An action on a file that has all its bytes and its length. */
    interface BeforeSync {
        void run() throws IOException;
    }

    /** Sets what is done between the last write and the sync, as the channel is closed. */
    void beforeSync(BeforeSync action) {
        beforeSync = action;
    }

    /**
     * Takes all bytes of a buffer.
     *
     * @param source bytes; its position is then its limit
     * @return how many there were
     * @throws ClosedChannelException if the channel is closed, or closed meanwhile, or if its context is closed
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

    /** Copies as many bytes as the block begun has room for. */
    private int copy(MemorySegment source, long offset, long length) throws IOException {
        leaveFullBlock();
        makeRoom();
        int part = (int) Math.min(length, ring.blockSize() - filled);
        MemorySegment.copy(source, offset, ring.block(block), filled, part);
        filled += part;
        return part;
    }

    /** Waits until the block begun can be filled, and where the order of blocks matters, until all others are written. */
    private void makeRoom() throws IOException {
        if (appends) {
            finishAll();
        } else {
            finishBlock(block);
        }
        requireNoFailure();
    }

    /** Writes the block begun where it is full. Only when more comes: the last one must wait for all others. */
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

    /** Writes the bytes of the block begun that no flush has written yet: the whole units in it directly. */
    private void writeBegun() throws IOException {
        int head = (int) Math.min(filled, unit.roundUp(blockStart + submitted) - blockStart);
        int tail = (int) Math.max(head, unit.roundDown(blockStart + filled) - blockStart);
        writeUnaligned(head);
        if (tail > submitted) {
            if (appends) {
                finishAll();
                requireNoFailure();
            }
            ring.write(block, begun(tail), blockStart + submitted);
            submitted = tail;
        }
        writeUnaligned(filled);
    }

    /** The bytes of the block begun from the first that was not submitted to the given one. */
    private MemorySegment begun(int to) {
        return ring.block(block).asSlice(submitted, to - submitted);
    }

    /** Writes exactly the bytes of the block begun up to the given one, when all others are written. */
    private void writeUnaligned(int to) throws IOException {
        if (to <= submitted) {
            return;
        }
        finishAll();
        requireNoFailure();
        directIsOff = true;
        CoreAccess.core().setDirect(file, false);
        ring.write(block, unaligned, begun(to), blockStart + submitted);
        submitted = to;
        finishAll();
        requireNoFailure();
    }

    private void beginBlock(int length) {
        block = (block + 1) % ring.depth();
        blockStart += length;
        filled = 0;
        submitted = 0;
    }

    /**
     * Reserves space for bytes still to come, so that blocks need not be written one after the other as they extend
     * the file. A file that was empty when the channel was opened is extended to a little less than the length given, at
     * most by one unit of its alignment: the last bytes complete its length. If fewer bytes come, {@link #force} and
     * {@link #close} give the rest back. A file that had contents gets space within its length alone, to fill its holes,
     * and one that is appended to none. A block device has its space: nothing happens.
     *
     * @param length of the whole file in bytes, as far as is known; less or more may come
     * @throws IllegalArgumentException if the length is negative
     * @throws IOException if there is no space, or the filesystem cannot reserve it ({@code EOPNOTSUPP}); writing goes on
     *     all the same
     */
    public synchronized void allocate(long length) throws IOException {
        Arguments.notNegative("length", length);
        requireSound();
        fileEnd.reserve(blockStart, length);
    }

    /** Reserves so many bytes from the present position on; only a full volume makes this fail. */
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
     * Writes everything, waits for it, and gives the file its length. The block begun stays begun: its rest is written
     * when more comes.
     */
    private void flush() throws IOException {
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

    /** Waits until nothing is in flight in a block, and notes its failure. */
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

    /** Cuts off the space reserved and the blocks behind the failure. */
    private void cut(Exception first) {
        try {
            // A block that comes to its end later would lengthen the file again.
            finishAll();
            // Bytes of the block begun that were not even submitted are not there.
            failedAt = Math.min(failedAt, blockStart + submitted);
            setLength();
        } catch (IOException | RuntimeException e) {
            first.addSuppressed(e);
        }
    }
}
