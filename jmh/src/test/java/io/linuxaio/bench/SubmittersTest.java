package io.linuxaio.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.bench.Workload.Operation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Submitting threads, which run at once, are reused, report failures, and are counted in the usage. */
@Timeout(20)
class SubmittersTest {
    private static final long BYTES = 8 << 20;
    private static final Duration BUSY = Duration.ofMillis(50);

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

    private volatile Object kept;

    @Test
    void theCallerIsTheOnlySubmitterIfThereIsOne() throws Exception {
        try (Submitters one = new Submitters(workload(1))) {
            Thread caller = Thread.currentThread();
            one.run(share -> assertThat(Thread.currentThread()).isSameAs(caller));
        }
    }

    @Test
    void severalSubmittersRunAtOnceAndAreReused() throws Exception {
        try (Submitters three = new Submitters(workload(3))) {
            Set<Thread> first = threads(three);
            assertThat(first).hasSize(3).doesNotContain(Thread.currentThread());
            assertThat(threads(three)).isEqualTo(first);
        }
    }

    private static Set<Thread> threads(Submitters submitters) throws Exception {
        CyclicBarrier allAreHere = new CyclicBarrier(3);
        Set<Thread> seen = ConcurrentHashMap.newKeySet();
        submitters.run(share -> {
            seen.add(Thread.currentThread());
            allAreHere.await();
        });
        return seen;
    }

    @Test
    void failuresAreReported() {
        try (Submitters three = new Submitters(workload(3))) {
            assertThatThrownBy(() -> three.run(share -> {
                        if (share.number() > 0) {
                            throw new IOException("of " + share.number());
                        }
                    }))
                    .isInstanceOf(IOException.class)
                    .hasMessage("of 1")
                    .satisfies(first -> assertThat(first.getSuppressed())
                            .singleElement()
                            .extracting(Throwable::getMessage)
                            .isEqualTo("of 2"));
            assertThatThrownBy(() -> three.run(share -> {
                        throw new NoClassDefFoundError("of a peer");
                    }))
                    .isInstanceOf(NoClassDefFoundError.class);
        }
    }

    @Test
    void openSessionsAreClosedIfAnotherCannotBeOpened() {
        Set<Thread> opened = ConcurrentHashMap.newKeySet();
        Set<Thread> closed = ConcurrentHashMap.newKeySet();
        assertThatThrownBy(() -> SessionPerThread.open(workload(3), share -> {
                    if (share.number() == 1) {
                        throw new IOException("no more queues");
                    }
                    opened.add(Thread.currentThread());
                    return new Session() {
                        @Override
                        public void run(Meter meter) {
                            throw new AssertionError("not all sessions are open");
                        }

                        @Override
                        public void close() {
                            closed.add(Thread.currentThread());
                        }
                    };
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("no more queues");
        assertThat(opened).hasSize(2);
        assertThat(closed).isEqualTo(opened);
    }

    @Test
    void usageOfAllThreadsIsCountedAfterTheyEnd() throws Exception {
        ResourceUsage before = ResourceUsage.now();
        try (Submitters two = new Submitters(workload(2))) {
            two.run(share -> {
                kept = new byte[Math.toIntExact(BYTES)];
                while (THREADS.getCurrentThreadCpuTime() < BUSY.toNanos()) {
                    Thread.onSpinWait();
                }
            });
        }
        ResourceUsage used = ResourceUsage.now().since(before);
        assertThat(kept).isNotNull();
        assertThat(used.allocatedBytes()).isGreaterThanOrEqualTo(2 * BYTES);
        assertThat(used.processorNanos()).isGreaterThan(BUSY.toNanos() * 3 / 2);
    }

    private static Workload workload(int threads) {
        return new Workload(
                Path.of("none"), 4096, 4096, threads, threads, Operation.READ, true, true, BUSY, 0, BUSY, 1, 1);
    }
}
