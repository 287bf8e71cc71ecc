package io.linuxaio.lucene.bench;

import io.linuxaio.lucene.AioVectorDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.lucene.misc.store.DirectIODirectory;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.store.ReadAdvice;

/** A way to read vectors from random positions. */
enum RescoreVariant {
    MMAP("MMapDirectory, default read-ahead", false, path -> mapped(path, ReadAdvice.NORMAL)),
    MMAP_RANDOM("MMapDirectory, MADV_RANDOM", false, path -> mapped(path, ReadAdvice.RANDOM)),
    MMAP_PREFETCH("MMapDirectory, MADV_RANDOM, prefetch", true, path -> mapped(path, ReadAdvice.RANDOM)),
    NIO("NIOFSDirectory", false, NIOFSDirectory::new),
    DIRECT("DirectIODirectory, 256 KiB", false, path -> direct(path, 256 << 10)),
    DIRECT_SMALL("DirectIODirectory, 8 KiB", false, path -> direct(path, 8 << 10)),
    AIO("AioVectorDirectory", false, AioVectorDirectory::new),
    AIO_PREFETCH("AioVectorDirectory, prefetch", true, AioVectorDirectory::new);

    final String title;
    final boolean prefetches;
    private final Opener opener;

    RescoreVariant(String title, boolean prefetches, Opener opener) {
        this.title = title;
        this.prefetches = prefetches;
        this.opener = opener;
    }

    private interface Opener {
        Directory open(Path path) throws IOException;
    }

    Directory open(Path path) throws IOException {
        return opener.open(path);
    }

    private static Directory mapped(Path path, ReadAdvice advice) throws IOException {
        MMapDirectory directory = new MMapDirectory(path);
        directory.setReadAdvice((_, _) -> Optional.of(advice));
        return directory;
    }

    private static Directory direct(Path path, int buffer) throws IOException {
        FSDirectory below = new NIOFSDirectory(path);
        return new DirectIODirectory(below, buffer, 0) {
            @Override
            protected boolean useDirectIO(String name, IOContext context, OptionalLong fileLength) {
                return true;
            }
        };
    }
}
