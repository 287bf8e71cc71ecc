package io.linuxaio;

import io.linuxaio.internal.engine.OpenFile;
import io.linuxaio.internal.engine.Reaper;
import io.linuxaio.internal.engine.UseCount;
import io.linuxaio.internal.kernel.FileStatus;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

/**
 * An open file, for direct I/O ({@code O_DIRECT}) unless asked otherwise.
 *
 * <p>Reads, writes and syncs are asynchronous and go through the context that opened it; {@link #size},
 * {@link #truncate} and {@link #allocate} are system calls that return when they are done. Positions and lengths are in
 * bytes. On a direct file, positions and lengths must be multiples of {@link AioAlignment#offset} and addresses of
 * {@link AioAlignment#memory}; nothing is copied to make them so ({@link AioFiles} does that).
 *
 * <p>Safe for use by any thread. Operations in flight at the same time are not ordered: two writes of the same bytes may
 * land in either order, and a sync covers only the writes that had completed when it was submitted (io_submit(2)).
 *
 * <p>A segment belongs to the kernel until its future completes: reading it earlier gives a mixture, writing to it
 * changes what reaches the disk. A future that is cancelled or timed out completes early; the operation goes on and its
 * segment stays in use until the kernel is done.
 *
 * <p>A write that has completed has reached the device, not yet necessarily its stable storage: for that open the file
 * with {@code DSYNC}, or wait for {@link #dataSync} (open(2), NOTES on O_DIRECT).
 */
public final class AioFile implements AutoCloseable {
    /** {@code SEEK_END} of {@code lseek(2)}. */
    private static final int SEEK_END = 2;

    private final Kernel kernel;
    private final AioContext context;
    private final Path path;
    private final boolean readable;
    private final boolean writable;
    private final boolean direct;
    private final AioAlignment alignment;
    private final OpenFile target;
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int closeAnswer;

    private AioFile(Kernel kernel, AioContext context, Path path, OpenFlags flags, FileOpener.Opened opened) {
        this.kernel = kernel;
        this.context = context;
        this.path = path;
        readable = flags.readable();
        writable = flags.writable();
        direct = opened.direct();
        alignment = opened.alignment();
        target = new OpenFile(
                path, opened.descriptor(), alignment.offset(), flags.appending(), new UseCount(this::closeDescriptor));
    }

    static AioFile open(
            Kernel kernel,
            AioContext context,
            Path path,
            Set<? extends OpenOption> options,
            FileAttribute<?>... attributes)
            throws IOException {
        OpenFlags flags = OpenFlags.of(options);
        FileOpener.Opened opened = FileOpener.open(kernel, path, flags, OpenFlags.mode(attributes));
        return new AioFile(kernel, context, path, flags, opened);
    }

    /**
     * Opens a file outside any context, for {@link AioQueue} above all; its own asynchronous methods go through
     * {@link AioContext#shared}.
     *
     * @param path the file: a regular file or a block device
     * @param options as for {@link AioContext#open(Path, OpenOption...)}
     * @return the file, to be closed
     * @throws IOException if it cannot be opened
     */
    public static AioFile open(Path path, OpenOption... options) throws IOException {
        return open(LinuxAio.kernel(), null, path, OpenFlags.set(options));
    }

    private AioContext context() {
        return context != null ? context : AioContext.shared();
    }

    /**
     * Reads into a segment. Fewer bytes than it has arrive only at the end of the file; none, where the position is at
     * or past the end.
     *
     * @param target native memory that is not read-only
     * @param position where in the file, in bytes
     * @return the number of bytes read; fails with {@link AioException}
     * @throws IllegalArgumentException if the segment is on the heap, read-only, misaligned, or longer than
     *     2,147,479,552 bytes, or the position negative or misaligned
     * @throws IllegalStateException if the file, the context or the segment's arena is closed
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws NonReadableChannelException if the file was not opened for reading
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Integer> read(MemorySegment target, long position) {
        return context().read(this, target, position);
    }

    /**
     * Writes a segment. The future succeeds only when every byte was written.
     *
     * @param source native memory
     * @param position where in the file, in bytes; ignored where the file was opened to append
     * @return the number of bytes written, which is the segment's size; fails with {@link AioException}, which tells
     *     how many bytes were written before
     * @throws IllegalArgumentException if the segment is on the heap, misaligned, or longer than 2,147,479,552 bytes,
     *     or the position negative or misaligned
     * @throws IllegalStateException if the file, the context or the segment's arena is closed
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws NonWritableChannelException if the file was not opened for writing
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Integer> write(MemorySegment source, long position) {
        return context().write(this, source, position);
    }

    /**
     * Reads from one place of the file into several segments, one after the other. As {@link #read}, for the sum.
     *
     * @param targets one to 1024 segments; the array is copied
     * @param position where in the file, in bytes
     * @return the number of bytes read
     */
    public CompletableFuture<Integer> readv(MemorySegment[] targets, long position) {
        return context().readv(this, targets, position);
    }

    /**
     * Writes several segments, one after the other, to one place of the file. As {@link #write}, for the sum.
     *
     * @param sources one to 1024 segments; the array is copied
     * @param position where in the file, in bytes
     * @return the number of bytes written
     */
    public CompletableFuture<Integer> writev(MemorySegment[] sources, long position) {
        return context().writev(this, sources, position);
    }

