package io.linuxaio.internal.access;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioBatch;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;

/**
 * Access of the other packages of this module to package-private members of {@code io.linuxaio}.
 *
 * <p>{@code AioFile} registers the implementation in its initializer. Safe for use by any thread.
 */
public abstract class CoreAccess {
    private static volatile CoreAccess registered;

    /** Allows {@code io.linuxaio} to implement this class. */
    protected CoreAccess() {}

    /** Registers the implementation. */
    protected static void register(CoreAccess access) {
        registered = access;
    }

    /** Returns the implementation. */
    public static CoreAccess core() {
        CoreAccess access = registered;
        if (access == null) {
            try {
                MethodHandles.lookup().ensureInitialized(AioFile.class);
            } catch (IllegalAccessException e) {
                throw new IllegalStateException(e);
            }
            access = registered;
        }
        return access;
    }

    /** Returns the descriptor of an open file. */
    public abstract int descriptor(AioFile file);

    /** Returns the kernel that a file was opened through. */
    public abstract Kernel kernel(AioFile file);

    /** Returns the kernel that a context submits to. */
    public abstract Kernel kernel(AioContext context);

    /**
     * Returns the context that opened a file.
     *
     * @throws IllegalStateException if it was opened without a context
     */
    public abstract AioContext context(AioFile file);

    /** Returns a new batch that submits at most so many operations with one system call. */
    public abstract AioBatch batch(AioContext context, int most);

    /** Throws if a file was not opened for reading. */
    public abstract void requireReadable(AioFile file);

    /** Throws if a file was not opened for writing. */
    public abstract void requireWritable(AioFile file);

    /** Returns {@code true} if writes go to the end of the file, whatever their position. */
    public abstract boolean isAppending(AioFile file);

    /** Returns a view that writes through the page cache, by a descriptor of its own. */
    public abstract AioFile cached(AioFile file) throws IOException;

    /** Waits for the lock of unaligned writes to a file. The caller releases it by {@link #unlockEdges}. */
    public abstract void lockEdges(AioFile file);

    /** Releases the lock of unaligned writes to a file. */
    public abstract void unlockEdges(AioFile file);

    /** Returns {@code true} if the file is a block device, whose length cannot be set. */
    public abstract boolean isBlockDevice(AioFile file);

    /** Returns the position of the next data at or after a position, or {@code Long.MAX_VALUE} if there is none. */
    public abstract long nextData(AioFile file, long from) throws IOException;

    /** Returns the position of the next hole at or after a position, or {@code Long.MAX_VALUE} if there is none. */
    public abstract long nextHole(AioFile file, long from) throws IOException;

    /**
     * Reserves space without a change of the file's length, then extends the file to a given length within that space.
     *
     * @param position the position of the first byte reserved
     * @param end the position after the last byte reserved
     * @param length the length that a shorter file is extended to; ignored if at or below the position
     */
    public abstract void reserve(AioFile file, long position, long end, long length) throws IOException;

    /**
     * Gives a file the length and the data of another one, whose extents it shares.
     *
     * @return {@code false} if the filesystem cannot share the extents of these files
     */
    public abstract boolean shareExtents(AioFile source, AioFile target) throws IOException;

    /** Sets or clears {@code O_DIRECT} for all operations submitted afterwards. */
    public abstract void setDirect(AioFile file, boolean direct) throws IOException;

    /** Returns a view of a file that requires no alignment; its operations need {@code O_DIRECT} to be cleared. */
    public abstract AioFile unaligned(AioFile file);

    /**
     * Opens a file.
     *
     * @param path the path that is opened
     * @param known the path in messages of exceptions
     */
    public abstract AioFile open(
            AioContext context,
            Path path,
            Path known,
            Set<? extends OpenOption> options,
            FileAttribute<?>... attributes)
            throws IOException;

    /** Returns the handle of the shared context. */
    public abstract AioContext sharedContext();

    /**
     * Returns {@code true} if the options open a file for writing.
     *
     * @throws IllegalArgumentException if the options contradict each other
     * @throws UnsupportedOperationException if an option is not supported
     */
    public abstract boolean opensForWriting(Set<? extends OpenOption> options);

    /** Returns {@code true} if an operation failed because the volume, or the user's quota on it, is full. */
    public abstract boolean isNoSpace(IOException failure);

    /** Returns an alignment, in bytes. */
    public abstract AioAlignment alignment(int memory, int offset);

    /** Returns the exception for a call on a file that failed. */
    public abstract IOException fileError(String operation, Path file, int errno);

    /** Returns the exception for a file that could not be opened. */
    public abstract IOException openError(Path file, int errno, boolean followLinks);

    /** Returns the exception for a finished file that could not be renamed to its target. */
    public abstract IOException renameError(Path target, Path directory, int errno);

    /** Returns the exception for a read that the filesystem ended before the end of the file. */
    public abstract IOException endsEarly(Path file, long position, long length, long count, long size);

    /** Returns the exception for a read that would end beyond the largest position. */
    public abstract IOException unreachable(Path file, long position);
}
