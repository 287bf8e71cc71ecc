package io.linuxaio;

import io.linuxaio.internal.engine.Arguments;
import io.linuxaio.internal.engine.CompletionSink;
import io.linuxaio.internal.engine.FailureRun;
import io.linuxaio.internal.engine.FileHandle;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.engine.SubmissionBatch;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/**
 * A submission and completion queue of one thread, for engines that run one thread per core. It has no thread of its own
 * and no futures, and allocates nothing for an operation. The owner prepares operations, submits them together, and polls
 * for their completions.
 *
 * {@snippet class="io.linuxaio.examples.QueueExample" region="queue"}
 *
 * <p>Owned by the thread that opened it: methods throw {@link WrongThreadException} on another thread. The owner must close
 * the queue before it ends: no other thread can, and the memory of operations in flight would not be kept. The
 * requirements of {@link AioFile} on segments, positions and alignment hold here too, and a short transfer is submitted
 * again for the rest. If the system property {@code io.linuxaio.strict} is {@code true}, memory is refused as described at
 * {@link AioContext.Builder#strict(boolean)}. A queue has no statistics, recorded events or MBean: its owner sees all
 * results and can measure them.
 *
 * <p>A closed queue and a closed file throw {@link IllegalStateException}, since their owner closes them.
 */
public final class AioQueue implements AutoCloseable {
    private static final int NO_SIGNAL = -1;

    private final Thread owner = Thread.currentThread();
    private final KernelAioContext engine;
    private final Slot[] free;
    private final Arena arena = Arena.ofConfined();
    private final SubmissionBatch prepared;
    private final CompletionSink sink = this::ended;

    // Made before they are needed: a queue must close without memory.
    private final IntSupplier remaining = this::inFlight;
    private final CompletionSink discarding = this::release;
    private final FailureRun failures = new FailureRun();

    // Operations that the kernel has refused: a ring buffer, written without a call.
    private final Slot[] refused;
    private int firstRefused;
    private int refusedCount;

    private int freeCount;
    private int delivered;
    private long bytesTransferred;
    private AioCompletionHandler handler;
    private final HandlerFailures thrown = new HandlerFailures();
    private boolean closed;
    private boolean isLeft;

    private AioQueue(KernelAioContext engine, int depth) {
        this.engine = engine;
        free = new Slot[depth];
        refused = new Slot[depth];
        freeCount = depth;
        for (int i = 0; i < depth; i++) {
            free[i] = engine.slot(i);
        }
        // Last: no collector frees it.
        prepared = new SubmissionBatch(depth, arena);
    }

    /**
     * Opens a queue for the calling thread.
     *
     * @param depth the maximum number of operations prepared or in flight, from 1 to
     *     {@value AioContext.Builder#MAX_QUEUE_DEPTH}; it counts against the host's {@code aio-max-nr}
     * @return the queue, to be closed
     * @throws IllegalArgumentException if the depth is not in that range
     * @throws IOException if the kernel refuses; the message contains a remedy
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    public static AioQueue open(int depth) throws IOException {
        return open(LinuxAio.kernel(), depth, NO_SIGNAL);
    }

    /**
     * Opens a queue whose completions add to an eventfd(2), so that an event loop can wait for them together with other
     * events ({@code IOCB_FLAG_RESFD} of io_submit(2)). The eventfd signals only that there is something to
     * {@link #poll}: its counter may be greater than the number of completions that the poll delivers. Operations that
     * the kernel did not accept at {@link #submit} add nothing. The queue neither reads nor closes the eventfd.
     *
     * @param depth as for {@link #open(int)}
     * @param eventfd the descriptor's number; if it is not an eventfd, each operation fails with {@code EINVAL} or
     *     {@code EBADF}
     * @return the queue, to be closed
     * @throws IllegalArgumentException if the descriptor is negative, or the depth out of range
     * @throws IOException if the kernel refuses; the message contains a remedy
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    public static AioQueue open(int depth, int eventfd) throws IOException {
        Arguments.notNegative("eventfd", eventfd);
        return open(LinuxAio.kernel(), depth, eventfd);
    }

    static AioQueue open(Kernel kernel, int depth) throws IOException {
        return open(kernel, depth, NO_SIGNAL);
    }

    static AioQueue open(Kernel kernel, int depth, int eventfd) throws IOException {
        Arguments.depth(depth, AioContext.Builder.MAX_QUEUE_DEPTH);
        StackRoom.requireForSeveral();
        long context = kernel.setup(depth);
        if (context < 0) {
            throw Errors.ofSetup(depth, (int) -context);
        }
        KernelAioContext engine = KernelAioContext.over(kernel, context, depth, AioContext.Builder.READS_RING);
        boolean isOpen = false;
        AioQueue queue = null;
        try {
            if (eventfd != NO_SIGNAL) {
                engine.signal(eventfd);
            }
            queue = new AioQueue(engine, depth);
            OwnQueues.add(queue);
            isOpen = true;
            return queue;
        } finally {
            if (!isOpen) {
                letGo(engine, queue);
            }
        }
    }

    /** Releases what a queue has that could not be opened. */
    private static void letGo(KernelAioContext engine, AioQueue queue) {
        try {
            engine.abandon();
        } finally {
            if (queue != null) {
                queue.arena.close();
            }
        }
    }

