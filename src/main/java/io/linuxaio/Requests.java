package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The list of a batch's operations that wait to be submitted, in reusable objects, with the arrays for their submission. For
 * one thread.
 */
final class Requests {
    /** The maximum number of operations of one system call, which bounds the memory of the pointers. */
    private static final int MOST_AT_ONCE = 1024;

    private final Slot[] slots;
    private final AioFuture<?>[] futures;
    private final int[] attempts;
    private final MemorySegment pointers;
    private final FutureChain refused = new FutureChain();
    private final List<Request> all = new ArrayList<>();
    private int count;

    /** The next of the batches that an {@link Error} has left, in {@link Leftovers}. */
    Requests nextLeft;

    /** The index of the first that is not begun. Written without a call: an Error must not make one begin twice. */
    int next;

    /** @param depth the queue depth */
    Requests(int depth) {
        slots = new Slot[Math.min(depth, MOST_AT_ONCE)];
        futures = new AioFuture<?>[slots.length];
        attempts = new int[slots.length];
        pointers = Arena.ofAuto().allocate(JAVA_LONG, slots.length);
    }

    /** Returns the array for the slots of one system call. */
    Slot[] slots() {
        return slots;
    }

    /** Returns the array for their futures. */
    AioFuture<?>[] futures() {
        return futures;
    }

    /** Returns the array for the attempts of the slots, as {@link Slot#attempt} returns them before the submission. */
    int[] attempts() {
        return attempts;
    }

    /** Returns the futures of refused operations. */
    FutureChain refused() {
        return refused;
    }

    /** Returns the memory for the addresses of their iocbs. */
    MemorySegment pointers() {
        return pointers;
    }

    /** One operation. */
    static final class Request {
        private Opcode opcode;
        private AioFile file;
        private Object memory;
        private Object counts;
        private long position;
        private long length;
        private AioFuture<?> future;

        Opcode opcode() {
            return opcode;
        }

        AioFile file() {
            return file;
        }

        Object memory() {
            return memory;
        }

        /** Returns the reference counts of the memory when the operation was added. */
        Object counts() {
            return counts;
        }

        long position() {
            return position;
        }

        long length() {
            return length;
        }

        AioFuture<?> future() {
            return future;
        }
    }

    void add(Opcode opcode, AioFile file, Object memory, long position, long length, AioFuture<?> future) {
        Object counts = ArenaRefs.ofMemory(memory);
        if (count == all.size()) {
            all.add(new Request());
        }
        Request request = all.get(count);
        request.opcode = opcode;
        request.file = file;
        request.memory = memory;
        request.counts = counts;
        request.position = position;
        request.length = length;
        request.future = future;
        // Last, and without a call: an Error before it leaves the batch as it was.
        count++;
    }

    int count() {
        return count;
    }

    Request get(int index) {
        return all.get(index);
    }

    /**
     * Fails the operations that were not submitted, and those that were refused, and removes all. If an {@link Error} ends
     * that, the next call continues.
     */
    void fail() {
        while (next < count) {
            FutureCompleter.fail(all.get(next).future, Errors.NOT_SUBMITTED);
            // Last: an Error in the middle must not lose the future.
            next++;
        }
        refused.completeAll(null);
        clear();
    }

    /** Removes all operations, and the references to their files and memory. */
    void clear() {
        int used = Math.min(slots.length, count);
        Arrays.fill(slots, 0, used, null);
        Arrays.fill(futures, 0, used, null);
        for (int i = 0; i < count; i++) {
            Request request = all.get(i);
            request.file = null;
            request.memory = null;
            request.counts = null;
            request.future = null;
        }
        count = 0;
        next = 0;
    }
}
