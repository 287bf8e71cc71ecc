package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.abi.io_event;
import io.linuxaio.internal.abi.timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Events taken and not yet looked at, where {@code io_getevents} writes or the ring is copied to, and how long the kernel
 * is told to wait. Used by one thread at a time.
 */
final class EventBuffer {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final int capacity;
    private final MemorySegment events;
    private final MemorySegment timeout;

    EventBuffer(Arena arena, int capacity) {
        this.capacity = capacity;
        events = io_event.allocateArray(capacity, arena);
        timeout = timespec.allocate(arena);
    }

    int capacity() {
        return capacity;
    }

    long address() {
        return events.address();
    }

    /** The address of a {@code struct timespec} of so many nanoseconds. */
    long timeout(long nanos) {
        timespec.tv_sec(timeout, nanos / NANOS_PER_SECOND);
        timespec.tv_nsec(timeout, nanos % NANOS_PER_SECOND);
        return timeout.address();
    }

    void put(int event, long data, long result) {
        events.set(JAVA_LONG, event * io_event.sizeof() + io_event.data$offset(), data);
        events.set(JAVA_LONG, event * io_event.sizeof() + io_event.res$offset(), result);
    }

    long data(int event) {
        return events.get(JAVA_LONG, event * io_event.sizeof() + io_event.data$offset());
    }

    long result(int event) {
        return events.get(JAVA_LONG, event * io_event.sizeof() + io_event.res$offset());
    }
}
