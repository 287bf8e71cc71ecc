package io.linuxaio.artemis.aio;

import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.AioFileLock;
import io.linuxaio.AioOpenOption;
import io.linuxaio.artemis.NativeFile;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An open file with a reference count: one for its handle, and one for each operation until it was delivered. An operation
 * that has completed keeps the descriptor open, so that the sync which makes it durable finds it.
 */
final class JournalFile implements NativeFile {
    private final AioFile file;
    private final int fd;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final AtomicInteger uses = new AtomicInteger(1);
    private AioFileLock lock;

    private JournalFile(AioFile file) throws IOException {
        this.file = file;
        fd = file.fd();
    }

    static JournalFile open(Path path, boolean direct) throws IOException {
        return new JournalFile(
                direct
                        ? open(path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)
                        : open(
                                path,
                                StandardOpenOption.READ,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.CREATE,
                                AioOpenOption.BUFFERED));
    }

    // The broker expects an IOException for each reason, and falls back to NIO.
    private static AioFile open(Path path, OpenOption... options) throws IOException {
        try {
            return AioFile.open(path, options);
        } catch (UnsupportedOperationException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Returns the unit in which to read and write a file that exists. */
    static int blockSize(Path path, AioOpenOption option) throws IOException {
        try (AioFile file = open(path, StandardOpenOption.READ, option)) {
            return blockSize(file);
        }
    }

    private static int blockSize(AioFile file) {
        return Math.max(file.preferredBlockSize(), file.alignment().offset());
    }

    AioFile file() {
        return file;
    }

    /** Acquires the file for an operation; returns {@code false} if it is closed. */
    boolean tryAcquire() {
        if (closed.get() || uses.getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
            return false;
        }
        if (closed.get()) {
            release();
            return false;
        }
        return true;
    }

    /** Releases the file after an operation. Closes the descriptor if the handle is closed and this was the last one. */
    void release() {
        if (uses.decrementAndGet() == 0) {
            file.closeWhenIdle();
        }
    }

    /** Makes what was written durable; returns 0 or the error number. */
    int sync() {
        try {
            file.force(false);
            return 0;
        } catch (AioException e) {
            return e.errno();
        } catch (IOException e) {
            return Errors.EIO;
        }
    }

    @Override
    public int fd() {
        return fd;
    }

    @Override
    public synchronized boolean lock() throws IOException {
        if (lock == null || !lock.isValid()) {
            lock = file.tryLock(false).orElse(null);
        }
        return lock != null;
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        return file.size();
    }

    @Override
    public int blockSize() {
        return blockSize(file);
    }

    @Override
    public void allocate(long size) throws IOException {
        requireOpen();
        try {
            file.allocate(0, size);
        } catch (IllegalArgumentException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void requireOpen() throws IOException {
        if (closed.get()) {
            throw new ClosedChannelException();
        }
    }

    @Override
    public void close() throws IOException {
        if (!closed.compareAndSet(false, true)) {
            throw new IOException("the file is closed already: " + file.path());
        }
        release();
    }

    @Override
    public String toString() {
        return file.path().toString();
    }
}
