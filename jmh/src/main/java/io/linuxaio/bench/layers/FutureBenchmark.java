package io.linuxaio.bench.layers;

import io.linuxaio.AioArena;
import io.linuxaio.AioBatch;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.bench.Workload.Operation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A benchmark of {@link AioContext} on one thread, per operation: each future awaited immediately; several submitted
 * one by one and then awaited; several submitted in a batch. The figures include the copy of a block of 4 KiB.
 */
@State(Scope.Thread)
public class FutureBenchmark extends MicroBenchmark {
    private static final int DEPTH = 32;

    @Param({"READ", "WRITE"})
    private Operation operation;

    private AioContext context;
    private MemoryFile target;
    private AioFile file;
    private AioArena arena;
    private AioBatch batch;
    private MemorySegment[] blocks;
    private final List<CompletableFuture<Integer>> futures = new ArrayList<>(DEPTH);
    private boolean reads;
    private long started;

    @Setup
    public void open() throws IOException {
        reads = operation == Operation.READ;
        context = AioContext.builder().queueDepth(DEPTH).open();
        target = MemoryFile.in(context);
        file = target.file();
        arena = AioArena.ofShared();
        blocks = MemoryFile.blocks(arena.allocate((long) DEPTH * MemoryFile.BLOCK));
        batch = context.batch();
    }

    @TearDown
    public void close() {
        target.close();
        context.close();
        arena.close();
    }

    @Benchmark
    public int oneWaitedFor() {
        return start(0).join();
    }

    @Benchmark
    @OperationsPerInvocation(DEPTH)
    public int oneByOne() {
        for (int i = 0; i < DEPTH; i++) {
            futures.add(start(i));
        }
        return joinAll();
    }

    @Benchmark
    @OperationsPerInvocation(8)
    public int batchOfEight() {
        return batchOf(8);
    }

    @Benchmark
    @OperationsPerInvocation(DEPTH)
    public int batchOfThirtyTwo() {
        return batchOf(DEPTH);
    }

    private CompletableFuture<Integer> start(int block) {
        long position = MemoryFile.position(started++);
        return reads ? file.read(blocks[block], position) : file.write(blocks[block], position);
    }

    private int batchOf(int count) {
        for (int i = 0; i < count; i++) {
            long position = MemoryFile.position(started++);
            futures.add(reads ? batch.read(file, blocks[i], position) : batch.write(file, blocks[i], position));
        }
        batch.submit();
        return joinAll();
    }

    private int joinAll() {
        int bytes = 0;
        for (int i = 0; i < futures.size(); i++) {
            bytes += futures.get(i).join();
        }
        if (bytes != futures.size() * MemoryFile.BLOCK) {
            throw new IllegalStateException(futures.size() + " operations moved " + bytes + " bytes");
        }
        futures.clear();
        return bytes;
    }
}
