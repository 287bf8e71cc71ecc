package io.linuxaio.bench.layers;

import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** A benchmark of {@link SlotPool}: a slot acquired and released by the same thread, without contention for slots. */
@State(Scope.Benchmark)
public class SlotPoolBenchmark extends MicroBenchmark {
    private static final int DEPTH = 128;

    private EngineTable table;
    private SlotPool pool;

    @Setup
    public void open() {
        table = new EngineTable(DEPTH);
        pool = new SlotPool(table.slots());
    }

    @TearDown
    public void close() {
        table.close();
    }

    @Benchmark
    @Threads(1)
    public Slot oneThread() throws InterruptedException {
        return claimAndRelease();
    }

    @Benchmark
    @Threads(2)
    public Slot twoThreads() throws InterruptedException {
        return claimAndRelease();
    }

    private Slot claimAndRelease() throws InterruptedException {
        Slot slot = pool.acquire();
        pool.release(slot);
        return slot;
    }
}
