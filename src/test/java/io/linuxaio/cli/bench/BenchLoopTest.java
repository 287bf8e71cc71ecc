package io.linuxaio.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.cli.runtime.CommandContext;
import io.linuxaio.cli.runtime.ShutdownSignal;
import io.linuxaio.cli.transfer.Pacer;
import io.linuxaio.cli.transfer.Progress;
import io.linuxaio.cli.transfer.ProgressLine;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The loop of a bench, over an engine and a clock controlled by the test. */
class BenchLoopTest {
    private static final long MICRO = 1_000;
    private static final long MILLI = 1_000_000;
    private static final int BLOCK = 4096;
    private static final Progress SILENT = Progress.of(
            new CommandContext(new ShutdownSignal(), System.out, System.err, false, false),
            true,
            new ProgressLine("test", -1));

    private long now = 1_000 * MILLI;
    private final FakeEngine engine = new FakeEngine();

    /** An engine whose operations take a fixed time each and run in parallel. */
    private final class FakeEngine implements BenchEngine {
        private record Operation(int slot, long end) {}

        private final List<Operation> inFlight = new ArrayList<>();
        private long latency = 100 * MICRO;
        private long stallFrom = Long.MAX_VALUE;
        private long stallTo;
        private int result = BLOCK;
        private int max;

        @Override
        public void prepare(int slot, boolean read, long position) {
            long end = now + latency;
            // A device that stalls completes nothing before it resumes.
            inFlight.add(new Operation(slot, end > stallFrom && end < stallTo ? stallTo : end));
            max = Math.max(max, inFlight.size());
        }

        @Override
        public void submit() {}

        @Override
        public void await(long nanos, CompletionHandler handler) {
            long first = inFlight.stream().mapToLong(Operation::end).min().orElse(Long.MAX_VALUE);
            // A call takes time, too: otherwise the loop would poll at one moment for ever.
            now = Math.max(now + 1, Math.min(first, now + nanos));
            List<Operation> over =
                    inFlight.stream().filter(one -> one.end <= now).toList();
            inFlight.removeAll(over);
            over.forEach(one -> handler.onCompletion(one.slot, result, one.end));
        }

        @Override
        public void close() {}
    }

    private BenchLoop loop(Pacer pacer, int depth) {
        Workload workload = new Workload(BenchMode.RANDREAD, 50, BLOCK, 1000, 1);
        return new BenchLoop(engine, workload, pacer, new PeriodicSync(0, () -> {}), BLOCK, depth, () -> now++);
    }

    @Test
    void allSlotsAreUsedWithoutARate() {
        BenchLoop loop = loop(Pacer.unlimited(), 8);
        loop.run(now + 10 * MILLI, () -> false, SILENT);
        loop.drain();

        assertThat(engine.max).isEqualTo(8);
        // A hundred rounds of eight, minus the time of the calls.
        assertThat(loop.reads().count()).isBetween(700L, 808L);
        assertThat(loop.reads().percentile(50)).isBetween(99 * MICRO, 101 * MICRO);
        assertThat(loop.writes().count()).isZero();
    }

    @Test
    void aSyncWaitsForTheWritesBeforeIt() {
        List<Integer> inFlight = new ArrayList<>();
        PeriodicSync sync = new PeriodicSync(6, () -> inFlight.add(engine.inFlight.size()));
        Workload workload = new Workload(BenchMode.RANDWRITE, 50, BLOCK, 1000, 1);
        BenchLoop loop = new BenchLoop(engine, workload, Pacer.unlimited(), sync, BLOCK, 4, () -> now++);

        loop.run(now + 10 * MILLI, () -> false, SILENT);
        loop.drain();

        assertThat(inFlight).hasSizeGreaterThan(20).containsOnly(0);
        assertThat(loop.syncs().count()).isEqualTo(inFlight.size());
        assertThat(loop.writes().count()).isBetween(6L * inFlight.size(), 6L * inFlight.size() + 6);
        assertThat(engine.max).isEqualTo(4);
    }

