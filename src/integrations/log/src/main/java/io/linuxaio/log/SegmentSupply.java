package io.linuxaio.log;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Files for later segments: recycled ones, and new ones that a thread makes ahead of need. All their blocks are written once
 * before they are used, so that a commit overwrites blocks and changes no metadata.
 */
final class SegmentSupply implements AutoCloseable {
    private static final int EOPNOTSUPP = 95;

    private final AioContext aio;
    private final LogDirectory directory;
    private final long size;
    private final int maxSpares;
    private final MemorySegment zeros;
    private final MemorySegment headerArea;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition madeOne = lock.newCondition();
    private final Deque<Path> spares = new ArrayDeque<>();
    private boolean making;
    private volatile boolean closed;

    /**
     * Creates a supply.
     *
     * @param zeros aligned memory that nobody writes to
     * @param headerArea aligned memory for a header
     */
    SegmentSupply(
            AioContext aio,
            LogDirectory directory,
            long size,
            int maxSpares,
            MemorySegment zeros,
            MemorySegment headerArea) {
        this.aio = aio;
        this.directory = directory;
        this.size = size;
        this.maxSpares = maxSpares;
        this.zeros = zeros;
        this.headerArea = headerArea;
    }

    /** Adopts the spare files that the process before has left. */
    void adopt() throws IOException {
        for (Path spare : directory.spares()) {
            offer(spare);
        }
    }

    /** Takes a file that is no segment any more; deletes it if it does not fit, or if there are enough. */
    void offer(Path spare) throws IOException {
        if (Files.size(spare) != size) {
            Files.delete(spare);
            return;
        }
        lock.lock();
        try {
            if (spares.size() < maxSpares) {
                spares.add(spare);
                return;
            }
        } finally {
            lock.unlock();
        }
        Files.delete(spare);
    }

    /** A segment that has no name yet. */
    record Unnamed(Path path, Segment segment) {}

    /** Returns a segment with a durable header, in a spare file. If this fails, for lack of space for example, all is as before. */
    Unnamed take(SegmentHeader header) throws IOException {
        Path path = takeFile();
        Segment segment = null;
        try {
            segment = Segment.open(aio, path, header);
            segment.requireAligned();
            segment.writeHeader(headerArea);
            return new Unnamed(path, segment);
        } catch (Throwable e) {
            if (segment != null) {
                segment.close();
            }
            Files.deleteIfExists(path);
            throw e;
        }
    }

    private Path takeFile() throws IOException {
        lock.lock();
        try {
            while (making) {
                madeOne.awaitUninterruptibly();
            }
            if (!spares.isEmpty()) {
                return spares.remove();
            }
        } finally {
            lock.unlock();
        }
        return make();
    }

    /** Has a thread make a file if there is none. A failure is reported by {@link #take}, which tries again. */
    void makeAhead() {
        lock.lock();
        try {
            if (making || closed || maxSpares == 0 || !spares.isEmpty()) {
                return;
            }
            LogThreads.daemon("linux-aio-log-supply", this::makeOne).start();
            making = true;
        } catch (OutOfMemoryError e) {
            // No thread can be started: the committer makes the file when it is needed.
            return;
        } finally {
            lock.unlock();
        }
    }

    private void makeOne() {
        Path made = null;
        try {
            made = make();
        } catch (IOException | RuntimeException | Error e) {
            // As if it had not been tried: the committer will, and fails appends with the reason.
            made = null;
        } finally {
            lock.lock();
            try {
                making = false;
                if (made != null) {
                    spares.add(made);
                }
                madeOne.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private Path make() throws IOException {
        Path path = directory.newSpare();
        try (AioFile file = aio.open(path, WRITE, CREATE_NEW)) {
            reserve(file);
            for (long at = 0; at < size; at += zeros.byteSize()) {
                if (closed) {
                    throw new ClosedChannelException();
                }
                Segment.await(file.write(zeros.asSlice(0, Math.min(zeros.byteSize(), size - at)), at));
            }
            Segment.await(file.dataSync());
            return path;
        } catch (Throwable e) {
            Files.deleteIfExists(path);
            throw e;
        }
    }

    private void reserve(AioFile file) throws IOException {
        try {
            file.allocate(0, size);
        } catch (AioException e) {
            // Some filesystems cannot reserve space; writing zeros takes it as well.
            if (e.errno() != EOPNOTSUPP) {
                throw e;
            }
        }
    }

    /** Waits until no file is being made. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            while (making) {
                madeOne.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
