package io.linuxaio.bench.layers;

import io.linuxaio.internal.engine.RefCount;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;

/** A benchmark of the reference count: acquire and release, as each operation does for its file and for its arena. */
@State(Scope.Benchmark)
public class RefCountBenchmark extends MicroBenchmark {
    private final RefCount uses = new RefCount(() -> {});

    @Benchmark
    @Threads(1)
    public boolean oneThread() {
        return beginAndEnd();
    }

    @Benchmark
    @Threads(2)
    public boolean twoThreads() {
        return beginAndEnd();
    }

    private boolean beginAndEnd() {
        boolean begun = uses.tryAcquire();
        uses.release();
        return begun;
    }
}
