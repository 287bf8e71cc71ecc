package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Await;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BackoffTest {
    @Test
    void aZeroBoundDoesNotWait() {
        assertThat(new Backoff(0).pause()).isFalse();
    }

    @Test
    void aThreadThatWaitsIsParkedAndNotInterrupted() throws InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread thread = Thread.ofPlatform().daemon().start(() -> {
            while (!stop.get()) {
                Backoff.sleep(20_000_000);
                interrupted.compareAndSet(false, Thread.interrupted());
            }
        });

        Await.parked(thread);

        stop.set(true);
        thread.join();
        assertThat(interrupted).isFalse();
    }

    /** The thread is interrupted: that must neither make it spin nor be lost. */
    @Test
    void totalAndSinglePausesAreBounded() {
        Backoff backoff = new Backoff(1);
        long begin = System.nanoTime();
        int pauses = 0;
        Thread.currentThread().interrupt();
        while (backoff.pause()) {
            pauses++;
        }
        boolean interrupted = Thread.interrupted();
        Duration whole = Duration.ofNanos(System.nanoTime() - begin);

        assertThat(interrupted).isTrue();
        assertThat(whole).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
        // A spin would make millions; 20 µs that double up to 5 ms make some two hundred.
        assertThat(pauses).isBetween(2, 1000);
    }
}