    /**
     * Prepares a read. The contents of the segment beyond the bytes counted are undefined.
     *
     * @param file the file
     * @param target native memory that is not read-only
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is prepared; {@code false}, without an effect, if the queue is full
     * @throws IllegalArgumentException if the segment or the position does not meet the requirements of
     *     {@link AioFile#read}
     * @throws IllegalStateException if the queue, the file or the segment's arena is closed, or its pooled buffer was
     *     released
     * @throws WrongThreadException if another thread opened the queue, or the segment is confined to another thread
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     */
    public boolean prepareRead(AioFile file, MemorySegment target, long position, long userData) {
        return prepare(Opcode.READ, file, target, position, Preconditions.read(file, target, position), userData);
    }

    /**
     * Prepares a write.
     *
     * @param file the file
     * @param source native memory
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is prepared; {@code false}, without an effect, if the queue is full
     * @throws IllegalArgumentException if the segment or the position does not meet the requirements of
     *     {@link AioFile#write}
     * @throws IllegalStateException if the queue, the file or the segment's arena is closed, or its pooled buffer was
     *     released
     * @throws WrongThreadException if another thread opened the queue, or the segment is confined to another thread
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     */
    public boolean prepareWrite(AioFile file, MemorySegment source, long position, long userData) {
        return prepare(Opcode.WRITE, file, source, position, Preconditions.write(file, source, position), userData);
    }

    /**
     * Prepares a read into several segments. The contents of the segments beyond the bytes counted are undefined.
     *
     * @param file the file
     * @param targets one to 1024 segments of native memory; the array must not change until the operation has completed
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is prepared; {@code false}, without an effect, if the queue is full
     * @throws IllegalArgumentException if the segments, their number or the position does not meet the requirements of
     *     {@link AioFile#readv}
     * @throws IllegalStateException if the queue, the file or a segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if another thread opened the queue, or a segment is confined to another thread
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     */
    public boolean prepareReadv(AioFile file, MemorySegment[] targets, long position, long userData) {
        return prepare(Opcode.READV, file, targets, position, Preconditions.readv(file, targets, position), userData);
    }

    /**
     * Prepares a write of several segments.
     *
     * @param file the file
     * @param sources one to 1024 segments of native memory; the array must not change until the operation has completed
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is prepared; {@code false}, without an effect, if the queue is full
     * @throws IllegalArgumentException if the segments, their number or the position does not meet the requirements of
     *     {@link AioFile#writev}
     * @throws IllegalStateException if the queue, the file or a segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if another thread opened the queue, or a segment is confined to another thread
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     */
    public boolean prepareWritev(AioFile file, MemorySegment[] sources, long position, long userData) {
        return prepare(Opcode.WRITEV, file, sources, position, Preconditions.writev(file, sources, position), userData);
    }

    /**
     * Prepares a sync, as of {@link AioFile#sync}.
     *
     * @param file the file
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is prepared; {@code false}, without an effect, if the queue is full
     * @throws IllegalStateException if the queue or the file is closed
     * @throws WrongThreadException if another thread opened the queue
     */
    public boolean prepareSync(AioFile file, long userData) {
        return prepare(Opcode.SYNC, file, null, 0, 0, userData);
    }

