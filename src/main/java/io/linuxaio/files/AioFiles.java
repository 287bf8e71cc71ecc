package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.internal.access.CoreAccess;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.CopyOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;

/**
 * Static methods that read, write, replace and copy whole files by asynchronous direct I/O, at any length and
 * alignment.
 *
 * {@snippet class="io.linuxaio.examples.WholeFilesExample" region="write"}
 *
 * <p>Reading two files concurrently, and a file that does not fit into memory through channels:
 *
 * {@snippet class="io.linuxaio.examples.WholeFilesExample" region="read"}
 * {@snippet class="io.linuxaio.examples.WholeFilesExample" region="channels"}
 *
 * <p>These methods use {@link AioContext#shared()}; {@link #using} returns the same ones for another context. A few daemon threads
 * of this class open and close files, set lengths and copy bytes, which Linux cannot do asynchronously. They never keep
 * the JVM alive: wait for the future before {@code main} returns. Data is transferred through the context, with at most
 * eight blocks of 1 MiB in flight for each file.
 *
 * <p>Stages that depend on a future run on these threads unless they specify an executor. They may block, and may wait
 * for other futures of this class: another thread takes over meanwhile. The threads inherit nothing from the caller;
 * their context class loader is the system class loader. If the shared context cannot be opened, or no thread can be
 * started, the future fails. If the given context is closed, even during a transfer, the future fails with {@link
 * java.nio.channels.ClosedChannelException}.
 *
 * <p>A file on a filesystem without direct I/O fails, unless {@link io.linuxaio.AioOpenOption#DIRECT_IF_SUPPORTED} or
 * {@link io.linuxaio.AioOpenOption#BUFFERED} is given; so do directories, FIFOs, character devices and, if opened
 * buffered, files that do not report their length, as those of {@code /proc}. Cancelling a future releases waiting
 * threads, and stops copies and {@link AioWriteOption#ATOMIC_REPLACE}; all other methods read or write the file to its
 * end nevertheless.
 *
 * <p>Until the future completes, memory to be written must not change, memory that is read into must not be used, and
 * neither may be freed; after a cancellation, until the transfer ends. An {@link io.linuxaio.AioArena} cannot be closed
 * before that. Arrays and unaligned memory are copied in blocks; aligned memory is not copied if its arena cannot be
 * closed during an operation.
 *
 * <h2>Contents after a crash</h2>
 *
 * <p>A file that is created or truncated has its final length only after all of it was written. A process that is
 * killed leaves it shorter, or longer by reserved space, with zeros in place of bytes not written. Appended bytes are
 * written in order, so a killed process leaves a prefix of them. An interrupted overwrite leaves a torn mix of old and
 * new bytes that cannot be detected. After a power failure, bytes that no {@code DSYNC} or {@code SYNC} has covered may
 * be missing whatever the length is; the name of a new file is durable only after its directory was synced. {@link
 * AioWriteOption#ATOMIC_REPLACE} guarantees either the old contents or the new ones.
 */
public final class AioFiles {
    private static final AioFileOperations SHARED =
            AioFileOperations.of(CoreAccess.core().sharedContext());

    private AioFiles() {}

    /**
     * Returns the same operations, and more, through a context of the caller's. Their block size, depth and executor
     * can be set.
     *
     * @param context the context; it must stay open while its operations are in use
     * @return operations with all defaults
     */
    public static AioFileOperations using(AioContext context) {
        return AioFileOperations.of(context);
    }

    /**
     * Writes a file, as {@link java.nio.file.Files#write(Path, byte[], OpenOption...)} does.
     *
     * @param path the file
     * @param bytes the contents; must not change until the future completes
     * @param options the options; the default is {@code CREATE}, {@code TRUNCATE_EXISTING} and {@code WRITE}. Without
     *     {@code TRUNCATE_EXISTING}, existing bytes that are not overwritten are kept. With {@code DSYNC} or {@code
     *     SYNC}, contents and length are durable when the future completes. {@link AioWriteOption}, {@link
     *     io.linuxaio.AioOpenOption} and {@link java.nio.file.LinkOption#NOFOLLOW_LINKS} are supported as well
     * @return the path, after all bytes were written; fails with an {@link IOException} if the file is incomplete
     * @throws IllegalArgumentException if options contradict each other
     * @throws UnsupportedOperationException if an option is not supported
     */
    public static CompletableFuture<Path> write(Path path, byte[] bytes, OpenOption... options) {
        return SHARED.write(path, bytes, options);
    }

    /**
     * Writes the bytes of a buffer between its present position and limit, which are not changed. Otherwise as {@link
     * #write(Path, byte[], OpenOption...)}.
     *
     * @param path the file
     * @param bytes the contents: on the heap, direct or read-only; must not change until the future completes
     * @param options as in that method
     * @return the path, after all bytes were written
     */
    public static CompletableFuture<Path> write(Path path, ByteBuffer bytes, OpenOption... options) {
        return SHARED.write(path, bytes, options);
    }

    /**
     * Writes text in UTF-8.
     *
     * @param path the file
     * @param text the contents
     * @param options as for {@link #write(Path, byte[], OpenOption...)}
     * @return the path, after all bytes were written
     */
    public static CompletableFuture<Path> writeString(Path path, CharSequence text, OpenOption... options) {
        return SHARED.writeString(path, text, options);
    }

