package io.linuxaio.lucene;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.lucene.util.IOUtils;

/**
 * Syncs files at the same time (fsync(2)), so that a filesystem with a journal commits for several of them at once.
 */
final class IndexFileSync {
    private static final int MAX_OPEN = 32;

    private IndexFileSync() {}

    /** Makes files durable. Throws if one of them cannot be synced; the others are synced nevertheless, or not. */
    static void sync(AioContext context, Path directory, Collection<String> names) throws IOException {
        Iterator<String> left = names.iterator();
        while (left.hasNext()) {
            List<AioFile> files = new ArrayList<>();
            try {
                while (left.hasNext() && files.size() < MAX_OPEN) {
                    Path path = directory.resolve(left.next());
                    files.add(context.open(path, StandardOpenOption.READ, AioOpenOption.BUFFERED));
                }
                sync(files);
            } finally {
                IOUtils.close(files);
            }
        }
    }

    private static void sync(List<AioFile> files) throws IOException {
        List<CompletableFuture<Void>> syncs = files.stream().map(AioFile::sync).toList();
        for (CompletableFuture<Void> sync : syncs) {
            try {
                sync.join();
            } catch (CompletionException e) {
                throw e.getCause() instanceof IOException cause ? cause : new IOException(e.getCause());
            }
        }
    }
}
