package io.linuxaio.files;

import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.internal.kernel.PathBytes;
import io.linuxaio.internal.kernel.ReleaseCalls;
import io.linuxaio.internal.kernel.Statx;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** The regular file that a replacement takes the place of: named by a descriptor, without permission to read it. */
final class ReplacedFile implements AutoCloseable {
    private static final int NONE = -1;

    private final Kernel kernel;
    private int descriptor = NONE;

    private ReplacedFile(Kernel kernel) {
        this.kernel = kernel;
    }

    /**
     * Finds the file, if there is one.
     *
     * @throws IOException if the path leads to something else, or may not be followed
     */
    static ReplacedFile find(Kernel kernel, Path path, boolean followLinks) throws IOException {
        int flags = OFlags.PATH_ONLY | OFlags.CLOSE_ON_EXEC | (followLinks ? 0 : OFlags.NO_FOLLOW);
        // Allocated first: nobody would close the descriptor otherwise.
        ReplacedFile file = new ReplacedFile(kernel);
        int answer = kernel.open(PathBytes.of(path), flags, 0);
        if (answer == -Errno.ENOENT) {
            return file;
        }
        if (answer < 0) {
            throw CoreAccess.core().openError(path, -answer, followLinks);
        }
        file.descriptor = answer;
        try {
            file.requireRegular(path);
            return file;
        } catch (IOException | RuntimeException | Error e) {
            file.close();
            throw e;
        }
    }

    private void requireRegular(Path path) throws IOException {
        Statx status = Statx.of(kernel, descriptor);
        if (status.error() < 0) {
            throw CoreAccess.core().fileError("statx", path, -status.error());
        }
        int mode = status.mode();
        if (Statx.isSymbolicLink(mode)) {
            throw CoreAccess.core().openError(path, Errno.ELOOP, false);
        }
        if (!Statx.isRegularFile(mode)) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    "it is a " + Statx.typeName(mode) + "; ATOMIC_REPLACE replaces regular files only");
        }
    }

    /** Returns {@code true} if there is a file to be replaced. */
    boolean exists() {
        return descriptor != NONE;
    }

    /** Gives a new file what this one has now beside its contents. */
    void giveAttributesTo(AioFile file) throws IOException {
        if (exists()) {
            FileAttributes.of(kernel, descriptor).giveTo(file, true);
        }
    }

    @Override
    public void close() {
        if (exists()) {
            ReleaseCalls.close(kernel, descriptor);
        }
    }
}
