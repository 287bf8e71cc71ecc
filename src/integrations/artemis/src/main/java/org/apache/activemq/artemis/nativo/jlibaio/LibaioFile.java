package org.apache.activemq.artemis.nativo.jlibaio;

import io.linuxaio.artemis.NativeFile;
import io.linuxaio.artemis.OpenFiles;
import io.linuxaio.artemis.Unchecked;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An open file of a {@link LibaioContext}. Safe for use by any thread. Methods without a {@code throws} clause throw
 * {@link IOException} nevertheless if the kernel refuses or the file is closed, as the native methods do that they replace.
 *
 * @param <Callback> the type of callbacks
 */
public final class LibaioFile<Callback extends SubmitInfo> implements AutoCloseable {
    private static final int BUFFER_ALIGNMENT = 4096;

    private final LibaioContext<Callback> context;
    private final int fd;
    private final NativeFile file;

    LibaioFile(int fd, LibaioContext<Callback> context) throws IOException {
        this.fd = fd;
        this.context = context;
        file = OpenFiles.get(fd);
    }

    /**
     * Returns the unit in which the journal should read and write.
     *
     * @return bytes
     */
    public int getBlockSize() {
        return file.blockSize();
    }

    /**
     * Locks the file, exclusively and without waiting (flock(2)). Another handle of the same process is refused, too.
     *
     * @return {@code true} if the file is locked by this handle
     */
    public boolean lock() {
        try {
            return file.lock();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Closes the file. If operations are in flight, the descriptor is closed when their callbacks have been called.
     *
     * @throws IOException if the file is closed already
     */
    @Override
    public void close() throws IOException {
        if (OpenFiles.isOpen(fd, file)) {
            LibaioContext.close(fd);
        } else {
            file.close();
        }
    }

    /**
     * Returns the length of the file.
     *
     * @return bytes
     */
    public long getSize() {
        try {
            return file.size();
        } catch (IOException e) {
            throw Unchecked.raise(e);
        }
    }

    /**
     * Writes the beginning of a buffer, as {@link LibaioContext#submitWrite} does.
     *
     * @param position the position in the file, in bytes
     * @param size the number of bytes
     * @param buffer a direct buffer, not to be changed before the callback
     * @param callback the callback
     * @throws IOException as for {@link LibaioContext#submitWrite}
     * @throws NullPointerException if the file has no context
     */
    public void write(long position, int size, ByteBuffer buffer, Callback callback) throws IOException {
        context.queue().write(file, position, size, buffer, callback);
    }

    /**
     * Reads into the beginning of a buffer, as {@link LibaioContext#submitRead} does.
     *
     * @param position the position in the file, in bytes
     * @param size the number of bytes
     * @param buffer a direct buffer, not to be used before the callback
     * @param callback the callback
     * @throws IOException as for {@link LibaioContext#submitWrite}
     * @throws NullPointerException if the file has no context
     */
    public void read(long position, int size, ByteBuffer buffer, Callback callback) throws IOException {
        context.queue().read(file, position, size, buffer, callback);
    }

    /**
     * Allocates a direct buffer filled with zeros, aligned to 4096 bytes.
     *
     * @param size the size in bytes, a multiple of 4096
     * @return the buffer, to be freed by {@link LibaioContext#freeBuffer}
     */
    public ByteBuffer newBuffer(int size) {
        return LibaioContext.newAlignedBuffer(size, BUFFER_ALIGNMENT);
    }

    /**
     * Writes zeros from the beginning of the file, and waits for that. Writes to these blocks need no allocation later.
     *
     * @param alignment the unit of direct I/O, in bytes
     * @param size the number of bytes, a multiple of the alignment
     */
    public void fill(int alignment, long size) {
        try {
            LibaioContext.fill(context, file, alignment, size);
        } catch (IOException e) {
            throw Unchecked.raise(e);
        }
    }

    /**
     * Reserves space from the beginning of the file (fallocate(2)), and extends the file to its end.
     *
     * @param size the number of bytes
     */
    public void fallocate(long size) {
        try {
            file.allocate(size);
        } catch (IOException e) {
            throw Unchecked.raise(e);
        }
    }
}
