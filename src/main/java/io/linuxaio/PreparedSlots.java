package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;

/**
 * The prepared operations of a queue, in the order of their preparation, and those that the kernel has refused. For one
 * thread.
 *
 * <p>Nothing is allocated after the construction. An {@link Error}, at the end of the stack for example, loses no operation:
 * if it hides the result of {@code io_submit}, the next call finds out which operations the kernel has accepted.
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

    // A ring buffer. Written without a call by the queue.
    final Slot[] refused;
    int firstRefused;
    int refusedCount;

    PreparedSlots(int capacity) {
        slots = new Slot[capacity];
        refused = new Slot[capacity];
        // Last: no collector frees it.
        pointers = arena.allocate(JAVA_LONG, capacity);
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

    // Repeated if an Error ends it at any point: until all pointers are written, none is used.
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
     * Submits as many operations as the kernel accepts; the rest stays prepared.
     *
     * @return the number that the kernel accepted
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

    /** Removes the operations that the kernel has accepted, if an Error has hidden that; returns their number. */
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

    /** Removes all operations, prepared and refused. */
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
