package io.linuxaio.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.MMapDirectory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An index of quantized vectors whose raw vectors are read directly. */
@OnRealKernel
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class AioVectorDirectoryIT {
    private static final int DOCUMENTS = 3000;

    @TempDir(factory = TargetDirectory.class)
    Path path;

    private final long seed = Seed.next();
    private final Random random = new Random(seed);

    @Test
    void searchesFindTheSameAsInMappedFiles() throws Exception {
        try (Directory directory = new AioVectorDirectory(path);
                IndexWriter writer = new IndexWriter(directory, VectorIndex.config())) {
            for (int i = 0; i < DOCUMENTS; i++) {
                VectorIndex.add(writer, i, VectorIndex.vector(random));
                if (i % 1000 == 0) {
                    writer.commit();
                }
            }
            writer.commit();
            assertThat(directory.listAll()).anyMatch(name -> name.endsWith(".vec"));
        }
        try (Directory direct = new AioVectorDirectory(path);
                DirectoryReader reader = DirectoryReader.open(direct);
                Directory mapped = new MMapDirectory(path);
                DirectoryReader expected = DirectoryReader.open(mapped)) {
            assertThat(reader.numDocs()).isEqualTo(DOCUMENTS);
            for (int i = 0; i < 50; i++) {
                float[] vector = VectorIndex.vector(random);
                assertThat(VectorIndex.search(reader, vector, 20))
                        .as("seed " + seed)
                        .hasSize(20)
                        .isEqualTo(VectorIndex.search(expected, vector, 20));
            }
        }
        check();
    }

    @Test
    void onlyRawVectorsAreReadDirectly() throws Exception {
        try (Directory directory = new AioVectorDirectory(path)) {
            for (String name : List.of("_0.vec", "_0.vex", "_0.cfs")) {
                directory.createOutput(name, IOContext.DEFAULT).close();
                try (IndexInput input = directory.openInput(name, IOContext.DEFAULT)) {
                    assertThat(input instanceof AioIndexInput).as(name).isEqualTo(name.equals("_0.vec"));
                }
            }
        }
    }

    @Test
    void threadsSearchWhileOthersIndexAndMerge() throws Exception {
        try (Directory directory = new AioVectorDirectory(path);
                IndexWriter writer = new IndexWriter(
                        directory, VectorIndex.config().setMaxBufferedDocs(100).setRAMBufferSizeMB(-1))) {
            AtomicReference<Throwable> failure = new AtomicReference<>();
            AtomicBoolean done = new AtomicBoolean();
            List<Thread> searchers = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Random own = new Random(random.nextLong());
                searchers.add(start(failure, () -> {
                    while (!done.get() && failure.get() == null) {
                        try (DirectoryReader reader = DirectoryReader.open(writer)) {
                            int hits = VectorIndex.search(reader, VectorIndex.vector(own), 10)
                                    .size();
                            assertThat(hits).isEqualTo(Math.min(10, reader.numDocs()));
                        }
                    }
                }));
            }
            List<Thread> indexers = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                Random own = new Random(random.nextLong());
                int first = i * DOCUMENTS;
                indexers.add(start(failure, () -> {
                    for (int n = first; n < first + DOCUMENTS / 2; n++) {
                        VectorIndex.add(writer, n, VectorIndex.vector(own));
                    }
                }));
            }
            for (Thread indexer : indexers) {
                indexer.join();
            }
            done.set(true);
            for (Thread searcher : searchers) {
                searcher.join();
            }
            assertThat(failure.get()).as("seed " + seed).isNull();
            writer.forceMerge(1);
            writer.commit();
        }
        check();
    }

    private interface Task {
        void run() throws Exception;
    }

    private static Thread start(AtomicReference<Throwable> failure, Task task) {
        return Thread.ofPlatform().start(() -> {
            try {
                task.run();
            } catch (Throwable e) {
                failure.compareAndSet(null, e);
            }
        });
    }

    /** Checks all files of the index, with each checksum, by both directories. */
    private void check() throws Exception {
        try (Directory direct = new AioDirectory(path);
                CheckIndex check = new CheckIndex(direct)) {
            assertThat(check.checkIndex().clean).isTrue();
        }
        try (Directory mapped = new MMapDirectory(path);
                CheckIndex check = new CheckIndex(mapped)) {
            assertThat(check.checkIndex().clean).isTrue();
        }
    }
}
