package io.linuxaio.files;

import io.linuxaio.AioAllocateMode;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Operations on whole files through one context, with a block size, a depth and an executor of the caller's choice.
 *
 * {@snippet class="io.linuxaio.examples.WholeFilesExample" region="using"}
 *
 * <p>{@link AioFiles#using} returns an instance. Instances are immutable: the methods that begin with {@code with} return
 * another one. Safe for use by any thread. What {@link AioFiles} says about memory, cancellation, failures and crashes
 * applies here too.
 */
public final class AioFileOperations {
    /** The default block size, in bytes. */
    static final int BLOCK_SIZE = 1 << 20;

    /** The default depth, in blocks. */
    static final int DEPTH = 8;

    private final AioContext aio;
    private final int blockSize;
    private final int depth;

    // Null stands for the library's own threads.
    private final Executor executor;

    private AioFileOperations(AioContext aio, int blockSize, int depth, Executor executor) {
        this.aio = aio;
        this.blockSize = blockSize;
        this.depth = depth;
        this.executor = executor;
    }

    /** Returns operations through a context with all defaults. */
    static AioFileOperations of(AioContext aio) {
        return new AioFileOperations(Objects.requireNonNull(aio, "context"), BLOCK_SIZE, DEPTH, null);
    }

    /**
     * Returns operations that use blocks of another size. Short files use smaller ones.
     *
     * @param bytes the size of a block in bytes, from 1 to 1,073,739,776; rounded up to a multiple of the file's alignment;
     *     the default is 1 MiB
     * @return operations with that block size
     * @throws IllegalArgumentException if the size is out of range
     */
    public AioFileOperations withBlockSize(int bytes) {
        BlockBufferRing.check(bytes, depth);
        return new AioFileOperations(aio, bytes, depth, executor);
    }

    /**
     * Returns operations that keep another number of blocks in flight.
     *
     * @param blocks the largest number of blocks in flight for each file, from 1 to the largest queue depth; a copy counts
     *     reads and writes together; the default is 8
     * @return operations with that depth
     * @throws IllegalArgumentException if the depth is out of range
     */
    public AioFileOperations withDepth(int blocks) {
        BlockBufferRing.check(blockSize, blocks);
        return new AioFileOperations(aio, blockSize, blocks, executor);
    }

    /**
     * Returns operations whose blocking parts run on an executor: opening and closing files, setting their length and
     * copying bytes. Stages that depend on a future run there too. A task occupies its thread until the file is done. If the
     * executor rejects a task, the future fails with its exception.
     *
     * @param tasks the executor; the default is a few daemon threads of the library
     * @return operations with that executor
     */
    public AioFileOperations withExecutor(Executor tasks) {
        return new AioFileOperations(aio, blockSize, depth, Objects.requireNonNull(tasks, "executor"));
    }

    /**
     * Writes a file, as {@link java.nio.file.Files#write(Path, byte[], OpenOption...)} does.
     *
     * @param path the file
     * @param bytes its contents; must not change until the future completes
     * @param options as for {@link AioFiles#write(Path, byte[], OpenOption...)}
     * @return the path, when all bytes are written; fails with an {@link IOException}, and then the file is not complete
     * @throws IllegalArgumentException if options contradict each other
     * @throws UnsupportedOperationException if an option is not supported
     */
    public CompletableFuture<Path> write(Path path, byte[] bytes, OpenOption... options) {
        return write(path, MemorySegment.ofArray(bytes), options);
    }

    /**
     * Writes the bytes of a buffer from its position to its limit. Neither is changed.
     *
     * @param path the file
     * @param bytes its contents: on the heap, direct or read-only; must not change until the future completes
     * @param options as for {@link AioFiles#write(Path, byte[], OpenOption...)}
     * @return the path, when all bytes are written
     */
    public CompletableFuture<Path> write(Path path, ByteBuffer bytes, OpenOption... options) {
        return write(path, MemorySegment.ofBuffer(bytes), options);
    }

    /**
     * Writes a segment, which may be longer than any array.
     *
     * @param path the file
     * @param bytes its contents: on the heap or native, but not confined; must not change until the future completes
     * @param options as for {@link AioFiles#write(Path, byte[], OpenOption...)}
     * @return the path, when all bytes are written
     * @throws WrongThreadException if the segment is confined to a thread
     * @throws IllegalStateException if the segment's arena is closed
     */
    public CompletableFuture<Path> write(Path path, MemorySegment bytes, OpenOption... options) {
        return WholeFileWriter.start(this, path, bytes, options);
    }

    /**
     * Writes text in UTF-8.
     *
     * @param path the file
     * @param text its contents
     * @param options as for {@link AioFiles#write(Path, byte[], OpenOption...)}
     * @return the path, when all bytes are written
     */
    public CompletableFuture<Path> writeString(Path path, CharSequence text, OpenOption... options) {
        return write(path, text.toString().getBytes(StandardCharsets.UTF_8), options);
    }

    /**
     * Appends bytes, as {@link AioFiles#append} does.
     *
     * @param path the file, which is created if it does not exist
     * @param bytes the bytes to append; must not change until the future completes
     * @param options others, as for {@link AioFiles#write(Path, byte[], OpenOption...)}
     * @return the path, when all bytes are written
     */
    public CompletableFuture<Path> append(Path path, byte[] bytes, OpenOption... options) {
        return append(path, MemorySegment.ofArray(bytes), options);
    }

    /**
     * Appends a segment, as {@link AioFiles#append} does. {@link MemorySegment#ofBuffer} makes one of a buffer.
     *
     * @param path the file, which is created if it does not exist
     * @param bytes the bytes to append; must not change until the future completes
     * @param options others, as for {@link AioFiles#write(Path, byte[], OpenOption...)}
     * @return the path, when all bytes are written
     * @throws WrongThreadException if the segment is confined to a thread
     * @throws IllegalStateException if the segment's arena is closed
     */
    public CompletableFuture<Path> append(Path path, MemorySegment bytes, OpenOption... options) {
        OpenOption[] appending = Arrays.copyOf(options, options.length + 2, OpenOption[].class);
        appending[options.length] = StandardOpenOption.CREATE;
        appending[options.length + 1] = StandardOpenOption.APPEND;
        return write(path, bytes, appending);
    }

    /**
     * Reads a whole file, as {@link java.nio.file.Files#readAllBytes} does.
     *
     * @param path the file
     * @param options {@link io.linuxaio.AioOpenOption}, {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
     * @return its contents; fails with an {@link IOException}, also if it is too long for an array
     */
    public CompletableFuture<byte[]> readAllBytes(Path path, OpenOption... options) {
        return new WholeFileReader(this, path, options).all();
    }

    /**
     * Reads a whole file as text in UTF-8.
     *
     * @param path the file
     * @param options as for {@link #readAllBytes}
     * @return its contents; fails with a {@link java.nio.charset.CharacterCodingException} if they are not UTF-8
     */
    public CompletableFuture<String> readString(Path path, OpenOption... options) {
        return readString(path, StandardCharsets.UTF_8, options);
    }

    /**
     * Reads a whole file as text.
     *
     * @param path the file
     * @param charset the charset of the text
     * @param options as for {@link #readAllBytes}
     * @return its contents; fails with a {@link java.nio.charset.CharacterCodingException} if they are not of the charset
     */
    public CompletableFuture<String> readString(Path path, Charset charset, OpenOption... options) {
        return new WholeFileReader(this, path, options).text(charset);
    }

    /**
     * Reads a part of a file, from any position.
     *
     * @param path the file
     * @param position the position of the first byte
     * @param length the number of bytes
     * @param options as for {@link #readAllBytes}
     * @return the bytes: fewer if the file ends before, none if it ends at or before the position
     * @throws IllegalArgumentException if the position or the length is negative
     */
    public CompletableFuture<byte[]> read(Path path, long position, int length, OpenOption... options) {
        return new WholeFileReader(this, path, options).part(position, length);
    }

    /**
     * Reads a part of a file into a segment of any length. Whole blocks are transferred directly into it if the distance of
     * its address to the position is a multiple of the alignment that the file requires of addresses.
     *
     * <p>The contents of the segment behind the bytes counted are undefined.
     *
     * @param path the file
     * @param position the position of the first byte
     * @param target the segment, on the heap or native, but not confined; its contents are undefined until the future
     *     completes
     * @param options as for {@link #readAllBytes}
     * @return the number of bytes read: the size of the segment, or fewer if the file ends before
     * @throws IllegalArgumentException if the position is negative or the segment read-only
     * @throws WrongThreadException if the segment is confined to a thread
     * @throws IllegalStateException if the segment's arena is closed
     */
    public CompletableFuture<Long> read(Path path, long position, MemorySegment target, OpenOption... options) {
        return new WholeFileReader(this, path, options).part(position, target);
    }

    /**
     * Copies a regular file, as {@link AioFiles#copy} does.
     *
     * @param source the file
     * @param target the file to be made
     * @param options as for {@link AioFiles#copy}
     * @return the file's length in bytes
     */
    public CompletableFuture<Long> copy(Path source, Path target, CopyOption... options) {
        return copy(source, target, (_, _) -> {}, options);
    }

    /**
     * Copies a regular file, as {@link AioFiles#copy} does, and reports the progress.
     *
     * @param source the file
     * @param target the file to be made
     * @param progress called after each block
     * @param options as for {@link AioFiles#copy}
     * @return the file's length in bytes
     * @throws IllegalArgumentException if options contradict each other
     */
    public CompletableFuture<Long> copy(Path source, Path target, AioCopyProgress progress, CopyOption... options) {
        return new FileCopy(this, source, target, CopyOptions.of(options)).start(progress);
    }

    /**
     * Opens a file to write it from one end to the other, with write-behind.
     *
     * @param path the file
     * @param options as for {@link AioFiles#write(Path, byte[], OpenOption...)}
     * @return the channel, to be closed; the memory of its blocks is allocated now
     * @throws IOException if the file cannot be opened
     * @throws IllegalArgumentException if options contradict each other
     */
    public AioWriteChannel newWriteChannel(Path path, OpenOption... options) throws IOException {
        return AioWriteChannel.open(aio, path, blockSize, depth, WriteOptions.of(options));
    }

    /**
     * Opens a file to read it with read-ahead, which grows while access is sequential.
     *
     * @param path the file
     * @param options {@link io.linuxaio.AioOpenOption}, {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
     * @return the channel, to be closed. With the default block size and depth it shares memory with other channels, as
     *     {@link AioFiles#newReadChannel} says; otherwise its memory is allocated as read-ahead grows
     * @throws IOException if the file cannot be opened
     * @throws IllegalArgumentException if options contradict each other
     */
    public AioReadChannel newReadChannel(Path path, OpenOption... options) throws IOException {
        return blockSize == BLOCK_SIZE && depth == DEPTH
                ? AioReadChannel.open(aio, path, blockSize, depth, ReadAheadBudget.SHARED, options)
                : AioReadChannel.open(aio, path, blockSize, depth, options);
    }

    /**
     * Opens a file as {@link AioContext#open(Path, OpenOption...)} does, on a thread of this class or of the executor: Linux
     * AIO cannot open files, and opening may wait for the filesystem. For event loops, which must not wait. By default at
     * most eight such tasks run at once; more wait in a queue. If the future is cancelled, the file is closed when it has
     * been opened.
     *
     * @param path the file
     * @param options as there
     * @return the file, to be closed; the future fails with what that method throws
     */
    public CompletableFuture<AioFile> open(Path path, OpenOption... options) {
        return OffloadedOpen.start(aio, path, options.clone(), executor);
    }

    /**
     * Sets the length of a file as {@link AioFile#setLength} does, on a thread as that of {@link #open}. Cancelling the
     * future does not stop it.
     *
     * @param file the file
     * @param length the new length, in bytes
     * @return a future that fails with what that method throws
     */
    public CompletableFuture<Void> setLength(AioFile file, long length) {
        Objects.requireNonNull(file, "file");
        return FileIoExecutor.run(
                () -> {
                    file.setLength(length);
                    return null;
                },
                executor);
    }

    /**
     * Reserves, releases or zeroes a range of a file as {@link AioFile#allocate(AioAllocateMode, long, long)} does, on a
     * thread as that of {@link #open}. Cancelling the future does not stop it.
     *
     * @param file the file
     * @param mode the mode
     * @param position the start of the range, in bytes
     * @param length the number of bytes, at least one
     * @return a future that fails with what that method throws
     */
    public CompletableFuture<Void> allocate(AioFile file, AioAllocateMode mode, long position, long length) {
        Objects.requireNonNull(file, "file");
        return FileIoExecutor.run(
                () -> {
                    file.allocate(mode, position, length);
                    return null;
                },
                executor);
    }

    AioContext context() {
        return aio;
    }

    int blockSize() {
        return blockSize;
    }

    int depth() {
        return depth;
    }

    Executor executor() {
        return executor;
    }
}
