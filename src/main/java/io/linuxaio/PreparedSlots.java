package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.engine.Engine;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Queue;
import java.util.function.Consumer;

/** Operations of a queue that wait to be submitted, in the order in which they were prepared. For one thread. */
final class PreparedSlots implements AutoCloseable {
    private final Arena arena = Arena.ofConfined();
    private final MemorySegment pointers;
    private final Slot[] slots;
    private int count;

    PreparedSlots(int capacity) {
        pointers = arena.allocate(JAVA_LONG, capacity);
        slots = new Slot[capacity];
    }

    int count() {
        return count;
    }

    void add(Slot slot) {
        pointers.setAtIndex(JAVA_LONG, count, slot.iocbAddress());
        slots[count++] = slot;
    }

    /**
     * Submits what the kernel takes; the rest stays.
     *
     * @param refused takes what the kernel refused for good
     * @return how many the kernel took
     */
    int submit(Engine engine, Queue<Slot> refused) {
        int from = 0;
        int taken = 0;
        while (from < count) {
            int answer = engine.submit(pointers.address() + JAVA_LONG.byteSize() * from, count - from);
            if (answer == -Errno.EAGAIN) {
                break;
            } else if (answer > 0) {
                from += answer;
                taken += answer;
            } else {
                Slot slot = slots[from++];
                slot.refuse(answer);
                refused.add(slot);
            }
        }
        removeFirst(from);
        return taken;
    }

    private void removeFirst(int gone) {
        int rest = count - gone;
        count = 0;
        for (int i = 0; i < rest; i++) {
            add(slots[gone + i]);
        }
    }

    /** Takes all away, unsubmitted. */
    void removeAll(Consumer<Slot> taker) {
        for (int i = 0; i < count; i++) {
            taker.accept(slots[i]);
        }
        count = 0;
    }

    @Override
    public void close() {
        arena.close();
    }
}
