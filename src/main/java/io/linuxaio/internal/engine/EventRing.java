package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.abi.io_event;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The kernel's ring buffer of completion events, read in user space. Reaping events that have arrived costs no system call.
 *
 * <p>The kernel maps a {@code struct aio_ring} (fs/aio.c) at the context's address and adds events at its tail; the reader
 * advances its head. The kernel locks against its own readers only, so there must be one reader at a time,
 * {@code io_getevents} included, and none when the context is destroyed, which unmaps the ring.
 */
final class EventRing {
    private static final int MAGIC = 0xa10a10a1;

    private static final long COUNT_OFFSET = 4;
    private static final long HEAD_OFFSET = 8;
    private static final long TAIL_OFFSET = 12;
    private static final long MAGIC_OFFSET = 16;
    private static final long INCOMPATIBLE_OFFSET = 24;
    private static final long HEADER_LENGTH_OFFSET = 28;
    private static final long SMALLEST_HEADER = 32;
    private static final long LARGEST_HEADER = 4096;

    /** The result of {@link #look} if head or tail point outside the ring. */
    static final int BROKEN = -1;

    private static final VarHandle INT = JAVA_INT.varHandle();

    private final MemorySegment ring;
    private final long events;
    private final int count;
    private int head;
    private int tail;

    // Read also without a call, since the end of the stack may be near.
    long data;
    long result;

    private EventRing(MemorySegment ring, long events, int count) {
        this.ring = ring;
        this.events = events;
        this.count = count;
    }

    /**
     * Returns the ring at an address, if its layout is known.
     *
     * @param address the address at which the kernel maps a ring; 0 if it maps none
     * @param depth the maximum number of operations in flight: a ring with fewer entries is rejected
     * @return the ring, or null: then {@code io_getevents} is used
     */
    // A context is an address by the kernel's contract, and libaio itself reads the magic there.
    @SuppressWarnings("restricted")
    static EventRing at(long address, int depth) {
        if (address == 0) {
            return null;
        }
        MemorySegment header = MemorySegment.ofAddress(address).reinterpret(SMALLEST_HEADER);
        long length = Integer.toUnsignedLong(header.get(JAVA_INT, HEADER_LENGTH_OFFSET));
        int count = header.get(JAVA_INT, COUNT_OFFSET);
        if (header.get(JAVA_INT, MAGIC_OFFSET) != MAGIC
                || header.get(JAVA_INT, INCOMPATIBLE_OFFSET) != 0
                || length < SMALLEST_HEADER
                || length > LARGEST_HEADER
                || length % Long.BYTES != 0
                || count < depth
                || count <= 0) {
            return null;
        }
        return new EventRing(header.reinterpret(length + count * io_event.sizeof()), length, count);
    }

    /**
     * Reads head and tail, and so determines the events that can be taken.
     *
     * @param max the maximum number of events
     * @return the number of events, up to the maximum; {@link #BROKEN} if the ring cannot be read
     */
    int look(int max) {
        head = ring.get(JAVA_INT, HEAD_OFFSET);
        tail = (int) INT.getAcquire(ring, TAIL_OFFSET);
        if ((head | tail) < 0 || head >= count || tail >= count) {
            return BROKEN;
        }
        int there = tail >= head ? tail - head : count - head + tail;
        return Math.min(there, max);
    }

    /** Takes the next of the events that the last {@link #look} found; returns {@code false} if all are taken. */
    boolean take() {
        if (head == tail) {
            return false;
        }
        long event = events + head * io_event.sizeof();
        data = ring.get(JAVA_LONG, event + io_event.data$offset());
        result = ring.get(JAVA_LONG, event + io_event.res$offset());
        head = head + 1 == count ? 0 : head + 1;
        // The kernel may fill this entry again from here on.
        INT.setRelease(ring, HEAD_OFFSET, head);
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
