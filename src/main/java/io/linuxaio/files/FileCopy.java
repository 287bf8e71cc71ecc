package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** A copy of one file under another name. Source and target are checked before anything is created. */
final class FileCopy {
    private final AioFileOperations how;
    private final AioContext aio;
    private final Path source;
    private final Path target;
    private final CopyOptions options;

    FileCopy(AioFileOperations how, Path source, Path target, CopyOptions options) {
        this.how = how;
        aio = how.context();
        this.source = Objects.requireNonNull(source, "source");
        this.target = Objects.requireNonNull(target, "target");
        this.options = options;
    }

    /**
     * Begins to copy, on a thread for files.
     *
     * @param progress called after each block
     * @return the file's length; cancelled where nobody wants the copy any more
     */
    CompletableFuture<Long> start(AioCopyProgress progress) {
        BlockCopy.Shape shape = new BlockCopy.Shape(how.blockSize(), how.depth());
        Objects.requireNonNull(progress, "progress");
        return FileIoExecutor.runWhileWanted(stopped -> run(shape, progress, stopped), how.executor());
    }

    private long run(BlockCopy.Shape shape, AioCopyProgress progress, BooleanSupplier stopped) throws IOException {
        requireWanted(stopped);
        try (AioFile in = aio.open(source, options.toRead())) {
            long length = length(in);
            checkTarget();
            try (AtomicReplacement out = create(in)) {
                if (options.reflink() && CoreAccess.core().shareExtents(in, out.file())) {
                    // The source may have changed since its length was read.
                    length = out.file().size();
                    reportEnd(progress, length);
                } else {
                    new BlockCopy(aio, in, out.file(), length, shape, progress, stopped).run();
                }
                if (options.attributes()) {
                    FileAttributes.copy(in, out.file());
                }
                sync(out.file());
                requireWanted(stopped);
                out.commit();
            }
            return length;
        }
    }

    private static void reportEnd(AioCopyProgress progress, long length) throws IOException {
        FileIoExecutor.lend(() -> progress.copied(length, length));
    }

    private AtomicReplacement create(AioFile in) throws IOException {
        // A copy that gets another owner in the end is private until then.
        Set<PosixFilePermission> permissions =
                options.attributes() ? PosixFilePermissions.fromString("rw-------") : FileAttributes.permissions(in);
        return AtomicReplacement.create(
                aio,
                new AtomicReplacement.Target(target, target, options.replace(), options.syncs()),
                options.toWrite(),
                PosixFilePermissions.asFileAttribute(permissions));
    }

    private static void requireWanted(BooleanSupplier stopped) {
        if (stopped.getAsBoolean()) {
            throw new CancellationException("the copy was cancelled");
        }
    }

    private void sync(AioFile file) throws IOException {
        if (options.syncs()) {
            BlockBufferRing.result(options.sync() ? aio.sync(file) : aio.dataSync(file));
        }
    }

    private long length(AioFile in) throws IOException {
        if (CoreAccess.core().isBlockDevice(in)) {
            throw refusal(source, "it is a block device; only regular files are copied");
        }
        if (PseudoFiles.onlySaysSo(aio, in)) {
            throw refusal(source, "its length is not known before it is read, as in /proc; read it to its end instead");
        }
        return in.size();
    }

    private void checkTarget() throws IOException {
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        // Links are followed: replacing a link to a directory by a file is probably a mistake.
        if (Files.isDirectory(target)) {
            throw refusal(target, "it is a directory; name the file to be made in it");
        }
        if (Files.exists(target) && Files.isSameFile(source, target)) {
            throw new FileSystemException(
                    target.toString(), source.toString(), "it is the same file as " + source + "; nothing was changed");
        }
        if (!options.replace()) {
            throw new FileAlreadyExistsException(target.toString());
        }
        BasicFileAttributes there = Files.readAttributes(target, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        if (there.isOther()) {
            throw refusal(target, "it is a device, FIFO or socket; only regular files and links are replaced");
        }
    }

    private static FileSystemException refusal(Path file, String reason) {
        return new FileSystemException(file.toString(), null, reason);
    }
}
