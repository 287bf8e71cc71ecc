package io.linuxaio.bench.layers;

import io.linuxaio.internal.abi.io_event;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Completion events read from native memory through the generated bindings, per event. No system call. */
@State(Scope.Thread)
public class EventBenchmark extends Layer {
    private static final int EVENTS = 32;

    private Arena arena;
    private MemorySegment events;

    @Setup
    public void open() {
        arena = Arena.ofShared();
        events = io_event.allocateArray(EVENTS, arena);
        for (int i = 0; i < EVENTS; i++) {
            MemorySegment event = io_event.asSlice(events, i);
            io_event.data(event, i);
            io_event.res(event, MemoryFile.BLOCK);
        }
    }

    @TearDown
    public void close() {
        arena.close();
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public long readThirtyTwo() {
        long sum = 0;
        for (int i = 0; i < EVENTS; i++) {
            MemorySegment event = io_event.asSlice(events, i);
            sum += io_event.data(event) + io_event.res(event);
        }
        return sum;
    }
}