    @Test
    void aFailedSyncEndsTheRun() {
        PeriodicSync sync = new PeriodicSync(1, () -> {
            throw new IOException("injected");
        });
        Workload workload = new Workload(BenchMode.WRITE, 50, BLOCK, 1000, 1);
        BenchLoop loop = new BenchLoop(engine, workload, Pacer.unlimited(), sync, BLOCK, 4, () -> now++);

        loop.run(now + 10 * MILLI, () -> false, SILENT);

        assertThat(loop.failure()).contains("fsync failed", "injected");
    }

    @Test
    void theRateIsKept() {
        BenchLoop loop = loop(Pacer.of(1000, now), 8);
        loop.run(now + 100 * MILLI, () -> false, SILENT);
        loop.drain();

        assertThat(loop.reads().count()).isEqualTo(100);
        assertThat(engine.max).isEqualTo(1);
    }

    @Test
    void latencyCountsFromTheScheduledStartWhileTheDeviceStalls() {
        long start = now;
        engine.stallFrom = start + 100 * MILLI;
        engine.stallTo = start + 600 * MILLI;
        Pacer pacer = Pacer.of(1000, start);
        BenchLoop loop = loop(pacer, 1);
        loop.run(start + 1000 * MILLI, () -> false, SILENT);
        loop.drain();

        // 500 of 1000 were to begin within the stall: on the average they waited for a half of it. Measured from
        // submission, one alone would show it.
        assertThat(loop.reads().count()).isBetween(990L, 1000L);
        assertThat(loop.reads().max()).isBetween(490 * MILLI, 510 * MILLI);
        assertThat(loop.reads().percentile(90)).isGreaterThan(300 * MILLI);
        assertThat(loop.reads().percentile(40)).isLessThan(200 * MICRO);
    }

    @Test
    void operationsNotStartedInTimeAreCounted() {
        long start = now;
        engine.latency = 10 * MILLI;
        Pacer pacer = Pacer.of(1000, start);
        BenchLoop loop = loop(pacer, 1);
        loop.run(start + 100 * MILLI, () -> false, SILENT);

        assertThat(pacer.late(start + 100 * MILLI)).isBetween(88L, 92L);
    }

    @Test
    void completionsDuringWarmUpAreDiscarded() {
        BenchLoop loop = loop(Pacer.unlimited(), 1);
        loop.run(now + 10 * MILLI, () -> false, SILENT);
        loop.clear();

        assertThat(loop.reads().count()).isZero();
        assertThat(loop.reads().bytes()).isZero();
        loop.run(now + 10 * MILLI, () -> false, SILENT);
        assertThat(loop.reads().bytes()).isEqualTo(loop.reads().count() * BLOCK).isPositive();
    }

    @Test
    void aShortReadIsAFailureThatEndsTheRun() {
        engine.result = 512;
        BenchLoop loop = loop(Pacer.unlimited(), 1);
        loop.run(Long.MAX_VALUE, () -> false, SILENT);

        assertThat(loop.failure()).contains("read of 4096 bytes at ", "transferred 512 bytes only");
        assertThat(loop.reads().count()).isZero();
    }

    @Test
    void anErrorIsNamed() {
        engine.result = -5;
        BenchLoop loop = loop(Pacer.unlimited(), 1);
        loop.run(Long.MAX_VALUE, () -> false, SILENT);

        assertThat(loop.failure()).contains("failed: EIO");
    }

    @Test
    void aRequestToStopEndsTheRun() {
        BenchLoop loop = loop(Pacer.unlimited(), 4);
        long until = now + 5 * MILLI;
        loop.run(Long.MAX_VALUE, () -> now >= until, SILENT);
        loop.drain();

        assertThat(now).isLessThan(until + MILLI);
        assertThat(loop.failure()).isNull();
        assertThat(engine.inFlight).isEmpty();
    }
}
