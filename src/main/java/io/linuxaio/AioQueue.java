package io.linuxaio;

import io.linuxaio.internal.engine.Arguments;
import io.linuxaio.internal.engine.CompletionSink;
import io.linuxaio.internal.engine.FailureRun;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.OpenFile;
import io.linuxaio.internal.engine.RepeatedLog;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * A queue for engines that run one thread per core: no thread of its own, no future, and nothing allocated for an
 * operation. The owner prepares operations, submits them together, and polls for those that have ended.
 *
 * {@snippet class="io.linuxaio.examples.QueueExample" region="queue"}
 *
 * <p>Owned by the thread that opened it: every method throws {@link WrongThreadException} on another. It must be closed
 * before that thread ends: nobody else can, and its memory would not be kept. Segments, files and alignment are as
 * {@link AioFile} says; what the kernel cuts short is submitted again for the rest here too. With the system property
 * {@code io.linuxaio.strict} set to {@code true} memory is refused as {@link AioContext.Builder#strict(boolean)} says. Statistics,
 * events and MBeans are those of contexts alone: a queue's owner sees all its results, and measures what it wants to.
 */
public final class AioQueue implements AutoCloseable {
    private static final int NO_SIGNAL = -1;
    private static final long CLOSE_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);
    private static final RepeatedLog TROUBLE = new RepeatedLog(Level.ERROR);

    private final Thread owner = Thread.currentThread();
    private final KernelAioContext engine;
    private final Slot[] free;
    private final PreparedSlots prepared;
    private final CompletionSink sink = this::ended;

    private int freeCount;
    private int delivered;
    private long bytesTransferred;
    private AioCompletionHandler handler;
    private Throwable thrown;
    private boolean closed;
    private boolean isLeft;

    private AioQueue(KernelAioContext engine, int depth) {
        this.engine = engine;
        prepared = new PreparedSlots(depth);
        free = new Slot[depth];
        freeCount = depth;
        for (int i = 0; i < depth; i++) {
            free[i] = engine.slot(i);
        }
        OwnQueues.add(this);
    }

    /**
     * Opens a queue for the calling thread.
     *
     * @param depth how many operations can be prepared or in flight, from 1 to
     *     {@value AioContext.Builder#MAX_QUEUE_DEPTH}; it counts against the host's {@code aio-max-nr}
     * @return the queue, to be closed
     * @throws IllegalArgumentException if the depth is not in that range
     * @throws IOException if the kernel refuses; the message says what to do
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    public static AioQueue open(int depth) throws IOException {
        return open(LinuxAio.kernel(), depth, NO_SIGNAL);
    }

    /**
     * Opens a queue whose completions add to an eventfd(2), so that an event loop can wait for them together with other
     * events ({@code IOCB_FLAG_RESFD} of io_submit(2)). The eventfd signals only that there is something to
     * {@link #poll}: its counter may be greater than the number of completions that the poll delivers. Operations that
     * {@link #submit} did not take add nothing. The queue neither reads nor closes the eventfd.
     *
     * @param depth as for {@link #open(int)}
     * @param eventfd the descriptor's number; if it is not an eventfd, each operation fails with {@code EINVAL} or
     *     {@code EBADF}
     * @return the queue, to be closed
     * @throws IllegalArgumentException if the descriptor is negative, or the depth out of range
     * @throws IOException as {@link #open(int)}
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
        StackRoom.require();
        long context = kernel.setup(depth);
        if (context < 0) {
            throw Errors.ofSetup(depth, (int) -context);
        }
        KernelAioContext engine = KernelAioContext.over(kernel, context, depth, AioContext.Builder.READS_RING);
        try {
            if (eventfd != NO_SIGNAL) {
                engine.signal(eventfd);
            }
            return new AioQueue(engine, depth);
        } catch (OutOfMemoryError e) {
            engine.destroy();
            throw e;
        }
    }

    /**
     * Prepares a read. The contents of the segment behind the bytes
     * counted are undefined.
     *
     * @param file the file
     * @param target where to
     * @param position where in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return whether there was a place in the queue; false changes nothing
     * @throws IllegalArgumentException as {@link AioFile#read}
     * @throws IllegalStateException if the queue, the file or the segment's arena is closed
     */
    public boolean prepareRead(AioFile file, MemorySegment target, long position, long userData) {
        return prepare(Opcode.READ, file, target, position, Preconditions.read(file, target, position), userData);
    }

    /**
     * Prepares a write.
     *
     * @param file the file
     * @param source where from
     * @param position where in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return whether there was a place in the queue; false changes nothing
     * @throws IllegalArgumentException as {@link AioFile#write}
     * @throws IllegalStateException if the queue, the file or the segment's arena is closed
     */
    public boolean prepareWrite(AioFile file, MemorySegment source, long position, long userData) {
        return prepare(Opcode.WRITE, file, source, position, Preconditions.write(file, source, position), userData);
    }

    /**
     * Prepares a read into several segments. The contents of the segments behind the bytes
     * counted are undefined.
     *
     * @param file the file
     * @param targets one to 1024 segments; the array must not change until the operation has ended
     * @param position where in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return whether there was a place in the queue; false changes nothing
     */
    public boolean prepareReadv(AioFile file, MemorySegment[] targets, long position, long userData) {
        return prepare(Opcode.READV, file, targets, position, Preconditions.readv(file, targets, position), userData);
    }

    /**
     * Prepares a write of several segments.
     *
     * @param file the file
     * @param sources one to 1024 segments; the array must not change until the operation has ended
     * @param position where in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return whether there was a place in the queue; false changes nothing
     */
    public boolean prepareWritev(AioFile file, MemorySegment[] sources, long position, long userData) {
        return prepare(Opcode.WRITEV, file, sources, position, Preconditions.writev(file, sources, position), userData);
    }

    /**
     * Prepares what {@link AioFile#sync} does.
     *
     * @param file the file
     * @param userData any value; the handler receives it with the completion
     * @return whether there was a place in the queue; false changes nothing
     */
    public boolean prepareSync(AioFile file, long userData) {
        return prepare(Opcode.SYNC, file, null, 0, 0, userData);
    }

    /**
     * Prepares what {@link AioFile#dataSync} does.
     *
     * @param file the file
     * @param userData any value; the handler receives it with the completion
     * @return whether there was a place in the queue; false changes nothing
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
            letGoOfLeft();
        }
        Slot slot = free[freeCount - 1];
        try {
            if (!slot.acquire(file.target(), memory)) {
                throw Preconditions.closed(file, memory);
            }
            slot.prepare(opcode, position, length, null, userData);
            prepared.add(slot);
        } catch (Error e) {
            // Without a call: near the end of the stack the slot is let go of later.
            isLeft = true;
            letGoOfLeft();
            throw e;
        }
        freeCount--;
        return true;
    }

    /** Lets go of what the first free slot holds, since an Error ended its preparation. */
    private void letGoOfLeft() {
        free[freeCount - 1].release();
        isLeft = false;
    }

    /**
     * Submits what was prepared, in one system call if nothing is refused. What the kernel refuses for good is told by
     * the next poll, as a failure of that operation; what it does not take for now stays prepared.
     *
     * @return how many operations the kernel took
     * @throws IllegalStateException if the queue is closed
     */
    public int submit() {
        StackRoom.require();
        requireOpen();
        return prepared.submit(engine);
    }

    /**
     * Delivers the completions that are there, without waiting for any.
     *
     * @param handler receives each completion
     * @return the number of completions delivered
     * @throws IllegalStateException if the queue is closed, or if called from a callback
     */
    public int poll(AioCompletionHandler handler) {
        return reap(0, 0, handler);
    }

    /**
     * Waits for completions, and delivers all that are there. An interrupt of the thread does not end
     * the wait.
     *
     * @param minCompletions the number of completions to wait for; at most as many as are in flight are waited for
     * @param timeout the longest time to wait; zero or less does not wait
     * @param handler receives each completion
     * @return the number of completions delivered, which is less than {@code minCompletions} if the time has elapsed or
     *     fewer were in flight
     * @throws IllegalStateException if the queue is closed, or if called from a callback
     */
    public int await(int minCompletions, Duration timeout, AioCompletionHandler handler) {
        // A deadline may have passed already; a negative number would mean to the engine to wait for ever.
        return reap(minCompletions, Math.max(0, TimeUnit.NANOSECONDS.convert(timeout)), handler);
    }

    private int reap(int minCompletions, long nanos, AioCompletionHandler to) {
        StackRoom.require();
        requireOpen();
        requireNotPolling();
        handler = Objects.requireNonNull(to, "handler");
        delivered = 0;
        try {
            prepared.findTaken(engine);
            while (prepared.refusedCount > 0) {
                ended(prepared.refused[prepared.firstRefused]);
            }
            int all = delivered + inFlight();
            int wanted = Math.min(minCompletions, all);
            // The clock is read only where there is something to wait for.
            long deadline = nanos == 0 ? 0 : System.nanoTime() + nanos;
            long left = nanos;
            while (true) {
                int answer = engine.reap(Math.max(0, wanted - delivered), left, sink);
                if (answer < 0) {
                    throw new IllegalStateException("io_getevents failed: " + Errno.symbol(-answer));
                }
                // Not what callbacks submit meanwhile: that might never end.
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
        rethrow();
        return delivered;
    }

    private void ended(Slot slot) {
        long userData = slot.userData();
        int result = slot.result();
        bytesTransferred = slot.transferred();
        slot.release();
        // Without a call from here on: an Error before that has the event taken once more.
        free[freeCount++] = slot;
        delivered++;
        if (prepared.refusedCount > 0 && prepared.refused[prepared.firstRefused] == slot) {
            prepared.firstRefused = (prepared.firstRefused + 1) % prepared.refused.length;
            prepared.refusedCount--;
        }
        try {
            handler.onCompletion(userData, result);
        } catch (RuntimeException | Error e) {
            // The events taken together with this one are told first: nobody else could.
            if (thrown == null) {
                thrown = e;
            } else {
                thrown.addSuppressed(e);
            }
        }
    }

    private void rethrow() {
        Throwable first = thrown;
        thrown = null;
        if (first instanceof RuntimeException e) {
            throw e;
        } else if (first instanceof Error e) {
            throw e;
        }
    }

    /**
     * In a callback: how many bytes the operation moved, also where it failed after a part.
     *
     * @return bytes
     */
    public long bytesTransferred() {
        return bytesTransferred;
    }

    /**
     * How many operations the kernel has and has not given back.
     *
     * @return zero or greater
     */
    public int inFlight() {
        return depth() - freeCount - prepared.count() - prepared.refusedCount;
    }

    /**
     * How many operations are prepared and not submitted.
     *
     * @return zero or greater
     */
    public int prepared() {
        return prepared.count();
    }

    /**
     * How many operations can be prepared or in flight.
     *
     * @return as it was opened
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
            throw new IllegalStateException("the queue is being polled: a callback must not poll or close it");
        }
    }

    /**
     * Forgets what was prepared, waits until what is in flight has ended, telling nobody, and gives the kernel's context
     * and the memory back. Poll first for results that matter. Closing again does nothing.
     *
     * @throws IllegalStateException if called from a callback; or if io_getevents(2) has failed for ten seconds with
     *     operations in flight: the queue stays open, and can be closed again
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
            letGoOfLeft();
        }
        prepared.findTaken(engine);
        prepared.removeAll(this::letGo);
        awaitInFlight();
        closed = true;
        OwnQueues.remove(this);
        int answer = engine.destroy();
        if (answer < 0) {
            TROUBLE.log("io_destroy failed: {0}", Errno.symbol(-answer));
        }
        prepared.close();
    }

    private void awaitInFlight() {
        FailureRun failures = new FailureRun();
        while (inFlight() > 0) {
            int answer = engine.reap(1, KernelAioContext.FOREVER, this::letGo);
            if (answer >= 0) {
                failures.end();
                continue;
            }
            TROUBLE.log("io_getevents failed: {0}", Errno.symbol(-answer));
            if (failures.hasLasted(CLOSE_PATIENCE_NANOS)) {
                throw new IllegalStateException("io_getevents keeps failing with " + Errno.symbol(-answer) + " while "
                        + inFlight() + " operations are in flight; the queue stays open, and can be closed again");
            }
            failures.pause();
        }
    }

    private void letGo(Slot slot) {
        slot.release();
        free[freeCount++] = slot;
    }

    /** Whether operations of this queue hold the file. */
    boolean isUsing(OpenFile file) {
        return engine.isUsing(file);
    }
}
