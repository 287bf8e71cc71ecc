package io.linuxaio.lucene;

import io.linuxaio.AioBufferPool;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.files.AioWriteChannel;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.util.IOUtils;

/**
 * The bytes of a new file: the first go through the page cache, the others by direct I/O with write-behind. So a short file
 * costs a few buffered writes, and a long one leaves the page cache to others. For one thread at a time.
 *
 * <p>Space for direct writes is reserved step by step, since writes that extend a file are carried out one after the other.
 * So the file is longer than its contents until it is closed.
 */
final class IndexFileStream extends OutputStream {
    /** The size of a block in flight, in bytes, and their number. */
    private static final int BLOCK = 256 << 10;

    private static final int DEPTH = 4;

    /** The minimum and maximum of the space that is reserved at a time, in bytes; in between, the length so far. */
    private static final long MIN_STEP = 1L << 20;

    private static final long MAX_STEP = 16L << 20;

    private final AioResources resources;
    private final Path path;
    private final long directFrom;
    private final OutputStream buffered;
    private long position;

    // Null until the first direct write.
    private AioBufferPool pool;
    private AioFile file;
    private AioWriteChannel channel;
    private long reservedTo;
    private boolean reserves = true;
    private boolean closed;

    private IndexFileStream(AioResources resources, Path path, long directFrom, OutputStream buffered) {
        this.resources = resources;
        this.path = path;
        this.directFrom = directFrom;
        this.buffered = buffered;
    }

    /**
     * Creates a file.
     *
     * @param directFrom the position from which direct I/O writes, a multiple of 4096
     * @throws java.nio.file.FileAlreadyExistsException if it exists
     */
    static IndexFileStream create(AioResources resources, Path path, long directFrom) throws IOException {
        resources.retain();
        IndexFileStream created = null;
        try {
            OutputStream buffered =
                    Files.newOutputStream(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            created = new IndexFileStream(resources, path, directFrom, buffered);
            return created;
        } finally {
            if (created == null) {
                resources.release();
            }
        }
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int first = (int) Math.min(length, Math.max(0, directFrom - position));
        if (first > 0) {
            buffered.write(bytes, offset, first);
            position += first;
        }
        if (first < length) {
            writeDirect(ByteBuffer.wrap(bytes, offset + first, length - first));
        }
    }

    private void writeDirect(ByteBuffer bytes) throws IOException {
        if (channel == null) {
            openDirect();
        }
        long target = position + bytes.remaining();
        if (reserves && target > reservedTo) {
            reserve(target + Math.clamp(position, MIN_STEP, MAX_STEP));
        }
        channel.write(bytes);
        position = target;
    }

    private void openDirect() throws IOException {
        // First: a page must not be dirty in the page cache when its neighbour is written directly.
        buffered.close();
        pool = AioBufferPool.of(DEPTH, BLOCK);
        file = resources.context().open(path, StandardOpenOption.WRITE, AioOpenOption.DIRECT_IF_SUPPORTED);
        channel = AioWriteChannel.over(file, position, pool);
        reservedTo = position;
    }

    private void reserve(long to) throws IOException {
        try {
            file.allocate(reservedTo, to - reservedTo);
            reservedTo = to;
        } catch (IOException unsupportedOrFull) {
            // The writes go on without, and report a full disk if it is full for them. Releases what was reserved in
            // part,
            // which other files may need. Blocks in flight are below that.
            reserves = false;
            file.setLength(Math.min(file.size(), reservedTo));
        }
    }

    /** Completes the file. If it throws, the file is incomplete. */
    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        // All of them, in this order, whichever fails.
        IOUtils.close(this::finishDirect, buffered, file, this::closePool, resources::release);
    }

    private void closePool() {
        if (pool != null) {
            pool.close();
        }
    }

    private void finishDirect() throws IOException {
        if (channel == null) {
            return;
        }
        try {
            channel.close();
        } finally {
            if (file.size() > position) {
                file.setLength(position);
            }
        }
    }
}
