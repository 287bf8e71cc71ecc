package io.linuxaio.lucene;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSLockFactory;
import org.apache.lucene.tests.mockfile.FilterPath;
import org.apache.lucene.tests.store.BaseDirectoryTestCase;

/**
 * Lucene's suite for directories, on {@link AioDirectory}. Paths are those of Lucene's mock filesystems, chosen by the seed,
 * and unwrapped. Direct writes begin at a position chosen by the seed.
 */
public class AioDirectorySuiteIT extends BaseDirectoryTestCase {
    @Override
    protected Directory getDirectory(Path path) throws IOException {
        return new AioDirectory(path, FSLockFactory.getDefault(), randomOptions());
    }

    static AioDirectoryOptions randomOptions() {
        return AioDirectoryOptions.defaults()
                .withPathUnwrapper(FilterPath::unwrap)
                .withDirectWritesFrom(random().nextBoolean() ? 0 : random().nextInt(64 << 10));
    }
}
