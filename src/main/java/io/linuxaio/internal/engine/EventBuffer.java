package io.linuxaio.internal.engine;

import io.linuxaio.internal.abi.io_event;
import io.linuxaio.internal.abi.timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Where {@code io_getevents} writes, and how long it is told to wait. Used by one thread at a time. */
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

    long data(int event) {
        return io_event.data(io_event.asSlice(events, event));
    }

    long result(int event) {
        return io_event.res(io_event.asSlice(events, event));
    }
}
