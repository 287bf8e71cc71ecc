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
 * Carries the data of one open file into another, which is new and empty; holes stay holes. For one thread.
 *
 * <p>Half of the ring is read into while the other half is written from: a block is written when the oldest read has
 * ended, and read into again when its write has.
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

    /** A view of the target that takes any length. */
    private final AioFile unaligned;

    /** The number of bytes of the file that each block of the ring is for, and where in the file they begin. */
    private final int[] lengths;

    private final long[] starts;

    /** Where the next block begins. */
    private long position;

    /** How many blocks' reads, how many blocks' writes were begun, and how many are written; never less than the next. */
    private long readsBegun;

    private long writesBegun;
    private long written;

    private boolean reserves = true;
    private long told = -1;

    /**
     * @param aio the queue
     * @param source what is copied
     * @param target what it is copied to
     * @param length how much of the source is copied
     * @param shape the blocks asked for
     * @param progress hears how far it is
     * @param stopped tells whether nobody wants the copy any more
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

    /** How many bytes a block has, and how many blocks are in flight at most. */
    record Shape(int blockSize, int depth) {
        Shape {
            BlockBufferRing.check(blockSize, depth);
        }
    }

    /**
     * Copies all, and gives the target its length. Nothing is in flight any more when it returns, or throws.
     *
     * @throws IOException if a block cannot be copied, or the source became shorter
     * @throws CancellationException if nobody wants the copy any more
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
        tell(length);
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

    /** Sees to it that the position is where data is; false at the end of the file. */
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
     * Reserves space: blocks that extend the file would be written one after the other, and a full volume is found now. The
     * target gets its length by its last block alone.
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

    /** Writes the last bytes of the file, exactly so many as there are, when all others are written. */
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
        tell(starts[block] + lengths[block]);
    }

    private int index(long block) {
        return (int) (block % ring.depth());
    }

    private int padded(int block) {
        return (int) unit.roundUp(lengths[block]);
    }

    private void tell(long done) throws IOException {
        if (done > told) {
            told = done;
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

    /** Waits for what is in flight. After success there is nothing. */
}
