package io.linuxaio.faultinjection;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.files.AioFiles;
import io.linuxaio.files.AioWriteOption;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.fuse.FailingPower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files replaced repeatedly until the power fails. Each is complete afterwards, and none is older than the last
 * acknowledged one. Without the syncs that can happen, or this test would prove nothing.
 */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class WholeFilePowerFailureIT {
    /** The number of power failures. */
    private static final int FAILURES = Integer.getInteger("io.linuxaio.test.power-failures", 4);

    private static final int MOST_FAILURES = 10 * FAILURES;

    /** The percentage of unflushed pages that are kept. */
    private static final int[] KEPT = {0, 50, 90};

    private static final int FILES = 3;
    private static final int LONGEST = 300_000;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final long seed = Seed.next();
    private final Random random = new Random(seed);
    private final AtomicLong acknowledged = new AtomicLong();
    private int failures;
    private long pagesLost;

    /** The ways to replace a file. */
    private interface Way {
        void replace(Path file, byte[] contents) throws IOException;
    }

    private static void atomically(Path file, byte[] contents) {
        AioFiles.write(file, contents, AioWriteOption.ATOMIC_REPLACE).join();
    }

    /** As many programs do, without syncs. */
    private static void withoutSync(Path file, byte[] contents) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".new");
        AioFiles.write(temporary, contents).join();
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Replaces its own file until the filesystem fails. */
    private final class Replacer implements Runnable {
        private final Path file;
        private final Way way;
        private final boolean syncs;
        private final NumberedContents contents;
        private long begun;
        private long done;
        private Throwable end;

        Replacer(int index, Path file, boolean syncs) {
            this.file = file;
            this.syncs = syncs;
            way = syncs ? WholeFilePowerFailureIT::atomically : WholeFilePowerFailureIT::withoutSync;
            contents = new NumberedContents(seed + index, LONGEST);
        }

        @Override
        public void run() {
            end = null;
            try {
                while (true) {
                    begun++;
                    way.replace(file, contents.of(begun));
                    done = begun;
                    acknowledged.incrementAndGet();
                }
            } catch (IOException | RuntimeException e) {
                end = e;
            }
        }

        /** Returns {@code true} if neither the acknowledged contents nor their pending replacement are there. */
        boolean isLost() throws IOException {
            // Number 0 is that there was none.
            long there = Files.exists(file) ? contents.numberOf(Files.readAllBytes(file)) : 0;
            boolean lost = there < done || there > begun;
            // Without a sync they are lost by the dozen.
            if (lost && syncs) {
                System.out.printf("%s holds number %d, acknowledged was %d of %d%n", file, there, done, begun);
            }
            // What is there now is durable.
            done = there;
            return lost;
        }
    }

    private List<Replacer> replacers(Path where, boolean sync) {
        List<Replacer> replacers = new ArrayList<>();
        for (int i = 0; i < FILES; i++) {
            replacers.add(new Replacer(i, where.resolve("file-" + i), sync));
        }
        return replacers;
    }

    @Test
    void aReplacedFileIsTheAcknowledgedOrTheNextOneOnExt4() throws Exception {
        try (FailingPower power = FailingPower.ext4(directory, 64)) {
            assertNothingIsLost("ext4", power);
        }
    }

    @Test
    void aReplacedFileIsTheAcknowledgedOrTheNextOneOnXfs() throws Exception {
        try (FailingPower power = FailingPower.xfs(directory)) {
            assertNothingIsLost("xfs", power);
        }
    }

    private void assertNothingIsLost(String filesystem, FailingPower power) throws Exception {
        int lost = failAgainAndAgain(power, true);

        System.out.printf(
                "power failures on %s: %d, replacements acknowledged: %d, of these lost: %d (pages lost: %d, seed: %d)%n",
                filesystem, failures, acknowledged.get(), lost, pagesLost, seed);
        assertThat(lost).as("seed %d", seed).isZero();
        assertThat(pagesLost)
                .as("acknowledged writes before the power failed, seed %d", seed)
                .isPositive();
    }

    @Test
    void replacementsAreLostWithoutTheSync() throws Exception {
        try (FailingPower power = FailingPower.ext4(directory, 64)) {
            int lost = failAgainAndAgain(power, false);

            System.out.printf(
                    "power failures without a sync: %d, files replaced: %d times, of these lost: %d (seed: %d)%n",
                    failures, acknowledged.get(), lost, seed);
            assertThat(lost).as("seed %d", seed).isPositive();
        }
    }

    private int failAgainAndAgain(FailingPower power, boolean sync) throws Exception {
        List<Replacer> replacers = replacers(power.path(), sync);
        int lost = 0;
        // Failures at moments when all is flushed prove nothing: more follow then.
        for (; failures < FAILURES || (sync ? pagesLost : lost) == 0 && failures < MOST_FAILURES; failures++) {
            int kept = KEPT[failures / 2 % KEPT.length];
            // Without a sync no flush is requested.
            boolean atFlush = sync && failures % 2 == 1;
            long choice = random.nextLong();
            List<Thread> threads = new ArrayList<>();
            long enough = acknowledged.get() + 10 + random.nextInt(60);
            replacers.forEach(replacer -> threads.add(
                    Thread.ofPlatform().name(replacer.file.toString()).start(replacer)));
            Await.until(
                    "files are replaced",
                    () -> acknowledged.get() >= enough || threads.stream().noneMatch(Thread::isAlive));
            pagesLost += atFlush ? power.failAtFlush(choice, kept) : power.fail(choice, kept);
            for (Thread thread : threads) {
                thread.join();
            }
            power.restore();
            for (Replacer replacer : replacers) {
                assertThat(replacer.end)
                        .as("%s, seed %d", replacer.file, seed)
                        .hasMessageFindingMatch("EIO|EROFS|Input/output error|Read-only file system");
                lost += replacer.isLost() ? 1 : 0;
            }
        }
        return lost;
    }
}
