package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RefCountTest {
    private final AtomicInteger release = new AtomicInteger();
    private final RefCount uses = new RefCount(release::incrementAndGet);

    @Test
    void anUnusedResourceIsReleasedAtOnce() {
        assertThat(uses.close()).isTrue();

        assertThat(release).hasValue(1);
        assertThat(uses.isClosed()).isTrue();
        assertThat(uses.tryAcquire()).isFalse();
    }

    @Test
    void aResourceInUseIsReleasedWithTheLastUse() {
        uses.tryAcquire();
        uses.tryAcquire();

        assertThat(uses.close()).isTrue();
        assertThat(uses.tryAcquire()).isFalse();
        assertThat(uses.uses()).isEqualTo(2);
        uses.release();
        assertThat(release).hasValue(0);
        uses.release();

        assertThat(release).hasValue(1);
        assertThat(uses.uses()).isZero();
    }

    @Test
    void closingAgainDoesNothing() {
        uses.tryAcquire();
        assertThat(uses.close()).isTrue();
        assertThat(uses.close()).isFalse();
        uses.release();
        assertThat(uses.close()).isFalse();
        assertThat(uses.closeIfUnused()).isFalse();

        assertThat(release).hasValue(1);
    }

    @Test
    void closingIfUnusedIsRefusedForAResourceInUse() {
        uses.tryAcquire();

        assertThat(uses.closeIfUnused()).isFalse();

        assertThat(uses.isClosed()).isFalse();
        assertThat(uses.tryAcquire()).isTrue();
        uses.release();
        uses.release();
        assertThat(release).hasValue(0);
        assertThat(uses.closeIfUnused()).isTrue();
        assertThat(release).hasValue(1);
    }

    @Test
    void aResourceThatCannotBeReleasedStaysOpen() {
        RefCount stubborn = new RefCount(() -> {
            throw new IllegalStateException("of the test");
        });

        assertThatThrownBy(stubborn::closeIfUnused).hasMessage("of the test");

        assertThat(stubborn.isClosed()).isFalse();
        assertThat(stubborn.tryAcquire()).isTrue();
        // The thread that releases the last use must not receive the exception.
        stubborn.close();
        stubborn.release();
        assertThat(stubborn.uses()).isZero();
    }

    @Tag("slow")
    @Test
    void acquiringReleasingAndClosingMayRace() throws Exception {
        int rounds = 3000;
        CyclicBarrier start = new CyclicBarrier(4);
        AtomicInteger violations = new AtomicInteger();
        RefCount[] counts = new RefCount[rounds];
        AtomicInteger[] active = new AtomicInteger[rounds];
        AtomicInteger[] ends = new AtomicInteger[rounds];
        for (int i = 0; i < rounds; i++) {
            AtomicInteger now = active[i] = new AtomicInteger();
            AtomicInteger gone = ends[i] = new AtomicInteger();
            counts[i] = new RefCount(() -> {
                gone.incrementAndGet();
                violations.addAndGet(now.get());
            });
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            Future<?>[] all = new Future<?>[4];
            for (int t = 0; t < all.length; t++) {
                boolean closes = t < 2;
                all[t] = threads.submit(() -> {
                    for (int i = 0; i < rounds; i++) {
                        start.await();
                        if (closes) {
                            counts[i].close();
                        } else {
                            use(counts[i], active[i], ends[i], violations);
                        }
                    }
                    return null;
                });
            }
            for (Future<?> one : all) {
                one.get();
            }
        }

        assertThat(violations).hasValue(0);
        assertThat(ends).allMatch(end -> end.get() == 1);
    }

    private static void use(RefCount count, AtomicInteger active, AtomicInteger gone, AtomicInteger violations) {
        while (count.tryAcquire()) {
            active.incrementAndGet();
            violations.addAndGet(gone.get());
            active.decrementAndGet();
            count.release();
        }
    }
}
