package io.linuxaio.lucene;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FSLockFactory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.LockFactory;

/**
 * A directory whose files are all read by direct, asynchronous I/O.
 *
 * <p>It keeps nothing in memory: each read that was not prefetched goes to the device. That suits an index that is scanned,
 * copied or verified, and whose pages would push out others. For searches, {@link AioVectorDirectory} reads only chosen
 * files this way, and leaves all others to the page cache.
 *
 * <p>{@link IndexInput#prefetch} starts a read and returns. Reads in flight are bounded by the context's depth, their memory
 * by 32 MiB; prefetches beyond that wait for a later call of the same file, or are dropped. Outputs write by direct I/O with
 * write-behind from {@link AioDirectoryOptions#withDirectWritesFrom} on. {@link #sync} syncs files at the same time, and
 * {@link #syncMetaData} makes their names durable. An interrupt of a thread closes no file that is read; an output that is
 * written meanwhile fails with {@link java.nio.channels.ClosedByInterruptException}.
 *
 * <p>Safe for use by any thread.
 */
public class AioDirectory extends FSDirectory {
    private final IndexFiles files;
    private final AtomicLong temporaryFiles = new AtomicLong();

    /**
     * Opens a directory with the default lock factory and options, and creates it if it does not exist.
     *
     * @param path the directory
     * @throws IOException if it cannot be created, or no context be opened; the message contains a remedy if one is known
     * @throws java.nio.file.ProviderMismatchException if the path does not belong to the default filesystem
     * @throws UnsupportedOperationException if Linux AIO is not available
     */
    public AioDirectory(Path path) throws IOException {
        this(path, FSLockFactory.getDefault());
    }

    /**
     * Opens a directory with the default options, and creates it if it does not exist.
     *
     * @param path the directory
     * @param lockFactory the lock factory
     * @throws IOException if it cannot be created, or no context be opened; the message contains a remedy if one is known
     * @throws java.nio.file.ProviderMismatchException if the path does not belong to the default filesystem
     * @throws UnsupportedOperationException if Linux AIO is not available
     */
    public AioDirectory(Path path, LockFactory lockFactory) throws IOException {
        this(path, lockFactory, AioDirectoryOptions.defaults());
    }

    /**
     * Opens a directory, and creates it if it does not exist.
     *
     * @param path the directory
     * @param lockFactory the lock factory
     * @param options the options
     * @throws IOException if it cannot be created, or no context be opened; the message contains a remedy if one is known
     * @throws java.nio.file.ProviderMismatchException if the unwrapped path does not belong to the default filesystem
     * @throws UnsupportedOperationException if Linux AIO is not available
     */
    public AioDirectory(Path path, LockFactory lockFactory, AioDirectoryOptions options) throws IOException {
        super(path, lockFactory);
        files = new IndexFiles(directory, options);
    }

    @Override
    public IndexInput openInput(String name, IOContext context) throws IOException {
        ensureOpen();
        ensureCanRead(name);
        return files.openInput(name, context);
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
        ensureOpen();
        deletePendingFiles();
        // A name whose deletion is pending comes back to life, which only the superclass can record.
        return getPendingDeletions().contains(name) ? super.createOutput(name, context) : files.createOutput(name);
    }

    @Override
    public IndexOutput createTempOutput(String prefix, String suffix, IOContext context) throws IOException {
        ensureOpen();
        deletePendingFiles();
        while (true) {
            String name = getTempFileName(prefix, suffix, temporaryFiles.getAndIncrement());
            if (!getPendingDeletions().contains(name)) {
                try {
                    return files.createOutput(name);
                } catch (FileAlreadyExistsException next) {
                    // Of an earlier process.
                }
            }
        }
    }

    @Override
    public void sync(Collection<String> names) throws IOException {
        ensureOpen();
        files.sync(names);
        deletePendingFiles();
    }

    @Override
    public void syncMetaData() throws IOException {
        ensureOpen();
        files.syncMetaData();
        deletePendingFiles();
    }

    AioResources resources() {
        return files.resources();
    }

    /**
     * Closes the directory. Its open files stay usable. Closing again has no effect.
     *
     * @throws IOException if a pending deletion fails
     */
    @Override
    public synchronized void close() throws IOException {
        try {
            super.close();
        } finally {
            files.close();
        }
    }
}
