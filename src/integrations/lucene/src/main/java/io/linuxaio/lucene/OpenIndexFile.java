package io.linuxaio.lucene;

import io.linuxaio.AioAccessPattern;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.AioFullQueuePolicy;
import io.linuxaio.AioOpenOption;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.apache.lucene.store.AlreadyClosedException;

/**
 * A file that is open for reading, with its prefetched ranges: the part that an input shares with its clones and slices.
 * Its length is that at opening. Safe for use by any thread.
 */
final class OpenIndexFile implements Closeable {
    private static final String EINVAL = "EINVAL";

    private final AioResources resources;
    private final AioFile file;
    private final long length;
    private final PrefetchTable prefetches;
    private boolean closed;

    private OpenIndexFile(AioResources resources, AioFile file) throws IOException {
        this.resources = resources;
        // A context of the user may reject.
        this.file = file.with(AioFullQueuePolicy.WAIT);
        length = file.size();
        prefetches = new PrefetchTable(resources, file, length);
    }

    static OpenIndexFile open(AioResources resources, Path path, boolean bufferedFallback) throws IOException {
        resources.retain();
        AioFile file = null;
        OpenIndexFile opened = null;
        try {
            file = openDirect(resources.context(), path, bufferedFallback);
            opened = new OpenIndexFile(resources, file);
            return opened;
        } finally {
            if (opened == null) {
                if (file != null) {
                    file.close();
                }
                resources.release();
            }
        }
    }

    private static AioFile openDirect(AioContext context, Path path, boolean bufferedFallback) throws IOException {
        if (bufferedFallback) {
            return context.open(path, StandardOpenOption.READ, AioOpenOption.DIRECT_IF_SUPPORTED);
        }
        try {
            return context.open(path, StandardOpenOption.READ);
        } catch (AioException e) {
            throw EINVAL.equals(e.errnoName()) ? noDirectIo(path, e) : e;
        }
    }

    private static IOException noDirectIo(Path path, AioException cause) {
        return new IOException(
                path
                        + ": the filesystem does not support direct I/O. Use MMapDirectory alone, or permit buffered I/O by"
                        + " AioDirectoryOptions.withBufferedFallback(true)",
                cause);
    }

    long length() {
        return length;
    }

    /** Returns the length of the blocks that are read, in bytes: a power of two. */
    int blockSize() {
        return file.alignment().offset();
    }

    void ensureOpen() {
        if (!file.isOpen()) {
            throw new AlreadyClosedException("already closed: " + file.path());
        }
    }

    /** Fills a segment from any position. */
    void read(MemorySegment target, long position) throws IOException {
        readAtLeast(target, target.byteSize(), position);
    }

    /**
     * Fills at least the beginning of a segment from any position. Prefetched bytes are copied. The rest is read only if
     * the required bytes were not all prefetched.
     *
     * @return the number of bytes
     */
    long readAtLeast(MemorySegment target, long required, long position) throws IOException {
        ensureOpen();
        long size = target.byteSize();
        long done = 0;
        int copied = 1;
        while (done < required && copied > 0) {
            copied = prefetches.copy(position + done, target.asSlice(done));
            done += copied;
        }
        if (done >= required) {
            return done;
        }
        try {
            file.readFully(target.asSlice(done), position + done);
        } catch (ClosedChannelException e) {
            throw new AlreadyClosedException("already closed: " + file.path(), e);
        }
        return size;
    }

    /** Starts to read a range, and does not wait. */
    void prefetch(long from, long to) throws IOException {
        ensureOpen();
        if (from == to) {
            return;
        }
        if (file.isDirect()) {
            prefetches.prefetch(from, to);
        } else {
            file.advise(AioAccessPattern.WILL_NEED, from, to - from);
        }
    }

    /** Closes the file, and waits until no read is in flight. */
    @Override
    public void close() throws IOException {
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
        }
        try {
            prefetches.close();
            file.close();
        } finally {
            resources.release();
        }
    }

    @Override
    public String toString() {
        return file.toString();
    }
}
