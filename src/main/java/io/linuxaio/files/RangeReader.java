package io.linuxaio.files;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.internal.engine.PinnedMemory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Reads a part of a file, wherever it begins and however long it is: its ends through blocks of its own, what lies between
 * straight into the target where that is aligned.
 */
final class RangeReader {
    private final AioFile file;
    private final PinnedMemory target;
    private final long position;
    private final long first;
    private final int blockSize;
    private final long blocks;
    private final int depth;

    /** How many bytes there are to read, from the first block on. */
    private final long span;

    /** Reads from a position that lies before the file's end. */
    private RangeReader(AioFileOperations how, AioFile file, long position, long there, PinnedMemory target) {
        this.file = file;
        this.position = position;
        this.target = target;
        first = file.alignment().roundDown(position);
        span = position - first + Math.min(target.size(), there);
        blockSize = (int) file.alignment().roundUp(Math.min(span, how.blockSize()));
        blocks = (span - 1) / blockSize + 1;
        depth = (int) Math.min(how.depth(), blocks);
    }

    /** Fills the target as far as the file goes, and answers how many bytes that is. */
    static long read(AioFileOperations how, AioFile file, long position, PinnedMemory target) throws IOException {
        long there = file.size() - position;
        return there <= 0 || target.size() == 0
                ? 0
                : new RangeReader(how, file, position, there, target).read(how.context());
    }

    private long read(AioContext aio) throws IOException {
        try (BlockBufferRing ring = new BlockBufferRing(aio, file, blockSize, depth)) {
            try {
                return read(ring);
            } finally {
                // Whatever came of it: the caller's memory is the caller's again.
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

    /** Where a block begins in the file. */
    private long start(long block) {
        return first + block * blockSize;
    }

    /** Returns how many bytes are read for a block. No more than are needed: the file may end near the largest position. */
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

    /** Copies what the target wants of a block that was read. */
    private void copy(BlockBufferRing ring, long block, int count) {
        long from = Math.max(start(block), position);
        // Written so since position plus size may be no number.
        long to = Math.min(start(block) + count - position, target.size()) + position;
        if (to > from) {
            MemorySegment.copy(
                    ring.block(slot(block)), from - start(block), target.segment(), from - position, to - from);
        }
    }
}
