package io.linuxaio.lucene.bench;

import io.linuxaio.AioAccessPattern;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.apache.lucene.store.DataAccessHint;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.IndexOutput;
import org.apache.lucene.store.NIOFSDirectory;
import org.apache.lucene.util.IOUtils;

/**
 * Re-scoring of candidates: each thread reads 1,000 vectors from random positions of one file, in ascending order, and
 * computes their dot products with a query. Cold: the page cache has nothing of the file. Hot: the same candidates again.
 */
final class RescoreBenchmark {
    private static final String NAME = "bench.vec";
    private static final int DIMENSION = 768;
    private static final int VECTOR = DIMENSION * Float.BYTES;
    private static final int CANDIDATES = 1000;

    /** Rounds that are not counted, for the compiler. */
    private static final int WARM_UP = 12;

    private static final IOContext RANDOM = IOContext.DEFAULT.withHints(DataAccessHint.RANDOM);

    private final Path path;
    private final int vectors;

    RescoreBenchmark(Path path, long bytes) throws IOException {
        this.path = path;
        vectors = (int) (bytes / VECTOR);
        Path file = path.resolve(NAME);
        if (!Files.exists(file) || Files.size(file) != (long) vectors * VECTOR) {
            Files.deleteIfExists(file);
            write();
        }
    }

    private void write() throws IOException {
        byte[] vector = new byte[VECTOR];
        Random random = new Random(1);
        try (Directory directory = new NIOFSDirectory(path)) {
            try (IndexOutput output = directory.createOutput(NAME, IOContext.DEFAULT)) {
                for (int i = 0; i < vectors; i++) {
                    if (i % 64 == 0) {
                        random.nextBytes(vector);
                    }
                    output.writeBytes(vector, VECTOR);
                }
            }
            directory.sync(List.of(NAME));
        }
    }

    /** Prints a table for a number of threads. */
    void run(int threads, int rounds) throws Exception {
        Map<RescoreVariant, List<Usage>> cold = new EnumMap<>(RescoreVariant.class);
        Map<RescoreVariant, List<Usage>> hot = new EnumMap<>(RescoreVariant.class);
        Map<RescoreVariant, Directory> directories = new EnumMap<>(RescoreVariant.class);
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            // Open all the time, as in a search engine.
            for (RescoreVariant variant : RescoreVariant.values()) {
                directories.put(variant, variant.open(path));
            }
            for (int round = -WARM_UP; round < rounds; round++) {
                for (RescoreVariant variant : RescoreVariant.values()) {
                    List<Usage> both = measure(variant, directories.get(variant), pool, threads, round);
                    if (round >= 0) {
                        cold.computeIfAbsent(variant, _ -> new ArrayList<>()).add(both.get(0));
                        hot.computeIfAbsent(variant, _ -> new ArrayList<>()).add(both.get(1));
                    }
                }
            }
        } finally {
            IOUtils.close(directories.values());
        }
        System.out.printf(
                "%n%,d candidates of %,d bytes for each of %d threads, from %,d MiB; medians of %d rounds%n%n",
                CANDIDATES, VECTOR, threads, (long) vectors * VECTOR >> 20, rounds);
        System.out.println("| directory | wall ms | processor ms | MiB read | hot wall ms | hot processor ms |");
        System.out.println("|---|---|---|---|---|---|");
        for (RescoreVariant variant : RescoreVariant.values()) {
            List<Usage> first = cold.get(variant);
            List<Usage> second = hot.get(variant);
            System.out.printf(
                    "| %s | %.1f | %.1f | %.1f | %.1f | %.1f |%n",
                    variant.title,
                    Usage.median(first, Usage::wallMillis),
                    Usage.median(first, Usage::cpuMillis),
                    Usage.median(first, Usage::readMebibytes),
                    Usage.median(second, Usage::wallMillis),
                    Usage.median(second, Usage::cpuMillis));
        }
    }

    private List<Usage> measure(
            RescoreVariant variant, Directory directory, ExecutorService pool, int threads, int round)
            throws Exception {
        dropCache();
        try (IndexInput input = directory.openInput(NAME, RANDOM)) {
            List<Callable<Float>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                IndexInput own = input.clone();
                int[] candidates = new Random(1000L * round + i)
                        .ints(CANDIDATES, 0, vectors)
                        .sorted()
                        .toArray();
                tasks.add(() -> rescore(own, candidates, variant.prefetches));
            }
            Usage.Work work = () -> {
                for (Future<Float> score : pool.invokeAll(tasks)) {
                    score.get();
                }
            };
            return List.of(Usage.of(work), Usage.of(work));
        }
    }

    private static float rescore(IndexInput input, int[] candidates, boolean prefetches) throws IOException {
        if (prefetches) {
            for (int candidate : candidates) {
                input.prefetch((long) candidate * VECTOR, VECTOR);
            }
        }
        float[] vector = new float[DIMENSION];
        float best = Float.NEGATIVE_INFINITY;
        for (int candidate : candidates) {
            input.seek((long) candidate * VECTOR);
            input.readFloats(vector, 0, DIMENSION);
            float score = 0;
            for (int i = 0; i < DIMENSION; i++) {
                score += vector[i] * i;
            }
            best = Math.max(best, score);
        }
        return best;
    }

    // The file is not mapped at this moment: mapped pages would stay.
    private void dropCache() throws IOException {
        try (AioFile file = AioFile.open(path.resolve(NAME), StandardOpenOption.READ, AioOpenOption.BUFFERED)) {
            file.advise(AioAccessPattern.DONT_NEED, 0, 0);
        }
    }
}