    /**
     * Appends bytes to a file of any length; creates the file if it does not exist. Equivalent to {@code write} with
     * {@code CREATE} and {@code APPEND}. The kernel determines the end of the file for each block of 1 MiB ({@code
     * O_APPEND}), so concurrent appends of other handles and processes lose no bytes. The bytes of one block are
     * contiguous, unless the volume is full. Appended bytes go through the page cache.
     *
     * @param path the file
     * @param bytes the bytes to append; must not change until the future completes
     * @param options further options, as for {@link #write(Path, byte[], OpenOption...)}
     * @return the path, after all bytes were written
     */
    public static CompletableFuture<Path> append(Path path, byte[] bytes, OpenOption... options) {
        return SHARED.append(path, bytes, options);
    }

    /**
     * Reads a whole file, as {@link java.nio.file.Files#readAllBytes} does.
     *
     * @param path the file
     * @param options {@link io.linuxaio.AioOpenOption}, {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
     * @return the contents; fails with an {@link IOException}, also if they are too long for an array
     */
    public static CompletableFuture<byte[]> readAllBytes(Path path, OpenOption... options) {
        return SHARED.readAllBytes(path, options);
    }

    /**
     * Reads a whole file as text in UTF-8.
     *
     * @param path the file
     * @param options as for {@link #readAllBytes(Path, OpenOption...)}
     * @return the contents; fails with a {@link java.nio.charset.CharacterCodingException} if they are not UTF-8
     */
    public static CompletableFuture<String> readString(Path path, OpenOption... options) {
        return SHARED.readString(path, options);
    }

    /**
     * Reads a part of a file at any position.
     *
     * @param path the file
     * @param position the position of the part in bytes
     * @param length the number of bytes
     * @param options as for {@link #readAllBytes(Path, OpenOption...)}
     * @return the bytes: fewer if the file ends earlier, none if it ends at or before the position
     * @throws IllegalArgumentException if position or length is negative
     */
    public static CompletableFuture<byte[]> read(Path path, long position, int length, OpenOption... options) {
        return SHARED.read(path, position, length, options);
    }

    /**
     * Copies a regular file, as {@link java.nio.file.Files#copy(Path, Path, CopyOption...)} does, at the length that it
     * has when the copy begins. Holes are preserved and not read.
     *
     * <p>The target is complete or does not exist. A new file is removed if the copy fails. With {@code
     * REPLACE_EXISTING}, the copy is a hidden file in the directory of the target, whose name begins with {@code
     * .linux-aio-}, and is renamed at the end. Until then, and if the copy fails, the target is unchanged. A symbolic
     * link is itself replaced. A process that is killed leaves the incomplete file.
     *
     * <p>Completing the future early, by {@code cancel} or {@code orTimeout}, stops the copy. No further block is
     * submitted, and the incomplete file is removed after the blocks in flight have completed, shortly after the
     * future. To wait for that, abort the copy from its {@linkplain AioCopyProgress progress} instead. A copy that was
     * about to complete may remain, complete.
     *
     * @param source the file; it may grow during the copy, which fails if the file becomes shorter
     * @param target the file to be created
     * @param options {@code REPLACE_EXISTING}; {@code COPY_ATTRIBUTES}: permissions, access control list, times, owner
     *     and group as far as permitted, and extended attributes if both filesystems support them; the copy never
     *     grants more access than the source. Otherwise, the source's permissions less the umask. {@code
     *     NOFOLLOW_LINKS}: a source that is a symbolic link is refused. {@link AioCopyOption}; {@link
     *     io.linuxaio.AioOpenOption}, for both files
     * @return the file's length in bytes; fails with an {@link IOException}, for example {@link
     *     java.nio.file.FileAlreadyExistsException}, or {@link java.nio.file.FileSystemException} if both are the same
     *     file
     * @throws IllegalArgumentException if options contradict each other
     * @throws UnsupportedOperationException if an option is not supported
     */
    public static CompletableFuture<Long> copy(Path source, Path target, CopyOption... options) {
        return SHARED.copy(source, target, options);
    }

    /**
     * Opens a file to write it from one end to the other, with write-behind: at most eight blocks of 1 MiB are in
     * flight.
     *
     * @param path the file
     * @param options as for {@link #write(Path, byte[], OpenOption...)}
     * @return the channel, which the caller closes
     * @throws IOException if the file or the shared context cannot be opened
     */
    public static AioWriteChannel newWriteChannel(Path path, OpenOption... options) throws IOException {
        return SHARED.newWriteChannel(path, options);
    }

    /**
     * Opens a file to read it with read-ahead, which grows while access is sequential: at most eight blocks of 1 MiB
     * are in flight. Channels opened by this method share the memory that they need beyond 64 KiB each. The shared
     * memory has 64 MiB, or the number of bytes in the system property {@code io.linuxaio.readahead}. If it is
     * exhausted, a channel continues with its own 64 KiB.
     *
     * @param path the file
     * @param options {@link io.linuxaio.AioOpenOption}, {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
     * @return the channel, which the caller closes
     * @throws IOException if the file or the shared context cannot be opened
     */
    public static AioReadChannel newReadChannel(Path path, OpenOption... options) throws IOException {
        return SHARED.newReadChannel(path, options);
    }

    /**
     * Syncs a directory, and waits for that on the calling thread (fsync(2)): names of files that were created, renamed or
     * removed in it survive a power failure afterwards. The contents of the files need syncs of their own.
     *
     * @param directory the directory, which this process must be able to read
     * @throws java.nio.file.NotDirectoryException if it is not a directory
     * @throws IOException if the directory cannot be opened, or its sync fails; a power failure may then undo the changes
     */
    public static void syncDirectory(Path directory) throws IOException {
        Directories.sync(directory);
    }
}
