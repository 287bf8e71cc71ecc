package io.linuxaio;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.engine.SubmissionBatch;
import io.linuxaio.internal.kernel.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A list of operations of an {@link AioPoller} that are submitted together, with one system call if the queue has room for
 * all of them. After its construction, only a vectored operation allocates: an array with an element for each segment.
 *
 * <p>For one thread at a time. Adding an operation only checks it: the batch claims no slot, and acquires no file or memory,
 * until {@link #submit}. After that it can be used again. A batch need not be closed; operations that are not submitted have
 * no effect.
 */
public final class AioPollerBatch {
    private final PollerSubmitter submitter;
    private final SubmissionBatch slots;

    // Those from the first up to the end, exclusively, are not submitted.
    private int first;
    private int end;
    private final Opcode[] opcodes;
    private final AioFile[] files;
    private final Object[] memory;
    private final Object[] counts;
    private final long[] positions;
    private final long[] lengths;
    private final long[] userData;
    private final Object[] arrays;

    AioPollerBatch(PollerSubmitter submitter, int capacity) {
        this.submitter = submitter;
        slots = new SubmissionBatch(capacity, Arena.ofAuto());
        opcodes = new Opcode[capacity];
        files = new AioFile[capacity];
        memory = new Object[capacity];
        counts = new Object[capacity];
        positions = new long[capacity];
        lengths = new long[capacity];
        userData = new long[capacity];
        arrays = new Object[] {opcodes, files, memory, counts, positions, lengths, userData};
    }

    /**
     * Adds a read, as of {@link AioPoller#read}.
     *
     * @param file the file
     * @param target native memory that is not read-only
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is added; {@code false}, without an effect, if the batch is full
     * @throws IllegalArgumentException if the segment or the position does not meet the requirements of
     *     {@link AioFile#read}
     * @throws IllegalStateException if the segment's arena is closed
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     */
    public boolean read(AioFile file, MemorySegment target, long position, long userData) {
        return add(Opcode.READ, file, target, position, Preconditions.read(file, target, position), userData);
    }

    /**
     * Adds a write, as of {@link AioPoller#write}.
     *
     * @param file the file
     * @param source native memory
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is added; {@code false}, without an effect, if the batch is full
     * @throws IllegalArgumentException if the segment or the position does not meet the requirements of
     *     {@link AioFile#write}
     * @throws IllegalStateException if the segment's arena is closed
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     */
    public boolean write(AioFile file, MemorySegment source, long position, long userData) {
        return add(Opcode.WRITE, file, source, position, Preconditions.write(file, source, position), userData);
    }

    /**
     * Adds a read into several segments, as of {@link AioPoller#readv}.
     *
     * @param file the file
     * @param targets one to 1024 segments of native memory; the array must not change until the operation has completed
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is added; {@code false}, without an effect, if the batch is full
     * @throws IllegalArgumentException if the segments, their number or the position does not meet the requirements of
     *     {@link AioFile#readv}
     * @throws IllegalStateException if a segment's arena is closed
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     */
    public boolean readv(AioFile file, MemorySegment[] targets, long position, long userData) {
        return add(Opcode.READV, file, targets, position, Preconditions.readv(file, targets, position), userData);
    }

    /**
     * Adds a write of several segments, as of {@link AioPoller#writev}.
     *
     * @param file the file
     * @param sources one to 1024 segments of native memory; the array must not change until the operation has completed
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is added; {@code false}, without an effect, if the batch is full
     * @throws IllegalArgumentException if the segments, their number or the position does not meet the requirements of
     *     {@link AioFile#writev}
     * @throws IllegalStateException if a segment's arena is closed
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     */
    public boolean writev(AioFile file, MemorySegment[] sources, long position, long userData) {
        return add(Opcode.WRITEV, file, sources, position, Preconditions.writev(file, sources, position), userData);
    }

    /**
     * Adds a sync, as of {@link AioFile#sync}. It does not wait for the writes of the same batch.
     *
     * @param file the file
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is added; {@code false}, without an effect, if the batch is full
     */
    public boolean sync(AioFile file, long userData) {
        return add(Opcode.SYNC, file, null, 0, 0, userData);
    }

    /**
     * Adds a sync of data, as of {@link AioFile#dataSync}. It does not wait for the writes of the same batch.
     *
     * @param file the file
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is added; {@code false}, without an effect, if the batch is full
     */
    public boolean dataSync(AioFile file, long userData) {
        return add(Opcode.DATA_SYNC, file, null, 0, 0, userData);
    }

    private boolean add(Opcode opcode, AioFile file, Object segments, long position, long length, long mark) {
        submitter.requireGuarded(segments);
        if (end == opcodes.length) {
            moveDown();
        }
        if (end == opcodes.length) {
            return false;
        }
        counts[end] = ArenaRefs.ofMemory(segments);
        opcodes[end] = opcode;
        files[end] = file;
        memory[end] = segments;
        positions[end] = position;
        lengths[end] = length;
        userData[end] = mark;
        // Last: an Error before it leaves the batch as it was.
        end++;
        return true;
    }

    private void moveDown() {
        int rest = end - first;
        for (Object array : arrays) {
            System.arraycopy(array, first, array, 0, rest);
        }
        first = 0;
        end = rest;
    }

    /**
     * Returns the number of operations that wait for {@link #submit}.
     *
     * @return operations
     */
    public int size() {
        return end - first;
    }

    /** Removes the operations that were added and not submitted. They have no effect, and no completion. */
    public void clear() {
        while (first < end) {
            forget(first);
            first++;
        }
    }

    /**
     * Submits the operations in the order of their addition. Each that is submitted completes exactly once: one that the
     * kernel refuses, or whose file was closed meanwhile ({@code EBADF}) or whose memory ({@code EFAULT}), is delivered as a
     * failure by the next poll.
     *
     * <p>If the queue has no room for all of them, the policy for a full queue applies. With
     * {@link AioFullQueuePolicy#WAIT} this method waits for slots. With {@link AioFullQueuePolicy#REJECT}, and on the polling
     * thread, the rest stays in the batch.
     *
     * @return the number of operations submitted; the batch contains the rest
     * @throws java.util.concurrent.RejectedExecutionException if the poller is shut down or closed, or the thread is
     *     interrupted while it waits; the operations that were not submitted stay in the batch
     * @throws StackOverflowError if the calling thread has less than 16 KiB of its stack left; nothing is submitted then
     */
    public int submit() {
        // Before anything is acquired.
        StackRoom.require();
        Leftovers.recover();
        int submitted = 0;
        while (first < end) {
            int before = first;
            submitSome();
            if (first == before) {
                break;
            }
            submitted += first - before;
        }
        return submitted;
    }

    /** Submits as many operations as there are free slots, and waits for the first slot if it may. */
    private void submitSome() {
        Slot slot = submitter.acquireFirst();
        try {
            while (slot != null) {
                Slot claimed = slot;
                slot = null;
                int state = submitter.prepare(
                        claimed,
                        opcodes[first],
                        files[first],
                        memory[first],
                        counts[first],
                        positions[first],
                        lengths[first],
                        userData[first],
                        -Errno.EFAULT);
                if (state == PollerSubmitter.PREPARED) {
                    slots.add(claimed);
                }
                forget(first);
                first++;
                slot = first < end ? submitter.tryAcquire() : null;
            }
        } finally {
            submitter.submit(slots);
        }
    }

    private void forget(int index) {
        files[index] = null;
        memory[index] = null;
        counts[index] = null;
    }
}
