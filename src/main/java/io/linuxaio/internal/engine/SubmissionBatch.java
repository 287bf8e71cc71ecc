package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * A queue of prepared slots that are submitted together, with the array of pointers to their iocbs that {@code io_submit}
 * takes. For one thread.
 *
 * <p>Nothing is allocated after the construction. An {@link Error}, at the end of the stack for example, loses no slot and
 * submits none twice: if it hides the result of {@code io_submit}, {@link #removeTaken} finds out which slots the kernel has
 * accepted.
 */
public final class SubmissionBatch {
    private final MemorySegment pointers;
    private final Slot[] slots;
    private final int[] attempts;

    /**
     * The index of the first slot that waits for its submission. Incremented to remove it: without a call, since an
     * {@link Error} must not make it remain. For the thread that submits.
     */
    public int first;

    private int end;
    private boolean isUnsure;
    private boolean isMoving;

    /**
     * Creates an empty batch.
     *
     * @param capacity the maximum number of slots that wait
     * @param arena allocates the memory of the pointers, and keeps it as long as the batch is used
     */
    public SubmissionBatch(int capacity, Arena arena) {
        slots = new Slot[capacity];
        attempts = new int[capacity];
        // Last: an arena that no collector frees has nothing to free if this fails.
        pointers = arena.allocate(JAVA_LONG, capacity);
    }

    /** Returns the number of slots that wait. */
    public int size() {
        return end - first;
    }

    /** Returns the maximum number of slots that wait. */
    public int capacity() {
        return slots.length;
    }

    /** Returns the index behind the last slot that waits: that of the next one. */
    public int end() {
        return end;
    }

    /** Returns the slot at an index from {@link #first} up to {@link #end}, exclusively. */
    public Slot slot(int index) {
        return slots[index];
    }

    /** Appends a prepared slot. If an {@link Error} ends that, the slot is not appended. */
    public void add(Slot slot) {
        stage(slot);
        end++;
    }

    /** Puts a prepared slot behind the last. It does not wait for submission before {@link #addStaged}. */
    public void stage(Slot slot) {
        if (first > 0 || isMoving) {
            moveDown();
        }
        pointers.setAtIndex(JAVA_LONG, end, slot.iocbAddress());
        attempts[end] = slot.attempt();
        slots[end] = slot;
    }

    /** Appends the slot that was staged last. */
    public void addStaged() {
        end++;
    }

    // Repeated if an Error ends it at any point: until all pointers are written, none is used.
    private void moveDown() {
        isMoving = true;
        int rest = end - first;
        for (int i = 0; i < rest; i++) {
            slots[i] = slots[first + i];
            attempts[i] = attempts[first + i];
        }
        first = 0;
        end = rest;
        for (int i = 0; i < rest; i++) {
            pointers.setAtIndex(JAVA_LONG, i, slots[i].iocbAddress());
        }
        isMoving = false;
    }

    /**
     * Submits the slots with one system call, and removes those that the kernel has accepted.
     *
     * @param engine the context of all slots
     * @return the number of slots that the kernel accepted; -errno if it refused the first, {@code -EAGAIN} if it accepts
     *     none for now
     */
    public int submit(KernelAioContext engine) {
        if (isMoving) {
            moveDown();
        }
        try {
            isUnsure = true;
            int answer = engine.submit(pointers.address() + JAVA_LONG.byteSize() * first, end - first);
            isUnsure = false;
            if (answer > 0) {
                first += answer;
            }
            return answer;
        } finally {
            // The address alone does not keep the memory reachable.
            Reference.reachabilityFence(pointers);
        }
    }

    /**
     * Removes the slots that the kernel may have accepted, if an {@link Error} has hidden that. It accepts them in order.
     *
     * @return their number
     */
    public int removeTaken(KernelAioContext engine) {
        if (!isUnsure) {
            return 0;
        }
        int taken = 0;
        while (first < end && engine.mayBeTaken(slots[first], attempts[first])) {
            first++;
            taken++;
        }
        isUnsure = false;
        return taken;
    }

    /**
     * Marks the slots that wait, in {@link Slot#leftBy}, since an {@link Error} keeps them from being submitted or hides that
     * they are.
     *
     * @param owners the owner of each, at the index of its slot
     */
    public void leave(Waiter[] owners) {
        for (int i = first; i < end; i++) {
            slots[i].leftAttempt = attempts[i];
            slots[i].leftBy = owners[i];
        }
        Slot.someLeft = true;
    }

    /** Removes all slots, and the references to them. */
    public void clear() {
        for (int i = 0; i < end; i++) {
            slots[i] = null;
        }
        first = 0;
        end = 0;
        isUnsure = false;
        isMoving = false;
    }
}
