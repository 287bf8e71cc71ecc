package io.linuxaio.lucene;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.lucene.index.CheckIndex;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.Term;
import org.apache.lucene.store.Directory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process that indexes is killed by SIGKILL at random moments, again and again on the same index: each document whose
 * commit was acknowledged is there, once, and all files are sound. {@code -Dkills=50} does it 50 times.
 */
@OnRealKernel
@Timeout(value = 30, unit = TimeUnit.MINUTES)
class KilledIndexIT {
    private static final int KILLS = Integer.getInteger("kills", 2);
    private static final int MAX_COMMITS = 30;
    private static final int MAX_NANOS = 50_000_000;

    @TempDir(factory = TargetDirectory.class)
    Path path;

    @ParameterizedTest
    @ValueSource(strings = {"all", "vectors"})
    void documentsOfAcknowledgedCommitsAreThere(String kind) throws Exception {
        long seed = Seed.next();
        Random random = new Random(seed);
        int next = 0;
        for (int i = 0; i < KILLS; i++) {
            String run = "kill " + i + " of seed " + seed + ", " + kind;
            int acknowledged = runAndKill(kind, next, random, run);
            next = check(kind, acknowledged, run);
        }
    }

    private int runAndKill(String kind, int first, Random random, String run) throws Exception {
        int acknowledged = -1;
        Process process = ChildJvm.of(IndexingChild.class).start(kind, path.toString(), Integer.toString(first));
        try (BufferedReader output = process.inputReader()) {
            int commits = 1 + random.nextInt(MAX_COMMITS);
            while (commits > 0) {
                int number = number(output.readLine(), run);
                acknowledged = Math.max(acknowledged, number);
                commits -= number < 0 ? 0 : 1;
            }
            LockSupport.parkNanos(random.nextInt(MAX_NANOS));
            // Through the handle: the process itself would throw away what can still be read.
            process.toHandle().destroyForcibly();
            String line;
            while ((line = output.readLine()) != null) {
                acknowledged = Math.max(acknowledged, number(line, run));
            }
            assertThat(process.waitFor()).as(run).isEqualTo(128 + 9);
        } finally {
            process.destroyForcibly().waitFor();
        }
        return acknowledged;
    }

    /** Returns the number that a line states; -1 for a message of Lucene or the JVM. */
    private static int number(String line, String run) {
        assertThat(line).as(run).isNotNull().doesNotContain("Exception");
        return line.matches("\\d+") ? Integer.parseInt(line) : -1;
    }

    /** Checks the index, and returns the number of the next document. */
    private int check(String kind, int acknowledged, String run) throws IOException {
        try (Directory directory = IndexingChild.open(kind, path);
                CheckIndex check = new CheckIndex(directory);
                DirectoryReader reader = DirectoryReader.open(directory)) {
            assertThat(check.checkIndex().clean).as(run).isTrue();
            for (int i = 0; i <= acknowledged; i++) {
                assertThat(reader.docFreq(new Term(VectorIndex.NUMBER, Integer.toString(i))))
                        .as("document %d of %s", i, run)
                        .isEqualTo(1);
            }
            assertThat(reader.numDocs()).as(run).isGreaterThan(acknowledged);
            return reader.numDocs();
        }
    }
}
