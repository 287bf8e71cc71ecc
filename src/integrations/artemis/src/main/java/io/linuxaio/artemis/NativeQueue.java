package io.linuxaio.artemis;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.activemq.artemis.nativo.jlibaio.SubmitInfo;

/** A queue of reads and writes of a {@link NativeIo}. Any thread submits; one thread at a time polls. */
public interface NativeQueue {
    /**
     * Reads into the beginning of a buffer.
     *
     * @param file the file
     * @param position the position in the file, in bytes
     * @param size the number of bytes
     * @param target the buffer
     * @param callback the callback
     * @throws IOException if the operation is not accepted
     */
    void read(NativeFile file, long position, int size, ByteBuffer target, SubmitInfo callback) throws IOException;

    /**
     * Writes the beginning of a buffer.
     *
     * @param file the file
     * @param position the position in the file, in bytes
     * @param size the number of bytes
     * @param source the buffer
     * @param callback the callback
     * @throws IOException if the operation is not accepted
     */
    void write(NativeFile file, long position, int size, ByteBuffer source, SubmitInfo callback) throws IOException;

    /**
     * Fills a file with zeros, and waits for that.
     *
     * @param file the file
     * @param alignment the unit of direct I/O, in bytes
     * @param size the number of bytes
     * @throws IOException if it fails
     */
    void fill(NativeFile file, int alignment, long size) throws IOException;

    /**
     * Waits for completions and stores their callbacks; those of failed operations are called.
     *
     * @param callbacks receives the callbacks
     * @param min the number of completions to wait for
     * @param max the maximum number to return
     * @return the number of completions
     */
    int poll(SubmitInfo[] callbacks, int min, int max);

    /** Calls callbacks until the queue is closed. */
    void poll();

    /**
     * Closes the queue.
     *
     * @return {@code false}, without an effect, if it was closed before
     */
    boolean close();
}
