package io.linuxaio.artemis;

import java.io.IOException;

/** An open file of a {@link NativeIo}. Safe for use by any thread. */
public interface NativeFile {
    /**
     * Returns the number of the descriptor.
     *
     * @return the number
     */
    int fd();

    /**
     * Locks the file for this descriptor, without waiting.
     *
     * @return {@code true} if it is locked
     * @throws IOException if the kernel reports an error, or the file is closed
     */
    boolean lock() throws IOException;

    /**
     * Returns the length.
     *
     * @return bytes
     * @throws IOException if the kernel reports an error, or the file is closed
     */
    long size() throws IOException;

    /**
     * Returns the unit in which to read and write.
     *
     * @return bytes
     */
    int blockSize();

    /**
     * Reserves space from the beginning, and extends the file to its end.
     *
     * @param size the number of bytes
     * @throws IOException if it fails
     */
    void allocate(long size) throws IOException;

    /**
     * Closes the file, as soon as no operation uses it.
     *
     * @throws IOException if it is closed already
     */
    void close() throws IOException;
}
