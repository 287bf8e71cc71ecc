package io.linuxaio.files;

import io.linuxaio.AioAlignment;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.internal.access.CoreAccess;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * Pipelined copy of the data of one open file to another, which is new and empty; holes are preserved. Not safe for use
 * by several threads.
 *
 * <p>Half of the ring is read into while the other half is written. A block is written after the oldest read has
 * completed, and read into again after its write has.
 */
final class BlockCopy {
    private final AioFile source;
    private final AioFile target;
    private final long length;
    private final AioAlignment unit;
    private final BlockBufferRing ring;
    private final DataExtents extents;
    private final AioCopyProgress progress;
    private final BooleanSupplier stopped;

    /** A view of the target that requires no alignment. */
    private final AioFile unaligned;

    /** The number of bytes of the file in each block of the ring, and their position in the file. */
    private final int[] lengths;

    private final long[] starts;

    /** The position of the next block. */
    private long position;

    /** The number of reads begun, of writes begun, and of writes completed; each is at least the next. */
    private long readsBegun;

    private long writesBegun;
    private long written;

    private boolean reserves = true;
    private long reported = -1;

    /**
     * @param aio the context
     * @param source the file to be copied
     * @param target the new file
     * @param length the number of bytes to copy
     * @param shape the requested block size and depth
     * @param progress receives the progress
     * @param stopped returns {@code true} if the copy was cancelled
     */
    BlockCopy(
            AioContext aio,
            AioFile source,
            AioFile target,
            long length,
            Shape shape,
            AioCopyProgress progress,
            BooleanSupplier stopped) {
        this.source = source;
        this.target = target;
        this.length = length;
        this.progress = progress;
        this.stopped = stopped;
        // A short file needs no more memory than it has bytes.
        int block = Math.clamp(length, 1, shape.blockSize());
        int depth = Math.clamp((length - 1) / block + 1, 1, shape.depth());
        ring = new BlockBufferRing(aio, source, target, block, depth);
        unit = ring.alignment();
        extents = new DataExtents(source, unit, length);
        lengths = new int[depth];
        starts = new long[depth];
        unaligned = CoreAccess.core().unaligned(target);
    }

    /** The size of a block in bytes, and the maximum number of blocks in flight. */
    record Shape(int blockSize, int depth) {
        Shape {
            BlockBufferRing.check(blockSize, depth);
        }
    }

    /**
     * Copies the data and sets the length of the target. Nothing is in flight when the method returns or throws.
     *
     * @throws IOException if a block cannot be copied, or if the source became shorter
     * @throws CancellationException if the copy was cancelled
     */
    void run() throws IOException {
        try (ring) {
            try {
                copyBlocks();
            } finally {
                ring.settle();
            }
        }
        if (source.size() < length) {
            throw becameShorter();
        }
        if (target.size() < length) {
            // A hole at the end.
            target.setLength(length);
        }
        reportProgress(length);
    }

    private void copyBlocks() throws IOException {
        int readAhead = Math.max(1, ring.depth() / 2);
        boolean more = true;
        while (more || writesBegun < readsBegun) {
            while (more && readsBegun - writesBegun < readAhead) {
                more = findBlock();
                if (more) {
                    beginRead();
                }
            }
            if (writesBegun < readsBegun) {
                beginWrite();
            }
        }
        while (written < writesBegun) {
            endWrite();
        }
    }

    /** Advances the position to the next data extent. Returns {@code false} at the end of the file. */
    private boolean findBlock() throws IOException {
        requireWanted();
        if (position < extents.end()) {
            return true;
        }
        if (!extents.next()) {
            return false;
        }
        position = extents.start();
        reserve(extents.end() - position);
        return true;
    }

    /**
     * Reserves space, so that blocks that extend the file are not written one after the other, and a full volume is
     * detected early. Only the last block gives the target its full length.
     */
    private void reserve(long count) throws IOException {
        try {
            if (reserves) {
                CoreAccess.core()
                        .reserve(
                                target,
                                position,
                                position + count,
                                Math.min(position + count, unit.roundDown(length - 1)));
            }
        } catch (IOException e) {
            if (CoreAccess.core().isNoSpace(e)) {
                throw e;
            }
            reserves = false;
        }
    }

    private void beginRead() throws IOException {
        if (readsBegun - written == ring.depth()) {
            endWrite();
        }
        int block = index(readsBegun);
        lengths[block] = (int) Math.min(ring.blockSize(), extents.end() - position);
        starts[block] = position;
        ring.read(block, padded(block), position);
        position += lengths[block];
        readsBegun++;
    }

    private void beginWrite() throws IOException {
        int block = index(writesBegun);
        int count = ring.await(block);
        if (count < lengths[block]) {
            throw becameShorter();
        }
        requireWanted();
        if (starts[block] + lengths[block] == length) {
            while (written < writesBegun) {
                endWrite();
            }
        }
        int whole = (int) unit.roundDown(lengths[block]);
        if (whole > 0) {
            ring.write(block, whole, starts[block]);
        }
        if (whole < lengths[block]) {
            ring.await(block);
            writeTail(block, whole);
        }
        writesBegun++;
    }

    /** Writes the last bytes of the file without padding, after all others have been written. */
    private void writeTail(int block, int from) throws IOException {
        CoreAccess.core().setDirect(target, false);
        try {
            ring.write(block, unaligned, ring.block(block).asSlice(from, lengths[block] - from), starts[block] + from);
            ring.await(block);
        } finally {
            CoreAccess.core().setDirect(target, target.isDirect());
        }
    }

    private void endWrite() throws IOException {
        int block = index(written);
        ring.await(block);
        written++;
        reportProgress(starts[block] + lengths[block]);
    }

    private int index(long block) {
        return (int) (block % ring.depth());
    }

    private int padded(int block) {
        return (int) unit.roundUp(lengths[block]);
    }

    private void reportProgress(long done) throws IOException {
        if (done > reported) {
            reported = done;
            long now = done;
            FileIoExecutor.lend(() -> progress.copied(now, length));
        }
    }

    private void requireWanted() {
        if (stopped.getAsBoolean()) {
            throw new CancellationException("the copy was cancelled");
        }
    }

    private IOException becameShorter() {
        return new FileSystemException(
                source.path().toString(), null, "it became shorter than " + length + " bytes while it was copied");
    }
}
