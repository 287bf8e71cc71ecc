package io.linuxaio.log;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioRequestFlag;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** A segment that is open for writing. */
final class Segment implements AutoCloseable {
    private final SegmentHeader header;
    private final AioFile file;
    private final AioFile durable;

    private Segment(SegmentHeader header, AioFile file) throws IOException {
        this.header = header;
        this.file = file;
        durable = file.with(AioRequestFlag.DSYNC);
    }

    static Segment open(AioContext aio, Path path, SegmentHeader header) throws IOException {
        AioFile file = aio.open(path, READ, WRITE);
        try {
            return new Segment(header, file);
        } catch (Throwable e) {
            file.close();
            throw e;
        }
    }

    SegmentHeader header() {
        return header;
    }

    /** Returns {@code true} if blocks of the segment's size can be written to its file, which may have been moved. */
    boolean isAligned() {
        return header.blockSize() % file.alignment().offset() == 0;
    }

    void requireAligned() throws IOException {
        if (!isAligned()) {
            throw new FileSystemException(
                    file.path().toString(),
                    null,
                    "direct I/O on this file requires blocks of "
                            + file.alignment().offset() + " bytes; open the log with blockSize("
                            + file.alignment().offset() + ")");
        }
    }

    /** Writes the header, durably. */
    void writeHeader(MemorySegment area) throws IOException {
        header.encode(area);
        await(durable.write(area.asSlice(0, header.area()), 0));
    }

    /** Writes whole blocks at a position of the log. */
    CompletableFuture<Integer> write(MemorySegment blocks, long position, boolean dsync) {
        return (dsync ? durable : file).write(blocks, position - header.base());
    }

    void dataSync() throws IOException {
        await(file.dataSync());
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    /** Waits for an operation, and throws its failure as the kernel reported it. */
    static <T> T await(CompletableFuture<T> operation) throws IOException {
        try {
            return operation.join();
        } catch (CompletionException e) {
            switch (e.getCause()) {
                case IOException cause -> throw cause;
                case Error cause -> throw cause;
                case RuntimeException cause -> throw cause;
                case Throwable cause -> throw new IOException(cause);
            }
        }
    }
}
