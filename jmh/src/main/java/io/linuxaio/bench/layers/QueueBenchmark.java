package io.linuxaio.bench.layers;

import io.linuxaio.AioArena;
import io.linuxaio.AioCompletionHandler;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.bench.Workload.Operation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A benchmark of {@link AioQueue}: prepare, submit and await, per operation, in batches of three sizes, including the
 * copy of a block of 4 KiB; and a poll that finds no event. It must not allocate.
 */
@State(Scope.Thread)
public class QueueBenchmark extends MicroBenchmark {
    private static final int DEPTH = 32;
    private static final Duration LONG = Duration.ofMinutes(1);

    @Param({"READ", "WRITE"})
    private Operation operation;

    private MemoryFile target;
    private AioFile file;
    private AioQueue queue;
    private AioArena arena;
    private MemorySegment[] blocks;
    private AioCompletionHandler listener;
    private boolean reads;
    private long started;
    private long bytes;

    @Setup
    public void open() throws IOException {
        reads = operation == Operation.READ;
        target = MemoryFile.make();
        file = target.file();
        arena = AioArena.ofShared();
        blocks = MemoryFile.blocks(arena.allocate((long) DEPTH * MemoryFile.BLOCK));
        listener = (userData, result) -> bytes += result;
        queue = AioQueue.open(DEPTH);
    }

    @TearDown
    public void close() {
        queue.close();
        arena.close();
        target.close();
        if (bytes != started * MemoryFile.BLOCK) {
            throw new IllegalStateException(started + " operations moved " + bytes + " bytes");
        }
    }

    @Benchmark
    public long one() {
        return batchOf(1);
    }

    @Benchmark
    @OperationsPerInvocation(8)
    public long eight() {
        return batchOf(8);
    }

    @Benchmark
    @OperationsPerInvocation(DEPTH)
    public long thirtyTwo() {
        return batchOf(DEPTH);
    }

    @Benchmark
    public int pollNothing() {
        return queue.poll(listener);
    }

    private long batchOf(int count) {
        for (int i = 0; i < count; i++) {
            long position = MemoryFile.position(started++);
            boolean taken = reads
                    ? queue.prepareRead(file, blocks[i], position, i)
                    : queue.prepareWrite(file, blocks[i], position, i);
            if (!taken) {
                throw new IllegalStateException("the queue is full");
            }
        }
        queue.submit();
        queue.await(count, LONG, listener);
        return bytes;
    }
}
