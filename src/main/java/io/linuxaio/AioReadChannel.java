package io.linuxaio;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;

/**
 * Reads a file by direct I/O, from any position and in any number of bytes, with several blocks in flight ahead of the
 * reader.
 *
 * <p>What is read ahead is what stood in the file when it was read: bytes written there later are not seen, and those of
 * a file that was cut may still come. At the end of the file the channel looks again whether there is more. A block that
 * cannot be read fails the {@link #read} that wants its bytes; the next one tries again.
 *
 * <p>Safe for use by several threads, one at a time. As {@link java.nio.channels.InterruptibleChannel} says, a thread that
 * waits in {@link #read} is freed when another one closes the channel
 * ({@link java.nio.channels.AsynchronousCloseException}), and an interrupt closes it
 * ({@link java.nio.channels.ClosedByInterruptException}). In both cases closing waits until the kernel is done with what
 * is in flight.
 */
public final class AioReadChannel extends BlockChannel implements SeekableByteChannel {
    private final AioContext aio;
    private final int wantedBlock;
    private final int wantedDepth;

    private long position;

    /** The oldest block in flight or being emptied, and how many there are from there on. */
    private int head;

    private int ahead;

    /** How many bytes the oldest block holds; -1 while it is in flight. */
    private int loaded = -1;

    /** Where the next block begins, and where the file ended when that was last looked up. */
    private long next;

    private long end;

    /** How many blocks are read ahead at most. */
    private int mostAhead;

    /** Takes over an open file. */
    private AioReadChannel(AioContext aio, AioFile file, int block, int depth) throws IOException {
        super(file, ring(aio, file, block, depth, file.size()));
        this.aio = aio;
        wantedBlock = block;
        wantedDepth = depth;
        mostAhead = depth;
    }

    /** A short file needs no more memory than it has bytes. */
    private static BlockRing ring(AioContext aio, AioFile file, int block, int depth, long size) {
        int used = Math.clamp(size, 1, block);
        return new BlockRing(aio, file, used, Math.clamp((size - 1) / used + 1, 1, depth));
    }

    static AioReadChannel open(AioContext aio, Path path, int blockSize, int depth, OpenOption... options)
            throws IOException {
        BlockRing.check(blockSize, depth);
        AioFile file = aio.open(path, options);
        try {
            EmptyFiles.requireTruth(aio, file);
            return new AioReadChannel(aio, file, blockSize, depth);
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /**
     * Reads until the buffer is full or the file ends. Where a block cannot be read, what came before it is in the buffer,
     * and both positions have moved accordingly.
     *
     * @param target where to
     * @return how many bytes; -1 at the end of the file
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws ClosedChannelException if the channel is closed, or closed meanwhile
     * @throws IOException if the file cannot be read
     */
    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        begin();
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("the buffer is read-only; it cannot be read into");
        }
        int count = 0;
        while (target.hasRemaining() && load()) {
            int offset = (int) (position - ring.start(head));
            int part = Math.min(target.remaining(), loaded - offset);
            MemorySegment.copy(ring.block(head), offset, MemorySegment.ofBuffer(target), 0, part);
            target.position(target.position() + part);
            position += part;
            count += part;
        }
        return count == 0 && target.hasRemaining() ? -1 : count;
    }

    /**
     * Reads what is left of the block at the position, into a buffer of the caller's own; null at the end of the file.
     *
     * @param mostBlocks how many blocks may be read ahead now, this one among them; at least one
     */
    synchronized ByteBuffer readBlock(int mostBlocks) throws IOException {
        begin();
        mostAhead = mostBlocks;
        if (!load()) {
            return null;
        }
        int offset = (int) (position - ring.start(head));
        ByteBuffer bytes = ByteBuffer.allocate(loaded - offset);
        MemorySegment.copy(ring.block(head), offset, MemorySegment.ofBuffer(bytes), 0, bytes.capacity());
        position += bytes.capacity();
        return bytes;
    }

    /** Sees to it that the oldest block holds the byte at the position; false at the end of the file. */
    private boolean load() throws IOException {
        if (ahead > 0 && (position < ring.start(head) || position >= next)) {
            forgetAhead();
        }
        while (ahead > 0) {
            awaitHead();
            if (position < ring.start(head) + loaded) {
                return true;
            } else if (loaded < ring.blockSize()) {
                // The file ended here, when it was read.
                forgetAhead();
            } else {
                leaveHead();
            }
        }
        if (!startAhead()) {
            return false;
        }
        awaitHead();
        if (position < ring.start(head) + loaded) {
            return true;
        }
        // The file became shorter than it was.
        forgetAhead();
        return false;
    }

    private void awaitHead() throws IOException {
        if (loaded >= 0) {
            return;
        }
        awaitBlock(head);
        try {
            loaded = ring.take(head);
        } catch (IOException e) {
            if (position < ring.start(head) + ring.blockSize()) {
                forgetAhead();
                throw e;
            }
            // Passed over by a seek: nobody asks for these bytes.
            loaded = ring.blockSize();
        }
    }

    private boolean startAhead() throws IOException {
        end = file.size();
        if (position >= end) {
            return false;
        }
        if (ring.capacity() < Math.min(end, (long) wantedBlock * wantedDepth)) {
            // The file has outgrown the memory that was taken for it; it may go on growing.
            BlockRing larger = ring(aio, file, wantedBlock, wantedDepth, Math.max(end, 2 * ring.capacity()));
            ring.close();
            ring = larger;
        }
        next = file.alignment().roundDown(position);
        head = 0;
        readAhead();
        return true;
    }

    private void readAhead() {
        while (ahead < Math.min(ring.depth(), mostAhead) && next < end) {
            ring.read((head + ahead) % ring.depth(), next);
            next += ring.blockSize();
            ahead++;
        }
        if (next >= end) {
            ring.submit();
        }
    }

    private void leaveHead() {
        loaded = -1;
        head = (head + 1) % ring.depth();
        ahead--;
        readAhead();
    }

    /** Drops what was read ahead; its memory is used again only when the kernel is done with it. */
    private void forgetAhead() throws IOException {
        for (int i = 0; i < ahead; i++) {
            int index = (head + i) % ring.depth();
            awaitBlock(index);
            try {
                ring.take(index);
            } catch (IOException notWanted) {
                // Nobody asked for these bytes; who does will read them again.
            }
        }
        ahead = 0;
        loaded = -1;
    }

    @Override
    public synchronized long position() throws IOException {
        requireOpen();
        return position;
    }

    /**
     * Goes to another place. The next {@link #read} uses what was read ahead and lies there or behind it; elsewhere
     * reading ahead starts anew.
     *
     * @param newPosition in bytes; may be past the end
     * @return this
     * @throws IllegalArgumentException if it is negative
     * @throws ClosedChannelException if the channel is closed
     */
    @Override
    public synchronized SeekableByteChannel position(long newPosition) throws IOException {
        requireOpen();
        Checks.notNegative("position", newPosition);
        position = newPosition;
        return this;
    }

    /** Whether nothing is left to read now. */
    synchronized boolean isAtEnd() throws IOException {
        return position >= size();
    }

    /**
     * The file's length now.
     *
     * @return bytes
     * @throws ClosedChannelException if the channel is closed
     */
    @Override
    public synchronized long size() throws IOException {
        requireOpen();
        return file.size();
    }

    /**
     * Not for this channel.
     *
     * @throws NonWritableChannelException always
     */
    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    /**
     * Not for this channel.
     *
     * @throws NonWritableChannelException always
     */
    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    void finish() {
        // Nobody wants what is in flight: it holds the descriptor and the memory by itself, and closing the file waits.
    }
}
