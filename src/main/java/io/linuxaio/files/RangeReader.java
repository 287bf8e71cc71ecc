package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.internal.engine.PinnedMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * A read of any range of a file. Both ends go through bounce buffers; the blocks between them are read directly into
 * the target if it is aligned.
 */
final class RangeReader {
    private final AioFile file;
    private final PinnedMemory target;
    private final long position;
    private final long first;
    private final int blockSize;
    private final long blocks;
    private final int depth;

    /** The number of bytes to read, from the first block on. */
    private final long span;

    /** Prepares a read at a position before the end of the file. */
    private RangeReader(AioFileOperations how, AioFile file, long position, long available, PinnedMemory target) {
        this.file = file;
        this.position = position;
        this.target = target;
        first = file.alignment().roundDown(position);
        span = position - first + Math.min(target.size(), available);
        blockSize = (int) file.alignment().roundUp(Math.min(span, how.blockSize()));
        blocks = (span - 1) / blockSize + 1;
        depth = (int) Math.min(how.depth(), blocks);
    }

    /** Fills the target up to the end of a file of the given size. Returns the number of bytes. */
    static long read(AioFileOperations how, AioFile file, long size, long position, PinnedMemory target)
            throws IOException {
        long available = size - position;
        return available <= 0 || target.size() == 0
                ? 0
                : new RangeReader(how, file, position, available, target).read(how.context());
    }

    private long read(AioContext aio) throws IOException {
        try (BlockBufferRing ring = new BlockBufferRing(aio, file, blockSize, depth)) {
            try {
                return read(ring);
            } finally {
                // In any case, nothing is in flight in the caller's memory afterwards.
                ring.settle();
            }
        }
    }

    private long read(BlockBufferRing ring) throws IOException {
        long started = 0;
        long filled = 0;
        for (long block = 0; block < blocks; block++) {
            while (started < blocks && started < block + depth) {
                start(ring, started++);
            }
            if (started == blocks) {
                ring.submit();
            }
            int count = ring.await(slot(block));
            if (!isDirect(block)) {
                copy(ring, block, count);
            }
            filled = Math.clamp(start(block) + count - position, 0, target.size());
            if (count < length(block)) {
                break;
            }
        }
        return filled;
    }

    private int slot(long block) {
        return (int) (block % depth);
    }

    /** Returns the position of a block in the file. */
    private long start(long block) {
        return first + block * blockSize;
    }

    /** Returns the number of bytes to read for a block, only as many as needed: positions have a maximum. */
    private int length(long block) {
        return (int) file.alignment().roundUp(Math.min(blockSize, span - block * blockSize));
    }

    private boolean isDirect(long block) {
        return target.fits(
                start(block) - position, length(block), file.alignment().memory());
    }

    private void start(BlockBufferRing ring, long block) {
        if (isDirect(block)) {
            ring.read(slot(block), target.segment().asSlice(start(block) - position, length(block)), start(block));
        } else {
            ring.read(slot(block), length(block), start(block));
        }
    }

    /** Copies the part of a bounce buffer that belongs to the target. */
    private void copy(BlockBufferRing ring, long block, int count) {
        long from = Math.max(start(block), position);
        // Avoids an overflow of position plus size.
        long to = Math.min(start(block) + count - position, target.size()) + position;
        if (to > from) {
            MemorySegment.copy(
                    ring.block(slot(block)), from - start(block), target.segment(), from - position, to - from);
        }
    }
}
