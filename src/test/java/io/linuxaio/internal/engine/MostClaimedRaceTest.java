package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.testing.Race;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that claim at the same moment each see a maximum; the greatest must stay. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MostClaimedRaceTest {
    private static final int SLOTS = 3;
    private static final int ROUNDS = 20_000;

    private final FakeKernel kernel = new FakeKernel();
    private final Engine engine = Engine.over(kernel, kernel.setup(SLOTS), SLOTS, true);
    private final Queue<Slot> claimed = new ConcurrentLinkedQueue<>();
    private volatile SlotPool pool;

    @AfterEach
    void destroy() {
        engine.destroy();
    }

    private void claim() {
        claimed.add(pool.tryClaim());
    }

    @Test
    void noneIsLost() throws InterruptedException {
        Slot[] slots = {engine.slot(0), engine.slot(1), engine.slot(2)};

        Race.of(ROUNDS, this::claim, this::claim, this::claim).run(() -> pool = new SlotPool(slots), () -> {
            assertThat(claimed).hasSize(SLOTS);
            assertThat(pool.mostClaimed()).isEqualTo(SLOTS);
            claimed.clear();
        });
    }
}
