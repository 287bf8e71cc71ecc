package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.bench.layers.MicroBenchmark;
import io.linuxaio.internal.abi.io_event;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A benchmark of {@link EventRing}: reaping of completion events, per event, and a poll of an empty ring. The ring is
 * memory of this process with the layout of the kernel (fs/aio.c): no system call, and no cache line that another
 * processor has just written.
 */
@State(Scope.Thread)
public class EventRingBenchmark extends MicroBenchmark {
    private static final int EVENTS = 32;
    private static final int PLACES = 128;
    private static final int HEADER = 32;
    private static final int MAGIC = 0xa10a10a1;

    private static final long COUNT_OFFSET = 4;
    private static final long HEAD_OFFSET = 8;
    private static final long TAIL_OFFSET = 12;
    private static final long MAGIC_OFFSET = 16;
    private static final long HEADER_LENGTH_OFFSET = 28;

    private Arena arena;
    private MemorySegment memory;
    private EventRing ring;
    private EventRing empty;

    @Setup
    public void open() {
        arena = Arena.ofShared();
        memory = layOut();
        ring = EventRing.at(memory.address(), 1);
        empty = EventRing.at(layOut().address(), 1);
        if (ring == null || empty == null) {
            throw new IllegalStateException(
                    "the library does not take this memory for a ring: has the layout changed?");
        }
    }

    private MemorySegment layOut() {
        MemorySegment laidOut = arena.allocate(HEADER + PLACES * io_event.sizeof(), HEADER);
        laidOut.set(JAVA_INT, COUNT_OFFSET, PLACES);
        laidOut.set(JAVA_INT, MAGIC_OFFSET, MAGIC);
        laidOut.set(JAVA_INT, HEADER_LENGTH_OFFSET, HEADER);
        for (int i = 0; i < PLACES; i++) {
            long event = HEADER + i * io_event.sizeof();
            laidOut.set(JAVA_LONG, event + io_event.data$offset(), i);
            laidOut.set(JAVA_LONG, event + io_event.res$offset(), 1L);
        }
        return laidOut;
    }

    @TearDown
    public void close() {
        arena.close();
    }

    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public long takeThirtyTwo() {
        // As the kernel would, by one after the other.
        int tail = (memory.get(JAVA_INT, TAIL_OFFSET) + EVENTS) % PLACES;
        memory.set(JAVA_INT, TAIL_OFFSET, tail);
        int count = ring.look(EVENTS);
        long sum = 0;
        while (ring.take()) {
            sum += ring.data() + ring.result();
        }
        if (count != EVENTS || memory.get(JAVA_INT, HEAD_OFFSET) != tail) {
            throw new IllegalStateException("took " + count + " events");
        }
        return sum;
    }

    @Benchmark
    public int takeNothing() {
        return empty.look(EVENTS);
    }
}
