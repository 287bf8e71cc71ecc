package org.apache.activemq.artemis.nativo.jlibaio;

import io.linuxaio.artemis.NativeFile;
import io.linuxaio.artemis.NativeIo;
import io.linuxaio.artemis.NativeIoLoader;
import io.linuxaio.artemis.NativeQueue;
import io.linuxaio.artemis.OpenFiles;
import io.linuxaio.artemis.Unchecked;
import java.io.Closeable;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A queue of asynchronous reads and writes: the class that the broker's journal uses for {@code journal-type ASYNCIO}, over
 * linux-aio instead of a native library.
 *
 * <p>Any thread submits. One thread at a time polls, either by {@link #poll()}, which calls back until the context is closed,
 * or by {@link #poll(SubmitInfo[], int, int)}. A second thread waits for the first. An operation that was accepted calls
 * its callback exactly once; a method that throws has accepted nothing.
 *
 * <p>Static methods without a {@code throws} clause throw {@link IOException} nevertheless, as the native methods do that
 * they replace. On a JVM or host where linux-aio does not work, {@link #isLoaded} returns {@code false}, and everything else
 * throws {@link UnsatisfiedLinkError} with the reason.
 *
 * @param <Callback> the type of callbacks
 */
public class LibaioContext<Callback extends SubmitInfo> implements Closeable {
    private static final AtomicLong TOTAL_MAX_IO = new AtomicLong();
    private static final AtomicInteger CONTEXTS = new AtomicInteger();
    private static volatile boolean forceSyscall = NativeIoLoader.isSyscallForced();

    private final NativeQueue queue;
    private final int queueSize;

    /**
     * Returns {@code true} if asynchronous I/O is available. The broker falls back to NIO otherwise.
     *
     * @return {@code false} if this is Java before 25, or Linux AIO is not available; the log has the reason
     */
    public static boolean isLoaded() {
        return NativeIoLoader.isLoaded();
    }

    /**
     * Notes the wish that completions be read by a system call instead of from the ring in user space. Only the system
     * property {@code org.apache.activemq.artemis.native.jlibaio.FORCE_SYSCALL}, set when the JVM starts, has an effect.
     *
     * @param value the wish
     */
    public static void setForceSyscall(boolean value) {
        forceSyscall = value;
    }

    /**
     * Returns the last wish, at first that of the system property.
     *
     * @return {@code true} if completions are to be read by a system call
     */
    public static boolean isForceSyscall() {
        return forceSyscall;
    }

    /**
     * Returns the sum of the queue sizes of the open contexts, since the last reset.
     *
     * @return operations
     */
    public static long getTotalMaxIO() {
        return TOTAL_MAX_IO.get();
    }

    /** Sets the sum of the queue sizes to zero. */
    public static void resetMaxAIO() {
        TOTAL_MAX_IO.set(0);
    }

    /**
     * Opens a context.
     *
     * @param queueSize the maximum number of operations in flight, at least 1; each counts against the host's
     *     {@code aio-max-nr}
     * @param useSemaphore {@code true} if a submission waits while the queue is full; {@code false} if it throws
     * @param useFdatasync {@code true} if completions are delivered after the written files were synced, with one
     *     fdatasync(2) for a file and a poll
     * @throws RuntimeException if the queue size is out of range, or the kernel refuses; the message contains a remedy
     */
    public LibaioContext(int queueSize, boolean useSemaphore, boolean useFdatasync) {
        NativeIo io = NativeIoLoader.io();
        queue = io.openQueue(queueSize, useSemaphore, useFdatasync);
        this.queueSize = queueSize;
        TOTAL_MAX_IO.addAndGet(queueSize);
        CONTEXTS.incrementAndGet();
    }

    /**
     * Writes the beginning of a buffer, whatever its position and limit.
     *
     * @param fd a descriptor that {@link #open} has returned
     * @param position the position in the file, in bytes
     * @param size the number of bytes
     * @param bufferWrite a direct buffer, not to be changed before the callback
     * @param callback the callback
     * @throws IOException if the context or the file is closed, if the queue is full or the thread interrupted while it
     *     waits, or if position or size is negative, or the size greater than the buffer's capacity
     */
    public void submitWrite(int fd, long position, int size, ByteBuffer bufferWrite, Callback callback)
            throws IOException {
        queue.write(OpenFiles.get(fd), position, size, bufferWrite, callback);
    }

    /**
     * Reads into the beginning of a buffer, whatever its position and limit. At the end of the file, the callback reports
     * success, and the rest of the buffer is undefined.
     *
     * @param fd a descriptor that {@link #open} has returned
     * @param position the position in the file, in bytes
     * @param size the number of bytes
     * @param bufferWrite a direct buffer, not to be used before the callback
     * @param callback the callback
     * @throws IOException as for {@link #submitWrite}
     */
    public void submitRead(int fd, long position, int size, ByteBuffer bufferWrite, Callback callback)
            throws IOException {
        queue.read(OpenFiles.get(fd), position, size, bufferWrite, callback);
    }

    NativeQueue queue() {
        return queue;
    }

    /**
     * Closes the context: accepts no more operations, waits until the operations in flight have completed and a thread
     * that polls has delivered them, and releases the context. Callbacks of operations that no thread polls receive
     * {@code ECANCELED}. In a callback, this method does not wait; the context is closed when the poll ends. Closing again
     * has no effect.
     */
    @Override
    public void close() {
        if (queue.close()) {
            TOTAL_MAX_IO.addAndGet(-queueSize);
            if (CONTEXTS.decrementAndGet() == 0) {
                NativeIoLoader.io().trim();
            }
        }
    }

    /**
     * Opens a file for reading and writing, which is created if it does not exist.
     *
     * @param file the file
     * @param direct {@code true} to bypass the page cache
     * @return the file, to be closed
     * @throws IOException if the file cannot be opened, or its filesystem does not support direct I/O
     */
    public LibaioFile<Callback> openFile(File file, boolean direct) throws IOException {
        return openFile(file.getPath(), direct);
    }

    /**
     * Opens a file, as {@link #openFile(File, boolean)} does.
     *
     * @param file the path
     * @param direct {@code true} to bypass the page cache
     * @return the file, to be closed
     * @throws IOException if the file cannot be opened, or its filesystem does not support direct I/O
     */
    public LibaioFile<Callback> openFile(String file, boolean direct) throws IOException {
        return new LibaioFile<>(open(path(file), direct), this);
    }

    /**
     * Opens a file without a context, for locks and sizes; its reads and writes throw.
     *
     * @param file the path
     * @param direct {@code true} to bypass the page cache
     * @return the file, to be closed
     * @throws IOException if the file cannot be opened, or its filesystem does not support direct I/O
     */
    // The raw type is that of the API.
    @SuppressWarnings("rawtypes")
    public static LibaioFile openControlFile(String file, boolean direct) throws IOException {
        return new LibaioFile<>(open(path(file), direct), null);
    }

    private static String path(String file) {
        return Objects.requireNonNull(file, "path");
    }

    /**
     * Waits for completions, and stores their callbacks without calling {@link SubmitInfo#done}. The callback of a failed
     * operation is stored after its {@link SubmitInfo#onError} was called.
     *
     * @param callbacks receives the callbacks
     * @param min the number of completions to wait for; fewer are returned if the context is closed meanwhile
     * @param max the maximum number of completions to return
     * @return the number of completions
     * @throws IllegalArgumentException if not 0 &lt;= min &lt;= max &lt;= the length of the array
     * @throws IllegalStateException if the context is closed, or if called from a callback
     */
    public int poll(Callback[] callbacks, int min, int max) {
        return queue.poll(callbacks, min, max);
    }

    /**
     * Calls the callbacks of operations as they complete, until the context is closed. If callbacks throw, the others are
     * called nevertheless; this method then throws the first exception, and may be called again.
     *
     * @throws IllegalStateException if called from a callback, or if io_getevents(2) fails
     */
    public void poll() {
        queue.poll();
    }

    /**
     * Opens a file for reading and writing, which is created if it does not exist. Throws {@link IOException} if it cannot
     * be opened, or its filesystem does not support direct I/O.
     *
     * @param path the path
     * @param direct {@code true} to bypass the page cache
     * @return the descriptor, to be closed by {@link #close(int)}
     */
    public static int open(String path, boolean direct) {
        try {
            return OpenFiles.add(NativeIoLoader.io().open(path, direct));
        } catch (IOException e) {
            throw Unchecked.raise(e);
        }
    }

    /**
     * Closes a file. If operations are in flight, the descriptor is closed when their callbacks have been called. Throws
     * {@link IOException} if the file is not open.
     *
     * @param fd a descriptor that {@link #open} has returned
     */
    public static void close(int fd) {
        try {
            OpenFiles.remove(fd).close();
        } catch (IOException e) {
            throw Unchecked.raise(e);
        }
    }

    /**
     * Allocates a direct buffer filled with zeros.
     *
     * @param size the size in bytes, a multiple of the alignment
     * @param alignment the alignment of its address in bytes, a power of two
     * @return the buffer, to be freed by {@link #freeBuffer}
     * @throws RuntimeException if size or alignment is wrong
     */
    public static ByteBuffer newAlignedBuffer(int size, int alignment) {
        return NativeIoLoader.io().newBuffer(size, alignment);
    }

    /**
     * Frees a buffer. If an operation is in flight in it, its memory is freed when that has completed.
     *
     * @param buffer a buffer that {@link #newAlignedBuffer} has returned
     * @throws RuntimeException if it is not such a buffer, or was freed before
     */
    public static void freeBuffer(ByteBuffer buffer) {
        NativeIoLoader.io().freeBuffer(buffer);
    }

    /**
     * Locks a file, exclusively and without waiting (flock(2)). The lock is lost when the file is closed.
     *
     * @param fd a descriptor that {@link #open} has returned
     * @return {@code true} if the file is locked by this descriptor, also if it was before
     */
    public static boolean lock(int fd) {
        try {
            return OpenFiles.get(fd).lock();
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Fills a buffer with zeros, up to its limit.
     *
     * @param buffer a direct buffer
     */
    public void memsetBuffer(ByteBuffer buffer) {
        memsetBuffer(buffer, buffer.limit());
    }

    /**
     * Fills the beginning of a buffer with zeros.
     *
     * @param buffer a direct buffer
     * @param size the number of bytes, at most the capacity
     */
    public static void memsetBuffer(ByteBuffer buffer, int size) {
        NativeIoLoader.io().zero(buffer, size);
    }

    /**
     * Returns the block size of a file, as {@link #getBlockSize(String)} does.
     *
     * @param path the file
     * @return bytes
     */
    public static int getBlockSize(File path) {
        return getBlockSize(path.getAbsolutePath());
    }

    /**
     * Returns the unit in which the journal should read and write: the size that the filesystem prefers, and at least the
     * alignment that direct I/O requires. Throws {@link IOException} if the file does not exist.
     *
     * @param path the path of a file or a directory
     * @return bytes
     */
    public static int getBlockSize(String path) {
        try {
            return NativeIoLoader.io().blockSize(path);
        } catch (IOException e) {
            throw Unchecked.raise(e);
        }
    }

    /** Fills a file with zeros, on the context's own kernel queue, or on one for the call if there is no context. */
    static void fill(LibaioContext<?> context, NativeFile file, int alignment, long size) throws IOException {
        if (context == null) {
            NativeIoLoader.io().fill(file, alignment, size);
        } else {
            context.queue.fill(file, alignment, size);
        }
    }
}
