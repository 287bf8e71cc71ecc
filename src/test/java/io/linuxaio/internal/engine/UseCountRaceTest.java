package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Race;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever uses and whoever closes at the same moment: the resource goes once, and never while it is used. */
@Timeout(60)
class UseCountRaceTest {
    private static final int ROUNDS = 5_000;

    private final AtomicInteger users = new AtomicInteger();
    private final AtomicInteger freed = new AtomicInteger();
    private final AtomicInteger used = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile UseCount count;
    private volatile boolean closed;

    private void fresh() {
        freed.set(0);
        closed = false;
        count = new UseCount(this::free);
    }

    private void free() {
        assertThat(users.get()).as("users of what is let go").isZero();
        freed.incrementAndGet();
    }

    private void use() {
        if (!count.begin()) {
            refused.incrementAndGet();
            return;
        }
        users.incrementAndGet();
        assertThat(freed.get()).as("let go while in use").isZero();
        used.incrementAndGet();
        assertThat(freed.get()).as("let go while in use").isZero();
        users.decrementAndGet();
        count.end();
    }

    @Test
    void whatIsClosedGoesOnceWithItsLastUse() throws InterruptedException {
        Race.of(ROUNDS, this::use, this::use, () -> count.close(), () -> count.close())
                .run(this::fresh, () -> assertThat(freed.get()).isEqualTo(1));

        assertThat(used.get()).isPositive();
        assertThat(refused.get()).isPositive();
    }

    @Test
    void whatIsClosedOnlyIfUnusedIsRefusedOrUnused() throws InterruptedException {
        AtomicInteger closings = new AtomicInteger();
        Race.of(ROUNDS, this::use, this::use, () -> closed = count.closeIfUnused())
                .run(this::fresh, () -> {
                    assertThat(freed.get()).isEqualTo(closed ? 1 : 0);
                    assertThat(count.isClosed()).isEqualTo(closed);
                    assertThat(count.uses()).isZero();
                    closings.addAndGet(closed ? 1 : 0);
                });

        assertThat(refused.get()).as("uses that came too late").isPositive();
        assertThat(closings.get()).as("closings").isBetween(1, Integer.MAX_VALUE);
    }
}
