package io.linuxaio.artemis;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Asynchronous file I/O as the classes of the broker's API need it. Its implementation uses linux-aio and so requires Java
 * 25; this interface does not, and is all that those classes refer to.
 */
public interface NativeIo {
    /**
     * Returns a line for the log.
     *
     * @return the name of the library, the way in which it calls the kernel, and the kernel
     */
    String description();

    /**
     * Opens a queue.
     *
     * @param depth the maximum number of operations in flight
     * @param waits {@code true} if a submission waits while the queue is full
     * @param syncs {@code true} if written files are synced before callbacks
     * @return the queue, to be closed
     * @throws RuntimeException if the depth is out of range or the kernel refuses
     */
    NativeQueue openQueue(int depth, boolean waits, boolean syncs);

    /**
     * Opens a file for reading and writing, and creates it if necessary.
     *
     * @param path the path
     * @param direct {@code true} to bypass the page cache
     * @return the file, to be closed
     * @throws IOException if it cannot be opened
     */
    NativeFile open(String path, boolean direct) throws IOException;

    /**
     * Returns the unit in which to read and write a file.
     *
     * @param path the path of a file or a directory
     * @return bytes
     * @throws IOException if it cannot be determined
     */
    int blockSize(String path) throws IOException;

    /**
     * Fills a file with zeros, on a kernel queue for this call.
     *
     * @param file a file of {@link #open}
     * @param alignment the unit of direct I/O, in bytes
     * @param size the number of bytes
     * @throws IOException if it fails
     */
    void fill(NativeFile file, int alignment, long size) throws IOException;

    /**
     * Allocates a direct buffer filled with zeros.
     *
     * @param size the size in bytes
     * @param alignment the alignment in bytes
     * @return the buffer
     */
    ByteBuffer newBuffer(int size, int alignment);

    /**
     * Frees a buffer.
     *
     * @param buffer a buffer of {@link #newBuffer}
     */
    void freeBuffer(ByteBuffer buffer);

    /**
     * Fills the beginning of a buffer with zeros.
     *
     * @param buffer any direct buffer
     * @param size the number of bytes
     */
    void zero(ByteBuffer buffer, int size);

    /** Gives memory that no buffer uses back to the operating system. */
    void trim();
}
