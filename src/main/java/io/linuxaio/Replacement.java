package io.linuxaio;

import static java.nio.file.LinkOption.NOFOLLOW_LINKS;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FileStatus;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/** Puts a new file in the place of another one in one step, as {@link AioWriteOption#ATOMIC_REPLACE} promises. */
final class Replacement {
    private static final int PERMISSIONS = 0777;

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
        Map<String, Object> old = attributes();
        Path target = SymbolicLinks.end(path);
        // The folder first: one that cannot be synced in the end is told before anything is done.
        try (FileChannel folder = TemporaryFiles.folder(target)) {
            Path temporary = TemporaryFiles.beside(target);
            AioWriteChannel channel = open(temporary, blockSize, depth, old.isEmpty() ? AS_USUAL : OWNER_ALONE);
            try {
                try (channel) {
                    adopt(old, temporary);
                    contents.writeTo(channel);
                }
                requireWanted();
                Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException | RuntimeException | Error e) {
                remove(temporary, e);
                throw e;
            }
            sync(folder);
        }
    }

    private void requireWanted() {
        if (unwanted.getAsBoolean()) {
            throw new CancellationException("nobody waits for the replacement of " + path + " any more");
        }
    }

    /** Of the file that is there; none where there is none. The kernel follows the link, and tells whether we may. */
    private Map<String, Object> attributes() throws IOException {
        boolean followLinks = !how.open().contains(NOFOLLOW_LINKS);
        LinkOption[] links = followLinks ? new LinkOption[0] : new LinkOption[] {NOFOLLOW_LINKS};
        Map<String, Object> attributes;
        try {
            attributes = Files.readAttributes(path, "unix:mode,uid,gid,isSymbolicLink", links);
        } catch (NoSuchFileException absent) {
            return Map.of();
        }
        if ((Boolean) attributes.get("isSymbolicLink")) {
            throw Errors.ofOpen(path, Errno.ELOOP, false, false);
        }
        int mode = (Integer) attributes.get("mode");
        if (!FileStatus.isRegularFile(mode)) {
            throw new FileSystemException(
                    path.toString(),
                    null,
                    "it is a " + FileStatus.typeName(mode) + "; ATOMIC_REPLACE replaces regular files only");
        }
        return attributes;
    }

    private AioWriteChannel open(Path temporary, int blockSize, int depth, FileAttribute<?>... permissions)
            throws IOException {
        try {
            return AioWriteChannel.openFile(aio, temporary, blockSize, depth, how, permissions);
        } catch (FileAlreadyExistsException somebodyElses) {
            throw somebodyElses;
        } catch (IOException | RuntimeException | Error e) {
            remove(temporary, e);
            throw e;
        }
    }

    /** Gives the new file what the old one has, before the sync that makes it durable. */
    private static void adopt(Map<String, Object> old, Path temporary) throws IOException {
        if (old.isEmpty()) {
            return;
        }
        Map<String, Object> own = Files.readAttributes(temporary, "unix:uid,gid", NOFOLLOW_LINKS);
        for (String owner : own.keySet()) {
            if (!own.get(owner).equals(old.get(owner))) {
                try {
                    Files.setAttribute(temporary, "unix:" + owner, old.get(owner), NOFOLLOW_LINKS);
                } catch (FileSystemException notPermitted) {
                    // It stays ours, as with every program that replaces files by renaming.
                }
            }
        }
        int permissions = (Integer) old.get("mode") & PERMISSIONS;
        Files.setAttribute(temporary, "unix:mode", permissions, NOFOLLOW_LINKS);
    }

    private static void remove(Path temporary, Throwable first) {
        try {
            Files.deleteIfExists(temporary);
        } catch (IOException e) {
            first.addSuppressed(e);
        }
    }

    private void sync(FileChannel folder) throws IOException {
        try {
            TemporaryFiles.sync(folder);
        } catch (IOException e) {
            throw new IOException(
                    path + " was replaced, but its folder could not be synced: a power failure may undo it; "
                            + e.getMessage(),
                    e);
        }
    }
}
