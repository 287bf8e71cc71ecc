package io.linuxaio.bench.layers;

import io.linuxaio.AioArena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * A benchmark of platform threads that share a context and wait for each of their operations. The figure is the latency
 * of one caller, not the time per operation of all threads together.
 */
public class BlockingBenchmark extends MicroBenchmark {
    /** A caller's buffer. */
    @State(Scope.Thread)
    public static class Caller {
        private AioArena arena;
        private MemorySegment block;
        private long started;

        @Setup
        public void open() {
            arena = AioArena.ofShared();
            block = arena.allocate(MemoryFile.BLOCK);
        }

        @TearDown
        public void close() {
            arena.close();
        }

        int read(SharedFile shared) {
            return shared.file().read(block, MemoryFile.position(started++)).join();
        }
    }

    @Benchmark
    @Threads(1)
    public int oneCaller(SharedFile shared, Caller caller) {
        return caller.read(shared);
    }

    @Benchmark
    @Threads(2)
    public int twoCallers(SharedFile shared, Caller caller) {
        return caller.read(shared);
    }

    @Benchmark
    @Threads(8)
    public int eightCallers(SharedFile shared, Caller caller) {
        return caller.read(shared);
    }
}
