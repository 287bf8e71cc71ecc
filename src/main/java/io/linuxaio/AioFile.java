package io.linuxaio;

import io.linuxaio.internal.engine.Arguments;
import io.linuxaio.internal.engine.FileDevice;
import io.linuxaio.internal.engine.FileHandle;
import io.linuxaio.internal.engine.FileKey;
import io.linuxaio.internal.engine.PinnedMemory;
import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.engine.reap.Reaper;
import io.linuxaio.internal.kernel.FallocateMode;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.internal.kernel.Statx;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * An open file, for direct I/O ({@code O_DIRECT}) unless opened with {@link AioOpenOption#BUFFERED}.
 *
 * <p>Reads, writes and syncs are asynchronous, unless they say that they wait, and go through the context that opened the
 * file. If the file was opened
 * {@linkplain #open(Path, OpenOption...) without a context}, they throw {@link IllegalStateException}. {@link #size},
 * {@link #setLength}, {@link #allocate(long, long)} and {@link #force} are blocking system calls. Positions and lengths are in bytes. On a direct file,
 * positions and lengths must be multiples of {@link AioAlignment#offset()}, and addresses multiples of
 * {@link AioAlignment#memory()}. {@link #read} and {@link #write} copy nothing to align it; {@link #readFully(MemorySegment, long)}
 * and {@link #writeFully(MemorySegment, long)} do, for any position and length.
 *
 * <p>Safe for use by any thread. Operations in flight at the same time are not ordered: two writes of the same bytes may
 * take effect in either order, and a sync covers only the writes that had completed when it was submitted (io_submit(2)).
 *
 * <p>A segment belongs to the kernel until its future completes. Before that, reading it gives a mix of old and new bytes,
 * and writing to it changes the bytes that reach the disk. A future that is cancelled or timed out completes early; the
 * operation continues and its segment stays in use until the kernel is done.
 *
 * <p>A write that has completed has reached the device, not yet necessarily its stable storage: for that open the file
 * with {@code DSYNC}, or wait for {@link #dataSync} (open(2), NOTES on O_DIRECT).
 */
public final class AioFile implements Channel {
    static {
        CoreInternals.register();
    }

    /** The time after which a waiting close checks if the descriptor could not be closed, in nanoseconds. */
    private static final long CLOSE_RETRY_NANOS = 1_000_000_000L;

    private final AioContext context;
    private final FileHandle handle;
    private final OpenSpec options;
    private final AioAlignment alignment;
    private final boolean direct;
    private final RequestAttributes attributes;

    /** A view that writes through the page cache; null until it is needed. */
    private volatile AioFile cached;

    private AioFile(
            AioContext context,
            FileHandle descriptor,
            OpenSpec options,
            AioAlignment alignment,
            boolean direct,
            RequestAttributes manner) {
        this.context = context;
        this.options = options;
        this.alignment = alignment;
        this.direct = direct;
        this.attributes = manner;
        handle = descriptor.view(
                alignment.offset(), options.appending() || manner.has(AioRequestFlag.APPEND), manner.request());
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

    /** Opens a file by one path; failures name another, the one that the caller knows. */
    static AioFile open(
            Kernel kernel,
            AioContext context,
            Path path,
            Path known,
            Set<? extends OpenOption> options,
            FileAttribute<?>... attributes)
            throws IOException {
        StackRoom.requireForSeveral();
        OpenSpec flags = OpenSpec.of(options);
        return FileOpener.open(
                kernel,
                path,
                known,
                flags,
                OpenSpec.mode(attributes),
                opened -> new AioFile(context, kernel, known, flags, opened));
    }

    private AioFile(AioContext context, Kernel kernel, Path known, OpenSpec flags, FileOpener.Opened opened) {
        this(
                context,
                handle(context, kernel, known, opened),
                flags,
                opened.alignment(),
                opened.direct(),
                RequestAttributes.PLAIN);
    }

    private static FileHandle handle(AioContext context, Kernel kernel, Path known, FileOpener.Opened opened) {
        Statx status = opened.status();
        FileDevice device = new FileDevice(status.device());
        if (context != null && context.isNonBlocking()) {
            // Looked up here, so that no operation reads sysfs.
            device.limit();
        }
        return new FileHandle(kernel, known, opened.descriptor(), status, device);
    }

    /**
     * Opens a file without a context, mainly for {@link AioQueue}. Contexts and their batches accept it too, as in
     * {@link AioContext#read(AioFile, MemorySegment, long) context.read(file, target, position)}. Its own asynchronous
     * methods, such as {@link #read}, throw {@link IllegalStateException}: this method starts no context implicitly.
     *
     * @param path the file: a regular file or a block device
     * @param options as for {@link AioContext#open(Path, OpenOption...)}
     * @return the file, to be closed
     * @throws IOException if the file cannot be opened; the message contains a remedy if one is known
     * @throws IllegalArgumentException if options contradict each other
     * @throws UnsupportedOperationException if an option is not supported, or if Linux AIO is not available
     */
    public static AioFile open(Path path, OpenOption... options) throws IOException {
        return open(LinuxAio.kernel(), null, path, OpenSpec.set(options));
    }

    AioContext context() {
        if (context == null) {
            throw new IllegalStateException("the file was opened without a context: " + path()
                    + "; open it with AioContext.open(path, ...), or call context.read(file, ...) and the like, or use an"
                    + " AioQueue; AioFiles reads and writes whole files");
        }
        return context;
    }

    /**
     * Reads into a segment. If the kernel returns fewer bytes than requested, the rest is requested again, on a direct
     * file from the block that was read in part. The read completes with fewer bytes only if such a request makes no
     * progress: at the end of the file, or if the filesystem reports an end there. A filesystem that never returns a whole
     * block, as FUSE allows, cannot be distinguished from the end; compare with {@link #size} if that matters. The result
     * is 0 if the position is at or past the end.
     *
     * <p>The contents of the segment beyond the bytes counted are undefined when the read has completed or failed: direct
     * I/O may change them.
     *
     * <p>The segment may be a mapping of a file. Submission may then block until the pages of the mapping are read. The
     * operation fails with {@code EFAULT} if the mapping extends beyond the end of its file, as it does when the file is
     * truncated.
     *
     * @param target native memory that is not read-only
     * @param position the position in the file, in bytes
     * @return a future with the number of bytes read. It fails with {@link AioException} or another
     *     {@link java.nio.file.FileSystemException} if the kernel refuses or fails the read, with
     *     {@link ClosedChannelException} if the file or the context is closed, and with
     *     {@link java.io.InterruptedIOException} if the thread is interrupted while it waits for a slot
     * @throws IllegalArgumentException if the segment is on the heap, read-only, misaligned, or longer than
     *     2,147,479,552 bytes, or the position negative or misaligned
     * @throws IllegalStateException if the segment's arena is closed, or its pooled buffer was released, or the file was
     *     opened without a context
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
     * <p>The segment may be a mapping of a file. Submission may then block until the pages of the mapping are read. The
     * operation fails with {@code EFAULT} if the mapping extends beyond the end of its file, as it does when the file is
     * truncated.
     *
     * @param source native memory
     * @param position the position in the file, in bytes; ignored if the file was opened to append
     * @return a future with the number of bytes written, which is the segment's size. It fails with {@link AioException},
     *     which reports the number of bytes written before, or another {@link java.nio.file.FileSystemException} if the
     *     kernel refuses or fails the write, with {@link ClosedChannelException} if the file or the context is closed, and
     *     with {@link java.io.InterruptedIOException} if the thread is interrupted while it waits for a slot
     * @throws IllegalArgumentException if the segment is on the heap, misaligned, or longer than 2,147,479,552 bytes,
     *     or the position negative or misaligned
     * @throws IllegalStateException if the segment's arena is closed, or its pooled buffer was released, or the file was
     *     opened without a context
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws NonWritableChannelException if the file was not opened for writing
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Integer> write(MemorySegment source, long position) {
        return context().write(this, source, position);
    }

    /**
     * Reads into a direct byte buffer: into its memory from its position to its limit, which do not change. Otherwise this
     * method is {@link #read(MemorySegment, long)}.
     *
     * @param target a direct byte buffer that is not read-only, of {@link AioBuffer#asByteBuffer} for example; that of
     *     {@link java.nio.ByteBuffer#allocateDirect} is not aligned, except by
     *     {@link java.nio.ByteBuffer#alignedSlice alignedSlice}
     * @param position the position in the file, in bytes
     * @return a future with the number of bytes read; it fails as that of {@link #read(MemorySegment, long)} does
     * @throws IllegalArgumentException if the buffer is on the heap, read-only or misaligned, or the position negative or
     *     misaligned
     * @throws IllegalStateException if the buffer's arena is closed, or its pooled buffer was released, or the file was
     *     opened without a context
     * @throws WrongThreadException if the buffer's arena is confined to another thread
     * @throws NonReadableChannelException if the file was not opened for reading
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Integer> read(ByteBuffer target, long position) {
        return read(MemorySegment.ofBuffer(target), position);
    }

    /**
     * Writes a direct byte buffer: its memory from its position to its limit, which do not change. Otherwise this method is
     * {@link #write(MemorySegment, long)}.
     *
     * @param source a direct byte buffer
     * @param position the position in the file, in bytes; ignored if the file was opened to append
     * @return a future with the number of bytes written; it fails as that of {@link #write(MemorySegment, long)} does
     * @throws IllegalArgumentException if the buffer is on the heap or misaligned, or the position negative or misaligned
     * @throws IllegalStateException if the buffer's arena is closed, or its pooled buffer was released, or the file was
     *     opened without a context
     * @throws WrongThreadException if the buffer's arena is confined to another thread
     * @throws NonWritableChannelException if the file was not opened for writing
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Integer> write(ByteBuffer source, long position) {
        return write(MemorySegment.ofBuffer(source), position);
    }

    /**
     * Reads consecutive bytes of the file into several segments, one after the other. The length of the read is the sum of
     * theirs. The contents of the segments beyond the bytes counted are undefined.
     *
     * @param targets one to 1024 segments of native memory that are not read-only; the array is copied
     * @param position the position in the file, in bytes
     * @return a future with the number of bytes read; it fails as that of {@link #read} does
     * @throws IllegalArgumentException if there are no segments or more than 1024, if one of them is on the heap, read-only
     *     or misaligned, if their sum is longer than 2,147,479,552 bytes, or if the position is negative or misaligned
     * @throws IllegalStateException if a segment's arena is closed, or its pooled buffer was released, or the file was
     *     opened without a context
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws NonReadableChannelException if the file was not opened for reading
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Integer> readv(MemorySegment[] targets, long position) {
        return context().readv(this, targets, position);
    }

    /**
     * Writes several segments, one after the other, to consecutive bytes of the file. The length of the write is the sum of
     * theirs. The future succeeds only when every byte was written.
     *
     * @param sources one to 1024 segments of native memory; the array is copied
     * @param position the position in the file, in bytes; ignored if the file was opened to append
     * @return a future with the number of bytes written; it fails as that of {@link #write} does
     * @throws IllegalArgumentException if there are no segments or more than 1024, if one of them is on the heap or
     *     misaligned, if their sum is longer than 2,147,479,552 bytes, or if the position is negative or misaligned
     * @throws IllegalStateException if a segment's arena is closed, or its pooled buffer was released, or the file was
     *     opened without a context
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws NonWritableChannelException if the file was not opened for writing
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Integer> writev(MemorySegment[] sources, long position) {
        return context().writev(this, sources, position);
    }

    /**
     * Reads exactly as many bytes as a segment has, from any position, and waits for them. Neither position nor length nor
     * address need be aligned.
     *
     * <p>A long aligned middle of the segment is read directly, if no code can free it meanwhile: memory of an
     * {@link AioArena}, a pool, or the automatic or the global arena. All other bytes go through aligned bounce buffers and
     * are copied. One operation reads all of them, unless more than 256 KiB go through bounce buffers. The process keeps at
     * most 256 free bounce buffers of 16 KiB; if none is free, more are allocated, at most 256 KiB for each operation.
     *
     * <p>Bytes outside the segment are not changed. If the method throws, the contents of the segment are undefined.
     *
     * @param target memory that is not read-only: native or on the heap, of any arena
     * @param position the position in the file of the first byte, in bytes
     * @throws java.io.EOFException if the file ends before the last byte
     * @throws IOException if the kernel refuses or fails a read: {@link AioException} or another
     *     {@link java.nio.file.FileSystemException}; {@link ClosedChannelException} if the file or the context is closed;
     *     {@link java.io.InterruptedIOException} if the thread is interrupted while it waits for a slot
     * @throws IllegalArgumentException if the segment is read-only, the position negative, or the end beyond the largest
     *     position
     * @throws IllegalStateException if the segment's arena is closed, the file was opened without a context, or the thread
     *     delivers results, as in a callback
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws NonReadableChannelException if the file was not opened for reading
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public void readFully(MemorySegment target, long position) throws IOException {
        transfer(target, position, true, true).run();
    }

    /**
     * Fills the rest of a buffer, from its position to its limit, as {@link #readFully(MemorySegment, long)} does. The
     * buffer's position is its limit afterwards; if the method throws, it is unchanged.
     *
     * @param target the buffer, direct or on the heap
     * @param position the position in the file of the first byte, in bytes
     * @throws IOException as there
     * @throws IllegalArgumentException if the buffer is read-only, the position negative, or the end beyond the largest
     *     position
     * @throws IllegalStateException as there
     */
    public void readFully(ByteBuffer target, long position) throws IOException {
        readFully(MemorySegment.ofBuffer(target), position);
        target.position(target.limit());
    }

    /**
     * Reads into a part of an array, as {@link #readFully(MemorySegment, long)} does.
     *
     * @param target the array
     * @param offset the index of the first byte
     * @param length the number of bytes
     * @param position the position in the file of the first byte, in bytes
     * @throws IOException as there
     * @throws IndexOutOfBoundsException if the part is not within the array
     * @throws IllegalArgumentException if the position is negative, or the end beyond the largest position
     * @throws IllegalStateException as there
     */
    public void readFully(byte[] target, int offset, int length, long position) throws IOException {
        readFully(part(target, offset, length), position);
    }

    /**
     * Starts to read exactly as many bytes as a segment has, from any position. As {@link #readFully(MemorySegment, long)},
     * but without waiting for the result.
     *
     * <p>The segment must not be used until the future completes; its arena is kept open until then if it is an
     * {@link AioArena} or a pool. The thread that completes the future copies the bytes. A read of one operation costs
     * little more than {@link #read}: a thread that waits for its future reaps meanwhile. Longer ones continue on the
     * reaper, or on the completion executor.
     *
     * @param target memory that is not read-only: native or on the heap, not confined to a thread
     * @param position the position in the file of the first byte, in bytes
     * @return a future that completes when all bytes are read, and fails with what the blocking form throws as
     *     {@link IOException}; of a read of several operations also with
     *     {@link java.util.concurrent.RejectedExecutionException}
     * @throws IllegalArgumentException if the segment is read-only, the position negative, or the end beyond the largest
     *     position
     * @throws IllegalStateException if the segment's arena is closed, or the file was opened without a context
     * @throws WrongThreadException if the segment is confined to a thread
     * @throws NonReadableChannelException if the file was not opened for reading
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Void> readFullyAsync(MemorySegment target, long position) {
        return transfer(target, position, true, false).runAsync();
    }

    /**
     * Starts to fill the rest of a buffer, from its position to its limit, as
     * {@link #readFullyAsync(MemorySegment, long)} does. The buffer's position and limit are not changed.
     *
     * @param target the buffer, direct or on the heap
     * @param position the position in the file of the first byte, in bytes
     * @return as there
     * @throws IllegalArgumentException if the buffer is read-only, the position negative, or the end beyond the largest
     *     position
     */
    public CompletableFuture<Void> readFullyAsync(ByteBuffer target, long position) {
        return readFullyAsync(MemorySegment.ofBuffer(target), position);
    }

    /**
     * Starts to read into a part of an array, as {@link #readFullyAsync(MemorySegment, long)} does.
     *
     * @param target the array
     * @param offset the index of the first byte
     * @param length the number of bytes
     * @param position the position in the file of the first byte, in bytes
     * @return as there
     * @throws IndexOutOfBoundsException if the part is not within the array
     * @throws IllegalArgumentException if the position is negative, or the end beyond the largest position
     */
    public CompletableFuture<Void> readFullyAsync(byte[] target, int offset, int length, long position) {
        return readFullyAsync(part(target, offset, length), position);
    }

    /**
     * Fills many segments, each from a position of its own, and waits for that. Neither positions nor lengths nor addresses
     * need be aligned.
     *
     * <p>Requests that lie close together are read by one operation: if the gap between them is at most 4 KiB, and their blocks
     * fit into a bounce buffer of 16 KiB. Longer requests are read as {@link #readFully(MemorySegment, long)} does. At most
     * 64 operations are in flight at a time, or as many as the queue has room for, and one system call submits many of them.
     * So this is the way to fetch the candidates of a search, or the values of many keys.
     *
     * <p>If the method throws, the contents of all segments are undefined.
     *
     * @param targets the segments, which must not overlap; as for {@link #readFullyAsync(MemorySegment, long)}
     * @param positions the position of the first byte of each, in bytes, in any order
     * @throws java.io.EOFException if the file ends before the last byte of one
     * @throws IOException as {@link #readFully(MemorySegment, long)}
     * @throws IllegalArgumentException if there are not as many positions as segments, if a segment is read-only, a position
     *     negative, or an end beyond the largest position
     * @throws IllegalStateException as {@link #readFully(MemorySegment, long)}
     * @throws WrongThreadException if a segment is confined to a thread
     * @throws NonReadableChannelException if the file was not opened for reading
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public void readMany(MemorySegment[] targets, long[] positions) throws IOException {
        FullTransfer.requireMayWait();
        FullTransfer.result(readManyAsync(targets, positions));
    }

    /**
     * Starts to fill many segments, as {@link #readMany}, but without waiting for the result. The segments must not be used
     * until the future completes; their arenas are kept open until then if they are {@link AioArena}s or pools.
     *
     * @param targets as for {@link #readMany}; the array itself may be changed once this method has returned
     * @param positions as for {@link #readMany}, likewise
     * @return a future that completes when all segments are filled, on a thread that delivers results. It fails with the first
     *     exception of {@link #readFullyAsync(MemorySegment, long)}, once no operation is in flight any more
     * @throws IllegalArgumentException as {@link #readMany}
     * @throws IllegalStateException if the arena of a segment is closed, or the file was opened without a context
     * @throws WrongThreadException if a segment is confined to a thread
     * @throws NonReadableChannelException if the file was not opened for reading
     */
    public CompletableFuture<Void> readManyAsync(MemorySegment[] targets, long[] positions) {
        if (targets.length != positions.length) {
            throw new IllegalArgumentException(
                    targets.length + " segments cannot be read from " + positions.length + " positions");
        }
        for (int i = 0; i < targets.length; i++) {
            Preconditions.full(this, targets[i], positions[i], true);
        }
        context();
        StackRoom.requireForSeveral();
        return ManyReads.start(this, targets, positions);
    }

    /**
     * Writes all bytes of a segment to any position, and waits for that. Neither position nor length nor address need be
     * aligned, and no other byte of the file changes.
     *
     * <p>The aligned middle is written directly. On a direct file, the blocks at its edges that are written in part are
     * read, modified and written. If the file ends in such a block, or was not opened for reading, its bytes go through the
     * page cache by a descriptor of their own ({@code /proc/self/fd}), which is opened at the first such write. So the file
     * has its exact length after a write at its end. It is neither padded nor shortened, and bytes that other processes
     * append are not lost. On a file opened to append, all bytes go through the page cache, to the present end of the file.
     *
     * <p>Writes by these methods that do not begin and end at multiples of 4096 bytes exclude each other on the same file
     * ({@link #fileKey}), for all handles of this process. Not covered are {@link #write} and other processes: their
     * simultaneous writes of the same block, or of the last page of a file of unaligned length, may be lost (open(2), NOTES
     * on mixing direct and ordinary I/O).
     *
     * <p>On a file opened with {@code DSYNC} or {@code SYNC}, the bytes and the length of the file are durable when the
     * method returns. Otherwise {@link #dataSync} makes them durable. If the method throws, a part may have been written.
     *
     * @param source native memory or memory on the heap, of any arena
     * @param position the position in the file of the first byte, in bytes; ignored if the file was opened to append
     * @throws IOException if the kernel refuses or fails an operation: {@link AioException} or another
     *     {@link java.nio.file.FileSystemException}; {@link ClosedChannelException} if the file or the context is closed;
     *     {@link java.io.InterruptedIOException} if the thread is interrupted while it waits for a slot
     * @throws IllegalArgumentException if the position is negative, or the end beyond the largest position
     * @throws IllegalStateException if the segment's arena is closed, the file was opened without a context, or the thread
     *     delivers results, as in a callback
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws NonWritableChannelException if the file was not opened for writing
     * @throws UnsupportedOperationException if this view has {@link AioRequestFlag#ATOMIC}, which
     *     {@link #write} supports
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects, also after a
     *     part was written
     */
    public void writeFully(MemorySegment source, long position) throws IOException {
        transfer(source, position, false, true).run();
    }

    /**
     * Writes the rest of a buffer, from its position to its limit, as {@link #writeFully(MemorySegment, long)} does. The
     * buffer's position is its limit afterwards; if the method throws, it is unchanged.
     *
     * @param source the buffer, direct or on the heap
     * @param position the position in the file of the first byte, in bytes
     * @throws IOException as there
     * @throws IllegalArgumentException if the position is negative, or the end beyond the largest position
     * @throws IllegalStateException as there
     */
    public void writeFully(ByteBuffer source, long position) throws IOException {
        writeFully(MemorySegment.ofBuffer(source), position);
        source.position(source.limit());
    }

    /**
     * Writes a part of an array, as {@link #writeFully(MemorySegment, long)} does.
     *
     * @param source the array
     * @param offset the index of the first byte
     * @param length the number of bytes
     * @param position the position in the file of the first byte, in bytes
     * @throws IOException as there
     * @throws IndexOutOfBoundsException if the part is not within the array
     * @throws IllegalArgumentException if the position is negative, or the end beyond the largest position
     * @throws IllegalStateException as there
     */
    public void writeFully(byte[] source, int offset, int length, long position) throws IOException {
        writeFully(part(source, offset, length), position);
    }

    /**
     * Starts to write all bytes of a segment to any position. As {@link #writeFully(MemorySegment, long)}, but without
     * waiting for the result.
     *
     * <p>The segment must not change until the future completes; its arena is kept open until then if it is an
     * {@link AioArena} or a pool. A write of several operations continues on the reaper, on the completion executor, or on
     * the common pool if it had to wait for another write.
     *
     * @param source native memory or memory on the heap, not confined to a thread
     * @param position the position in the file of the first byte, in bytes; ignored if the file was opened to append
     * @return a future that completes when all bytes are written, and fails with what the blocking form throws as
     *     {@link IOException}; of a write of several operations also with
     *     {@link java.util.concurrent.RejectedExecutionException}
     * @throws IllegalArgumentException if the position is negative, or the end beyond the largest position
     * @throws IllegalStateException if the segment's arena is closed, or the file was opened without a context
     * @throws WrongThreadException if the segment is confined to a thread
     * @throws NonWritableChannelException if the file was not opened for writing
     * @throws UnsupportedOperationException if this view has {@link AioRequestFlag#ATOMIC}
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Void> writeFullyAsync(MemorySegment source, long position) {
        return transfer(source, position, false, false).runAsync();
    }

    /**
     * Starts to write the rest of a buffer, from its position to its limit, as
     * {@link #writeFullyAsync(MemorySegment, long)} does. The buffer's position and limit are not changed.
     *
     * @param source the buffer, direct or on the heap
     * @param position the position in the file of the first byte, in bytes
     * @return as there
     * @throws IllegalArgumentException if the position is negative, or the end beyond the largest position
     */
    public CompletableFuture<Void> writeFullyAsync(ByteBuffer source, long position) {
        return writeFullyAsync(MemorySegment.ofBuffer(source), position);
    }

    /**
     * Starts to write a part of an array, as {@link #writeFullyAsync(MemorySegment, long)} does.
     *
     * @param source the array
     * @param offset the index of the first byte
     * @param length the number of bytes
     * @param position the position in the file of the first byte, in bytes
     * @return as there
     * @throws IndexOutOfBoundsException if the part is not within the array
     * @throws IllegalArgumentException if the position is negative, or the end beyond the largest position
     */
    public CompletableFuture<Void> writeFullyAsync(byte[] source, int offset, int length, long position) {
        return writeFullyAsync(part(source, offset, length), position);
    }

    private static MemorySegment part(byte[] array, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, array.length);
        return MemorySegment.ofArray(array).asSlice(offset, length);
    }

    private FullTransfer transfer(MemorySegment memory, long position, boolean reads, boolean blocking) {
        Preconditions.full(this, memory, position, reads);
        StackRoom.requireForSeveral();
        AioContext through = context();
        PinnedMemory pinned = blocking ? PinnedMemory.ofThisThread(memory) : PinnedMemory.of(memory);
        return reads ? new FullRead(through, this, pinned, position) : new FullWrite(through, this, pinned, position);
    }

    /**
     * Makes data and metadata durable (fsync(2)) for all writes that had completed when this method was called.
     *
     * @return a future that completes when they are durable. It fails with {@link AioException} if the kernel refuses or
     *     fails the sync, and earlier writes may then be lost; with {@link ClosedChannelException} if the file or the
     *     context is closed; and with {@link java.io.InterruptedIOException} if the thread is interrupted while it waits
     *     for a slot
     * @throws IllegalStateException if the file was opened without a context
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Void> sync() {
        return context().sync(this);
    }

    /**
     * Makes data durable (fdatasync(2)) for all writes that had completed when this method was called, with the metadata
     * that reading the data needs, such as the file's length.
     *
     * @return a future that completes when the data is durable; it fails as that of {@link #sync} does
     * @throws IllegalStateException if the file was opened without a context
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Void> dataSync() {
        return context().dataSync(this);
    }

    /**
     * Makes data durable, and waits for that on the calling thread (fdatasync(2) or fsync(2)), for all writes that had
     * completed when this method was called. It needs no context and no slot. For threads that may block; on a virtual
     * thread it pins the carrier.
     *
     * @param metaData {@code true} to make all metadata durable; {@code false} for the metadata that reading the data
     *     needs, such as the file's length
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if the sync fails; earlier writes may then be lost, and a later sync does not cover them
     */
    public void force(boolean metaData) throws IOException {
        call("force", handle.force(metaData));
    }

    /**
     * Returns the file's length, or a block device's capacity.
     *
     * @return bytes
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if the kernel reports an error
     */
    public long size() throws IOException {
        return call("size", handle.size());
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
        call("setLength", handle.setLength(length));
    }

    /**
     * Reserves space (fallocate(2)). If the file ends before the end of that space, it is extended to there. A write into
     * reserved space does not extend the file and does not run out of space. On ext4 and xfs it does not block in
     * {@code io_submit}, as an extending write does.
     *
     * @param position the start of the space, in bytes
     * @param length the number of bytes, at least one
     * @throws IllegalArgumentException if the position is negative or the length less than one
     * @throws NonWritableChannelException if the file was not opened for writing
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if there is no space, or the filesystem does not support reserving
     */
    public void allocate(long position, long length) throws IOException {
        Arguments.notNegative("position", position);
        if (length < 1) {
            throw new IllegalArgumentException("the length must be at least 1: " + length);
        }
        requireWritable();
        call("allocate", handle.allocate(FallocateMode.EXTEND, position, length));
    }

    /**
     * Reserves, releases or zeroes a range of the file (fallocate(2)), as the mode says.
     *
     * @param mode the mode
     * @param position the start of the range, in bytes
     * @param length the number of bytes, at least one
     * @throws IllegalArgumentException if the position is negative or the length less than one
     * @throws NonWritableChannelException if the file was not opened for writing
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if there is no space, or the filesystem or device does not support the mode
     *     ({@code EOPNOTSUPP}, or {@code EINVAL} for a range of a block device that is not aligned)
     */
    public void allocate(AioAllocateMode mode, long position, long length) throws IOException {
        Arguments.notNegative("position", position);
        if (length < 1) {
            throw new IllegalArgumentException("the length must be at least 1: " + length);
        }
        requireWritable();
        call("allocate", handle.allocate(mode.bits(), position, length));
    }

    /**
     * Returns the position of the next data at or after a position (lseek(2), {@code SEEK_DATA}). Operations are not
     * affected: none of them uses the offset that the kernel keeps for the descriptor.
     *
     * @param from a position in the file, in bytes
     * @return the position; empty if only a hole follows, or the file ends at or before the position. If the filesystem
     *     does not report holes, all of the file is data
     * @throws IllegalArgumentException if the position is negative
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if the kernel reports an error
     */
    public OptionalLong nextData(long from) throws IOException {
        Arguments.notNegative("position", from);
        long found = seekData(from);
        return found < Long.MAX_VALUE && found < size() ? OptionalLong.of(found) : OptionalLong.empty();
    }

    /**
     * Returns the position of the next hole at or after a position (lseek(2), {@code SEEK_HOLE}); the end of the file
     * counts as a hole.
     *
     * @param from a position in the file, in bytes
     * @return the position; empty if the file ends at or before {@code from}
     * @throws IllegalArgumentException if the position is negative
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if the kernel reports an error
     */
    public OptionalLong nextHole(long from) throws IOException {
        Arguments.notNegative("position", from);
        long size = size();
        return from < size ? OptionalLong.of(Math.min(size, seekHole(from))) : OptionalLong.empty();
    }

    /**
     * Gives the kernel a hint about the expected access to a range (posix_fadvise(2)). For files opened
     * {@linkplain AioOpenOption#BUFFERED buffered}.
     *
     * @param pattern the expected access
     * @param position the start of the range, in bytes
     * @param length the number of bytes; 0 for all up to the end of the file
     * @throws IllegalArgumentException if position or length is negative
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if the kernel reports an error
     */
    public void advise(AioAccessPattern pattern, long position, long length) throws IOException {
        Arguments.notNegative("position", position);
        Arguments.notNegative("length", length);
        call("advise", handle.advise(pattern.advice(), position, length));
    }

    /**
     * Locks the file, and waits on the calling thread until no other open file has a conflicting lock (flock(2)). An
     * interrupt does not end the wait, nor does {@link #close}, which waits for it. On a virtual thread it pins the
     * carrier.
     *
     * @param shared {@code true} for a shared lock, {@code false} for an exclusive one
     * @return the lock, to be closed
     * @throws java.nio.channels.OverlappingFileLockException if this open file or a view of it has a lock already, or a
     *     thread waits for one
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if the kernel reports an error, such as {@code ENOLCK}
     */
    public AioFileLock lock(boolean shared) throws IOException {
        return lock(shared, true).orElseThrow();
    }

    /**
     * Locks the file if no other open file, of this or another process, has a conflicting lock (flock(2)).
     *
     * @param shared {@code true} for a shared lock, {@code false} for an exclusive one
     * @return the lock, to be closed; empty if another open file has a conflicting one
     * @throws java.nio.channels.OverlappingFileLockException if this open file or a view of it has a lock already, or a
     *     thread waits for one
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if the kernel reports an error, such as {@code ENOLCK}
     */
    public Optional<AioFileLock> tryLock(boolean shared) throws IOException {
        return lock(shared, false);
    }

    private Optional<AioFileLock> lock(boolean shared, boolean waits) throws IOException {
        AioFileLock lock = new AioFileLock(handle, shared);
        return call("lock", handle.lock(lock, shared, waits)) == 0 ? Optional.of(lock) : Optional.empty();
    }

    /**
     * Returns the number of the descriptor, for system calls that this library does not make. It is valid while the file is
     * open; after that it may be the number of another file. The caller must not close it.
     *
     * @return the number
     * @throws ClosedChannelException if the file is closed
     */
    public int fd() throws ClosedChannelException {
        if (!isOpen()) {
            throw Errors.closedFile(path());
        }
        return handle.number();
    }

    /**
     * Returns the size of reads and writes that the filesystem prefers ({@code st_blksize}), as of opening. It is not an
     * alignment.
     *
     * @return bytes
     */
    public int preferredBlockSize() {
        return handle.preferredBlockSize();
    }

    /**
     * Returns {@code true} if the file is a block device, whose length cannot be set.
     *
     * @return {@code false} if it is a regular file
     */
    public boolean isBlockDevice() {
        return handle.isBlockDevice();
    }

    /**
     * Returns a view of this file whose operations carry these flags in addition to those of this view. Both views share
     * the descriptor; closing either closes both. Create a view once and keep it: it adds no cost to operations.
     *
     * @param first a flag
     * @param more further flags
     * @return the view
     * @throws UnsupportedOperationException if the file is known not to support a flag; if that is not known beforehand,
     *     operations of the view fail instead
     * @throws ClosedChannelException if the file is closed, and a flag is {@link AioRequestFlag#ATOMIC}
     * @throws IOException if the kernel reports an error
     */
    public AioFile with(AioRequestFlag first, AioRequestFlag... more) throws IOException {
        RequestAttributes wanted = attributes.with(EnumSet.of(first, more));
        if (wanted.has(AioRequestFlag.ATOMIC) && wanted.atomicWrites() == null) {
            wanted = wanted.with(atomicWrites()
                    .orElseThrow(() -> new UnsupportedOperationException("atomic writes are not supported on " + path()
                            + ": they require Linux 6.11, a device that supports"
                            + " them, and a filesystem that passes them on (xfs since 6.13, ext4 since 6.13)")));
        }
        return new AioFile(context, handle, options, alignment, direct, wanted);
    }

    /**
     * Returns a view of this file whose reads and writes have another priority at the device. It shares the descriptor, as
     * that of {@link #with(AioRequestFlag, AioRequestFlag...)} does.
     *
     * @param priority the priority of reads and writes
     * @return the view
     */
    public AioFile with(AioPriority priority) {
        return new AioFile(context, handle, options, alignment, direct, attributes.with(priority));
    }

    /**
     * Returns a view of this file whose operations follow a policy of their own if the queue is full, instead of that of
     * their context: a prefetch can be rejected where a read waits. It shares the descriptor, as that of
     * {@link #with(AioRequestFlag, AioRequestFlag...)} does. Batches and {@link AioContext} heed it, {@link AioQueue} has
     * no policy.
     *
     * @param policy the policy
     * @return the view
     */
    public AioFile with(AioFullQueuePolicy policy) {
        Objects.requireNonNull(policy, "policy");
        return new AioFile(context, handle, options, alignment, direct, attributes.with(policy));
    }

    /**
     * Returns the limits of {@linkplain AioRequestFlag#ATOMIC atomic} writes to this file.
     *
     * @return the limits; empty if atomic writes are not supported, or the kernel is older than 6.11
     * @throws ClosedChannelException if the file is closed
     * @throws IOException if the kernel reports an error
     */
    public Optional<AioAtomicWriteLimits> atomicWrites() throws IOException {
        Statx status = handle.status();
        call("atomicWrites", status == null ? FileHandle.CLOSED : status.error());
        Statx.AtomicWrites writes = status.atomicWrites();
        return writes.largest() == 0
                ? Optional.empty()
                : Optional.of(new AioAtomicWriteLimits(writes.smallest(), writes.largest(), writes.segments()));
    }

    /**
     * Returns an object that identifies the file, as {@link java.nio.file.attribute.BasicFileAttributes#fileKey} does: its
     * device and inode when it was opened, or the device number of a block device. All handles of the same file have
     * equal keys, as long as one of them is open; later, another file may get the same inode.
     *
     * @return a key that is comparable by {@code equals} and {@code hashCode} to those of other {@code AioFile}s
     */
    public Object fileKey() {
        return handle.key();
    }

    /**
     * Returns the path by which the file was opened.
     *
     * @return the path, as given
     */
    public Path path() {
        return handle.path();
    }

    /**
     * Returns {@code true} if the file was opened with {@code O_DIRECT}.
     *
     * @return {@code false} if an {@link AioOpenOption} made it buffered
     */
    public boolean isDirect() {
        return direct;
    }

    /**
     * Returns the alignment that operations on this file require of addresses, positions and lengths.
     *
     * @return the alignment
     */
    public AioAlignment alignment() {
        return alignment;
    }

    /**
     * Returns {@code true} if the file accepts operations.
     *
     * @return {@code false} once {@link #close} has been called
     */
    @Override
    public boolean isOpen() {
        return !handle.isClosed();
    }

    /**
     * Closes the file: accepts no more operations, waits until those in flight have completed, and closes the descriptor.
     * An interrupt does not end the wait, and is kept. On a context's reaper thread, in a callback for example, this method
     * does not wait: the descriptor is closed when the last operation completes. Closing again waits likewise and has no
     * other effect.
     *
     * <p>The future of an operation begun after that fails with {@link ClosedChannelException}; {@link AioQueue} throws
     * {@link IllegalStateException}.
     *
     * @throws IOException if the kernel reports a write error at closing. The descriptor is closed nevertheless. Of
     *     several calls, the first that waits until the descriptor is closed throws
     * @throws IllegalStateException if an {@link AioQueue} of the calling thread, or an {@link AioPoller} that this thread
     *     polled last, has operations in flight on this file, which would never complete while this thread waits; the file
     *     stays open
     */
    @Override
    public void close() throws IOException {
        StackRoom.require();
        OwnQueues.refuseToWaitFor(handle);
        OpenPollers.refuseToWaitFor(handle);
        close(handle);
    }

    private static void close(FileHandle file) throws IOException {
        beginClose(file);
        if (Reaper.isAnyCurrentThread() && !file.isDescriptorClosed()) {
            return;
        }
        while (!file.awaitDescriptorClosed(CLOSE_RETRY_NANOS)) {
            // The thread that ended the last use may have reached the end of its stack.
            beginClose(file);
        }
        if (file.cached() != null) {
            close(file.cached());
        }
        Errors.requireDone("close", file, file.takeCloseAnswer());
    }

    private static void beginClose(FileHandle file) {
        Leftovers.recoverIfPossible();
        file.closeWhenIdle();
    }

    /**
     * Closes the file without waiting: accepts no more operations, and closes the descriptor as soon as no operation is in
     * flight, at once if none is. {@link #close} waits for that, and reports an error of closing. Calling this method again
     * has no effect.
     */
    public void closeWhenIdle() {
        StackRoom.require();
        beginClose(handle);
    }

    /**
     * Returns a view of this file whose reads and writes may have any address, position and length. They succeed only
     * while {@link #setDirect} has turned direct I/O off.
     */
    AioFile unaligned() {
        return new AioFile(context, handle, options, AioAlignment.NONE, false, attributes);
    }

    /** Takes the length and the data of another file, whose extents it shares. Returns {@code false} if it cannot. */
    boolean shareExtentsOf(AioFile source) throws IOException {
        long answer = handle.reflinkTo(source.handle);
        if (Errors.isReflinkUnsupported(answer)) {
            return false;
        }
        call("reflink", answer);
        return true;
    }

    /** Turns direct I/O on or off for the operations submitted from now on, for all views of this file. */
    void setDirect(boolean on) throws IOException {
        call("fcntl", handle.setDirect(on));
    }

    /**
     * Reserves space as {@link #allocate} does, first beyond the end of the file and without a change of its length, then
     * extends the file to a given length within that space.
     *
     * @param position the start of the space, in bytes
     * @param end the end of the space, in bytes
     * @param length the length to which a shorter file is extended, in bytes; no effect if at or below the position
     */
    void reserve(long position, long end, long length) throws IOException {
        call("allocate", handle.allocate(FallocateMode.KEEP_SIZE, position, end - position));
        if (length > position) {
            call("allocate", handle.allocate(FallocateMode.EXTEND, position, length - position));
        }
    }

    /** Returns a view of this file that writes through the page cache, by a descriptor of its own. */
    AioFile cached() throws IOException {
        AioFile present = cached;
        if (present == null) {
            int flags = options.flags() & (OFlags.SYNC | OFlags.DSYNC | OFlags.APPEND);
            String operation = "open /proc/self/fd/" + handle.number() + " to write through the page cache";
            call(operation, handle.openCached(flags));
            present = new AioFile(context, handle.cached(), options, AioAlignment.NONE, false, attributes);
            cached = present;
        }
        return present;
    }

    FileKey key() {
        return handle.key();
    }

    boolean isReadable() {
        return options.readable();
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

    /** Returns the start of the next data at or after a position; {@link Long#MAX_VALUE} if there is none. */
    long seekData(long from) throws IOException {
        return call("seek", handle.nextData(from));
    }

    /** Returns the end of the data at a position. */
    long seekHole(long from) throws IOException {
        return call("seek", handle.nextHole(from));
    }

    private long call(String operation, long answer) throws IOException {
        return Errors.requireDone(operation, handle, answer);
    }

    /** Returns the engine's handle of the file. */
    FileHandle handle() {
        return handle;
    }

    RequestAttributes attributes() {
        return attributes;
    }

    @Override
    public String toString() {
        return path() + (direct ? " (direct, " : " (buffered, ") + (isOpen() ? "open)" : "closed)");
    }
}
