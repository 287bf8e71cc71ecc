package io.linuxaio.log;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** The resources of an open log: the locked directory, a context, and memory for direct I/O. */
final class LogResources implements AutoCloseable {
    private static final int DEPTH = 8;
    private static final int ZEROS = 1 << 20;

    private final LogDirectory directory;
    private final AioContext aio;
    private final AioArena arena;

    private LogResources(LogDirectory directory, AioContext aio, AioArena arena) {
        this.directory = directory;
        this.aio = aio;
        this.arena = arena;
    }

    static LogResources open(LogWriter.Builder settings) throws IOException {
        LogDirectory directory = LogDirectory.open(settings.path);
        AioContext aio = null;
        try {
            aio = AioContext.builder()
                    .queueDepth(DEPTH)
                    .threadName("linux-aio-log-reaper")
                    .open();
            return new LogResources(directory, aio, AioArena.ofShared(SegmentHeader.MIN_BLOCK));
        } catch (Throwable e) {
            if (aio != null) {
                aio.close();
            }
            directory.close();
            throw e;
        }
    }

    LogDirectory directory() {
        return directory;
    }

    AioContext aio() {
        return aio;
    }

    /** Allocates a buffer for a group, with room for padding. */
    GroupBuffer groupBuffer(LogWriter.Builder settings) {
        long bytes = Layout.roundUp(settings.bufferSize, settings.blockSize) + settings.blockSize;
        return new GroupBuffer(arena.allocate(bytes), settings.bufferSize);
    }

    SegmentSupply supply(LogWriter.Builder settings) {
        MemorySegment header = arena.allocate(Math.max(SegmentHeader.MIN_BLOCK, settings.blockSize));
        return new SegmentSupply(
                aio, directory, settings.segmentSize, settings.maxSpares, arena.allocate(ZEROS), header);
    }

    /** Releases everything; the lock last. */
    @Override
    public void close() throws IOException {
        try (directory) {
            aio.close();
            arena.closeWhenIdle();
        }
    }
}
