package io.linuxaio.lucene.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Re-scoring and indexing through Lucene's directories and those of this project, each variant in turn with the others.
 *
 * <p>Arguments: the directory for files, the size of the file of vectors in MiB, the number of rounds, and the number of
 * documents to index, 0 for none.
 */
final class LuceneBenchmark {
    private LuceneBenchmark() {}

    public static void main(String[] args) throws Exception {
        Path directory = Files.createDirectories(Path.of(args[0]));
        int rounds = Integer.parseInt(args[2]);
        RescoreBenchmark rescoring = new RescoreBenchmark(directory, Long.parseLong(args[1]) << 20);
        rescoring.run(1, rounds);
        rescoring.run(4, rounds);
        int documents = Integer.parseInt(args[3]);
        if (documents > 0) {
            new IndexingBenchmark(directory, documents).run(rounds);
        }
    }
}