    /**
     * Prepares a sync of data, as of {@link AioFile#dataSync}.
     *
     * @param file the file
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is prepared; {@code false}, without an effect, if the queue is full
     * @throws IllegalStateException if the queue or the file is closed
     * @throws WrongThreadException if another thread opened the queue
     */
    public boolean prepareDataSync(AioFile file, long userData) {
        return prepare(Opcode.DATA_SYNC, file, null, 0, 0, userData);
    }

    private boolean prepare(Opcode opcode, AioFile file, Object memory, long position, long length, long userData) {
        StackRoom.require();
        requireOpen();
        if (AioContext.Builder.STRICT) {
            Preconditions.guarded(memory);
        }
        if (freeCount == 0) {
            return false;
        }
        if (isLeft) {
            releaseLeft();
        }
        Slot slot = free[freeCount - 1];
        try {
            if (!slot.acquire(file.handle(), memory)) {
                throw Preconditions.closed(file, memory);
            }
            slot.prepare(opcode, position, length, null, userData);
            prepared.add(slot);
        } catch (Error e) {
            // Without a call: near the end of the stack the slot is released later.
            isLeft = true;
            releaseLeft();
            throw e;
        }
        freeCount--;
        return true;
    }

    /** Releases the file and memory that the first free slot still holds, since an Error ended its preparation. */
    private void releaseLeft() {
        free[freeCount - 1].release();
        isLeft = false;
    }

    /**
     * Submits the prepared operations, in one system call if the kernel refuses none. The next poll delivers an operation
     * that the kernel refused, as a failure. An operation that the kernel does not accept for now stays prepared.
     *
     * @return the number of operations that the kernel accepted
     * @throws IllegalStateException if the queue is closed
     * @throws WrongThreadException if another thread opened the queue
     */
    public int submit() {
        StackRoom.require();
        requireOpen();
        int accepted = prepared.removeTaken(engine);
        while (prepared.size() > 0) {
            int answer = prepared.submit(engine);
            if (answer == -Errno.EAGAIN) {
                break;
            } else if (answer > 0) {
                accepted += answer;
            } else {
                refuseFirst(answer);
            }
        }
        return accepted;
    }

    private void refuseFirst(int error) {
        Slot slot = prepared.slot(prepared.first);
        slot.refuse(error);
        // Without a call from here on: the slot is either prepared or refused.
        refused[(firstRefused + refusedCount) % refused.length] = slot;
        refusedCount++;
        prepared.first++;
    }

    /**
     * Returns {@code true} if the queue is open.
     *
     * @return {@code false} once {@link #close} has closed it
     * @throws WrongThreadException on another thread than the owner
     */
    public boolean isOpen() {
        requireOwner();
        return !closed;
    }

    /**
     * Delivers the completions that have arrived, without waiting for any.
     *
     * @param handler receives each completion
     * @return the number of completions delivered
     * @throws IllegalStateException if the queue is closed, or if called from a handler
     * @throws WrongThreadException if another thread opened the queue
     */
    public int poll(AioCompletionHandler handler) {
        return reap(0, 0, handler);
    }

    /**
     * Waits for completions, and delivers all that have arrived. An interrupt of the thread does not end the wait.
     *
     * @param minCompletions the number of completions to wait for; at most as many as are in flight are waited for
     * @param timeout the maximum time to wait; zero or less does not wait
     * @param handler receives each completion
     * @return the number of completions delivered, which is less than {@code minCompletions} if the timeout has elapsed or
     *     fewer were in flight
     * @throws IllegalStateException if the queue is closed, or if called from a handler
     * @throws WrongThreadException if another thread opened the queue
     */
    public int await(int minCompletions, Duration timeout, AioCompletionHandler handler) {
        // The caller's deadline may have passed; to the engine a negative number means to wait without a timeout.
        return reap(minCompletions, Math.max(0, TimeUnit.NANOSECONDS.convert(timeout)), handler);
    }

