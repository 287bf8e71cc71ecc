package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.abi.io_event;
import io.linuxaio.internal.abi.timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Events that {@code io_getevents} has taken and nobody has looked at yet, and how long the kernel is told to wait. Used by one thread at a time.
 */
final class EventBuffer {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final int capacity;
    private final MemorySegment events;
    private final MemorySegment timeout;
    private int filled;
    private int next;

    // Read also without a call, since the end of the stack may be near.
    long data;
    long result;

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

    /** The kernel has written so many. */
    void filled(int count) {
        filled = count;
        next = 0;
    }

    /** How many are left to be taken. */
    int left() {
        return filled - next;
    }

    /** Takes the next; false where all are taken. */
    boolean take() {
        if (next >= filled) {
            return false;
        }
        long event = next * io_event.sizeof();
        data = events.get(JAVA_LONG, event + io_event.data$offset());
        result = events.get(JAVA_LONG, event + io_event.res$offset());
        // Last: an Error before it leaves the event where it is.
        next++;
        return true;
    }

    /** Whose event was taken. */
    long data() {
        return data;
    }

    /** What the event that was taken says. */
    long result() {
        return result;
    }
}
