package io.linuxaio.lucene;

import io.linuxaio.AioContext;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Options of {@link AioDirectory} and {@link AioVectorDirectory}.
 *
 * <p>Immutable: the methods that begin with {@code with} return other options. Safe for use by any thread.
 */
public final class AioDirectoryOptions {
    /** The default of {@link #withDirectWritesFrom}: 1 MiB. */
    public static final long DEFAULT_DIRECT_WRITES_FROM = 1L << 20;

    private static final int PAGE = 4096;

    private static final AioDirectoryOptions DEFAULTS =
            new AioDirectoryOptions(null, false, DEFAULT_DIRECT_WRITES_FROM, UnaryOperator.identity());

    // Null stands for the context that the directories of this process share.
    private final AioContext context;
    private final boolean bufferedFallback;
    private final long directWritesFrom;
    private final UnaryOperator<Path> unwrapper;

    private AioDirectoryOptions(
            AioContext context, boolean bufferedFallback, long directWritesFrom, UnaryOperator<Path> unwrapper) {
        this.context = context;
        this.bufferedFallback = bufferedFallback;
        this.directWritesFrom = directWritesFrom;
        this.unwrapper = unwrapper;
    }

    /**
     * Returns the default options: the context that all directories of the process share, no buffered fallback, and direct
     * writes from 1 MiB on.
     *
     * @return the options
     */
    public static AioDirectoryOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets the context through which files are read and written. It must stay open until the directory and its files are
     * closed; they do not close it. At most seven eighths of its queue depth are in flight for prefetches, so its depth
     * bounds the parallelism of one search.
     *
     * <p>By default the directories of the process share one context of depth 128. It is opened with the first of them and
     * closed with the last of them and of their files, and its reaper thread ends then.
     *
     * @param newContext the context
     * @return the changed options
     */
    public AioDirectoryOptions withContext(AioContext newContext) {
        return new AioDirectoryOptions(
                Objects.requireNonNull(newContext, "context"), bufferedFallback, directWritesFrom, unwrapper);
    }

    /**
     * Permits reads and writes through the page cache if the filesystem does not support direct I/O, as tmpfs before Linux
     * 6.6. By default such files are refused. Buffered reads are synchronous, and a prefetch is only a hint to the kernel.
     *
     * @param permitted {@code true} to permit them; the default is {@code false}
     * @return the changed options
     */
    public AioDirectoryOptions withBufferedFallback(boolean permitted) {
        return new AioDirectoryOptions(context, permitted, directWritesFrom, unwrapper);
    }

    /**
     * Sets the position in a new file from which direct I/O writes it. The bytes before it go through the page cache, so
     * files that are not longer cost what they cost in other directories.
     *
     * @param bytes the position in bytes, not negative; rounded up to a multiple of 4096; the default is 1 MiB. {@link
     *     Long#MAX_VALUE} writes all of each file through the page cache
     * @return the changed options
     * @throws IllegalArgumentException if the position is negative
     */
    public AioDirectoryOptions withDirectWritesFrom(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("the position must not be negative: " + bytes);
        }
        long position = bytes > Long.MAX_VALUE - PAGE ? Long.MAX_VALUE : Math.ceilDiv(bytes, PAGE) * PAGE;
        return new AioDirectoryOptions(context, bufferedFallback, position, unwrapper);
    }

    /**
     * Sets the function that returns the path by which the kernel opens a directory, for directories whose path belongs to
     * a filesystem that wraps the default one. Lucene's tests wrap paths; there the function is {@code FilterPath::unwrap}.
     * The wrapper does not see the files that are opened by it. By default such a directory is refused.
     *
     * @param function the function; the default returns its argument
     * @return the changed options
     */
    public AioDirectoryOptions withPathUnwrapper(UnaryOperator<Path> function) {
        return new AioDirectoryOptions(
                context, bufferedFallback, directWritesFrom, Objects.requireNonNull(function, "function"));
    }

    Optional<AioContext> context() {
        return Optional.ofNullable(context);
    }

    boolean bufferedFallback() {
        return bufferedFallback;
    }

    long directWritesFrom() {
        return directWritesFrom;
    }

    Path unwrap(Path path) {
        return unwrapper.apply(path);
    }
}
