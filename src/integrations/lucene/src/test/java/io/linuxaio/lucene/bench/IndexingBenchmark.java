package io.linuxaio.lucene.bench;

import io.linuxaio.lucene.AioDirectory;
import io.linuxaio.lucene.AioVectorDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.store.NIOFSDirectory;

/** Indexing of documents with text, stored bytes and a vector, a commit, and a merge into one segment. */
final class IndexingBenchmark {
    private static final int DIMENSION = 64;
    private static final int STORED = 2000;
    private static final int WORDS = 30;

    private final Path root;
    private final int documents;

    IndexingBenchmark(Path root, int documents) {
        this.root = root;
        this.documents = documents;
    }

    private interface Opener {
        Directory open(Path path) throws IOException;
    }

    private enum Variant {
        MMAP("MMapDirectory", MMapDirectory::new),
        NIO("NIOFSDirectory", NIOFSDirectory::new),
        AIO_VECTORS("AioVectorDirectory", AioVectorDirectory::new),
        AIO("AioDirectory", AioDirectory::new);

        private final String title;
        private final Opener opener;

        Variant(String title, Opener opener) {
            this.title = title;
            this.opener = opener;
        }
    }

    void run(int rounds) throws Exception {
        Map<Variant, List<Usage>> indexing = new EnumMap<>(Variant.class);
        Map<Variant, List<Usage>> merging = new EnumMap<>(Variant.class);
        // The first round is for the compiler.
        for (int round = -1; round < rounds; round++) {
            for (Variant variant : Variant.values()) {
                List<Usage> both = measure(variant, round);
                if (round >= 0) {
                    indexing.computeIfAbsent(variant, _ -> new ArrayList<>()).add(both.get(0));
                    merging.computeIfAbsent(variant, _ -> new ArrayList<>()).add(both.get(1));
                }
            }
        }
        System.out.printf("%n%,d documents; medians of %d rounds%n%n", documents, rounds);
        System.out.println("| directory | documents/s | processor ms | merge ms | merge processor ms |");
        System.out.println("|---|---|---|---|---|");
        for (Variant variant : Variant.values()) {
            List<Usage> first = indexing.get(variant);
            List<Usage> second = merging.get(variant);
            System.out.printf(
                    "| %s | %,.0f | %,.0f | %,.0f | %,.0f |%n",
                    variant.title,
                    documents * 1000 / Usage.median(first, Usage::wallMillis),
                    Usage.median(first, Usage::cpuMillis),
                    Usage.median(second, Usage::wallMillis),
                    Usage.median(second, Usage::cpuMillis));
        }
    }

    private List<Usage> measure(Variant variant, int round) throws Exception {
        Path path = Files.createTempDirectory(root, "bench-lucene");
        IndexWriterConfig config =
                new IndexWriterConfig().setRAMBufferSizeMB(16).setUseCompoundFile(false);
        try (Directory directory = variant.opener.open(path)) {
            try (IndexWriter writer = new IndexWriter(directory, config)) {
                Usage indexing = Usage.of(() -> {
                    Random random = new Random(round);
                    for (int i = 0; i < documents; i++) {
                        writer.addDocument(document(random));
                    }
                    writer.commit();
                });
                Usage merging = Usage.of(() -> {
                    writer.forceMerge(1);
                    writer.commit();
                });
                return List.of(indexing, merging);
            }
        } finally {
            delete(path);
        }
    }

    private static Document document(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < WORDS; i++) {
            text.append(Integer.toString(random.nextInt(50_000), Character.MAX_RADIX))
                    .append(' ');
        }
        byte[] stored = new byte[STORED];
        random.nextBytes(stored);
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) {
            vector[i] = random.nextFloat();
        }
        Document document = new Document();
        document.add(new TextField("text", text.toString(), Field.Store.NO));
        document.add(new StoredField("stored", stored));
        document.add(new KnnFloatVectorField("vector", vector));
        return document;
    }

    private static void delete(Path path) throws IOException {
        try (var files = Files.newDirectoryStream(path)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(path);
    }
}
