package io.linuxaio.lucene;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;

/** The examples of the README and of the class descriptions. */
final class LuceneExample {
    private LuceneExample() {}

    // @start region="open"
    static int index(Path path, IndexWriterConfig config) throws IOException {
        try (Directory directory = new AioVectorDirectory(path);
                IndexWriter writer = new IndexWriter(directory, config.setUseCompoundFile(false))) {
            writer.commit();
            try (DirectoryReader reader = DirectoryReader.open(directory)) {
                return reader.numDocs();
            }
        }
    }
    // @end

    // @start region="prefetch"
    /** Returns the vectors with these numbers, which are read at the same time. */
    static float[][] vectors(FloatVectorValues values, int[] numbers) throws IOException {
        values.prefetch(numbers, numbers.length);
        float[][] vectors = new float[numbers.length][];
        for (int i = 0; i < numbers.length; i++) {
            vectors[i] = values.vectorValue(numbers[i]).clone();
        }
        return vectors;
    }
    // @end
}
