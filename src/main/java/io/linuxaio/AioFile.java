package io.linuxaio;

import io.linuxaio.internal.engine.Arguments;
import io.linuxaio.internal.engine.FileDevice;
import io.linuxaio.internal.engine.OpenFile;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * An open file, for direct I/O ({@code O_DIRECT}) unless asked otherwise.
 *
 * <p>Reads, writes and syncs are asynchronous and go through the context that opened it; those of a file that was opened
 * {@linkplain #open(Path, OpenOption...) without a context} throw {@link IllegalStateException}. {@link #size},
 * {@link #setLength} and {@link #allocate} are system calls that return when they are done. Positions and lengths are in
 * bytes. On a direct file, positions and lengths must be multiples of {@link AioAlignment#offset()} and addresses of
 * {@link AioAlignment#memory()}; nothing is copied to make them so ({@link io.linuxaio.files.AioFiles} does that).
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
public final class AioFile implements Channel {
    static {
        CoreInternals.register();
    }

    private final AioContext context;
    private final Descriptor descriptor;
    private final OpenSpec options;
    private final AioAlignment alignment;
    private final boolean direct;
    private final RequestAttributes manner;
    private final OpenFile target;

    private AioFile(
            AioContext context,
            Descriptor descriptor,
            OpenSpec options,
            AioAlignment alignment,
            boolean direct,
            RequestAttributes manner) {
        this.context = context;
        this.descriptor = descriptor;
        this.options = options;
        this.alignment = alignment;
        this.direct = direct;
        this.manner = manner;
        target = new OpenFile(
                descriptor.path(),
                descriptor.number(),
                alignment.offset(),
                options.appending() || manner.has(AioRequestFlag.APPEND),
                manner.request(),
                descriptor.nowaitReads(),
                descriptor.nowaitWrites(),
                descriptor.length(),
                descriptor.device(),
                descriptor.uses());
    }

    static AioFile open(
            Kernel kernel,
            AioContext context,
            Path path,
            Set<? extends OpenOption> options,
            FileAttribute<?>... attributes)
            throws IOException {
        return open(kernel, context, path, path, options, attributes);
    }

    /** Opens a file under one path, whose failures name another: the one that the caller knows. */
    static AioFile open(
            Kernel kernel,
            AioContext context,
            Path path,
            Path known,
            Set<? extends OpenOption> options,
            FileAttribute<?>... attributes)
            throws IOException {
        OpenSpec flags = OpenSpec.of(options);
        FileOpener.Opened opened = FileOpener.open(kernel, path, known, flags, OpenSpec.mode(attributes));
        FileDevice device = new FileDevice(opened.device());
        if (context != null && context.neverBlocks()) {
            // Looked up here, so that no operation does it.
            device.limit();
        }
        Descriptor descriptor = new Descriptor(kernel, known, opened.descriptor(), opened.blockDevice(), device);
        descriptor.length().set(opened.size());
        return new AioFile(context, descriptor, flags, opened.alignment(), opened.direct(), RequestAttributes.PLAIN);
    }

    /**
     * Opens a file without a context, for {@link AioQueue} above all. Contexts and their batches take it too, as in
     * {@link AioContext#read(AioFile, MemorySegment, long) context.read(file, target, position)}. Its own asynchronous
     * methods, such as {@link #read}, throw {@link IllegalStateException}: no context is started unasked.
     *
     * @param path the file: a regular file or a block device
     * @param options as for {@link AioContext#open(Path, OpenOption...)}
     * @return the file, to be closed
     * @throws IOException if it cannot be opened
     */
    public static AioFile open(Path path, OpenOption... options) throws IOException {
        return open(LinuxAio.kernel(), null, path, OpenSpec.set(options));
    }

    private AioContext context() {
        if (context == null) {
            throw new IllegalStateException("the file was opened without a context: " + path()
                    + "; open it with AioContext.open(path, ...), or call context.read(file, ...) and the like, or use an"
                    + " AioQueue; AioFiles reads and writes whole files");
        }
        return context;
    }

    /**
     * Reads into a segment. If the kernel returns fewer bytes than requested, the rest is requested again, on a direct
     * file from the block that was read in part. The read completes with fewer bytes only when such a request gets no
     * further: at the end of the file, or if the filesystem reports an end there. A filesystem that never returns a whole
     * block, as FUSE allows, cannot be told apart from the end; compare with {@link #size} if that matters. The result is
     * 0 if the position is at or past the end.
     *
     * <p>The contents of the segment behind the bytes counted are undefined when the read has completed or failed: direct
     * I/O may change them.
     *
     * @param target native memory that is not read-only
     * @param position where in the file, in bytes
     * @return the number of bytes read; fails with {@link AioException}, or with {@link ClosedChannelException} if the
     *     file or the context is closed
     * @throws IllegalArgumentException if the segment is on the heap, read-only, misaligned, or longer than
     *     2,147,479,552 bytes, or the position negative or misaligned
     * @throws IllegalStateException if the segment's arena is closed, or the file was opened without a context
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
     * @return the number of bytes written, which is the segment's size; fails with {@link AioException}, which reports
     *     the number of bytes written before, or with {@link ClosedChannelException} if the file or the context is closed
     * @throws IllegalArgumentException if the segment is on the heap, misaligned, or longer than 2,147,479,552 bytes,
     *     or the position negative or misaligned
     * @throws IllegalStateException if the segment's arena is closed, or the file was opened without a context
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws NonWritableChannelException if the file was not opened for writing
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Integer> write(MemorySegment source, long position) {
        return context().write(this, source, position);
    }

    /**
     * Reads from one place of the file into several segments, one after the other. As {@link #read}, for the sum; the
     * contents of the segments behind the bytes counted are undefined.
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
     * @return completes when they are; fails with {@link AioException}, and then what was written before may be lost, or
     *     with {@link ClosedChannelException} if the file or the context is closed
     * @throws IllegalStateException if the file was opened without a context
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Void> sync() {
        return context().sync(this);
    }

    /**
     * As {@link #sync}, without metadata that reading the data does not need (fdatasync(2)); the file's length is made
     * durable.
     *
     * @return completes when the data is durable; fails as {@link #sync} does
     * @throws IllegalStateException if the file was opened without a context
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Void> dataSync() {
        return context().dataSync(this);
    }

    /**
     * The file's length; a block device's capacity.
     *
     * @return bytes
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if the kernel cannot tell
     */
    public long size() throws IOException {
        return descriptor.size();
    }

    /**
     * Sets the length of the file (ftruncate(2)). A longer file is cut; a shorter one is extended with zeros that take no
     * space. The length need not be a multiple of the alignment.
     *
     * @param length the new length, in bytes
     * @throws IllegalArgumentException if the length is negative
     * @throws NonWritableChannelException if the file was not opened for writing
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if the kernel refuses
     */
    public void setLength(long length) throws IOException {
        Arguments.notNegative("length", length);
        requireWritable();
        descriptor.setLength(length);
    }

    /**
     * Reserves space, and extends the file to the end of it where it is shorter (fallocate(2)). A write into space that
     * was reserved so does not extend the file and does not run out of space; on ext4 and xfs it does not hold up
     * {@code io_submit}, as an extending write does.
     *
     * @param position where it begins, in bytes
     * @param length how many bytes, at least one
     * @throws IllegalArgumentException if the position is negative or the length less than one
     * @throws NonWritableChannelException if the file was not opened for writing
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if there is no space, or the filesystem cannot reserve
     */
    public void allocate(long position, long length) throws IOException {
        Arguments.notNegative("position", position);
        if (length < 1) {
            throw new IllegalArgumentException("the length must be at least 1: " + length);
        }
        requireWritable();
        descriptor.allocate(position, length);
    }

    /**
     * The same file, treated in another way: a view whose operations carry these flags beside those of this one. Both
     * share the descriptor; closing either closes both. Make it once and keep it: it costs operations nothing.
     *
     * @param first a flag
     * @param more others
     * @return the view
     * @throws UnsupportedOperationException if the file cannot do it, as far as can be told beforehand; else the first
     *     operation fails
     * @throws ClosedChannelException if the file is closed, and a flag is {@link AioRequestFlag#ATOMIC}
     * @throws IOException if the kernel cannot tell
     */
    public AioFile with(AioRequestFlag first, AioRequestFlag... more) throws IOException {
        RequestAttributes wanted = manner.with(EnumSet.of(first, more));
        if (wanted.has(AioRequestFlag.ATOMIC) && wanted.atomicWrites() == null) {
            wanted = wanted.with(atomicWrites()
                    .orElseThrow(() -> new UnsupportedOperationException("atomic writes are not supported on " + path()
                            + ": they want Linux 6.11, a device that offers"
                            + " them, and a filesystem that passes them on (xfs since 6.13, ext4 since 6.13)")));
        }
        return new AioFile(context, descriptor, options, alignment, direct, wanted);
    }

    /**
     * The same file, with another priority at the device; as {@link #with(AioRequestFlag, AioRequestFlag...)}.
     *
     * @param priority of reads and writes
     * @return the view
     */
    public AioFile with(AioPriority priority) {
        return new AioFile(context, descriptor, options, alignment, direct, manner.with(priority));
    }

    /**
     * Which writes of this file can be {@linkplain AioRequestFlag#ATOMIC atomic}.
     *
     * @return their sizes; empty where none can, or the kernel is older than 6.11
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if the kernel cannot tell
     */
    public Optional<AioAtomicWriteLimits> atomicWrites() throws IOException {
        return descriptor.atomicWrites();
    }

    /**
     * The path by which it was opened.
     *
     * @return the path, as given
     */
    public Path path() {
        return descriptor.path();
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
     * Returns {@code true} if the file takes operations.
     *
     * @return {@code false} once {@link #close} has been called
     */
    @Override
    public boolean isOpen() {
        return !descriptor.uses().isClosed();
    }

    /**
     * Takes no more operations, waits until those in flight have ended, and closes the descriptor. An interrupt does not
     * end the wait, and is kept. Called from a callback on a context's reaper thread it does not wait: the descriptor is
     * closed when the last operation ends. Closing again waits likewise and has no other effect.
     *
     * <p>An operation begun after that fails its future with {@link ClosedChannelException}; {@link AioQueue} throws
     * {@link IllegalStateException}.
     *
     * @throws IOException if the kernel reports a write error at closing. The descriptor is closed all the same. Of
     *     several calls, the first that waits until the descriptor is closed throws
     * @throws IllegalStateException if an {@link AioQueue} of the calling thread has operations in flight on this file,
     *     which would never end while this thread waits; the file stays open
     */
    @Override
    public void close() throws IOException {
        OwnQueues.refuseToWaitFor(target);
        descriptor.close();
    }

    /**
     * Returns a view of this file whose reads and writes may have any address, position and length. They succeed only
     * while {@link #setDirect} has turned direct I/O off.
     */
    AioFile unaligned() {
        return new AioFile(context, descriptor, options, AioAlignment.NONE, false, manner);
    }

    /** Turns direct I/O on or off for the operations submitted from now on, for all views of this file. */
    void setDirect(boolean on) throws IOException {
        descriptor.setDirect(on);
    }

    /**
     * Reserves space as {@link #allocate} does, first beyond the end of the file and without a change of its length, then
     * extends the file to a given length within that space.
     *
     * @param position where the space begins, in bytes
     * @param end where it ends
     * @param length what the file is extended to, where it is shorter; nothing happens if that is at or below the position
     */
    void reserve(long position, long end, long length) throws IOException {
        descriptor.reserve(position, end - position);
        if (length > position) {
            descriptor.allocate(position, length - position);
        }
    }

    void requireReadable() {
        if (!options.readable()) {
            throw new NonReadableChannelException();
        }
    }

    void requireWritable() {
        if (!options.writable()) {
            throw new NonWritableChannelException();
        }
    }

    OpenFile target() {
        return target;
    }

    Descriptor descriptor() {
        return descriptor;
    }

    /** Whether the length is the device's, and cannot be set. */
    boolean isBlockDevice() {
        return descriptor.isBlockDevice();
    }

    RequestAttributes manner() {
        return manner;
    }

    @Override
    public String toString() {
        return path() + (direct ? " (direct, " : " (buffered, ") + (isOpen() ? "open)" : "closed)");
    }
}
