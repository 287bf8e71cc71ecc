package io.linuxaio;

import io.linuxaio.internal.engine.FileHandle;
import java.io.IOException;

/**
 * An advisory lock on a whole file (flock(2)), made by {@link AioFile#lock} or {@link AioFile#tryLock}. It belongs to that
 * open file and its views: another {@code AioFile} of the same file is refused, in this process too.
 *
 * <p>The lock is released when it is closed, when the file is closed, or when the process ends, but not when another handle
 * of the file is closed. Only code that locks is excluded; reads and writes are not. Safe for use by any thread.
 */
public final class AioFileLock implements AutoCloseable {
    private final FileHandle file;
    private final boolean shared;

    AioFileLock(FileHandle file, boolean shared) {
        this.file = file;
        this.shared = shared;
    }

    /**
     * Returns {@code true} if the lock is shared.
     *
     * @return {@code false} if it is exclusive
     */
    public boolean isShared() {
        return shared;
    }

    /**
     * Returns {@code true} if the lock is held.
     *
     * @return {@code false} once the lock or the file is closed
     */
    public boolean isValid() {
        return file.isLockedBy(this);
    }

    /**
     * Releases the lock. If the lock or the file is closed, this has no effect.
     *
     * @throws IOException if the kernel reports an error
     */
    @Override
    public void close() throws IOException {
        Errors.requireDone("unlock", file, file.unlock(this));
    }

    @Override
    public String toString() {
        return (shared ? "shared lock of " : "exclusive lock of ") + file.path() + (isValid() ? "" : ", released");
    }
}
