package io.linuxaio.bench.layers;

import io.linuxaio.AioArena;
import io.linuxaio.AioFile;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A benchmark of virtual threads that share a context and wait for each of their operations, per operation of all
 * threads together. The figures include starting and joining the threads: negligible with many operations in each, the
 * larger part with one. Threads beyond the queue depth also wait for a slot.
 */
@State(Scope.Benchmark)
public class VirtualThreadBenchmark extends MicroBenchmark {
    private static final int FEW = 32;
    private static final int EACH = 100;
    private static final int MANY = 1000;

    private AioArena arena;
    private MemorySegment[] blocks;
    private final LongAdder bytes = new LongAdder();

    @Setup
    public void open() {
        arena = AioArena.ofShared();
        blocks = MemoryFile.blocks(arena.allocate((long) MANY * MemoryFile.BLOCK));
    }

    @TearDown
    public void close() {
        arena.close();
    }

    @Benchmark
    @OperationsPerInvocation(FEW * EACH)
    public long fewThreadsManyOperations(SharedFile shared) throws InterruptedException {
        return run(shared.file(), FEW, EACH);
    }

    @Benchmark
    @OperationsPerInvocation(MANY)
    public long manyThreadsOneOperation(SharedFile shared) throws InterruptedException {
        return run(shared.file(), MANY, 1);
    }

    private long run(AioFile file, int count, int each) throws InterruptedException {
        bytes.reset();
        Thread[] threads = new Thread[count];
        for (int i = 0; i < count; i++) {
            int first = i * each;
            MemorySegment block = blocks[i];
            threads[i] = Thread.startVirtualThread(() -> {
                for (int j = 0; j < each; j++) {
                    bytes.add(file.read(block, MemoryFile.position(first + j)).join());
                }
            });
        }
        for (Thread thread : threads) {
            thread.join();
        }
        if (bytes.sum() != (long) count * each * MemoryFile.BLOCK) {
            throw new IllegalStateException("some operations failed: " + bytes.sum() + " bytes were moved");
        }
        return bytes.sum();
    }
}
