package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Race;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that acquire and close at the same moment: the resource is released once, and never while in use. */
@Timeout(60)
class RefCountRaceTest {
    private static final int ROUNDS = 6_000;
    private static final int TIMES = 20;

    private final AtomicInteger users = new AtomicInteger();
    private final AtomicInteger freed = new AtomicInteger();
    private final AtomicInteger used = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile RefCount count;
    private volatile boolean closed;

    private void fresh() {
        freed.set(0);
        closed = false;
        count = new RefCount(this::free);
    }

    private void free() {
        if (users.get() != 0) {
            throw new AssertionError("released while in use");
        }
        freed.incrementAndGet();
    }

    private void useUntilRefused() {
        // With fewer processors than threads, the closer would otherwise wait for a time slice in every round.
        for (int i = 1; use(); i++) {
            if (i % TIMES == 0) {
                Thread.yield();
            } else {
                Thread.onSpinWait();
            }
        }
        refused.incrementAndGet();
    }

    private void closeSome() {
        for (int i = 0; i < TIMES && !closed; i++) {
            closed = count.closeIfUnused();
        }
    }

    private void useSome() {
        for (int i = 0; i < TIMES; i++) {
            if (!use()) {
                refused.incrementAndGet();
                return;
            }
        }
    }

    private boolean use() {
        if (!count.tryAcquire()) {
            return false;
        }
        users.incrementAndGet();
        assertNotReleased();
        used.incrementAndGet();
        assertNotReleased();
        users.decrementAndGet();
        count.release();
        return true;
    }

    private void assertNotReleased() {
        if (freed.get() != 0) {
            throw new AssertionError("released while in use");
        }
    }

    @Test
    void aClosedResourceIsReleasedOnceWithItsLastUse() throws InterruptedException {
        Race.of(ROUNDS, this::useUntilRefused, this::useUntilRefused, () -> count.close(), () -> count.close())
                .until(() -> used.get() > 0 && refused.get() > 0)
                .run(this::fresh, () -> assertThat(freed.get()).isEqualTo(1));

        assertThat(refused.get())
                .as("refusals, of each of two users in each round")
                .isGreaterThanOrEqualTo(2 * ROUNDS);
    }

    @Test
    void closingIfUnusedIsRefusedOrTheResourceIsUnused() throws InterruptedException {
        AtomicInteger closings = new AtomicInteger();
        Race.of(ROUNDS, this::useSome, this::useSome, this::closeSome)
                .until(() -> refused.get() > 0 && closings.get() > 0)
                .run(this::fresh, () -> {
                    assertThat(freed.get()).isEqualTo(closed ? 1 : 0);
                    assertThat(count.isClosed()).isEqualTo(closed);
                    assertThat(count.uses()).isZero();
                    closings.addAndGet(closed ? 1 : 0);
                });

        assertThat(closings.get()).as("number of closes").isBetween(1, Integer.MAX_VALUE);
    }
}
