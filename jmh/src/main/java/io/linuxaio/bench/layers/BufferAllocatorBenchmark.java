package io.linuxaio.bench.layers;

import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferAllocator;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;

/** A benchmark of {@link AioBufferAllocator}: allocation and release of 4 KiB, beside {@code aligned_alloc(3)}. */
@State(Scope.Benchmark)
public class BufferAllocatorBenchmark extends MicroBenchmark {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MethodHandle ALIGNED_ALLOC = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("aligned_alloc"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG));
    private static final MethodHandle FREE = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("free"), FunctionDescriptor.ofVoid(ValueLayout.ADDRESS));

    private AioBufferAllocator allocator;

    @Setup
    public void open() {
        allocator = AioBufferAllocator.open();
    }

    @TearDown
    public void close() {
        allocator.close();
    }

    @Benchmark
    @Threads(1)
    public long oneThread() {
        return allocateAndRelease();
    }

    @Benchmark
    @Threads(2)
    public long twoThreads() {
        return allocateAndRelease();
    }

    @Benchmark
    @Threads(1)
    public long alignedAlloc() throws Throwable {
        MemorySegment memory =
                (MemorySegment) ALIGNED_ALLOC.invokeExact((long) MemoryFile.BLOCK, (long) MemoryFile.BLOCK);
        FREE.invokeExact(memory);
        return memory.address();
    }

    private long allocateAndRelease() {
        try (AioBuffer buffer = allocator.allocate(MemoryFile.BLOCK)) {
            return buffer.segment().address();
        }
    }
}
