package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import io.linuxaio.testing.SmallStack;
import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Resources whose release fails at first: a background task, a later close or the next call of an arena releases them. */
@Timeout(60)
class StuckReleasesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final IllegalStateException failure = new IllegalStateException("of the test");
    private final Thread tester = Thread.currentThread();
    private final AtomicInteger attempts = new AtomicInteger();
    private final AtomicInteger released = new AtomicInteger();
    private volatile int failures = Integer.MAX_VALUE;

    /** Fails so many times. */
    private void release() {
        if (attempts.incrementAndGet() <= failures) {
            throw failure;
        }
        released.incrementAndGet();
    }

    /** Fails on all other threads, and on this one until the first failure. */
    private void releaseByTester() {
        if (attempts.incrementAndGet() == 1 || Thread.currentThread() != tester) {
            throw new IllegalStateException("of the test");
        }
        released.incrementAndGet();
    }

    private void assertReleasedBy(Runnable retry) {
        assertThat(released).hasValue(0);
        // The background task may be at it in this moment.
        assertThat(Await.becomes(
                        () -> {
                            retry.run();
                            return released.get() == 1;
                        },
                        PATIENCE))
                .as("released")
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBackgroundTaskTriesAgainWithLongerAndLongerPauses(boolean inUse) {
        failures = 3;
        RefCount uses = new RefCount(this::release);
        long start;
        try (LogLines log = new LogLines()) {
            start = System.nanoTime();
            if (inUse) {
                assertThat(uses.tryAcquire()).isTrue();
                assertThat(uses.close()).isTrue();
                uses.release();
            } else {
                assertThat(uses.close()).isTrue();
            }
            assertThat(uses.isClosed()).isTrue();
            assertThat(uses.tryAcquire()).isFalse();

            Await.until("released", () -> released.get() == 1);
            // Tasks of other tests may log, too.
            assertThat(log.thrown()).containsOnlyOnce(failure);
            assertThat(log.count("could not be released")).isPositive();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(70));
        assertThat(attempts).hasValue(4);
        assertThat(uses.uses()).isZero();
    }

    @Test
    void failedClosesHaveOneBackgroundTask() {
        RefCount uses = new RefCount(this::release);
        for (int i = 0; i < 100; i++) {
            uses.close();
        }
        int before = attempts.get();
        long start = System.nanoTime();

        // By two tasks there would be twice as many attempts.
        Await.until("some attempts", () -> attempts.get() >= before + 4);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(60));
        failures = 0;
        Await.until("released", () -> released.get() == 1);
    }

    /** An overflow within the JDK's scheduler would stop the timeouts of the whole application. */
    @Test
    void closesNearTheEndOfTheStackLeaveTheSchedulerOfTheJdkAlone() throws InterruptedException {
        failures = 1;
        new RefCount(this::release).close();
        Await.until("all classes are initialized", () -> released.get() == 1);
        failures = Integer.MAX_VALUE;
        RefCount[] uses = new RefCount[600];
        Arrays.setAll(uses, i -> new RefCount(this::release));
        AtomicInteger next = new AtomicInteger();

        try (LogLines log = new LogLines()) {
            for (int round = 0; round < 3; round++) {
                Thread thread = SmallStack.onTheWayBack(uses.length / 3, () -> uses[next.getAndIncrement()].close());

                assertThat(log.threads()).doesNotContain(thread.threadId());
            }
        }
        failures = 0;
        for (RefCount one : uses) {
            one.close();
        }
        Await.until("all are released", () -> released.get() == 1 + uses.length);
        assertThat(CompletableFuture.runAsync(() -> {}, CompletableFuture.delayedExecutor(1, TimeUnit.MILLISECONDS)))
                .succeedsWithin(PATIENCE);
    }

    @Test
    void aLaterCloseTriesAgain() {
        RefCount uses = new RefCount(this::releaseByTester);
        assertThat(uses.close()).isTrue();

        assertReleasedBy(() -> assertThat(uses.close()).isFalse());

        assertThat(uses.closeIfUnused()).as("released once more").isFalse();
        assertThat(released).hasValue(1);
    }

    @Test
    void aLaterCloseIfUnusedTriesAgain() {
        RefCount uses = new RefCount(this::releaseByTester);
        assertThat(uses.close()).isTrue();

        assertReleasedBy(uses::closeIfUnused);
    }

    @Test
    void closedArenasAreReleasedLater() {
        RefCount uses = new RefCount(this::releaseByTester);
        try (Arena arena = Arena.ofConfined()) {
            ArenaRefs.register(arena.scope(), uses);
            assertThat(uses.close()).isTrue();

            assertReleasedBy(() -> {
                // Again, if the background task was at it in the round before.
                RefCount.someStuck = true;
                ArenaRefs.retryReleases();
            });

            ArenaRefs.forget(arena.scope());
        }
    }

    @Test
    void countsOfBuffersAreReleasedLater() {
        RefCount uses = new RefCount(this::releaseByTester);
        BufferRefs buffers = new BufferRefs(0, 512, 2);
        buffers.set(1, uses);
        assertThat(uses.close()).isTrue();

        assertReleasedBy(buffers::retryRelease);
    }

    @Test
    void countsOfBlocksAreReleasedLater() {
        RefCount uses = new RefCount(this::releaseByTester);
        BlockRefs blocks = new BlockRefs(0, 4 * BlockRefs.MIN_BLOCK);
        blocks.set(2, 1, uses);
        assertThat(uses.close()).isTrue();

        assertReleasedBy(blocks::retryRelease);
    }

    @Test
    void openResourcesAreNotReleased() {
        failures = 0;
        RefCount open = new RefCount(this::release);
        RefCount used = new RefCount(this::release);
        assertThat(used.tryAcquire()).isTrue();
        assertThat(used.close()).isTrue();

        open.retryRelease();
        used.retryRelease();

        assertThat(attempts).hasValue(0);
        used.release();
        used.retryRelease();
        assertThat(released).hasValue(1);
    }
}
