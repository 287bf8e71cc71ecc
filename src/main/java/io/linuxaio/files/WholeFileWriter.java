package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.internal.engine.PinnedMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;

/** Writes memory of any length to a file. */
final class WholeFileWriter {
    /** How many bytes of a file that is replaced are written between two looks whether anybody still wants it. */
    private static final long STRETCH = 64L << 20;

    private final AioContext aio;
    private final Path path;
    private final PinnedMemory source;
    private final WriteOptions how;
    private final int blockSize;
    private final int depth;

    private WholeFileWriter(AioContext aio, Path path, PinnedMemory source, WriteOptions how) {
        this.aio = aio;
        this.path = path;
        this.source = source;
        this.how = how;
        blockSize = Math.clamp(source.size(), 1, WholeFiles.BLOCK_SIZE);
        depth = Math.clamp(source.size() / blockSize + 1, 1, WholeFiles.DEPTH);
    }

    /** What is wrong with options or memory is thrown at once. */
    static CompletableFuture<Path> start(AioContext aio, Path path, MemorySegment source, OpenOption... options) {
        WriteOptions how = WriteOptions.of(options);
        PinnedMemory lent = PinnedMemory.of(source.asReadOnly());
        WholeFileWriter writer = new WholeFileWriter(aio, path, lent, how);
        return FileIoExecutor.runWhileWanted(
                unwanted -> {
                    try (lent) {
                        return writer.write(unwanted);
                    }
                },
                lent::close);
    }

    private Path write(BooleanSupplier unwanted) throws IOException {
        if (how.replaces()) {
            new Replacement(aio, path, how, unwanted)
                    .run(blockSize, depth, channel -> writeInStretches(channel, unwanted));
        } else {
            try (AioWriteChannel channel = AioWriteChannel.open(aio, path, blockSize, depth, how)) {
                reserve(channel);
                channel.write(source, 0, source.size());
            }
        }
        return path;
    }

    /** A single block extends the file once, reserved or not. */
    private void reserve(AioWriteChannel channel) throws IOException {
        if (source.size() > blockSize) {
            channel.reserveIfPossible(source.size());
        }
    }

    private void writeInStretches(AioWriteChannel channel, BooleanSupplier unwanted) throws IOException {
        reserve(channel);
        for (long offset = 0; offset < source.size(); offset += STRETCH) {
            if (unwanted.getAsBoolean()) {
                throw new CancellationException("nobody waits for " + path + " any more");
            }
            channel.write(source, offset, Math.min(STRETCH, source.size() - offset));
        }
    }
}
