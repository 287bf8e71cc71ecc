package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.random.OperationCounts;
import io.linuxaio.random.RandomWalk;
import io.linuxaio.testing.Seed;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A {@link RandomWalk} over the kernel in memory with random faults: each operation has one allowed outcome, and
 * nothing leaks.
 *
 * <p>A failure prints its seed; {@code -Dlinuxaio.seed=} repeats it. {@code -Dlinuxaio.random.seconds=} sets the duration.
 */
@Tag("random")
class RandomFaultsTest {
    private static final long SECONDS = RandomWalk.seconds(30);
    private static final Path DIRECTORY = Path.of("/fake");

    @Test
    void eachOperationHasAnAllowedOutcome() {
        long seed = Seed.next();
        FakeKernel kernel = FakeKernel.withRandomFaults(seed);
        RandomWalk walk = new RandomWalk(kernel, DIRECTORY, path -> FileContents.of(kernel, path), true, seed, SECONDS);
        SlowDevice device = new SlowDevice(kernel, new Random(seed));
        Thread thread = Thread.ofPlatform().daemon().name("slow device").start(device);

        try {
            assertTimeoutPreemptively(RandomWalk.limit(SECONDS), () -> walk.run("in memory, with faults"));
        } finally {
            device.stopped = true;
        }

        assertTimeoutPreemptively(RandomWalk.limit(0), () -> thread.join());
        assertThat(walk.tally().operations()).as("number of operations").isGreaterThan(100);
        assertThat(walk.tally().of(OperationCounts.Kind.FAILED))
                .as("reported failures")
                .isPositive();
        assertThat(kernel.openContexts()).as("contexts").isZero();
        assertThat(kernel.openDescriptors()).as("descriptors").isZero();
        assertThat(kernel.destroyedTooEarly()).as("contexts with lost results").isZero();
    }

    /** Completes held operations late and in another order, and adds stray events. */
    private static final class SlowDevice implements Runnable {
        private static final int MAX_RELEASES = 200;
        private static final int MAX_PAUSE_NANOS = 2_000_000;
        private static final int ROUNDS_PER_STRAY = 500;

        private final FakeKernel kernel;
        private final Random random;
        private volatile boolean stopped;

        SlowDevice(FakeKernel kernel, Random random) {
            this.kernel = kernel;
            this.random = random;
        }

        @Override
        public void run() {
            while (!stopped) {
                kernel.hold();
                for (int left = random.nextInt(MAX_RELEASES); left > 0 && !stopped; left--) {
                    int held = kernel.held().size();
                    if (held > 0) {
                        kernel.release(random.nextInt(held));
                    } else {
                        LockSupport.parkNanos(1 + random.nextInt(MAX_PAUSE_NANOS / 100));
                    }
                }
                kernel.releaseAll();
                if (random.nextInt(ROUNDS_PER_STRAY) == 0) {
                    // Of no generation that there is, or of no slot.
                    kernel.addEvent(random.nextBoolean() ? random.nextInt(8) : Integer.MAX_VALUE, random.nextInt());
                }
                LockSupport.parkNanos(1 + random.nextInt(MAX_PAUSE_NANOS));
            }
            kernel.releaseAll();
        }
    }
}
