package io.linuxaio.cli.bench;

import io.linuxaio.AioArena;
import io.linuxaio.cli.transfer.GeneratedData;
import java.lang.foreign.MemorySegment;

/** A block of memory for each slot, filled with incompressible bytes. */
final class BenchBuffers implements AutoCloseable {
    private final AioArena arena;
    private final MemorySegment[] blocks;

    BenchBuffers(int count, int blockSize, int alignment) {
        arena = AioArena.ofShared(Math.max(alignment, AioArena.DEFAULT_ALIGNMENT));
        blocks = new MemorySegment[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = arena.allocate(blockSize);
            GeneratedData.fill(blocks[i], (long) i * blockSize);
        }
    }

    MemorySegment of(int slot) {
        return blocks[slot];
    }

    int count() {
        return blocks.length;
    }

    @Override
    public void close() {
        arena.close();
    }
}
