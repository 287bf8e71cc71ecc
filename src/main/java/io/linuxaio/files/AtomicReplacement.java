package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.engine.FileKey;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.PathBytes;
import io.linuxaio.internal.kernel.ReleaseCalls;
import io.linuxaio.internal.kernel.SymbolicLinks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;

/**
 * A new file that takes its name in one step (write to a temporary file, sync, rename, sync of the directory). Closing
 * it before it is committed deletes the file. For one thread.
 *
 * <p>If the name is to be durable, the directory is opened before the file is created: a directory that cannot be synced
 * in the end is reported before anything is done. A file that replaces none is created under its own name.
 */
final class AtomicReplacement implements AutoCloseable {
    private static final String PREFIX = ".linux-aio-";
    private static final String SUFFIX = ".tmp";

    /** The pauses between tries to delete the file while the Java heap is full. */
    private static final long SHORTEST_PAUSE_NANOS = 1_000_000;

    private static final long LONGEST_PAUSE_NANOS = 2_000_000_000;

    private final Kernel kernel;
    private final Target target;

    /** The name of the file until it is committed. */
    private final Path name;

    /** The bytes of that name, made before there is a file to be deleted. */
    private final byte[] nameBytes;

    private AioFile file;

    /** Null if the name need not be durable. */
    private final FileChannel directory;

    private boolean committed;

    private AtomicReplacement(Kernel kernel, Target target, Path name, FileChannel directory) {
        this.kernel = kernel;
        this.target = target;
        this.name = name;
        nameBytes = PathBytes.of(name);
        this.directory = directory;
    }

    /**
     * The name that a new file takes.
     *
     * @param path the path; a symbolic link there is replaced itself
     * @param known the path as the caller knows it, for failures
     * @param replaces true if the file takes the place of another one
     * @param durable true if the name is to survive a power failure
     */
    record Target(Path path, Path known, boolean replaces, boolean durable) {}

    /**
     * Creates the new file.
     *
     * @param aio the context of the file
     * @param target the name that the file takes
     * @param options how the file is opened; with {@code CREATE_NEW}
     * @param permissions the permissions until the file is committed
     * @throws IOException if the directory or the file cannot be opened
     */
    static AtomicReplacement create(
            AioContext aio, Target target, Set<? extends OpenOption> options, FileAttribute<?>... permissions)
            throws IOException {
        Kernel kernel = CoreAccess.core().kernel(aio);
        FileChannel directory = target.durable() ? directory(target) : null;
        try {
            Path name = target.replaces()
                    ? target.path().resolveSibling(PREFIX + UUID.randomUUID() + SUFFIX)
                    : target.path();
            // Allocated first: nobody would close and delete the file otherwise.
            AtomicReplacement replacement = new AtomicReplacement(kernel, target, name, directory);
            replacement.file = replacement.open(aio, options, permissions);
            return replacement;
        } catch (IOException | RuntimeException | Error e) {
            closeAfter(e, directory);
            throw e;
        }
    }

    private static FileChannel directory(Target target) throws IOException {
        Path directory = SymbolicLinks.directory(target.path());
        try {
            return FileChannel.open(directory, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(target.known().toString());
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(
                    target.known().toString(),
                    null,
                    "its directory " + directory + " must be readable for this process, to make the new name durable");
        }
    }

    private AioFile open(AioContext aio, Set<? extends OpenOption> options, FileAttribute<?>... permissions)
            throws IOException {
        try {
            // Failures name the file that the caller knows.
            return CoreAccess.core().open(aio, name, target.known(), options, permissions);
        } catch (FileAlreadyExistsException foreign) {
            throw foreign;
        } catch (IOException | RuntimeException | Error e) {
            if (target.replaces()) {
                deleteAfter(e);
            }
            throw e;
        }
    }

    private void deleteAfter(Throwable first) {
        try {
            requireDeleted(ReleaseCalls.unlink(kernel, nameBytes));
        } catch (IOException | RuntimeException | Error e) {
            // The JVM has one error for a full heap, which cannot suppress itself.
            if (e != first) {
                first.addSuppressed(e);
            }
        }
    }

    private static void closeAfter(Throwable first, FileChannel directory) {
        try {
            if (directory != null) {
                directory.close();
            }
        } catch (IOException e) {
            first.addSuppressed(e);
        }
    }

    /** Returns the new file, open until it is committed or closed. */
    AioFile file() {
        return file;
    }

    /**
     * Closes the file, gives it its name, and makes the name durable if that was asked for. The contents must be durable
     * already.
     *
     * @throws IOException if the name cannot be given, or may not survive a power failure
     */
    void commit() throws IOException {
        file.close();
        if (target.replaces()) {
            rename();
            // From here on it is the target, and the file that was there is gone.
            committed = true;
        }
        if (directory != null) {
            syncDirectory();
        }
        committed = true;
    }

    private void rename() throws IOException {
        int answer = kernel.rename(PathBytes.of(name), PathBytes.of(target.path()));
        if (answer < 0) {
            throw CoreAccess.core().renameError(target.known(), SymbolicLinks.directory(target.path()), -answer);
        }
    }

    private void syncDirectory() throws IOException {
        try {
            Directories.sync(directory);
        } catch (IOException e) {
            throw new IOException(
                    target.known() + " has its new contents, but its directory could not be synced: a power failure may"
                            + " undo it; " + e.getMessage(),
                    e);
        }
    }

    /** Closes everything, and deletes the file unless it was committed. */
    @Override
    public void close() throws IOException {
        try (directory) {
            if (!committed) {
                delete();
            }
        }
    }

    private void delete() throws IOException {
        try (AioFile _ = file) {
            long pause = SHORTEST_PAUSE_NANOS;
            while (!deleted(pause > LONGEST_PAUSE_NANOS)) {
                // Each try makes the JVM collect: other threads must come to free memory.
                LockSupport.parkNanos(pause);
                pause *= 2;
            }
        }
    }

    /** Deletes the file. Returns {@code false} if there is no memory for that, and it is not the last try. */
    private boolean deleted(boolean isLastTry) throws IOException {
        try {
            if (isOurs()) {
                requireDeleted(kernel.unlink(nameBytes));
            }
            return true;
        } catch (OutOfMemoryError e) {
            if (isLastTry) {
                throw e;
            }
            return false;
        }
    }

    private void requireDeleted(int answer) throws IOException {
        if (answer < 0 && answer != -Errno.ENOENT) {
            throw CoreAccess.core().fileError("unlink", target.known(), -answer);
        }
    }

    /** Returns {@code false} if the name now belongs to another file, which another process has put there. */
    private boolean isOurs() {
        try {
            return file.isOpen() ? Files.isSameFile(name, FileAttributes.path(file)) : hasInode(name);
        } catch (IOException gone) {
            return true;
        }
    }

    private boolean hasInode(Path path) throws IOException {
        Object inode = Files.getAttribute(path, "unix:ino", LinkOption.NOFOLLOW_LINKS);
        return inode.equals(((FileKey) file.fileKey()).inode());
    }
}
