package io.linuxaio.lucene;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.tests.store.BaseDirectoryTestCase;

/**
 * Lucene's suite for directories, on {@link AioVectorDirectory}. It chooses every second name, so that files of both kinds
 * occur in each test.
 */
public class AioVectorDirectorySuiteIT extends BaseDirectoryTestCase {
    @Override
    protected Directory getDirectory(Path path) throws IOException {
        return new AioVectorDirectory(
                new MMapDirectory(path), AioDirectorySuiteIT.randomOptions(), (name, _) -> (name.hashCode() & 1) == 0);
    }
}
