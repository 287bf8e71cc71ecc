package io.linuxaio.lucene;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.store.LockFactory;
import org.apache.lucene.tests.mockfile.FilterPath;

/**
 * The directory that Lucene's test framework creates by its name, with a path of a mock filesystem. Small files are written
 * directly too.
 */
public final class UnwrappedAioDirectory extends AioDirectory {
    public UnwrappedAioDirectory(Path path, LockFactory lockFactory) throws IOException {
        super(
                path,
                lockFactory,
                AioDirectoryOptions.defaults()
                        .withPathUnwrapper(FilterPath::unwrap)
                        .withDirectWritesFrom(4096));
    }
}
