package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * Operations of a queue that wait to be submitted, in the order in which they were prepared, and those that the kernel has
 * refused. For one thread.
 *
 * <p>Nothing is allocated after it was made. An {@link Error} in the middle, of the end of the stack say, loses none: where
 * it hides what {@code io_submit} answered, the next call finds out what the kernel has taken.
 */
final class PreparedSlots implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment pointers;
    private final Slot[] slots;

    // Those from the first up to the end, exclusively, are prepared.
    private int first;
    private int end;
    private boolean isUnsure;
    private boolean isMoving;

    // A ring. Written without a call by the queue.
    final Slot[] refused;
    int firstRefused;
    int refusedCount;

    PreparedSlots(int capacity) {
        pointers = arena.allocate(JAVA_LONG, capacity);
        slots = new Slot[capacity];
        refused = new Slot[capacity];
    }

    int count() {
        return end - first;
    }

    void add(Slot slot) {
        if (first > 0 || isMoving) {
            moveDown();
        }
        pointers.setAtIndex(JAVA_LONG, end, slot.iocbAddress());
        slots[end++] = slot;
    }

    // Repeated from any point where an Error ends it: until all pointers are written, none is used.
    private void moveDown() {
        isMoving = true;
        int rest = end - first;
        for (int i = 0; i < rest; i++) {
            slots[i] = slots[first + i];
        }
        first = 0;
        end = rest;
        for (int i = 0; i < rest; i++) {
            pointers.setAtIndex(JAVA_LONG, i, slots[i].iocbAddress());
        }
        isMoving = false;
    }

    /**
     * Submits what the kernel takes; the rest stays.
     *
     * @return how many the kernel took
     */
    int submit(KernelAioContext engine) {
        int taken = findTaken(engine);
        if (isMoving) {
            moveDown();
        }
        while (first < end) {
            isUnsure = true;
            int answer = engine.submit(pointers.address() + JAVA_LONG.byteSize() * first, end - first);
            isUnsure = false;
            if (answer == -Errno.EAGAIN) {
                break;
            } else if (answer > 0) {
                first += answer;
                taken += answer;
            } else {
                Slot slot = slots[first];
                slot.refuse(answer);
                refused[(firstRefused + refusedCount) % refused.length] = slot;
                refusedCount++;
                first++;
            }
        }
        return taken;
    }

    /** Leaves out what the kernel has taken, where an Error has hidden that: the first ones. Answers how many. */
    int findTaken(KernelAioContext engine) {
        if (!isUnsure) {
            return 0;
        }
        int taken = 0;
        while (first < end && engine.mayBeTaken(slots[first])) {
            first++;
            taken++;
        }
        isUnsure = false;
        return taken;
    }

    /** Takes all away, unsubmitted and refused. */
    void removeAll(Consumer<Slot> taker) {
        while (first < end) {
            taker.accept(slots[first]);
            first++;
        }
        while (refusedCount > 0) {
            taker.accept(refused[firstRefused]);
            firstRefused = (firstRefused + 1) % refused.length;
            refusedCount--;
        }
    }

    @Override
    public void close() {
        arena.close();
    }
}
