package io.linuxaio;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.SubmissionBatch;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The list of a batch's operations that wait to be submitted, in reusable objects, with the slots of those that are
 * being submitted. For one thread.
 */
final class Requests {
    /** The maximum number of operations of one system call, which bounds the memory of the pointers. */
    private static final int MOST_AT_ONCE = 1024;

    private final SubmissionBatch slots;
    private final AioFuture<?>[] futures;
    private final FutureChain refused = new FutureChain();
    private final List<Request> all = new ArrayList<>();
    private int count;

    /** The next of the batches that an {@link Error} has left, in {@link Leftovers}. */
    Requests nextLeft;

    /** The index of the first that is not begun. Written without a call: an Error must not make one begin twice. */
    int next;

    /** @param depth the queue depth */
    Requests(int depth) {
        slots = new SubmissionBatch(Math.min(depth, MOST_AT_ONCE), Arena.ofAuto());
        futures = new AioFuture<?>[slots.capacity()];
    }

    /** Returns the slots that are being submitted. */
    SubmissionBatch slots() {
        return slots;
    }

    /** Returns the array for their futures, each at the index of its slot. */
    AioFuture<?>[] futures() {
        return futures;
    }

    /** Returns the futures of refused operations. */
    FutureChain refused() {
        return refused;
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
        slots.clear();
        Arrays.fill(futures, 0, Math.min(futures.length, count), null);
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
