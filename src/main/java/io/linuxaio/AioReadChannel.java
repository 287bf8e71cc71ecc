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
 * <p>What is read ahead is what stood in the file when it was read: bytes written there later are not seen. At the end
 * of the file the channel looks again whether there is more.
 *
 * <p>Safe for use by several threads, one at a time.
 */
public final class AioReadChannel extends BlockChannel implements SeekableByteChannel {
    private long position;

    /** The oldest block in flight or being emptied, and how many there are from there on. */
    private int head;

    private int ahead;

    /** How many bytes the oldest block holds; -1 while it is in flight. */
    private int loaded = -1;

    /** Where the next block begins, and where the file ended when that was last looked up. */
    private long next;

    private long end;

    /** Takes over an open file. */
    private AioReadChannel(AioFile file, BlockRing ring) {
        super(file, ring);
    }

    static AioReadChannel open(AioContext aio, Path path, int blockSize, int depth, OpenOption... options)
            throws IOException {
        BlockRing.check(blockSize, depth);
        AioFile file = aio.open(path, options);
        try {
            EmptyFiles.requireTruth(aio, file);
            // A short file needs no more memory than it has bytes.
            long size = Math.max(1, file.size());
            int block = (int) Math.min(blockSize, size);
            int blocks = (int) Math.min(depth, (size - 1) / block + 1);
            return new AioReadChannel(file, new BlockRing(aio, file, block, blocks));
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    /**
     * Reads until the buffer is full or the file ends.
     *
     * @param target where to
     * @return how many bytes; -1 at the end of the file
     * @throws ClosedChannelException if the channel is closed
     * @throws IOException if the file cannot be read
     */
    @Override
    public synchronized int read(ByteBuffer target) throws IOException {
        requireOpen();
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

    /** Sees to it that the oldest block holds the byte at the position; false at the end of the file. */
    private boolean load() throws IOException {
        if (loaded >= 0) {
            if (position < ring.start(head) + loaded) {
                return true;
            }
            boolean wasLast = loaded < ring.blockSize();
            leaveHead();
            if (wasLast) {
                forgetAhead();
            }
        }
        if (ahead == 0 && !startAhead()) {
            return false;
        }
        try {
            loaded = ring.await(head);
        } catch (IOException | RuntimeException e) {
            forgetAhead();
            throw e;
        }
        if (position < ring.start(head) + loaded) {
            return true;
        }
        // The file became shorter than it was.
        forgetAhead();
        return false;
    }

    private boolean startAhead() throws IOException {
        end = file.size();
        if (position >= end) {
            return false;
        }
        next = file.alignment().roundDown(position);
        head = 0;
        readAhead();
        return true;
    }

    private void readAhead() {
        while (ahead < ring.depth() && next < end) {
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
    private void forgetAhead() {
        for (int i = 0; i < ahead; i++) {
            try {
                ring.await((head + i) % ring.depth());
            } catch (IOException | RuntimeException notWanted) {
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
     * Goes to another place. Within what was read ahead that costs nothing; elsewhere reading ahead starts anew.
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
        boolean inHead = loaded >= 0 && newPosition >= ring.start(head) && newPosition < ring.start(head) + loaded;
        if (newPosition != position && !inHead) {
            forgetAhead();
        }
        position = newPosition;
        return this;
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
        forgetAhead();
    }
}
