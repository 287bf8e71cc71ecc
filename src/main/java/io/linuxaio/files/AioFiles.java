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
 * Whole files in one line, by asynchronous direct I/O: any length, no alignment to think of.
 *
 * {@snippet class="io.linuxaio.examples.WholeFilesExample" region="write"}
 *
 * <p>Two files are read at once; one that does not fit into memory goes through channels:
 *
 * {@snippet class="io.linuxaio.examples.WholeFilesExample" region="read"}
 * {@snippet class="io.linuxaio.examples.WholeFilesExample" region="channels"}
 *
 * <p>These methods use {@link AioContext#shared()}; {@link #using} returns the same ones for another context. What Linux cannot do asynchronously (opening, setting the
 * length, closing) and the copying of bytes is done by a few daemon threads of this class, which never keep the JVM
 * alive: wait for the future before {@code main} ends. Data goes through the queue, eight blocks of 1 MiB in flight at
 * most for each file.
 *
 * <p>Stages that depend on a future run on these threads unless an executor is given. They may block, and may wait for
 * other futures of this class: another thread takes over meanwhile. The threads inherit nothing from the caller; their
 * context class loader is the system class loader. If the shared context cannot be opened, or no thread can be started,
 * the future fails. If the context given is closed, also in the middle of a file, the future fails with
 * {@link java.nio.channels.ClosedChannelException}.
 *
 * <p>A file on a filesystem without direct I/O fails, unless {@link io.linuxaio.AioOpenOption#DIRECT_IF_SUPPORTED} or
 * {@link io.linuxaio.AioOpenOption#BUFFERED} is given; so do directories, FIFOs, character devices and, where they are opened
 * buffered, files that do not tell their length, as those of {@code /proc}. Cancelling a future frees who waits for it,
 * and stops copies and {@link AioWriteOption#ATOMIC_REPLACE}; else the file is written or read to its end.
 *
 * <p>Memory that is written must not change, memory that is read into must not be used, and neither be freed, until the
 * future completes, and where it was cancelled until the file is done with; an {@link io.linuxaio.AioArena} cannot be closed so long.
 * Arrays and memory that is not aligned are copied in pieces, aligned memory of arenas that nobody can close under the
 * kernel is not.
 *
 * <h2>What a crash leaves</h2>
 *
 * <p>A file that is made or truncated has its true length only when all of it was written: a process that is killed
 * leaves it shorter, or longer by space that was reserved, and then with zeros where nothing was written. Appended bytes
 * are written in order, so a killed process leaves the first ones. Bytes that overwrite others leave a mixture that
 * nothing tells. When the power fails, what no {@code DSYNC} or {@code SYNC} has covered may be missing whatever the
 * length is; and a new file's name is durable only when its folder was synced. Who wants the old contents or the new ones
 * and nothing else takes {@link AioWriteOption#ATOMIC_REPLACE}.
 */
public final class AioFiles {
    private static final AioFileOperations SHARED =
            AioFileOperations.of(CoreAccess.core().sharedContext());

    private AioFiles() {}

    /**
     * Returns the same operations, and more, through a context of the caller's. Their block size, depth and executor can be
     * set.
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
     * @param bytes its contents; must not change until the future completes
     * @param options {@code CREATE}, {@code TRUNCATE_EXISTING} and {@code WRITE} if none is given. Without
     *     {@code TRUNCATE_EXISTING} bytes that are there and not overwritten stay. With {@code DSYNC} or {@code SYNC}
     *     contents and length are durable when the future completes. {@link AioWriteOption}, {@link io.linuxaio.AioOpenOption} and
     *     {@link java.nio.file.LinkOption#NOFOLLOW_LINKS} are taken as well
     * @return the path, when all is written; fails with an {@link IOException}, and then the file is not complete
     * @throws IllegalArgumentException if options contradict each other
     * @throws UnsupportedOperationException if an option is not supported
     */
    public static CompletableFuture<Path> write(Path path, byte[] bytes, OpenOption... options) {
        return SHARED.write(path, bytes, options);
    }

    /**
     * Writes what a buffer has from its position to its limit, both as they are now; neither is changed. For the rest as
     * {@link #write(Path, byte[], OpenOption...)}.
     *
     * @param path the file
     * @param bytes its contents: on the heap, direct or read-only; must not change until the future completes
     * @param options as there
     * @return the path, when all is written
     */
    public static CompletableFuture<Path> write(Path path, ByteBuffer bytes, OpenOption... options) {
        return SHARED.write(path, bytes, options);
    }

    /**
     * Writes text in UTF-8.
     *
     * @param path the file
     * @param text its contents
     * @param options as for {@link #write(Path, byte[], OpenOption...)}
     * @return the path, when all is written
     */
    public static CompletableFuture<Path> writeString(Path path, CharSequence text, OpenOption... options) {
        return SHARED.writeString(path, text, options);
    }

    /**
     * Adds bytes behind the last one that is there, whatever the length is; makes the file where there is none. The same
     * as {@code write} with {@code CREATE} and {@code APPEND}. The kernel finds the end anew for each block of 1 MiB
     * ({@code O_APPEND}), so the bytes of all handles and processes that append at the same time are there; those of one
     * block are together, unless the volume is full. Appended bytes go through the page cache.
     *
     * @param path the file
     * @param bytes what is added; must not change until the future completes
     * @param options others, as for {@link #write(Path, byte[], OpenOption...)}
     * @return the path, when all is written
     */
    public static CompletableFuture<Path> append(Path path, byte[] bytes, OpenOption... options) {
        return SHARED.append(path, bytes, options);
    }

    /**
     * Reads a file whole, as {@link java.nio.file.Files#readAllBytes} does.
     *
     * @param path the file
     * @param options {@link io.linuxaio.AioOpenOption}, {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
     * @return its contents; fails with an {@link IOException}, also where it is too long for an array
     */
    public static CompletableFuture<byte[]> readAllBytes(Path path, OpenOption... options) {
        return SHARED.readAllBytes(path, options);
    }

    /**
     * Reads a file whole, as text in UTF-8.
     *
     * @param path the file
     * @param options as for {@link #readAllBytes(Path, OpenOption...)}
     * @return its contents; fails with a {@link java.nio.charset.CharacterCodingException} where they are not UTF-8
     */
    public static CompletableFuture<String> readString(Path path, OpenOption... options) {
        return SHARED.readString(path, options);
    }

    /**
     * Reads a part of a file, from any position.
     *
     * @param path the file
     * @param position where it begins, in bytes
     * @param length how many bytes
     * @param options as for {@link #readAllBytes(Path, OpenOption...)}
     * @return the bytes: fewer where the file ends before, none where it ends at or before the position
     * @throws IllegalArgumentException if position or length is negative
     */
    public static CompletableFuture<byte[]> read(Path path, long position, int length, OpenOption... options) {
        return SHARED.read(path, position, length, options);
    }

    /**
     * Copies a regular file, as {@link java.nio.file.Files#copy(Path, Path, CopyOption...)} does: the bytes that it has
     * when the copy begins. Holes stay holes, and take no time.
     *
     * <p>The target is whole or not there. A new file is removed when the copy fails. With {@code REPLACE_EXISTING} the
     * copy is made beside the target, as a hidden file whose name begins with {@code .linux-aio-}, and takes its name in
     * the end: until then, and when the copy fails, the target is what it was; one that is a symbolic link is replaced
     * itself. A process that is killed leaves the part that it has made.
     *
     * <p>Completing the future early, by {@code cancel} or {@code orTimeout}, stops the copy: no further block is begun,
     * and what it made is removed when the blocks in flight have ended, a little after the future. Who wants to know when
     * ends it by its {@linkplain AioCopyProgress progress} instead. A copy that was about to complete may stay, whole.
     *
     * @param source the file; while it is copied it may grow, and where it becomes shorter the copy fails
     * @param target the file to be made
     * @param options {@code REPLACE_EXISTING}; {@code COPY_ATTRIBUTES}: permissions, access control list, times,
     *     owner and group as far as is permitted, and extended attributes where both filesystems have them; the copy is
     *     never more open than the source. Without, the source's permissions less the umask. {@code NOFOLLOW_LINKS}: a source that is a symbolic link is refused.
     *     {@link AioCopyOption}; {@link io.linuxaio.AioOpenOption}, for both files
     * @return the file's length in bytes; fails with an {@link IOException}, among others
     *     {@link java.nio.file.FileAlreadyExistsException}, and {@link java.nio.file.FileSystemException} where both are
     *     the same file
     * @throws IllegalArgumentException if options contradict each other
     * @throws UnsupportedOperationException if an option is not supported
     */
    public static CompletableFuture<Long> copy(Path source, Path target, CopyOption... options) {
        return SHARED.copy(source, target, options);
    }

    /**
     * Opens a file to write it from one end to the other, with write-behind: at most eight blocks of 1 MiB are in flight.
     *
     * @param path the file
     * @param options as for {@link #write(Path, byte[], OpenOption...)}
     * @return the channel, to be closed
     * @throws IOException if the file or the shared context cannot be opened
     */
    public static AioWriteChannel newWriteChannel(Path path, OpenOption... options) throws IOException {
        return SHARED.newWriteChannel(path, options);
    }

    /**
     * Opens a file to read it with read-ahead, which grows while access is sequential: at most eight blocks of 1 MiB are in
     * flight. All channels opened so share the memory that each needs beyond 64 KiB: 64 MiB, or as many bytes as
     * the system property {@code io.linuxaio.readahead} says. When that is used up, a channel reads on with its own 64 KiB.
     *
     * @param path the file
     * @param options {@link io.linuxaio.AioOpenOption}, {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
     * @return the channel, to be closed
     * @throws IOException if the file or the shared context cannot be opened
     */
    public static AioReadChannel newReadChannel(Path path, OpenOption... options) throws IOException {
        return SHARED.newReadChannel(path, options);
    }
}
