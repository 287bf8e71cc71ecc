package io.linuxaio.files;

import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.PathBytes;
import io.linuxaio.internal.kernel.SymbolicLinks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** What files in the making are called until they take another one's place, and the folders that know both names. */
final class TemporaryFiles {
    private static final String PREFIX = ".linux-aio-";
    private static final String SUFFIX = ".tmp";

    private TemporaryFiles() {}

    /** A name of its own in the folder of a file: hidden, and ours to whoever finds it after a crash. */
    static Path beside(Path target) {
        return target.resolveSibling(PREFIX + UUID.randomUUID() + SUFFIX);
    }

    /** Gives a finished file its name, in one step. A failure names the file as the caller knows it. */
    static void rename(Kernel kernel, Path temporary, Path target, Path known) throws IOException {
        int answer = kernel.rename(PathBytes.of(temporary), PathBytes.of(target));
        if (answer < 0) {
            throw CoreAccess.core().renameError(known, SymbolicLinks.directory(target), -answer);
        }
    }

    /**
     * Opens the folder of a file, whose names {@link #sync} makes durable.
     *
     * @param target the file
     * @param known the file as the caller knows it, for failures
     */
    static FileChannel folder(Path target, Path known) throws IOException {
        Path folder = SymbolicLinks.directory(target);
        try {
            return FileChannel.open(folder, StandardOpenOption.READ);
        } catch (NoSuchFileException e) {
            throw new NoSuchFileException(known.toString());
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(
                    known.toString(),
                    null,
                    "its directory " + folder + " must be readable for this process, to make the new name durable");
        }
    }

    /**
     * Makes the names in a folder durable. While xfs shuts down, as it does when its log cannot be written, fsync(2) of a
     * folder can succeed for names that it has just given up (Linux 6.18); asked for the folder's attributes it then
     * fails.
     *
     * @param folder the folder
     * @param known the new file as the caller knows it, for failures
     */
    static void sync(FileChannel folder, Path known) throws IOException {
        try {
            folder.force(true);
            folder.size();
        } catch (IOException e) {
            throw new IOException(
                    known + " has its new contents, but its folder could not be synced: a power failure may undo it; "
                            + e.getMessage(),
                    e);
        }
    }
}
