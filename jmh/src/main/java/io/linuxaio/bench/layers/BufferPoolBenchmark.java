package io.linuxaio.bench.layers;

import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/**
 * A benchmark of {@link AioBufferPool}: acquire and release of a buffer, with and without leak tracking, without
 * contention for buffers.
 */
@State(Scope.Benchmark)
public class BufferPoolBenchmark extends MicroBenchmark {
    private static final int BUFFERS = 32;

    @Param({"false", "true"})
    private boolean tracksLeaks;

    private AioBufferPool pool;

    @Setup
    public void open() {
        pool = AioBufferPool.builder()
                .buffers(BUFFERS)
                .bufferSize(MemoryFile.BLOCK)
                .trackLeaks(tracksLeaks)
                .build();
    }

    @TearDown
    public void close() {
        pool.close();
    }

    @Benchmark
    @Threads(1)
    public long oneThread() throws InterruptedException {
        return acquireAndRelease();
    }

    @Benchmark
    @Threads(2)
    public long twoThreads() throws InterruptedException {
        return acquireAndRelease();
    }

    private long acquireAndRelease() throws InterruptedException {
        try (AioBuffer buffer = pool.acquire()) {
            return buffer.segment().address();
        }
    }
}
