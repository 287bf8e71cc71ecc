package io.linuxaio.cli.bench;

import io.linuxaio.AioArena;
import io.linuxaio.cli.transfer.GeneratedData;
import java.lang.foreign.MemorySegment;

/** A block of memory for each place, filled with what cannot be compressed. */
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

    MemorySegment of(int place) {
        return blocks[place];
    }

    int count() {
        return blocks.length;
    }

    @Override
    public void close() {
        arena.close();
    }
}
