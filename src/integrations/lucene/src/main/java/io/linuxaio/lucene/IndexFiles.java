package io.linuxaio.lucene;

import io.linuxaio.files.AioFiles;
import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.lucene.store.AlreadyClosedException;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.OutputStreamIndexOutput;

/** The files of one directory, opened and synced through a context. Safe for use by any thread. */
final class IndexFiles {
    /** The size of an output's buffer on the heap, as of Lucene's own outputs. */
    private static final int OUTPUT_BUFFER = 8192;

    private final Path directory;
    private final AioDirectoryOptions options;
    private final AioResources resources;
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * @throws ProviderMismatchException if the kernel cannot open files by the path
     * @throws IOException if the context cannot be opened
     */
    IndexFiles(Path directory, AioDirectoryOptions options) throws IOException {
        this.directory = options.unwrap(directory);
        this.options = options;
        if (this.directory.getFileSystem() != FileSystems.getDefault()) {
            throw new ProviderMismatchException(directory + " belongs to a filesystem of the provider "
                    + this.directory.getFileSystem().provider()
                    + ", whose files the kernel cannot open. If it wraps the"
                    + " default filesystem, pass the function that unwraps its paths to"
                    + " AioDirectoryOptions.withPathUnwrapper, in Lucene's tests FilterPath::unwrap");
        }
        resources = AioResources.of(options);
    }

    IndexInput openInput(String name, IOContext context) throws IOException {
        Path path = directory.resolve(name);
        ensureOpen();
        return new AioIndexInput(
                "AioIndexInput(path=\"" + path + "\")",
                OpenIndexFile.open(resources, path, options.bufferedFallback()),
                context);
    }

    /** Creates a file, which must not exist. */
    IndexOutput createOutput(String name) throws IOException {
        Path path = directory.resolve(name);
        ensureOpen();
        return new OutputStreamIndexOutput(
                "AioIndexOutput(path=\"" + path + "\")",
                name,
                IndexFileStream.create(resources, path, options.directWritesFrom()),
                OUTPUT_BUFFER);
    }

    void sync(Collection<String> names) throws IOException {
        ensureOpen();
        IndexFileSync.sync(resources.context(), directory, names);
    }

    void syncMetaData() throws IOException {
        ensureOpen();
        AioFiles.syncDirectory(directory);
    }

    AioResources resources() {
        return resources;
    }

    private void ensureOpen() {
        if (closed.get()) {
            throw new AlreadyClosedException("this Directory is closed");
        }
    }

    /** Releases the context. Open files keep it until they are closed. */
    void close() {
        if (closed.compareAndSet(false, true)) {
            resources.release();
        }
    }
}
