package io.linuxaio.faultinjection;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A program that writes whole files, killed by SIGKILL at random moments. A replaced file is complete; an incomplete
 * truncated one is recognisable. {@code -Dlinuxaio.kills=200} kills 200 times; {@code -Dlinuxaio.seed} repeats a run.
 */
@OnRealKernel
class WholeFileKillIT {
    private static final int REPLACING_KILLS = Integer.getInteger("linuxaio.kills", 20);
    private static final int TRUNCATING_KILLS = Integer.getInteger("linuxaio.kills", 5);
    private static final int MAX_LINES = 40;
    private static final int MAX_NANOS = 20_000_000;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final long seed = Seed.next();
    private final Random random = new Random(seed);
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("file");
    }

    /** The last number that a program started with, and the last one that it reported as done. */
    private record Reported(long begun, long done) {
        Reported and(String line) {
            if (line.startsWith(ContentsWriter.BEGINS)) {
                return new Reported(Long.parseLong(line.substring(ContentsWriter.BEGINS.length())), done);
            }
            assertThat(line).startsWith(ContentsWriter.DONE);
            return new Reported(begun, Long.parseLong(line.substring(ContentsWriter.DONE.length())));
        }
    }

    @Test
    void aReplacedFileIsTheOldOrTheNewOne() throws Exception {
        NumberedContents contents = new NumberedContents(seed, 3_000_000);
        Files.write(file, contents.of(0));
        Reported reported = new Reported(0, 0);
        int leftOver = 0;
        for (int i = 0; i < REPLACING_KILLS; i++) {
            String run = "kill " + i + " of seed " + seed;

            reported = untilKilled(run, contents, "replace", reported);

            long number = contents.numberOf(Files.readAllBytes(file));
            assertThat(number).as("complete; " + run).isBetween(reported.done(), reported.begun());
            // Contents from before the kill are durable, even if not reported.
            reported = new Reported(number, number);
            leftOver += removeTemporaries(run);
        }
        System.out.println(REPLACING_KILLS + " kills of a program that replaces a file, seed " + seed
                + ": always whole, " + reported.done() + " replacements, " + leftOver + " temporary files left");
    }

    private int removeTemporaries(String run) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            List<Path> others = files.filter(path -> !path.equals(file)).toList();
            assertThat(others)
                    .as("left by " + run)
                    .hasSizeLessThanOrEqualTo(1)
                    .allSatisfy(
                            other -> assertThat(other.getFileName().toString()).matches("\\.linux-aio-.*\\.tmp"));
            for (Path other : others) {
                Files.delete(other);
            }
            return others.size();
        }
    }

    @Test
    void aTruncatedFileHasItsLengthOnlyWhenComplete() throws Exception {
        NumberedContents contents = new NumberedContents(seed, 6_000_000);
        Files.write(file, contents.of(0));
        Reported reported = new Reported(0, 0);
        int broken = 0;
        for (int i = 0; i < TRUNCATING_KILLS; i++) {
            String run = "kill " + i + " of seed " + seed;

            reported = untilKilled(run, contents, "truncate", reported);

            byte[] there = Files.readAllBytes(file);
            if (contents.numberOf(there) < 0) {
                assertThat(reported.done()).as("done; " + run).isLessThan(reported.begun());
                assertThat(there.length).as("length; " + run).isNotEqualTo(contents.of(reported.begun()).length);
                broken++;
            } else {
                assertThat(contents.numberOf(there)).as(run).isBetween(reported.done(), reported.begun());
            }
            Files.write(file, contents.of(reported.begun()));
            reported = new Reported(reported.begun(), reported.begun());
        }
        System.out.println(TRUNCATING_KILLS + " kills of a program that truncates a file, seed " + seed + ": " + broken
                + " times it was incomplete and recognisable as such");
    }

    private Reported untilKilled(String run, NumberedContents contents, String how, Reported before) throws Exception {
        int lines = 1 + random.nextInt(MAX_LINES);
        int nanos = random.nextInt(MAX_NANOS);
        Process process = ChildJvm.of(ContentsWriter.class)
                .start(file.toString(), "" + contents.seed(), "" + contents.longest(), how, "" + (before.begun() + 1));
        try (BufferedReader output = process.inputReader()) {
            Reported reported = before;
            for (int i = 0; i < lines; i++) {
                String line = output.readLine();
                assertThat(line).as(run).isNotNull();
                reported = reported.and(line);
            }
            LockSupport.parkNanos(nanos);
            // Through the handle: the process itself would throw away what can still be read.
            process.toHandle().destroyForcibly();
            String line;
            while ((line = output.readLine()) != null) {
                reported = reported.and(line);
            }
            assertThat(process.waitFor()).as(run).isEqualTo(128 + 9);
            return reported;
        } finally {
            process.destroyForcibly().waitFor();
        }
    }
}
