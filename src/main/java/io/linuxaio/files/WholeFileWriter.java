package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.engine.PinnedMemory;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.SymbolicLinks;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** A write of memory of any length to a file. */
final class WholeFileWriter {
    /** The number of bytes of a replacement between two checks for a cancellation. */
    private static final long STRETCH_BYTES = 64L << 20;

    /** The new file is private until it has the owner and the permissions of the file that it replaces. */
    private static final FileAttribute<?>[] OWNER_ALONE = {
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };

    private static final FileAttribute<?>[] AS_USUAL = {};

    private final AioContext aio;
    private final Path path;
    private final PinnedMemory source;
    private final WriteOptions how;
    private final int blockSize;
    private final int depth;

    private WholeFileWriter(AioFileOperations operations, Path path, PinnedMemory source, WriteOptions how) {
        aio = operations.context();
        this.path = path;
        this.source = source;
        this.how = how;
        blockSize = Math.clamp(source.size(), 1, operations.blockSize());
        depth = Math.clamp((source.size() - 1) / blockSize + 1, 1, operations.depth());
    }

    /** Starts the write. Invalid options or memory are reported by an exception of this method, not by the future. */
    static CompletableFuture<Path> start(
            AioFileOperations operations, Path path, MemorySegment source, OpenOption... options) {
        WriteOptions how = WriteOptions.of(options);
        return FileIoExecutor.runWithMemory(
                source.asReadOnly(),
                (memory, unwanted) -> new WholeFileWriter(operations, path, memory, how).write(unwanted),
                operations.executor());
    }

    private Path write(BooleanSupplier unwanted) throws IOException {
        if (how.replaces()) {
            replace(unwanted);
        } else {
            try (AioWriteChannel channel = AioWriteChannel.open(aio, path, blockSize, depth, how)) {
                reserve(channel);
                channel.write(source, 0, source.size());
            }
        }
        return path;
    }

    /** Replaces the file as {@link AioWriteOption#ATOMIC_REPLACE} promises. */
    private void replace(BooleanSupplier unwanted) throws IOException {
        BlockBufferRing.check(blockSize, depth);
        requireWanted(unwanted);
        Kernel kernel = CoreAccess.core().kernel(aio);
        boolean followsLinks = !how.open().contains(LinkOption.NOFOLLOW_LINKS);
        try (ReplacedFile old = ReplacedFile.find(kernel, path, followsLinks)) {
            var target = new AtomicReplacement.Target(SymbolicLinks.end(path), path, true, true);
            var permissions = old.exists() ? OWNER_ALONE : AS_USUAL;
            try (AtomicReplacement replacement = AtomicReplacement.create(aio, target, how.open(), permissions)) {
                AioFile file = replacement.file();
                try (AioWriteChannel channel = AioWriteChannel.over(aio, file, blockSize, depth, how)) {
                    channel.beforeSync(() -> old.giveAttributesTo(channel.file));
                    writeInStretches(channel, unwanted);
                }
                requireWanted(unwanted);
                replacement.commit();
            }
        }
    }

    private void requireWanted(BooleanSupplier unwanted) {
        if (unwanted.getAsBoolean()) {
            throw new CancellationException("nobody waits for the replacement of " + path + " any more");
        }
    }

    /** Reserves space for several blocks; a single block extends the file once in any case. */
    private void reserve(AioWriteChannel channel) throws IOException {
        if (source.size() > blockSize) {
            channel.reserveIfPossible(source.size());
        }
    }

    private void writeInStretches(AioWriteChannel channel, BooleanSupplier unwanted) throws IOException {
        reserve(channel);
        for (long offset = 0; offset < source.size(); offset += STRETCH_BYTES) {
            requireWanted(unwanted);
            channel.write(source, offset, Math.min(STRETCH_BYTES, source.size() - offset));
        }
    }
}
