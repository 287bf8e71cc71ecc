package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
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
 * Reads a file by direct I/O, from any position and in any number of bytes, with several blocks in flight ahead of the
 * reader.
 *
 * <p>Read-ahead is adaptive. It begins with 32 KiB, grows while reading is sequential up to the number of blocks given when
 * the channel was opened, and stops at a seek, until reading is sequential again: a read elsewhere requests the bytes that it
 * needs, rounded to the file's alignment. A channel allocates memory as it needs it. Channels that were opened without an
 * explicit number of blocks share 64 MiB for memory beyond 64 KiB each; a channel that gets none of it goes on with its own.
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
public final class AioReadChannel extends BlockIoChannel implements SeekableByteChannel {
    private final ReadAheadWindow window;
    private final ReadBuffers buffers;

    private long position;

    /** Where the last read ended: one that begins elsewhere follows a seek. */
    private long expected;

    /** True if the read in progress goes on where the last one ended. */
    private boolean sequential;

    /** True if nothing was read sequentially since the last seek. */
    private boolean random;

    /** The oldest block in flight or being emptied, and how many there are from there on. */
    private int head;

    private int ahead;

    /** How many bytes the oldest block holds; -1 while it is in flight. */
    private int loaded = -1;

    /** Where the next block begins, and where the file ended when that was last looked up. */
    private long next;

    private long end;

    /** Takes over an open file. */
    private AioReadChannel(AioContext aio, AioFile file, int block, int depth, ReadAheadBudget budget) {
        super(file, BlockBufferRing.withoutMemory(aio, file, block, depth));
        window = new ReadAheadWindow(ring.blockSize(), depth);
        buffers = new ReadBuffers(depth, file.alignment(), ring.blockSize(), budget);
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
        try {
            PseudoFiles.requireTruth(aio, file);
            return new AioReadChannel(aio, file, blockSize, depth, budget);
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
     * @throws ClosedChannelException if the channel is closed, or closed meanwhile, or if its context is closed
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
            int part = Math.min(target.remaining(), loaded - offset);
            MemorySegment.copy(ring.bytes(head), offset, MemorySegment.ofBuffer(target), 0, part);
            target.position(target.position() + part);
            moveOn(part);
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
        // Nothing is read ahead by guess: the subscriber has said how much it takes.
        window.collapse();
        sequential = false;
        if (!load((long) Math.min(mostBlocks, ring.depth()) * ring.blockSize())) {
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
     * Makes the oldest block hold the byte at the position.
     *
     * @param wanted how many bytes the reader asks for, from there on
     * @return {@code false} at the end of the file
     */
    private boolean load(long wanted) throws IOException {
        if (position != expected && (ahead == 0 || position < ring.start(head) || position >= next)) {
            leaveFor();
        }
        while (ahead > 0) {
            awaitHead();
            if (position - ring.start(head) < loaded) {
                return true;
            } else if (loaded < ring.length(head)) {
                // The file ended here, when it was read.
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
        // The file became shorter than it was.
        forgetAhead();
        return false;
    }

    /** Goes to another place, where nothing was read ahead: from here on reads are random until they are not. */
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
            // Passed over by a seek: nobody asks for these bytes.
            loaded = length;
        }
    }

    private boolean startAhead(long wanted) throws IOException {
        end = file.size();
        if (position >= end) {
            buffers.trim();
            return false;
        }
        next = file.alignment().roundDown(position);
        head = 0;
        readAhead(wanted);
        return true;
    }

    /** Requests what the reader asks for, and the window ahead of it. */
    private void readAhead(long wanted) {
        long demanded = position + Math.min(wanted, end - position);
        long goal = position + Math.min(Math.max(wanted, window.size()), end - position);
        while (ahead < ring.depth() && next < goal) {
            long ofDemand = Math.min(ring.blockSize(), demanded - next);
            long length = Math.min(Math.max(ofDemand, window.request()), end - next);
            int index = (head + ahead) % ring.depth();
            MemorySegment buffer = memory(index, (int) file.alignment().roundUp(length));
            if (buffer == null) {
                break;
            }
            ring.read(index, buffer, next);
            // The last block of the largest file there can be ends beyond the largest position.
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
        head = ahead == 0 ? 0 : (head + 1) % ring.depth();
        if (sequential) {
            window.grow(wanted);
            random = false;
        }
        if (position < end) {
            readAhead(wanted);
        }
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

    /** Returns how many bytes of memory the channel has allocated. */
    synchronized long memoryHeld() {
        return buffers.held();
    }

    @Override
    public synchronized long position() throws IOException {
        requireOpen();
        return position;
    }

    /**
     * Goes to another place. The next {@link #read} uses what was read ahead if the position lies in it; elsewhere it reads
     * what it needs, and reading ahead starts anew when reading is sequential again.
     *
     * @param newPosition in bytes; may be past the end
     * @return this
     * @throws IllegalArgumentException if it is negative
     * @throws ClosedChannelException if the channel is closed
     */
    @Override
    public synchronized SeekableByteChannel position(long newPosition) throws IOException {
        requireOpen();
        Arguments.notNegative("position", newPosition);
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
        buffers.close();
    }
}
