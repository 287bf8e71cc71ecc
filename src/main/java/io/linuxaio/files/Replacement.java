package io.linuxaio.files;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.linuxaio.AioContext;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.SymbolicLinks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** Puts a new file in the place of another one in one step, as {@link AioWriteOption#ATOMIC_REPLACE} promises. */
final class Replacement {
    /** Until it has those of the file that it replaces, nobody else may look into it. */
    private static final FileAttribute<?>[] OWNER_ALONE = {
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };

    private static final FileAttribute<?>[] AS_USUAL = {};

    private final AioContext aio;
    private final Path path;
    private final WriteOptions how;
    private final BooleanSupplier unwanted;

    /**
     * @param aio the queue
     * @param path what is replaced, or a link to it; need not be there
     * @param how options that replace
     * @param unwanted whether to give up before the renaming
     */
    Replacement(AioContext aio, Path path, WriteOptions how, BooleanSupplier unwanted) {
        this.aio = aio;
        this.path = path;
        this.how = how;
        this.unwanted = unwanted;
    }

    /** Writes the new contents. */
    interface Contents {
        void writeTo(AioWriteChannel channel) throws IOException;
    }

    /** Replaces the file. */
    void run(int blockSize, int depth, Contents contents) throws IOException {
        requireWanted();
        Kernel kernel = CoreAccess.core().kernel(aio);
        try (ReplacedFile old = ReplacedFile.find(kernel, path, !how.open().contains(NOFOLLOW_LINKS))) {
            Path target = SymbolicLinks.end(path);
            // The folder first: one that cannot be synced in the end is told before anything is done.
            try (FileChannel folder = TemporaryFiles.folder(target, path)) {
                Path temporary = TemporaryFiles.beside(target);
                AioWriteChannel channel = open(temporary, blockSize, depth, old.exists() ? OWNER_ALONE : AS_USUAL);
                try {
                    try (channel) {
                        channel.beforeSync(() -> old.giveAttributesTo(channel.file));
                        contents.writeTo(channel);
                    }
                    requireWanted();
                    TemporaryFiles.rename(kernel, temporary, target, path);
                } catch (IOException | RuntimeException | Error e) {
                    remove(temporary, e);
                    throw e;
                }
                TemporaryFiles.sync(folder, path);
            }
        }
    }

    private void requireWanted() {
        if (unwanted.getAsBoolean()) {
            throw new CancellationException("nobody waits for the replacement of " + path + " any more");
        }
    }

    private AioWriteChannel open(Path temporary, int blockSize, int depth, FileAttribute<?>... permissions)
            throws IOException {
        try {
            // Its failures name the file that the caller knows.
            return AioWriteChannel.openFile(aio, temporary, path, blockSize, depth, how, permissions);
        } catch (FileAlreadyExistsException notOurs) {
            throw notOurs;
        } catch (IOException | RuntimeException | Error e) {
            remove(temporary, e);
            throw e;
        }
    }

    private static void remove(Path temporary, Throwable first) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            first.addSuppressed(e);
        }
    }
}
