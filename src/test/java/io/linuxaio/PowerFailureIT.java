package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.DurableWriter.Guarantee;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.Seed;
import io.linuxaio.testing.TargetFolder;
import io.linuxaio.testing.fuse.FailingPower;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What was acknowledged as durable is there after the power has failed; and what was not synced can be lost, or this
 * test would show nothing.
 */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
class PowerFailureIT {
    /** How often the power fails. */
    private static final int FAILURES = Integer.getInteger("io.linuxaio.test.power-failures", 4);

    private static final Set<Guarantee> GUARANTEES = EnumSet.complementOf(EnumSet.of(Guarantee.NONE));

    /** How many pages of a hundred are written although nobody flushed them. */
    private static final int[] KEPT = {0, 50, 90};

    @TempDir(factory = TargetFolder.class)
    Path folder;

    private final long seed = Seed.next();
    private final Random random = new Random(seed);
    private final AtomicLong acknowledged = new AtomicLong();
    private long pagesLost;

    @Test
    void nothingAcknowledgedIsLostOnExt4() throws Exception {
        try (FailingPower power = FailingPower.ext4(folder, 64)) {
            assertNothingIsLost("ext4", power);
        }
    }

    @Test
    void nothingAcknowledgedIsLostOnXfs() throws Exception {
        try (FailingPower power = FailingPower.xfs(folder)) {
            assertNothingIsLost("xfs", power);
        }
    }

    private void assertNothingIsLost(String filesystem, FailingPower power) throws Exception {
        int lost = failAgainAndAgain(power, GUARANTEES);

        System.out.printf(
                "power failures on %s: %d, writes acknowledged: %d, of these lost: %d (pages lost: %d, seed: %d)%n",
                filesystem, FAILURES, acknowledged.get(), lost, pagesLost, seed);
        assertThat(lost).as("seed %d", seed).isZero();
        assertThat(pagesLost)
                .as("the power failed in the middle of something, seed %d", seed)
                .isPositive();
    }

    @Test
    void whereTheSyncIsLeftOutWritesAreLost() throws Exception {
        try (FailingPower power = FailingPower.ext4(folder, 64)) {
            int lost = failAgainAndAgain(power, EnumSet.of(Guarantee.NONE));

            System.out.printf(
                    "power failures without a sync: %d, writes completed: %d, of these lost: %d (seed: %d)%n",
                    FAILURES, acknowledged.get(), lost, seed);
            assertThat(lost).as("seed %d", seed).isPositive();
        }
    }

    private int failAgainAndAgain(FailingPower power, Set<Guarantee> guarantees) throws Exception {
        List<DurableWriter> writers = new ArrayList<>();
        guarantees.forEach(each -> writers.add(new DurableWriter(power.path(), each, acknowledged)));
        if (!guarantees.contains(Guarantee.NONE)) {
            // So that there is always something to be lost. What becomes of it is nobody's concern.
            writers.add(new DurableWriter(power.path(), Guarantee.NONE, new AtomicLong()));
        }
        int lost = 0;
        for (int i = 0; i < FAILURES; i++) {
            // Every third time files are extended, else overwritten.
            int number = i;
            loseInTheMiddle(power, writers, i % 3 == 0, () -> fail(power, guarantees, number));
            power.restore();
            try (AioContext aio = AioContext.open()) {
                for (DurableWriter writer : writers) {
                    int ofThis = writer.countLost(aio);
                    lost += guarantees.contains(writer.guarantee()) ? ofThis : 0;
                }
            }
        }
        return lost;
    }

    private int fail(FailingPower power, Set<Guarantee> guarantees, int number) {
        int kept = KEPT[number / 2 % KEPT.length];
        // Writers that ask for no flush may go on without one for long.
        boolean atFlush = number % 2 == 1 && !guarantees.contains(Guarantee.NONE);
        return atFlush ? power.failAtFlush(random.nextLong(), kept) : power.fail(random.nextLong(), kept);
    }

    private void loseInTheMiddle(FailingPower power, List<DurableWriter> writers, boolean empty, IntSupplier failure)
            throws Exception {
        List<Thread> threads = new ArrayList<>();
        try (AioContext aio = AioContext.builder().queueDepth(32).open()) {
            for (DurableWriter writer : writers) {
                writer.prepare(aio, random.nextLong(), empty);
            }
            power.settle();
            long enough = acknowledged.get() + 50 + random.nextInt(400);
            for (DurableWriter writer : writers) {
                threads.add(Thread.ofPlatform().start(writer));
            }
            Await.until(
                    "writes are acknowledged",
                    () -> acknowledged.get() >= enough || threads.stream().noneMatch(Thread::isAlive));
            pagesLost += failure.getAsInt();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        for (DurableWriter writer : writers) {
            assertThat(writer.end())
                    .as("%s, seed %d", writer, seed)
                    .isInstanceOf(AioException.class)
                    .hasMessageFindingMatch("EIO|EROFS");
        }
    }
}