    private int reap(int minCompletions, long nanos, AioCompletionHandler to) {
        StackRoom.require();
        requireOpen();
        requireNotPolling();
        handler = Objects.requireNonNull(to, "handler");
        delivered = 0;
        try {
            prepared.removeTaken(engine);
            while (refusedCount > 0) {
                ended(refused[firstRefused]);
            }
            int all = delivered + inFlight();
            int wanted = Math.min(minCompletions, all);
            // The clock is read only if there is something to wait for.
            long deadline = nanos == 0 ? 0 : System.nanoTime() + nanos;
            long left = nanos;
            while (true) {
                // An Error may have ended the submission of a handler: before the events of its operations.
                prepared.removeTaken(engine);
                int answer = engine.reap(Math.max(0, wanted - delivered), left, sink);
                if (answer < 0) {
                    throw new IllegalStateException("io_getevents failed: " + Errno.symbol(-answer));
                }
                // Not the operations that handlers submit meanwhile: that might never end.
                boolean mayBeMore = answer == engine.eventsAtOnce() && delivered < all;
                if (!mayBeMore && delivered >= wanted) {
                    break;
                }
                left = nanos == 0 ? 0 : Math.max(0, deadline - System.nanoTime());
                if (!mayBeMore && left == 0) {
                    break;
                }
            }
        } finally {
            handler = null;
        }
        thrown.rethrow();
        return delivered;
    }

    private void ended(Slot slot) {
        long userData = slot.userData();
        int result = slot.result();
        bytesTransferred = slot.transferred();
        slot.release();
        // Without a call from here on: after an Error before this point, the event is handled once more.
        free[freeCount++] = slot;
        delivered++;
        if (refusedCount > 0 && refused[firstRefused] == slot) {
            firstRefused = (firstRefused + 1) % refused.length;
            refusedCount--;
        }
        try {
            handler.onCompletion(userData, result);
        } catch (RuntimeException | Error e) {
            // The completions reaped together with this one are delivered first; they could not be delivered later.
            thrown.add(e);
        }
    }

    /**
     * Returns the number of bytes that the operation transferred, also if it failed after a part. Valid in a handler only.
     *
     * @return bytes
     */
    public long bytesTransferred() {
        return bytesTransferred;
    }

    /**
     * Returns the number of operations in flight: accepted by the kernel and not yet delivered.
     *
     * @return operations
     */
    public int inFlight() {
        return depth() - freeCount - prepared.size() - refusedCount;
    }

    /**
     * Returns the number of operations that are prepared and not submitted.
     *
     * @return operations
     */
    public int prepared() {
        return prepared.size();
    }

    /**
     * Returns the queue depth: the maximum number of operations prepared or in flight.
     *
     * @return operations
     */
    public int depth() {
        return free.length;
    }

    private void requireOpen() {
        requireOwner();
        if (closed) {
            throw new IllegalStateException("the queue is closed");
        }
    }

    private void requireOwner() {
        if (Thread.currentThread() != owner) {
            throw new WrongThreadException("the queue belongs to " + owner + ", which opened it");
        }
    }

    private void requireNotPolling() {
        if (handler != null) {
            throw new IllegalStateException("the queue is being polled: a handler must not poll or close it");
        }
    }

    /**
     * Closes the queue: discards prepared operations, waits until those in flight have completed, without delivering them,
     * and releases the kernel AIO context and the memory. Poll first for results that matter. Closing again has no effect.
     *
     * @throws IllegalStateException if called from a handler; or if io_getevents(2) has failed for ten seconds with
     *     operations in flight: the queue stays open, and can be closed again
     * @throws WrongThreadException if another thread opened the queue
     */
    @Override
    public void close() {
        StackRoom.require();
        requireOwner();
        if (closed) {
            return;
        }
        requireNotPolling();
        if (isLeft) {
            releaseLeft();
        }
        prepared.removeTaken(engine);
        discard();
        Drain.await(
                engine,
                failures,
                "the queue stays open, and can be closed again",
                remaining,
                KernelAioContext.FOREVER,
                discarding);
        closed = true;
        try {
            OwnQueues.remove(this);
        } finally {
            try {
                Drain.destroy(engine);
            } finally {
                arena.close();
            }
        }
    }

    /** Releases all operations that are prepared or refused. */
    private void discard() {
        while (prepared.size() > 0) {
            release(prepared.slot(prepared.first));
            prepared.first++;
        }
        while (refusedCount > 0) {
            release(refused[firstRefused]);
            firstRefused = (firstRefused + 1) % refused.length;
            refusedCount--;
        }
    }

    private void release(Slot slot) {
        slot.release();
        free[freeCount++] = slot;
    }

    /** Returns {@code true} if operations of this queue use the file. */
    boolean isUsing(FileHandle file) {
        return engine.isUsing(file);
    }
}
