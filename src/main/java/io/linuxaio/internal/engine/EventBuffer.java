package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.abi.io_event;
import io.linuxaio.internal.abi.timespec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The buffer that {@code io_getevents} fills with completion events, and the timeout that is passed to it. For one thread
 * at a time.
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

    /** Sets the timeout; returns the address of its {@code struct timespec}. */
    long timeout(long nanos) {
        timespec.tv_sec(timeout, nanos / NANOS_PER_SECOND);
        timespec.tv_nsec(timeout, nanos % NANOS_PER_SECOND);
        return timeout.address();
    }

    /** Notes that the kernel has written so many events. */
    void filled(int count) {
        filled = count;
        next = 0;
    }

    /** Returns the number of events that are not yet taken. */
    int left() {
        return filled - next;
    }

    /** Takes the next event; returns {@code false} if all are taken. */
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

    /** Returns the user data of the event that was taken. */
    long data() {
        return data;
    }

    /** Returns the result of the event that was taken. */
    long result() {
        return result;
    }
}
