package io.linuxaio.lucene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.lucene.store.LockFactory;
import org.apache.lucene.tests.mockfile.FilterPath;

/**
 * The directory that Lucene's test framework creates by its name, with a path of a mock filesystem. Small files are written
 * directly too. One sync of sixteen is carried out, as Lucene's tests do with other directories: a disk takes most of the time
 * of these suites otherwise.
 */
public final class UnwrappedAioDirectory extends AioDirectory {
    private static final int SYNC_EVERY = 16;
    private static final AtomicInteger SYNCS = new AtomicInteger();

    public UnwrappedAioDirectory(Path path, LockFactory lockFactory) throws IOException {
        super(
                path,
                lockFactory,
                AioDirectoryOptions.defaults()
                        .withPathUnwrapper(FilterPath::unwrap)
                        .withDirectWritesFrom(4096));
    }

    @Override
    public void sync(Collection<String> names) throws IOException {
        ensureOpen();
        if (SYNCS.getAndIncrement() % SYNC_EVERY == 0) {
            super.sync(names);
        }
    }

    @Override
    public void syncMetaData() throws IOException {
        ensureOpen();
        if (SYNCS.getAndIncrement() % SYNC_EVERY == 0) {
            super.syncMetaData();
        }
    }
}