    /**
     * Makes data and metadata durable (fsync(2)): of writes that had completed when this was called.
     *
     * @return completes when they are; fails with {@link AioException}, and then what was written before may be lost
     * @throws IllegalStateException if the file or the context is closed
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Void> sync() {
        return context().sync(this);
    }

    /**
     * As {@link #sync}, without metadata that reading the data does not need (fdatasync(2)); the file's length is made
     * durable.
     *
     * @return completes when the data is durable; fails with {@link AioException}
     * @throws IllegalStateException if the file or the context is closed
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Void> dataSync() {
        return context().dataSync(this);
    }

    /**
     * The file's length; a block device's capacity.
     *
     * @return bytes
     * @throws IOException if the kernel cannot tell
     * @throws IllegalStateException if the file is closed
     */
    public long size() throws IOException {
        return whileOpen("size", descriptor -> {
            FileStatus status = FileStatus.of(kernel, descriptor);
            return status.error() < 0
                    ? status.error()
                    : status.isBlockDevice() ? kernel.lseek(descriptor, 0, SEEK_END) : status.size();
        });
    }

    /**
     * Sets the file's length: cuts it, or extends it with zeros that take no space (ftruncate(2)). Any length will do.
     *
     * @param length bytes
     * @throws IllegalArgumentException if the length is negative
     * @throws IOException if the kernel refuses
     * @throws IllegalStateException if the file is closed
     */
    public void truncate(long length) throws IOException {
        Checks.notNegative("length", length);
        requireWritable();
        whileOpen("truncate", descriptor -> kernel.ftruncate(descriptor, length));
    }

    /**
     * Reserves space, and extends the file to the end of it where it is shorter (fallocate(2)). A write into space that
     * was reserved so does not extend the file and does not run out of space; on ext4 and xfs it does not hold up
     * {@code io_submit}, as an extending write does.
     *
     * @param position where it begins, in bytes
     * @param length how many bytes, at least one
     * @throws IllegalArgumentException if the position is negative or the length less than one
     * @throws IOException if there is no space, or the filesystem cannot reserve
     * @throws IllegalStateException if the file is closed
     */
    public void allocate(long position, long length) throws IOException {
        Checks.notNegative("position", position);
        if (length < 1) {
            throw new IllegalArgumentException("the length must be at least 1: " + length);
        }
        requireWritable();
        whileOpen("allocate", descriptor -> kernel.fallocate(descriptor, 0, position, length));
    }

    /** A system call on the descriptor: answers ≥ 0 or -errno. */
    private interface Call {
        long on(int descriptor);
    }

    private long whileOpen(String operation, Call call) throws IOException {
        if (!target.uses().begin()) {
            throw Checks.closed(this);
        }
        try {
            long answer = call.on(target.descriptor());
            if (answer < 0) {
                throw Errors.ofFile(operation, path, (int) -answer);
            }
            return answer;
        } finally {
            target.uses().end();
        }
    }

    /**
     * The path by which it was opened.
     *
     * @return the path, as given
     */
    public Path path() {
        return path;
    }

    /**
     * Whether it was opened with {@code O_DIRECT}.
     *
     * @return false where {@link AioOpenOption} made it buffered
     */
    public boolean isDirect() {
        return direct;
    }

    /**
     * What it asks of addresses, positions and lengths.
     *
     * @return the alignment
     */
    public AioAlignment alignment() {
        return alignment;
    }

    /**
     * Whether operations are still taken.
     *
     * @return whether {@link #close} has not been called
     */
    public boolean isOpen() {
        return !target.uses().isClosed();
    }

    /**
     * Takes no more operations, waits until those in flight have ended, and closes the descriptor. An interrupt does not
     * end the wait, and is kept. Called from a callback on a context's reaper thread it does not wait: the descriptor is
     * closed when the last operation ends. Closing again waits likewise and does nothing else.
     *
     * @throws IOException if the kernel reports a write error at closing; the descriptor is closed all the same
     * @throws IllegalStateException if an {@link AioQueue} of the calling thread has operations in flight on this file,
     *     which would never end while this thread waits; the file stays open
     */
    @Override
    public void close() throws IOException {
        AioQueue.refuseToWaitFor(target);
        target.uses().close();
        if (Reaper.isAnyCurrentThread() && closed.getCount() > 0) {
            return;
        }
        boolean interrupted = false;
        while (true) {
            try {
                closed.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (closeAnswer < 0) {
            throw Errors.ofFile("close", path, -closeAnswer);
        }
    }

    private void closeDescriptor() {
        closeAnswer = kernel.close(target.descriptor());
        closed.countDown();
    }

    void requireReadable() {
        if (!readable) {
            throw new NonReadableChannelException();
        }
    }

    void requireWritable() {
        if (!writable) {
            throw new NonWritableChannelException();
        }
    }

    OpenFile target() {
        return target;
    }

    @Override
    public String toString() {
        return path + (direct ? " (direct, " : " (buffered, ") + (isOpen() ? "open)" : "closed)");
    }
}
