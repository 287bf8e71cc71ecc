package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** A file in the making, which is gone when it is closed without having been finished. For one thread. */
final class CopyTarget implements AutoCloseable {
    private final Kernel kernel;
    private final Path target;

    /** What it is called until it is finished. */
    private final Path name;

    private final AioFile file;
    private final boolean syncs;
    private boolean finished;

    private CopyTarget(Kernel kernel, Path target, Path name, AioFile file, boolean syncs) {
        this.kernel = kernel;
        this.target = target;
        this.name = name;
        this.file = file;
        this.syncs = syncs;
    }

    /**
     * Makes a new file: under its own name, or under another one where something that has that name is to make way.
     *
     * @param model whose permissions it gets
     */
    static CopyTarget create(AioContext aio, Path target, AioFile model, CopyOptions options) throws IOException {
        Path name = options.replace() ? TemporaryFiles.beside(target) : target;
        // What gets another owner in the end is nobody else's to read until then.
        var permissions =
                options.attributes() ? PosixFilePermissions.fromString("rw-------") : FileAttributes.permissions(model);
        // Its failures name the file that the caller knows.
        AioFile file = CoreAccess.core()
                .open(aio, name, target, options.toWrite(), PosixFilePermissions.asFileAttribute(permissions));
        return new CopyTarget(CoreAccess.core().kernel(aio), target, name, file, options.syncs());
    }

    AioFile file() {
        return file;
    }

    /** Closes the file and gives it its name. */
    void finish() throws IOException {
        file.close();
        if (name != target) {
            TemporaryFiles.rename(kernel, name, target, target);
            // From here on it is the target, and what was there is gone.
            finished = true;
        }
        if (syncs) {
            syncFolder();
        }
        finished = true;
    }

    private void syncFolder() throws IOException {
        try (FileChannel folder = TemporaryFiles.folder(target, target)) {
            TemporaryFiles.sync(folder, target);
        }
    }

    @Override
    public void close() throws IOException {
        if (finished) {
            return;
        }
        boolean ours = isOurs();
        try (file) {
            if (ours) {
                Files.deleteIfExists(name);
            }
        }
    }

    /** Whether the name still is that of the file: somebody may have put another in its place. */
    private boolean isOurs() {
        try {
            return !file.isOpen() || Files.isSameFile(name, FileAttributes.path(file));
        } catch (IOException gone) {
            return true;
        }
    }
}
