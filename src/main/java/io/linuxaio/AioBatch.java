package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.StackRoom;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * Operations that are submitted together, with one system call where the queue has room for all of them: less processor
 * time than one by one.
 *
 * {@snippet class="io.linuxaio.examples.BatchExample" region="batch"}
 *
 * <p>For one thread at a time. Adding an operation checks it and does nothing else; no place in the queue is taken and
 * no file or arena is held until {@link #submit}, after which the batch is empty and can be used again. The operations of
 * a batch are not ordered among themselves. If the file or the context is closed already, the operation is not added, and
 * the future returned has failed with {@link java.nio.channels.ClosedChannelException}.
 *
 * <p>The future of an operation that is neither submitted nor {@linkplain #clear cleared} does not complete.
 */
public final class AioBatch {
    // Null where the submitter stays the same.
    private final SharedContext shared;
    private Submitter submitter;
    private boolean keepsContext;
    private boolean submitting;
    private final int depth;

    // Null while they are being submitted: callbacks may use the batch meanwhile.
    private Requests requests;

    AioBatch(SharedContext shared, int depth) {
        this.shared = shared;
        this.depth = depth;
        requests = new Requests(depth);
    }

    AioBatch(Submitter submitter, int depth) {
        shared = null;
        this.submitter = submitter;
        this.depth = depth;
        requests = new Requests(depth);
    }

    /**
     * Adds what {@link AioFile#read} does. The contents of the segment behind the bytes
     * counted are undefined.
     *
     * @param file the file
     * @param target where to
     * @param position where in the file, in bytes
     * @return the number of bytes read, once submitted
     */
    public CompletableFuture<Integer> read(AioFile file, MemorySegment target, long position) {
        return add(Opcode.READ, file, target, position, Preconditions.read(file, target, position));
    }

    /**
     * Adds what {@link AioFile#write} does.
     *
     * @param file the file
     * @param source where from
     * @param position where in the file, in bytes
     * @return the number of bytes written, once submitted
     */
    public CompletableFuture<Integer> write(AioFile file, MemorySegment source, long position) {
        return add(Opcode.WRITE, file, source, position, Preconditions.write(file, source, position));
    }

    /**
     * Adds what {@link AioFile#readv} does. The contents of the segments behind the bytes
     * counted are undefined.
     *
     * @param file the file
     * @param targets where to
     * @param position where in the file, in bytes
     * @return the number of bytes read, once submitted
     */
    public CompletableFuture<Integer> readv(AioFile file, MemorySegment[] targets, long position) {
        MemorySegment[] own = targets.clone();
        return add(Opcode.READV, file, own, position, Preconditions.readv(file, own, position));
    }

    /**
     * Adds what {@link AioFile#writev} does.
     *
     * @param file the file
     * @param sources where from
     * @param position where in the file, in bytes
     * @return the number of bytes written, once submitted
     */
    public CompletableFuture<Integer> writev(AioFile file, MemorySegment[] sources, long position) {
        MemorySegment[] own = sources.clone();
        return add(Opcode.WRITEV, file, own, position, Preconditions.writev(file, own, position));
    }

    /**
     * Adds what {@link AioFile#sync} does. It does not wait for the writes of the same batch.
     *
     * @param file the file
     * @return completes when what was written before is durable with all metadata, once submitted
     */
    public CompletableFuture<Void> sync(AioFile file) {
        return add(Opcode.SYNC, file, null, 0, 0);
    }

    /**
     * Adds what {@link AioFile#dataSync} does. It does not wait for the writes of the same batch.
     *
     * @param file the file
     * @return completes when what was written before is durable, once submitted
     */
    public CompletableFuture<Void> dataSync(AioFile file) {
        return add(Opcode.DATA_SYNC, file, null, 0, 0);
    }

    private <T> CompletableFuture<T> add(Opcode opcode, AioFile file, Object memory, long position, long length) {
        if (shared != null && !keepsContext) {
            try {
                submitter = shared.beginBatch().submitter();
                keepsContext = true;
            } catch (IOException e) {
                return CompletableFuture.failedFuture(e);
            }
        }
        try {
            return addTo(submitter, opcode, file, memory, position, length);
        } finally {
            endIfEmpty();
        }
    }

    private void endIfEmpty() {
        if (keepsContext && !submitting && size() == 0) {
            keepsContext = false;
            shared.endBatch();
        }
    }

    private <T> CompletableFuture<T> addTo(
            Submitter submitter, Opcode opcode, AioFile file, Object memory, long position, long length) {
        submitter.requireGuarded(memory);
        if (submitter.isClosed()) {
            return CompletableFuture.failedFuture(Errors.closedContext());
        } else if (!file.isOpen()) {
            return CompletableFuture.failedFuture(Errors.closedFile(file.path()));
        }
        AioFuture<T> future = submitter.newFuture();
        if (memory != null && length == 0) {
            future.end(0);
        } else {
            if (requests == null) {
                requests = new Requests(depth);
            }
            requests.add(opcode, file, memory, position, length, future);
        }
        return future;
    }

    /**
     * How many operations wait for {@link #submit}.
     *
     * @return zero or greater
     */
    public int size() {
        return requests == null ? 0 : requests.count() - requests.next;
    }

    /**
     * Submits all, and empties the batch. Where the queue has no room for all, those that have room go first and the
     * rest follows as places become free. An operation that cannot be submitted fails by its future; the others are not
     * concerned. The future carries
     *
     * <ul>
     *   <li>{@link java.nio.channels.ClosedChannelException} if the file or the context was closed meanwhile,
     *   <li>{@link IllegalStateException} if the arena was closed or the pooled buffer given back meanwhile,
     *   <li>{@link java.util.concurrent.RejectedExecutionException} if the queue is full and the context rejects,
     *   <li>{@link java.io.InterruptedIOException} if the thread was interrupted while it waited for a slot.
     * </ul>
     *
     * <p>The batch is empty before the first operation is submitted. A callback that runs inside this method may add
     * operations to the batch and submit them.
     *
     * @throws StackOverflowError if the calling thread has less than 16 KiB of its stack left. Then nothing is submitted and
     *     the operations stay in the batch
     * @throws OutOfMemoryError if no memory is left. Operations that were not submitted fail by their futures, or stay in
     *     the batch where not even that can be done
     */
    public void submit() {
        Requests taken = requests;
        if (taken == null) {
            return;
        }
        // Before anything is taken.
        StackRoom.require();
        Leftovers.recover();
        requests = null;
        boolean outermost = !submitting;
        submitting = true;
        try {
            SubmitPatience patience = new SubmitPatience();
            while (taken.next < taken.count()) {
                submitSome(taken, patience);
            }
        } finally {
            submitting = !outermost;
            settle(taken);
        }
    }

    /** Fails what an {@link Error} has left, and makes the batch ready for more. */
    private void settle(Requests taken) {
        try {
            while (taken.next < taken.count()) {
                AioFuture<?> future = taken.get(taken.next).future();
                FutureCompleter.fail(future, Errors.NOT_SUBMITTED);
                taken.next++;
            }
            taken.refused().tellAll();
            taken.clear();
        } finally {
            if (requests == null) {
                requests = taken;
            }
            endIfEmpty();
        }
    }

    /**
     * Removes the operations that were added and not submitted. Their futures are cancelled: they fail with a
     * {@link CancellationException}. The batch can be used again.
     *
     * <p>The batch is empty before the first future is cancelled. A callback that runs inside this method may add
     * operations to the batch and submit them. If a callback of {@link #submit} calls this method, the operations that
     * are being submitted stay as they are.
     *
     * @throws Error if no memory is left, or the end of the stack is reached. The operations are not submitted: their
     *     futures fail all the same, or they stay in the batch if not even that can be done
     */
    public void clear() {
        Requests taken = requests;
        if (taken == null) {
            return;
        }
        Leftovers.recover();
        requests = null;
        boolean outermost = !submitting;
        submitting = true;
        try {
            while (taken.next < taken.count()) {
                AioFuture<?> future = taken.get(taken.next).future();
                future.note(new CancellationException("the batch was cleared before the operation was submitted"));
                FutureCompleter.tell(future);
                // Last: an Error in the middle must not lose the future.
                taken.next++;
            }
        } finally {
            submitting = !outermost;
            settle(taken);
        }
    }

    /** Submits as many as there are places for, waiting for the first. */
    private void submitSome(Requests taken, SubmitPatience patience) {
        Slot[] slots = taken.slots();
        AioFuture<?>[] futures = taken.futures();
        MemorySegment pointers = taken.pointers();
        int count = 0;
        Slot slot = claimFirst(taken);
        try {
            while (slot != null) {
                Requests.Request request = taken.get(taken.next);
                AioFuture<?> future = request.future();
                boolean isHeld = hold(slot, request);
                if (isHeld) {
                    slot.prepare(request.opcode(), request.position(), request.length(), future, 0);
                    pointers.setAtIndex(JAVA_LONG, count, slot.iocbAddress());
                }
                taken.next++;
                Slot prepared = slot;
                slot = null;
                if (!isHeld) {
                    taken.refused().add(future);
                } else if (submitter.begin(prepared, future)) {
                    slots[count] = prepared;
                    futures[count] = future;
                    count++;
                }
                slot = taken.next < taken.count() && count < slots.length ? submitter.tryClaim() : null;
            }
        } catch (RuntimeException | Error e) {
            // Without a call. The others are submitted all the same, or told.
            if (slot != null) {
                slot.leftBy = slot;
                Slot.someLeft = true;
                failNext(taken, e);
            }
        }
        FutureChain refused = taken.refused();
        refused.isSubmitting = false;
        try {
            submitter.submit(slots, futures, pointers.address(), count, patience, refused);
        } catch (Throwable e) {
            if (!refused.isSubmitting) {
                for (int i = 0; i < count; i++) {
                    slots[i].leftBy = futures[i];
                }
                Slot.someLeft = true;
                Leftovers.recover();
            }
            throw e;
        }
        // The address alone does not keep the memory.
        Reference.reachabilityFence(pointers);
        // Callbacks may want places of the queue: they hear of failures when this batch holds none any more.
        taken.refused().tellAll();
    }

    private static void failNext(Requests taken, Throwable failure) {
        Leftovers.recover();
        AioFuture<?> future = taken.get(taken.next).future();
        future.note(failure);
        taken.refused().add(future);
        taken.next++;
    }

    private Slot claimFirst(Requests taken) {
        AioFuture<?> future = taken.get(taken.next).future();
        Exception failure;
        try {
            Slot slot = submitter.claim();
            if (slot != null) {
                return slot;
            }
            failure = Errors.closedContext();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            failure = Errors.interruptedWhileFull();
        } catch (RuntimeException full) {
            failure = full;
        }
        taken.next++;
        future.note(failure);
        FutureCompleter.tell(future);
        return null;
    }

    /** Answers false, having given the slot back, where the file or the memory is closed. */
    private boolean hold(Slot slot, Requests.Request request) {
        if (slot.acquire(request.file().target(), request.memory(), request.counts())) {
            return true;
        }
        AioFile file = request.file();
        request.future()
                .note(file.isOpen() ? Preconditions.closedMemory(request.memory()) : Errors.closedFile(file.path()));
        submitter.giveBack(slot);
        return false;
    }
}
