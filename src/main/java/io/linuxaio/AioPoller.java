package io.linuxaio;

import io.linuxaio.internal.engine.Arguments;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.engine.reap.ReaperWakeup;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * A submission queue of any thread whose completions are delivered by one thread of the caller's choosing, for engines. It
 * has no thread of its own and no futures, and allocates nothing for an operation, except that a thread that waits for a slot
 * may. One poll delivers all completions that are there, so that one sync serves them all.
 *
 * {@snippet class="io.linuxaio.examples.PollerExample" region="poller"}
 *
 * <p><b>Submitting</b> is safe for any thread, and takes one system call for an operation, or for an {@link AioPollerBatch}.
 * The requirements of {@link AioFile} on segments, positions and alignment hold here too, and a short transfer is submitted
 * again for the rest. Each operation that a method has accepted completes exactly once, also if the kernel refuses it or the
 * file is closed ({@code EBADF}). It is delivered by a poll and never by the submitting thread. An operation that the kernel
 * does not accept for now ({@code EAGAIN}) is submitted by the polling thread.
 *
 * <p><b>Polling</b> is for one thread at a time, which may be another from call to call: {@link #poll} and {@link #await}
 * throw {@link IllegalStateException} while another thread polls. The polling thread should be a platform thread, since a wait
 * in the kernel pins a virtual thread to its carrier. A handler may submit operations and call {@link #wakeup} and
 * {@link #shutdown}; it must not block, and polling and closing are refused. Completions are in no order.
 *
 * <p>The thread that polled last must not wait for what only a poll makes free, and a handler must not do so either. On such a
 * thread an operation that finds the queue full is rejected in spite of {@link AioFullQueuePolicy#WAIT}, and
 * {@link AioFile#close} throws {@link IllegalStateException} if operations of the poller use the file.
 *
 * <p><b>Closing</b> while other threads submit and poll is no mistake of theirs: operations are rejected after that, and polls
 * return -1. To lose no completion, call {@link #shutdown}, and {@link #close} after a poll has returned -1.
 *
 * <p>A poller counts its operations ({@link #stats}). It has no MBean, and Java Flight Recorder does not record it.
 */
public final class AioPoller implements AutoCloseable {
    private final KernelAioContext engine;
    private final SlotPool pool;
    private final PollerSubmitter submitter;
    private final PollerCompletions completions;
    private final ContextCounters counters = new ContextCounters(0);
    private final int depth;

    /** Creates a poller over an engine with one slot more than the queue depth: the last one wakes the polling thread. */
    private AioPoller(Kernel kernel, KernelAioContext engine, Builder settings) {
        this.engine = engine;
        depth = settings.queueDepth;
        Slot[] slots = new Slot[depth];
        for (int i = 0; i < depth; i++) {
            slots[i] = engine.slot(i);
        }
        pool = new SlotPool(slots);
        completions = new PollerCompletions(
                engine,
                pool,
                new Leftovers(slots, engine, pool),
                new ReaperWakeup(kernel, engine, engine.slot(depth)),
                counters,
                settings.eventfd != Builder.NO_SIGNAL);
        submitter = new PollerSubmitter(engine, pool, completions, counters, settings);
    }

    /**
     * Opens a poller with the defaults of {@link #builder}.
     *
     * @return the poller, to be closed
     * @throws IOException if the kernel refuses; the message contains a remedy
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    public static AioPoller open() throws IOException {
        return builder().open();
    }

    /**
     * Returns a builder of a poller.
     *
     * @return a builder with default settings
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Reads into a segment. The contents of the segment beyond the bytes counted are undefined.
     *
     * @param file the file
     * @param target native memory that is not read-only
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @throws RejectedExecutionException if the poller is shut down or closed; if the queue is full, and the policy rejects or
     *     this thread must not wait; or if the thread is interrupted while it waits. Then nothing was submitted
     * @throws IllegalArgumentException if the segment or the position does not meet the requirements of
     *     {@link AioFile#read}
     * @throws IllegalStateException if the segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     */
    public void read(AioFile file, MemorySegment target, long position, long userData) {
        long length = Preconditions.read(file, target, position);
        submitter.submit(Opcode.READ, file, target, position, length, userData, false);
    }

    /**
     * Reads into a segment, as {@link #read} does, unless the queue is full.
     *
     * @param file the file
     * @param target native memory that is not read-only
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is submitted; {@code false}, without an effect, if the queue is full
     * @throws RejectedExecutionException if the poller is shut down or closed
     * @throws IllegalArgumentException if the segment or the position does not meet the requirements of
     *     {@link AioFile#read}
     * @throws IllegalStateException if the segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     */
    public boolean tryRead(AioFile file, MemorySegment target, long position, long userData) {
        long length = Preconditions.read(file, target, position);
        return submitter.submit(Opcode.READ, file, target, position, length, userData, true);
    }

    /**
     * Writes a segment. The operation succeeds only when every byte was written.
     *
     * @param file the file
     * @param source native memory
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @throws RejectedExecutionException if the poller is shut down or closed; if the queue is full, and the policy rejects or
     *     this thread must not wait; or if the thread is interrupted while it waits. Then nothing was submitted
     * @throws IllegalArgumentException if the segment or the position does not meet the requirements of
     *     {@link AioFile#write}
     * @throws IllegalStateException if the segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     */
    public void write(AioFile file, MemorySegment source, long position, long userData) {
        long length = Preconditions.write(file, source, position);
        submitter.submit(Opcode.WRITE, file, source, position, length, userData, false);
    }

    /**
     * Writes a segment, as {@link #write} does, unless the queue is full.
     *
     * @param file the file
     * @param source native memory
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is submitted; {@code false}, without an effect, if the queue is full
     * @throws RejectedExecutionException if the poller is shut down or closed
     * @throws IllegalArgumentException if the segment or the position does not meet the requirements of
     *     {@link AioFile#write}
     * @throws IllegalStateException if the segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     */
    public boolean tryWrite(AioFile file, MemorySegment source, long position, long userData) {
        long length = Preconditions.write(file, source, position);
        return submitter.submit(Opcode.WRITE, file, source, position, length, userData, true);
    }

    /**
     * Reads consecutive bytes of the file into several segments. The contents of the segments beyond the bytes counted are
     * undefined.
     *
     * @param file the file
     * @param targets one to 1024 segments of native memory; the array must not change until the operation has completed
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @throws RejectedExecutionException if the poller is shut down or closed; if the queue is full, and the policy rejects or
     *     this thread must not wait; or if the thread is interrupted while it waits. Then nothing was submitted
     * @throws IllegalArgumentException if the segments, their number or the position does not meet the requirements of
     *     {@link AioFile#readv}
     * @throws IllegalStateException if a segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     */
    public void readv(AioFile file, MemorySegment[] targets, long position, long userData) {
        long length = Preconditions.readv(file, targets, position);
        submitter.submit(Opcode.READV, file, targets, position, length, userData, false);
    }

    /**
     * Reads consecutive bytes of the file into several segments, as {@link #readv} does, unless the queue is full.
     *
     * @param file the file
     * @param targets one to 1024 segments of native memory; the array must not change until the operation has completed
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is submitted; {@code false}, without an effect, if the queue is full
     * @throws RejectedExecutionException if the poller is shut down or closed
     * @throws IllegalArgumentException if the segments, their number or the position does not meet the requirements of
     *     {@link AioFile#readv}
     * @throws IllegalStateException if a segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     */
    public boolean tryReadv(AioFile file, MemorySegment[] targets, long position, long userData) {
        long length = Preconditions.readv(file, targets, position);
        return submitter.submit(Opcode.READV, file, targets, position, length, userData, true);
    }

    /**
     * Writes several segments to consecutive bytes of the file. The operation succeeds only when every byte was written.
     *
     * @param file the file
     * @param sources one to 1024 segments of native memory; the array must not change until the operation has completed
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @throws RejectedExecutionException if the poller is shut down or closed; if the queue is full, and the policy rejects or
     *     this thread must not wait; or if the thread is interrupted while it waits. Then nothing was submitted
     * @throws IllegalArgumentException if the segments, their number or the position does not meet the requirements of
     *     {@link AioFile#writev}
     * @throws IllegalStateException if a segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     */
    public void writev(AioFile file, MemorySegment[] sources, long position, long userData) {
        long length = Preconditions.writev(file, sources, position);
        submitter.submit(Opcode.WRITEV, file, sources, position, length, userData, false);
    }

    /**
     * Writes several segments to consecutive bytes of the file, as {@link #writev} does, unless the queue is full.
     *
     * @param file the file
     * @param sources one to 1024 segments of native memory; the array must not change until the operation has completed
     * @param position the position in the file, in bytes
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is submitted; {@code false}, without an effect, if the queue is full
     * @throws RejectedExecutionException if the poller is shut down or closed
     * @throws IllegalArgumentException if the segments, their number or the position does not meet the requirements of
     *     {@link AioFile#writev}
     * @throws IllegalStateException if a segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     */
    public boolean tryWritev(AioFile file, MemorySegment[] sources, long position, long userData) {
        long length = Preconditions.writev(file, sources, position);
        return submitter.submit(Opcode.WRITEV, file, sources, position, length, userData, true);
    }

    /**
     * Makes data and metadata durable, as {@link AioFile#sync} does.
     *
     * @param file the file
     * @param userData any value; the handler receives it with the completion
     * @throws RejectedExecutionException if the poller is shut down or closed; if the queue is full, and the policy rejects or
     *     this thread must not wait; or if the thread is interrupted while it waits. Then nothing was submitted
     */
    public void sync(AioFile file, long userData) {
        submitter.submit(Opcode.SYNC, file, null, 0, 0, userData, false);
    }

    /**
     * Makes data and metadata durable, as {@link #sync} does, unless the queue is full.
     *
     * @param file the file
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is submitted; {@code false}, without an effect, if the queue is full
     * @throws RejectedExecutionException if the poller is shut down or closed
     */
    public boolean trySync(AioFile file, long userData) {
        return submitter.submit(Opcode.SYNC, file, null, 0, 0, userData, true);
    }

    /**
     * Makes data durable, as {@link AioFile#dataSync} does.
     *
     * @param file the file
     * @param userData any value; the handler receives it with the completion
     * @throws RejectedExecutionException if the poller is shut down or closed; if the queue is full, and the policy rejects or
     *     this thread must not wait; or if the thread is interrupted while it waits. Then nothing was submitted
     */
    public void dataSync(AioFile file, long userData) {
        submitter.submit(Opcode.DATA_SYNC, file, null, 0, 0, userData, false);
    }

    /**
     * Makes data durable, as {@link #dataSync} does, unless the queue is full.
     *
     * @param file the file
     * @param userData any value; the handler receives it with the completion
     * @return {@code true} if the operation is submitted; {@code false}, without an effect, if the queue is full
     * @throws RejectedExecutionException if the poller is shut down or closed
     */
    public boolean tryDataSync(AioFile file, long userData) {
        return submitter.submit(Opcode.DATA_SYNC, file, null, 0, 0, userData, true);
    }

    /**
     * Returns a new batch of operations that are submitted together.
     *
     * @param capacity the maximum number of operations in the batch, from 1 to
     *     {@value AioContext.Builder#MAX_QUEUE_DEPTH}
     * @return an empty batch, for one thread
     * @throws IllegalArgumentException if the capacity is not in that range
     */
    public AioPollerBatch batch(int capacity) {
        return new AioPollerBatch(submitter, Arguments.depth(capacity, AioContext.Builder.MAX_QUEUE_DEPTH));
    }

    /**
     * Delivers the completions that have arrived, without waiting for any.
     *
     * @param handler receives each completion; if it throws, the others are delivered nevertheless, and this method then
     *     throws the first exception
     * @return the number of completions delivered; -1 if the poller is closed, or is shut down and has delivered all
     * @throws IllegalStateException if another thread polls, or if called from a handler; or if io_getevents(2) fails
     */
    public int poll(AioCompletionHandler handler) {
        return poll(0, 0, handler);
    }

    /**
     * Waits for completions, also of operations that are submitted meanwhile, and delivers all that have arrived. The wait
     * ends early at a {@link #wakeup}, and when the poller is shut down or closed. An interrupt of the thread does not end it.
     *
     * @param minCompletions the number of completions to wait for. Several of them may wake the thread one by one
     * @param timeout the maximum time to wait; zero or less does not wait. From 292 years on, such as
     *     {@code ChronoUnit.FOREVER.getDuration()}, the wait has no limit, which saves the kernel a timer
     * @param handler receives each completion; if it throws, the others are delivered nevertheless, and this method then
     *     throws the first exception
     * @return the number of completions delivered, which is less than {@code minCompletions} if the wait ended early; -1 if
     *     the poller is closed, or is shut down and has delivered all
     * @throws IllegalStateException if another thread polls, or if called from a handler; or if io_getevents(2) fails
     */
    public int await(int minCompletions, Duration timeout, AioCompletionHandler handler) {
        return poll(minCompletions, Math.max(0, TimeUnit.NANOSECONDS.convert(timeout)), handler);
    }

    private int poll(int min, long nanos, AioCompletionHandler handler) {
        StackRoom.require();
        return completions.poll(min, nanos, Objects.requireNonNull(handler, "handler"));
    }

    /**
     * Ends the present wait of {@link #await} early, or makes the next poll not wait, as {@code Selector.wakeup} does.
     * Several calls between two polls have the effect of one. Safe for any thread. It costs a system call only if a thread
     * waits, or if the poller adds to an eventfd, which this method does then.
     */
    public void wakeup() {
        StackRoom.require();
        completions.wakeup();
    }

    /**
     * Returns the number of bytes that the operation transferred, also if it failed after a part. Valid in a handler only.
     *
     * @return bytes
     */
    public long bytesTransferred() {
        return completions.bytesTransferred();
    }

    /**
     * Returns the number of operations that are accepted and not yet delivered. Safe for any thread.
     *
     * @return operations
     */
    public int inFlight() {
        return pool.acquired();
    }

    /**
     * Returns the queue depth: the maximum number of operations in flight.
     *
     * @return operations
     */
    public int depth() {
        return depth;
    }

    /**
     * Returns the statistics of this poller since it was opened, which cost an operation nothing. Those of a reaper and of
     * offloaded operations are zero, and latencies are not recorded. Safe for any thread.
     *
     * @return a snapshot
     */
    public AioStats stats() {
        return counters.snapshot(pool, engine, depth, 0);
    }

    /**
     * Returns {@code true} if the poller accepts operations.
     *
     * @return {@code false} once {@link #shutdown} or {@link #close} has been called
     */
    public boolean isOpen() {
        return !pool.isClosed();
    }

    /**
     * Starts an orderly shutdown: no new operation is accepted, and threads that wait for a slot are rejected. A present
     * {@link #await} ends. Polls deliver the operations in flight, and return -1 after the last. Returns at once, on any
     * thread; calling it again has no effect.
     */
    public void shutdown() {
        StackRoom.require();
        completions.shutdown();
    }

    /**
     * Closes the poller: accepts no more operations, ends the present wait of a polling thread and waits for the return of
     * its poll, waits until the operations in flight have completed, without delivering them, and releases the kernel AIO
     * context and the memory. An interrupt does not end the wait, and is kept. Closing again waits likewise and has no other
     * effect.
     *
     * @throws IllegalStateException if called from a handler; or if io_getevents(2) has failed for ten seconds with
     *     operations in flight: the poller can be closed again
     */
    @Override
    public void close() {
        StackRoom.require();
        Leftovers.recoverIfPossible();
        completions.close();
    }

    @Override
    public String toString() {
        return "AioPoller of depth " + depth + ", " + inFlight() + " in flight" + (isOpen() ? "" : ", closed");
    }

    /** A builder of {@link AioPoller}s. Not safe for use by several threads; can build several pollers. */
    public static final class Builder {
        static final int NO_SIGNAL = -1;

        private int queueDepth = AioContext.Builder.DEFAULT_QUEUE_DEPTH;
        private AioFullQueuePolicy policy = AioFullQueuePolicy.WAIT;
        private boolean strict = AioContext.Builder.STRICT;
        private int eventfd = NO_SIGNAL;

        Builder() {}

        /**
         * Sets the queue depth: the maximum number of operations in flight. Each slot counts against the host's
         * {@code aio-max-nr}, and so does one more for the poller itself.
         *
         * @param depth the depth, from 1 to {@value AioContext.Builder#MAX_QUEUE_DEPTH}; the default is
         *     {@value AioContext.Builder#DEFAULT_QUEUE_DEPTH}
         * @return this builder
         * @throws IllegalArgumentException if the depth is not in that range
         */
        public Builder queueDepth(int depth) {
            queueDepth = Arguments.depth(depth, AioContext.Builder.MAX_QUEUE_DEPTH);
            return this;
        }

        /**
         * Sets the policy for operations that find the queue full, except those of methods such as {@link AioPoller#tryRead}.
         *
         * @param policy the policy; the default is {@link AioFullQueuePolicy#WAIT}
         * @return this builder
         */
        public Builder onFullQueue(AioFullQueuePolicy policy) {
            this.policy = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Sets whether the poller refuses memory that can be freed while an operation is in flight, as described at
         * {@link AioContext.Builder#strict(boolean)}.
         *
         * @param refuse {@code true} to refuse; the default is the system property {@code io.linuxaio.strict}, which is
         *     {@code false} if unset
         * @return this builder
         */
        public Builder strict(boolean refuse) {
            strict = refuse;
            return this;
        }

        /**
         * Sets an eventfd(2) to which completions add, as described at {@link AioQueue#open(int, int)}. An event loop waits
         * for it and then calls {@link AioPoller#poll}. Operations that the kernel refuses add to it, too, and so does
         * {@link AioPoller#wakeup}.
         *
         * @param descriptor the descriptor's number; if it is not an eventfd, each operation fails with {@code EINVAL} or
         *     {@code EBADF}. The default is none
         * @return this builder
         * @throws IllegalArgumentException if the descriptor is negative
         */
        public Builder eventfd(int descriptor) {
            Arguments.notNegative("eventfd", descriptor);
            eventfd = descriptor;
            return this;
        }

        AioFullQueuePolicy policy() {
            return policy;
        }

        boolean isStrict() {
            return strict;
        }

        /**
         * Opens the poller.
         *
         * @return the poller, to be closed
         * @throws IOException if the kernel refuses; the message contains a remedy
         * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
         */
        public AioPoller open() throws IOException {
            return open(LinuxAio.kernel());
        }

        /** Opens the poller on the given kernel; tests pass a fake one. */
        AioPoller open(Kernel kernel) throws IOException {
            StackRoom.requireForSeveral();
            long context = kernel.setup(queueDepth + 1);
            if (context < 0) {
                throw Errors.ofSetup(queueDepth + 1, (int) -context);
            }
            KernelAioContext engine =
                    KernelAioContext.over(kernel, context, queueDepth + 1, AioContext.Builder.READS_RING);
            AioPoller poller = null;
            boolean isOpen = false;
            try {
                if (eventfd != NO_SIGNAL) {
                    engine.signal(eventfd);
                }
                poller = new AioPoller(kernel, engine, this);
                poller.completions.open();
                isOpen = true;
                return poller;
            } finally {
                if (!isOpen) {
                    letGo(engine, poller);
                }
            }
        }

        /** Releases what a poller has that could not be opened. */
        private static void letGo(KernelAioContext engine, AioPoller poller) {
            try {
                if (poller != null) {
                    poller.completions.abandon();
                }
            } finally {
                engine.abandon();
            }
        }
    }
}
