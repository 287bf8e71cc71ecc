package io.linuxaio;

import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.engine.SubmissionBatch;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;

/**
 * A batch of operations that are submitted together, with one system call if the queue has room for all of them. That takes
 * less processor time than submitting them one by one.
 *
 * {@snippet class="io.linuxaio.examples.BatchExample" region="batch"}
 *
 * <p>For one thread at a time. Adding an operation only checks it. The batch claims no slot, and acquires no file or arena,
 * until {@link #submit}; after that it is empty and can be used again. The operations of a batch are not ordered among
 * themselves. If the file or the context is closed, an operation is not added, and the future returned has failed with
 * {@link java.nio.channels.ClosedChannelException}. The future of a transfer of 0 bytes has completed.
 *
 * <p>The future of an operation that is neither submitted nor {@linkplain #clear cleared} does not complete. Futures also
 * fail as described at {@link #submit} and {@link #clear}.
 */
public final class AioBatch {
    // Null if the submitter stays the same.
    private final SharedContext shared;
    private Submitter submitter;
    private boolean keepsContext;
    private boolean submitting;
    private final int depth;

    // Null during submit: callbacks may use the batch meanwhile.
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
     * Adds a read, as of {@link AioFile#read}. The contents of the segment beyond the bytes counted are undefined.
     *
     * @param file the file
     * @param target native memory that is not read-only
     * @param position the position in the file, in bytes
     * @return a future with the number of bytes read, which completes after {@link #submit}; it fails as that of
     *     {@link AioFile#read} does
     * @throws IllegalArgumentException if the segment or the position does not meet the requirements of
     *     {@link AioFile#read}
     * @throws IllegalStateException if the segment's arena is closed
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     */
    public CompletableFuture<Integer> read(AioFile file, MemorySegment target, long position) {
        return add(Opcode.READ, file, target, position, Preconditions.read(file, target, position));
    }

    /**
     * Adds a write, as of {@link AioFile#write}.
     *
     * @param file the file
     * @param source native memory
     * @param position the position in the file, in bytes
     * @return a future with the number of bytes written, which completes after {@link #submit}; it fails as that of
     *     {@link AioFile#write} does
     * @throws IllegalArgumentException if the segment or the position does not meet the requirements of
     *     {@link AioFile#write}
     * @throws IllegalStateException if the segment's arena is closed
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     */
    public CompletableFuture<Integer> write(AioFile file, MemorySegment source, long position) {
        return add(Opcode.WRITE, file, source, position, Preconditions.write(file, source, position));
    }

    /**
     * Adds a read into several segments, as of {@link AioFile#readv}. The contents of the segments beyond the bytes counted
     * are undefined.
     *
     * @param file the file
     * @param targets one to 1024 segments of native memory; the array is copied
     * @param position the position in the file, in bytes
     * @return a future with the number of bytes read, which completes after {@link #submit}; it fails as that of
     *     {@link AioFile#read} does
     * @throws IllegalArgumentException if the segments, their number or the position does not meet the requirements of
     *     {@link AioFile#readv}
     * @throws IllegalStateException if a segment's arena is closed
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     */
    public CompletableFuture<Integer> readv(AioFile file, MemorySegment[] targets, long position) {
        MemorySegment[] own = targets.clone();
        return add(Opcode.READV, file, own, position, Preconditions.readv(file, own, position));
    }

    /**
     * Adds a write of several segments, as of {@link AioFile#writev}.
     *
     * @param file the file
     * @param sources one to 1024 segments of native memory; the array is copied
     * @param position the position in the file, in bytes
     * @return a future with the number of bytes written, which completes after {@link #submit}; it fails as that of
     *     {@link AioFile#write} does
     * @throws IllegalArgumentException if the segments, their number or the position does not meet the requirements of
     *     {@link AioFile#writev}
     * @throws IllegalStateException if a segment's arena is closed
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     */
    public CompletableFuture<Integer> writev(AioFile file, MemorySegment[] sources, long position) {
        MemorySegment[] own = sources.clone();
        return add(Opcode.WRITEV, file, own, position, Preconditions.writev(file, own, position));
    }

    /**
     * Adds a sync, as of {@link AioFile#sync}. It does not wait for the writes of the same batch.
     *
     * @param file the file
     * @return a future that completes, after {@link #submit}, when earlier writes are durable with all metadata; it fails as
     *     that of {@link AioFile#sync} does
     */
    public CompletableFuture<Void> sync(AioFile file) {
        return add(Opcode.SYNC, file, null, 0, 0);
    }

    /**
     * Adds a sync of data, as of {@link AioFile#dataSync}. It does not wait for the writes of the same batch.
     *
     * @param file the file
     * @return a future that completes, after {@link #submit}, when earlier writes are durable; it fails as that of
     *     {@link AioFile#sync} does
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
     * Returns the number of operations that wait for {@link #submit}.
     *
     * @return operations
     */
    public int size() {
        return requests == null ? 0 : requests.count() - requests.next;
    }

    /**
     * Submits all operations, and empties the batch. If the queue has no room for all of them, the rest is submitted as
     * slots become free. If an operation cannot be submitted, its future fails; the other operations are not affected. The
     * future carries
     *
     * <ul>
     *   <li>{@link java.nio.channels.ClosedChannelException} if the file or the context was closed meanwhile,
     *   <li>{@link IllegalStateException} if the arena was closed or the pooled buffer released meanwhile,
     *   <li>{@link java.util.concurrent.RejectedExecutionException} if the queue is full and the context rejects,
     *   <li>{@link java.io.InterruptedIOException} if the thread was interrupted while it waited for a slot; it stays
     *       interrupted,
     *   <li>{@link AioException} or another {@link java.nio.file.FileSystemException} if the kernel refused or failed the
     *       operation.
     * </ul>
     *
     * <p>The batch is empty before the first operation is submitted. No callback runs inside this method, unless an
     * {@link Error} is thrown: callbacks of operations that cannot be submitted run as described at {@link AioContext}. If
     * {@link AioContext.Builder#callbacksInSubmit} allows them to run inside this method, they may add operations to the
     * batch and submit them.
     *
     * @throws StackOverflowError if the calling thread has less than 16 KiB of its stack left. Then nothing is submitted and
     *     the operations stay in the batch
     * @throws OutOfMemoryError if no memory is left. The futures of operations that were not submitted fail, as soon as
     *     there is memory again
     */
    public void submit() {
        Requests taken = requests;
        if (taken == null) {
            return;
        }
        // Before anything is acquired.
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

    /** Fails the operations that an {@link Error} kept from being submitted, and makes the batch usable again. */
    private void settle(Requests taken) {
        boolean isLeft = false;
        try {
            taken.fail();
        } catch (Error e) {
            Leftovers.add(taken);
            isLeft = true;
            if (submitter != null) {
                submitter.recoverLater();
            }
            throw e;
        } finally {
            if (requests == null && !isLeft) {
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
     *     futures fail nevertheless, as soon as there is memory again
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
                FutureCompleter.complete(future);
                // Last: an Error in the middle must not lose the future.
                taken.next++;
            }
        } finally {
            submitting = !outermost;
            settle(taken);
        }
    }

    /** Submits as many operations as there are free slots, and waits for the first slot. */
    private void submitSome(Requests taken, SubmitPatience patience) {
        SubmissionBatch slots = taken.slots();
        slots.clear();
        Slot slot = acquireFirst(taken);
        try {
            while (slot != null) {
                Requests.Request request = taken.get(taken.next);
                AioFuture<?> future = request.future();
                boolean isHeld = acquire(slot, request);
                if (isHeld) {
                    slot.prepare(request.opcode(), request.position(), request.length(), future, 0);
                    slots.stage(slot);
                    taken.futures()[slots.end()] = future;
                }
                taken.next++;
                Slot prepared = slot;
                slot = null;
                if (!isHeld) {
                    taken.refused().add(future);
                } else if (submitter.begin(prepared, future)) {
                    slots.addStaged();
                }
                slot = taken.next < taken.count() && slots.size() < slots.capacity() ? submitter.tryAcquire() : null;
            }
        } catch (RuntimeException | Error e) {
            // Without a call. The others are submitted nevertheless, or their futures fail.
            if (slot != null) {
                slot.isUnreleased = true;
                Slot.someLeft = true;
                failNext(taken, e);
            }
        }
        FutureChain refused = taken.refused();
        refused.isSubmitting = false;
        try {
            submitter.submit(taken, patience);
        } catch (Throwable e) {
            if (!refused.isSubmitting) {
                slots.leave(taken.futures());
                submitter.recover();
            }
            throw e;
        }
        // Callbacks may claim slots: futures fail only after this batch has released all of its slots.
        taken.refused().completeAll(submitter.completer());
    }

    private void failNext(Requests taken, Throwable failure) {
        submitter.recover();
        AioFuture<?> future = taken.get(taken.next).future();
        future.note(failure);
        taken.refused().add(future);
        taken.next++;
    }

    private Slot acquireFirst(Requests taken) {
        AioFuture<?> future = taken.get(taken.next).future();
        Exception failure;
        try {
            Slot slot = submitter.acquire(taken.get(taken.next).file());
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
        submitter.completer().completeRefused(future);
        return null;
    }

    /** Returns {@code false}, with the slot released, if the file or the memory is closed. */
    private boolean acquire(Slot slot, Requests.Request request) {
        if (slot.acquire(request.file().handle(), request.memory(), request.counts())) {
            return true;
        }
        AioFile file = request.file();
        request.future()
                .note(file.isOpen() ? Preconditions.closedMemory(request.memory()) : Errors.closedFile(file.path()));
        submitter.release(slot);
        return false;
    }
}
