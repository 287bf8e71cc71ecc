package io.linuxaio.lucene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Objects;
import java.util.function.BiPredicate;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.FilterDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.MMapDirectory;

/**
 * A directory that reads chosen files by direct, asynchronous I/O, and leaves all others to another directory: an
 * {@link MMapDirectory} by default.
 *
 * {@snippet class="io.linuxaio.lucene.LuceneExample" region="open"}
 *
 * <p>The default choice is {@link #RAW_VECTORS}, the files {@code .vec}. An index of quantized vectors searches the
 * quantized ones, which stay in the page cache, and re-scores a few candidates with the raw ones, which need not fit into
 * memory. Do not choose raw vectors if the index is not quantized, since each step of a search then reads from the device.
 * Files inside a compound file ({@code .cfs}) are read as that is.
 *
 * <p>What {@link AioDirectory} states of inputs, outputs and syncs holds for the chosen files, and that of syncs for all.
 * Safe for use by any thread.
 */
public final class AioVectorDirectory extends FilterDirectory {
    /** The choice of raw vectors: files whose names end with {@code .vec}. */
    public static final BiPredicate<String, IOContext> RAW_VECTORS = (name, context) -> name.endsWith(".vec");

    private final FSDirectory others;
    private final IndexFiles files;
    private final BiPredicate<String, IOContext> chosen;

    /**
     * Opens a directory that reads {@link #RAW_VECTORS} by direct I/O and all other files by an {@link MMapDirectory}. It
     * is created if it does not exist.
     *
     * @param path the directory
     * @throws IOException if it cannot be created, or no context be opened; the message contains a remedy if one is known
     * @throws java.nio.file.ProviderMismatchException if the path does not belong to the default filesystem
     * @throws UnsupportedOperationException if Linux AIO is not available
     */
    public AioVectorDirectory(Path path) throws IOException {
        this(new MMapDirectory(path), AioDirectoryOptions.defaults(), RAW_VECTORS);
    }

    /**
     * Opens a directory on top of another one.
     *
     * @param others the directory for all other files, and for locks; this directory closes it
     * @param options the options
     * @param chosen returns {@code true} for files to be read and written directly, given their name and the context in
     *     which they are opened or created. Called by any thread. Temporary files are never chosen
     * @throws IOException if no context can be opened; the message contains a remedy if one is known
     * @throws java.nio.file.ProviderMismatchException if the unwrapped path does not belong to the default filesystem
     * @throws UnsupportedOperationException if Linux AIO is not available
     */
    public AioVectorDirectory(FSDirectory others, AioDirectoryOptions options, BiPredicate<String, IOContext> chosen)
            throws IOException {
        super(others);
        this.others = others;
        this.chosen = Objects.requireNonNull(chosen, "chosen");
        files = new IndexFiles(others.getDirectory(), options);
    }

    @Override
    public IndexInput openInput(String name, IOContext context) throws IOException {
        // A name whose deletion is pending is refused by the other directory.
        if (!chosen.test(name, context) || others.getPendingDeletions().contains(name)) {
            return super.openInput(name, context);
        }
        ensureOpen();
        return files.openInput(name, context);
    }

    @Override
    public IndexOutput createOutput(String name, IOContext context) throws IOException {
        if (!chosen.test(name, context) || others.getPendingDeletions().contains(name)) {
            return super.createOutput(name, context);
        }
        ensureOpen();
        return files.createOutput(name);
    }

    @Override
    public void sync(Collection<String> names) throws IOException {
        ensureOpen();
        files.sync(names);
        others.deletePendingFiles();
    }

    @Override
    public void syncMetaData() throws IOException {
        ensureOpen();
        files.syncMetaData();
        others.deletePendingFiles();
    }

    /**
     * Closes this directory and the other one. Open files stay usable. Closing again has no effect.
     *
     * @throws IOException if the other directory cannot be closed
     */
    @Override
    public void close() throws IOException {
        try {
            super.close();
        } finally {
            files.close();
        }
    }
}
