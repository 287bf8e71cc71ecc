package io.linuxaio.artemis.aio;

import io.linuxaio.AioArena;
import io.linuxaio.AioException;
import io.linuxaio.AioPoller;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/**
 * Writes zeros to files, on a kernel queue of its own: the caller waits, and must not take the completions of other threads.
 * Blocks that have been written need no conversion of their extents later, as blocks of fallocate(2) do.
 */
final class ZeroFiller implements AutoCloseable {
    private static final int PIECE = 1 << 20;
    private static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

    private final AioPoller poller;
    private final AioArena arena = AioArena.ofShared();
    private final MemorySegment zeros;
    private int result;

    private ZeroFiller(AioPoller poller) {
        this.poller = poller;
        zeros = arena.allocate(PIECE);
    }

    static ZeroFiller open() throws IOException {
        return new ZeroFiller(AioPoller.builder().queueDepth(1).open());
    }

    /** Writes zeros from the beginning of a file. */
    synchronized void fill(JournalFile file, int alignment, long size) throws IOException {
        if (size < 0 || alignment < 1 || size % alignment != 0) {
            throw new IOException("the size must be a multiple of the alignment, to fill " + file + ": " + size
                    + " bytes, aligned to " + alignment);
        }
        if (!file.tryAcquire()) {
            throw new IOException("the file is closed: " + file);
        }
        try {
            for (long position = 0; position < size; position += PIECE) {
                write(file, position, Math.min(PIECE, size - position));
            }
        } catch (RuntimeException e) {
            throw new IOException("cannot fill " + file + ": " + e.getMessage(), e);
        } finally {
            file.release();
        }
    }

    private void write(JournalFile file, long position, long length) throws IOException {
        poller.write(file.file(), zeros.asSlice(0, length), position, 0);
        while (poller.await(1, FOREVER, (userData, answer) -> result = answer) == 0) {
            // Ended early.
        }
        if (result < 0) {
            throw AioException.of("fill", file.file().path(), -result);
        }
    }

    @Override
    public synchronized void close() {
        poller.close();
        arena.close();
    }
}
