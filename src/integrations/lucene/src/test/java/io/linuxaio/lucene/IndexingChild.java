package io.linuxaio.lucene;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.BiPredicate;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSLockFactory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.MMapDirectory;

/** A program that indexes until it is killed. It prints the number of each document whose commit has been acknowledged. */
final class IndexingChild {
    private static final AioDirectoryOptions ALL_DIRECT =
            AioDirectoryOptions.defaults().withDirectWritesFrom(0);

    private IndexingChild() {}

    /** The arguments: the kind of directory, its path, and the number of the first document. */
    public static void main(String[] args) throws IOException {
        int number = Integer.parseInt(args[2]);
        Random random = new Random(number);
        try (Directory directory = open(args[0], Path.of(args[1]));
                IndexWriter writer = new IndexWriter(
                        directory, VectorIndex.config().setMaxBufferedDocs(50).setRAMBufferSizeMB(-1))) {
            while (true) {
                int last = number + random.nextInt(40);
                for (; number <= last; number++) {
                    VectorIndex.add(writer, number, VectorIndex.vector(random));
                }
                writer.commit();
                System.out.println(last);
            }
        }
    }

    static Directory open(String kind, Path path) throws IOException {
        BiPredicate<String, IOContext> vectors = AioVectorDirectory.RAW_VECTORS;
        return kind.equals("all")
                ? new AioDirectory(path, FSLockFactory.getDefault(), ALL_DIRECT)
                : new AioVectorDirectory(new MMapDirectory(path), ALL_DIRECT, vectors);
    }
}
