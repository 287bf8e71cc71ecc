package io.linuxaio;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.Arguments;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.engine.reap.AdaptiveReapPolicy;
import io.linuxaio.internal.engine.reap.AdaptiveSpin;
import io.linuxaio.internal.engine.reap.LeaderFollowers;
import io.linuxaio.internal.engine.reap.Reaper;
import io.linuxaio.internal.engine.reap.RingLock;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A submission queue to the kernel with one reaper thread. Any thread submits operations; their futures complete when the
 * kernel is done with them.
 *
 * {@snippet class="io.linuxaio.examples.ContextExample" region="context"}
 *
 * <p>Each context has one kernel AIO context (io_setup(2)) and one reaper, a daemon thread that reaps completion events and
 * completes futures. A callback, attached by {@code thenApply} for example, runs on the reaper thread unless the context
 * has a completion executor. It must be short and must not block, since all other operations of the context wait for it.
 * It may submit more operations, also if the queue is full, and it may close the context. A callback that waits for
 * another operation of the context gets an {@link IllegalStateException}, since that wait would not end. A callback that
 * is attached at the moment when the result arrives may run on a thread that waits for a result or a slot of this context.
 *
 * <p>Submitting runs no callback: not if the operation completes at once, and not if it is refused. A callback attached to a
 * future that has completed runs at once, on the thread that attaches it; this is a rule of {@code CompletableFuture}. An
 * operation in the page cache may have completed before its future is returned. To be certain of the thread, attach callbacks
 * to the futures of an {@link AioBatch} before it is submitted, use {@code thenApplyAsync} with an executor, or an
 * {@link AioPoller}. If a batch is submitted to a context that has terminated, its callbacks run on virtual threads.
 *
 * <p>A callback may wait for an operation of another context, unless a callback of that context waits for this one
 * meanwhile: the second wait to begin throws {@link IllegalStateException}. This holds for the futures that operations
 * return. A wait for a dependent stage is not detected, and may not end.
 *
 * <p>Every accepted operation completes exactly once. When it completes, its segment and its slot are already free.
 * Cancelling a future, or letting it time out, does not stop the operation: the kernel cannot (io_cancel(2) refuses
 * files), and the segment stays in use until the kernel is done.
 *
 * <p>A thread that waits for a result reaps completion events meanwhile, see
 * {@link AioContext.Builder#callerReaping(boolean)}. Blocking callers are then as fast as with a blocking system call.
 *
 * <p>The reaper inherits nothing from the thread that opens the context: its context class loader is the system class
 * loader, it has no inheritable thread locals, the root thread group and normal priority. A callback that needs a context
 * class loader sets and restores it, or runs on an executor of its own.
 *
 * <p>Submitting is one system call. It may block in the kernel if the filesystem allocates blocks, above all on writes that
 * extend a file; {@link AioFile#allocate} avoids that. A virtual thread pins its carrier meanwhile.
 *
 * <p>The call itself throws for mistakes of the caller, such as a misaligned segment or memory of a closed arena. The
 * future carries the kernel's result. It fails with {@link java.nio.channels.ClosedChannelException} if the file or the
 * context is closed, or if the context is closed while the caller waits for a slot. The operation was not submitted then.
 * The package description has a table of all failures.
 *
 * <p>Safe for use by any thread.
 */
public sealed class AioContext implements AutoCloseable permits SharedContext {
    /** A constant, since a context must close without memory. */
    private static final Duration FOREVER = Duration.ofNanos(Long.MAX_VALUE);

    private final Kernel kernel;
    private final int depth;
    private final KernelAioContext engine;
    private final SlotPool pool;
    private final Reaper reaper;
    private final SubmitOffloader offloader;
    private final Leftovers leftovers;
    private final ContextCounters counters;
    private final JfrRecorder recorder;
    private final Submitter submitter;
    private volatile ContextBean bean;

    /** Creates a handle without an engine of its own, for {@link SharedContext}, which delegates. */
    AioContext() {
        kernel = null;
        engine = null;
        depth = 0;
        pool = null;
        reaper = null;
        offloader = null;
        leftovers = null;
        counters = null;
        recorder = null;
        submitter = null;
    }

    /** Creates a context over an engine with one slot more than the queue depth: the last one wakes the reaper. */
    AioContext(Kernel kernel, KernelAioContext engine, AioContext.Builder settings, String threadName) {
        this.kernel = kernel;
        this.engine = engine;
        depth = settings.queueDepth();
        Slot[] slots = new Slot[depth];
        for (int i = 0; i < depth; i++) {
            slots[i] = engine.slot(i);
        }
        pool = new SlotPool(slots);
        leftovers = new Leftovers(slots, engine, pool);
        counters = new ContextCounters(settings.latencySampling());
        offloader = settings.submission() == AioSubmitMode.NON_BLOCKING
                ? new SubmitOffloader(threadName, settings.threadFactory(), counters)
                : null;
        recorder = new JfrRecorder(threadName, depth, pool);
        FutureCompleter completer = new FutureCompleter(
                pool, settings.completionExecutor(), offloader, counters, recorder, settings.callbacksInSubmit());
        RingLock lock = new RingLock(engine, depth);
        boolean callerReaping = settings.callerReaping();
        AdaptiveReapPolicy policy = new AdaptiveReapPolicy(callerReaping, settings.patience());
        reaper = new Reaper(
                kernel,
                engine,
                pool,
                engine.slot(depth),
                lock,
                policy,
                completer,
                threadName,
                settings.threadFactory());
        LeaderFollowers leader = new LeaderFollowers(
                engine, pool, lock, completer, reaper, new AdaptiveSpin(settings.busyPollNanos()), callerReaping);
        submitter = new Submitter(engine, pool, reaper, leader, completer, offloader, counters, recorder, settings);
    }

    /**
     * Starts the threads. If a thread cannot be started, this method throws and the context is not open; the caller
     * destroys the engine.
     */
    void start() {
        boolean started = false;
        try {
            submitter.completer().start(reaper, this::ended);
            leftovers.open();
            if (offloader != null) {
                offloader.start(submitter::submitNow);
            }
            reaper.start();
            started = true;
        } finally {
            if (!started) {
                leftovers.close();
                reaper.abandon();
                if (offloader != null) {
                    offloader.close();
                }
            }
        }
    }

    /** Records the opening of the context with Java Flight Recorder. */
    void opened(AioContext.Builder settings) {
        recorder.opened(settings, engine.readsRing());
    }

    Submitter submitter() {
        return submitter;
    }

    /** Returns {@code true} if callers must not block in the kernel ({@link AioSubmitMode#NON_BLOCKING}). */
    boolean isNonBlocking() {
        return offloader != null;
    }

    /** Releases registrations after the last operation has completed. Called on the reaper thread. */
    private void ended() {
        leftovers.close();
        recorder.closed(stats());
        if (bean != null) {
            bean.unregister();
        }
    }

    /** Registers the context with the platform's MBean server until it has terminated. */
    void register(String name) {
        bean = ContextBean.register(this, name);
    }

    /**
     * Opens a context with the defaults of {@link #builder}.
     *
     * @return the context, to be closed
     * @throws IOException if the kernel refuses; the message contains a remedy
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    public static AioContext open() throws IOException {
        return builder().open();
    }

    /**
     * Returns a builder of a context.
     *
     * @return a builder with default settings
     */
    public static AioContext.Builder builder() {
        return new AioContext.Builder();
    }

    /**
     * Returns the context that {@link io.linuxaio.files.AioFiles} uses and that all code may use. The system property
     * {@code io.linuxaio.shared.depth} sets its queue depth. It never terminates:
     * {@link #shutdown} and {@link #close} do nothing.
     *
     * <p>The kernel AIO context and the reaper thread behind it are released if no operation has been submitted for some
     * seconds, and opened again by the next operation; a batch keeps them until it is submitted. If the kernel refuses to
     * open them again, that operation's future fails with an {@link AioException}. {@link #stats} continue from their
     * previous values.
     *
     * @return the context, always the same
     * @throws java.io.UncheckedIOException if the kernel refuses; asking again tries again
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    public static AioContext shared() {
        return SharedContext.opened();
    }

    /**
     * Opens a file; the default is for reading and with {@code O_DIRECT}.
     *
     * @param path the file: a regular file or a block device
     * @param options {@link java.nio.file.StandardOpenOption}, {@link AioOpenOption},
     *     {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
     * @return the file, to be closed; it outlives the context, but its own operations fail once that is closed
     * @throws java.nio.channels.ClosedChannelException if the context is closed
     * @throws IOException if the file cannot be opened; the message contains a remedy if one is known
     * @throws IllegalArgumentException if options contradict each other
     * @throws UnsupportedOperationException if an option is not supported
     */
    public AioFile open(Path path, OpenOption... options) throws IOException {
        return open(path, OpenSpec.set(options));
    }

    /**
     * Opens a file, which gets the given permissions if it is created.
     *
     * @param path the file: a regular file or a block device
     * @param options as for {@link #open(Path, OpenOption...)}
     * @param attributes of a new file: those of
     *     {@link java.nio.file.attribute.PosixFilePermissions#asFileAttribute}, minus the process's umask; the default is
     *     rw-rw-rw-
     * @return the file, to be closed
     * @throws java.nio.channels.ClosedChannelException if the context is closed
     * @throws IOException if the file cannot be opened; the message contains a remedy if one is known
     * @throws IllegalArgumentException if options contradict each other
     * @throws UnsupportedOperationException if an option or attribute is not supported
     */
    public AioFile open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        return open(path, path, options, attributes);
    }

    /** Opens a file by one path; failures name another, the one that the caller knows. */
    AioFile open(Path path, Path known, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        if (submitter.isClosed()) {
            throw Errors.closedContext();
        }
        return AioFile.open(kernel, this, path, known, options, attributes);
    }

    Kernel kernel() {
        return kernel;
    }

    /**
     * Reads into a segment as {@link AioFile#read} does, through this context, whichever context opened the file. The
     * contents of the segment beyond the bytes counted are undefined.
     *
     * @param file the file
     * @param target native memory that is not read-only
     * @param position the position in the file, in bytes
     * @return a future with the number of bytes read; it fails as that of {@link AioFile#read} does
     * @throws IllegalArgumentException if the segment or the position does not meet the requirements of
     *     {@link AioFile#read}
     * @throws IllegalStateException if the segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Integer> read(AioFile file, MemorySegment target, long position) {
        return start(Opcode.READ, file, target, position, Preconditions.read(file, target, position));
    }

    /**
     * Writes a segment as {@link AioFile#write} does, through this context, whichever context opened the file.
     *
     * @param file the file
     * @param source native memory
     * @param position the position in the file, in bytes
     * @return a future with the number of bytes written; it fails as that of {@link AioFile#write} does
     * @throws IllegalArgumentException if the segment or the position does not meet the requirements of
     *     {@link AioFile#write}
     * @throws IllegalStateException if the segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if the segment is confined to another thread
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Integer> write(AioFile file, MemorySegment source, long position) {
        return start(Opcode.WRITE, file, source, position, Preconditions.write(file, source, position));
    }

    /**
     * Reads into several segments as {@link AioFile#readv} does, through this context, whichever context opened the file.
     * The contents of the segments beyond the bytes counted are undefined.
     *
     * @param file the file
     * @param targets one to 1024 segments of native memory; the array is copied
     * @param position the position in the file, in bytes
     * @return a future with the number of bytes read; it fails as that of {@link AioFile#read} does
     * @throws IllegalArgumentException if the segments, their number or the position does not meet the requirements of
     *     {@link AioFile#readv}
     * @throws IllegalStateException if a segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws java.nio.channels.NonReadableChannelException if the file was not opened for reading
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Integer> readv(AioFile file, MemorySegment[] targets, long position) {
        MemorySegment[] own = targets.clone();
        return start(Opcode.READV, file, own, position, Preconditions.readv(file, own, position));
    }

    /**
     * Writes several segments as {@link AioFile#writev} does, through this context, whichever context opened the file.
     *
     * @param file the file
     * @param sources one to 1024 segments of native memory; the array is copied
     * @param position the position in the file, in bytes
     * @return a future with the number of bytes written; it fails as that of {@link AioFile#write} does
     * @throws IllegalArgumentException if the segments, their number or the position does not meet the requirements of
     *     {@link AioFile#writev}
     * @throws IllegalStateException if a segment's arena is closed, or its pooled buffer was released
     * @throws WrongThreadException if a segment is confined to another thread
     * @throws java.nio.channels.NonWritableChannelException if the file was not opened for writing
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Integer> writev(AioFile file, MemorySegment[] sources, long position) {
        MemorySegment[] own = sources.clone();
        return start(Opcode.WRITEV, file, own, position, Preconditions.writev(file, own, position));
    }

    /**
     * Makes data and metadata durable as {@link AioFile#sync} does, through this context, whichever context opened the
     * file.
     *
     * @param file the file
     * @return a future that completes when data and metadata are durable; it fails as that of {@link AioFile#sync} does
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Void> sync(AioFile file) {
        return start(Opcode.SYNC, file, null, 0, 0);
    }

    /**
     * Makes data durable as {@link AioFile#dataSync} does, through this context, whichever context opened the file.
     *
     * @param file the file
     * @return a future that completes when the data is durable; it fails as that of {@link AioFile#sync} does
     * @throws java.util.concurrent.RejectedExecutionException if the queue is full and the context rejects
     */
    public CompletableFuture<Void> dataSync(AioFile file) {
        return start(Opcode.DATA_SYNC, file, null, 0, 0);
    }

    /**
     * Returns a new batch of operations that are submitted together.
     *
     * @return an empty batch, for one thread
     */
    public AioBatch batch() {
        return batch(queueDepth());
    }

    /** Returns a new batch that submits at most so many operations, or the queue depth, with one system call. */
    AioBatch batch(int most) {
        return new AioBatch(submitter, Math.min(most, depth));
    }

    final <T> CompletableFuture<T> start(Opcode opcode, AioFile file, Object memory, long position, long length) {
        return start(opcode, file, memory, position, length, null);
    }

    /**
     * Starts an operation.
     *
     * @param transfer the transfer that consists of this operation alone and completes with the future; null if there is
     *     none
     */
    <T> CompletableFuture<T> start(
            Opcode opcode, AioFile file, Object memory, long position, long length, FullTransfer transfer) {
        CompletableFuture<T> future = startIfOpen(opcode, file, memory, position, length, transfer);
        if (future != null) {
            return future;
        }
        if (transfer != null) {
            transfer.close();
        }
        return CompletableFuture.failedFuture(Errors.closedContext());
    }

    /** As {@link #start}; returns null without an effect if the context is closed, or is closed before a slot is free. */
    final <T> CompletableFuture<T> startIfOpen(
            Opcode opcode, AioFile file, Object memory, long position, long length, FullTransfer transfer) {
        // Before anything is acquired.
        StackRoom.require();
        submitter.requireGuarded(memory);
        if (memory != null && length == 0) {
            return nothingToMove(file);
        }
        // Before the wait for a slot, in which a pooled buffer may be released and lent to another borrower.
        Object counts = ArenaRefs.ofMemory(memory);
        Leftovers.recover();
        AioFuture<T> future = transfer == null ? submitter.newFuture() : submitter.newFuture(transfer);
        Slot slot;
        try {
            slot = submitter.acquire(file);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            future.end(Errors.interruptedWhileFull());
            return future;
        }
        if (slot == null) {
            return null;
        }
        boolean isHeld;
        try {
            isHeld = slot.acquire(file.handle(), memory, counts);
            if (isHeld) {
                slot.prepare(opcode, position, length, future, 0);
            } else {
                submitter.release(slot);
            }
        } catch (Throwable e) {
            slot.isUnreleased = true;
            Slot.someLeft = true;
            submitter.recover();
            throw e;
        }
        if (!isHeld) {
            return closed(file, memory, future);
        }
        try {
            submitter.submit(slot, future);
        } catch (Throwable e) {
            if (!future.isSubmitting) {
                slot.isUnreleased = true;
                Slot.someLeft = true;
                submitter.recover();
            }
            throw e;
        }
        return future;
    }

    private static <T> CompletableFuture<T> closed(AioFile file, Object memory, AioFuture<T> future) {
        if (file.isOpen()) {
            throw Preconditions.closedMemory(memory);
        }
        future.end(Errors.closedFile(file.path()));
        return future;
    }

    private <T> CompletableFuture<T> nothingToMove(AioFile file) {
        if (submitter.isClosed()) {
            return null;
        }
        AioFuture<T> future = submitter.newFuture();
        future.end(file.isOpen() ? (Object) 0 : Errors.closedFile(file.path()));
        return future;
    }

    /**
     * Returns the queue depth: the maximum number of operations in flight.
     *
     * @return operations
     */
    public int queueDepth() {
        return depth;
    }

    /**
     * Returns the number of operations in flight now: those that have a slot. Cheaper than {@link #stats}.
     *
     * @return operations, at most the queue depth
     */
    public int inFlight() {
        return pool.acquired();
    }

    /**
     * Returns the statistics of this context since it was opened. Management tools get the same figures through
     * {@link AioContext.Builder#jmx}. Java Flight Recorder records single operations as events
     * {@code io.linuxaio.Operation}.
     *
     * @return a snapshot
     */
    public AioStats stats() {
        StackRoom.require();
        Leftovers.recover();
        return counters.snapshot(pool, engine, depth, reaper.wakeups());
    }

    /**
     * Returns {@code true} if the context accepts operations.
     *
     * @return {@code false} once {@link #shutdown} or {@link #close} has been called
     */
    public boolean isOpen() {
        return !pool.isClosed();
    }

    /**
     * Starts an orderly shutdown: no new operation is accepted, and the context is released once the operations in flight
     * have completed. Returns at once, on any thread; calling it again has no effect.
     *
     * <p>The futures of operations that wait for a slot of the queue fail at once with
     * {@link java.nio.channels.ClosedChannelException}, and so do those of operations begun later.
     */
    public void shutdown() {
        StackRoom.require();
        Leftovers.recoverIfPossible();
        reaper.close();
    }

    /**
     * Waits after {@link #shutdown()} until all operations in flight have completed, their futures too (or have been
     * passed to the completion executor, if there is one), and the kernel's context and memory are released.
     *
     * <p>If the timeout elapses first, the operations continue. Their futures complete, and the context is released, as soon
     * as the kernel is done with the last of them. The caller must not free memory of its own arenas until then.
     *
     * <p>On a thread that delivers results of this or any other context, such as in a callback on the reaper thread, this
     * method does not wait, since callbacks that close each other's contexts would wait for each other. It returns the
     * present state then.
     *
     * @param timeout the maximum time to wait; zero or less returns the present state at once
     * @return {@code true} if the context has terminated; {@code false} if the timeout elapsed, on a thread that delivers
     *     results, or if the kernel has refused for ten seconds to take part in closing the context
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        StackRoom.require();
        Leftovers.recoverIfPossible();
        return reaper.awaitTermination(Reaper.isAnyCurrentThread() ? Duration.ZERO : timeout);
    }

    /**
     * Shuts the context down and waits until it has terminated, as {@link #shutdown()} followed by
     * {@link #awaitTermination} without a timeout. An interrupt does not end the wait, and is kept. Closing a context that
     * is shut down or closed waits likewise.
     *
     * <p>On a thread that delivers results of this or any other context it does not wait. The rest happens when the
     * callback has returned.
     */
    @Override
    public void close() {
        shutdown();
        if (!Reaper.isAnyCurrentThread()) {
            reaper.awaitEnd(FOREVER);
        }
    }

    @Override
    public String toString() {
        return "AioContext of depth " + depth + ", " + pool.acquired() + " in flight" + (isOpen() ? "" : ", closed");
    }

    /** A builder of {@link AioContext}s. Not safe for use by several threads; can build several contexts. */
    public static final class Builder {
        /** The default queue depth: 128 operations. */
        public static final int DEFAULT_QUEUE_DEPTH = 128;

        /** The maximum queue depth: 1,048,575 operations. The host's {@code aio-max-nr} is usually less. */
        public static final int MAX_QUEUE_DEPTH = (1 << 20) - 1;

        /** The default of {@link #latencySampling}: one operation of 16. */
        public static final int DEFAULT_LATENCY_SAMPLING = 16;

        private static final int MAX_LATENCY_SAMPLING = 1_000_000;

        /** The default of {@link #strict(boolean)}: the system property {@code io.linuxaio.strict}. */
        static final boolean STRICT = Boolean.getBoolean("io.linuxaio.strict");

        /** False if the system property {@code io.linuxaio.ring} disables reading events in user space. */
        static final boolean READS_RING = !"false".equals(System.getProperty("io.linuxaio.ring"));

        /** The default of {@link #callerReaping(boolean)}. */
        static final boolean CALLER_REAPING = !"false".equals(System.getProperty("io.linuxaio.waiters"));

        private static final AtomicInteger NUMBERS = new AtomicInteger();

        private int queueDepth = DEFAULT_QUEUE_DEPTH;
        private AioFullQueuePolicy overflow = AioFullQueuePolicy.WAIT;
        private AioSubmitMode submission = AioSubmitMode.MAY_BLOCK;
        private Executor completionExecutor;
        private boolean callbacksInSubmit;
        private String threadName;
        private ThreadFactory threadFactory;
        private boolean strict = STRICT;
        private boolean readsRing = READS_RING;
        private boolean callerReaping = CALLER_REAPING;
        private long busyPollNanos;
        private int patience = AdaptiveReapPolicy.PATIENCE;
        private int latencySampling = DEFAULT_LATENCY_SAMPLING;
        private String jmxName;

        Builder() {}

        /**
         * Sets the queue depth: the maximum number of operations in flight. Each slot counts against the host's
         * {@code aio-max-nr}, and so does one more for the context itself.
         *
         * @param depth the depth, from 1 to {@value #MAX_QUEUE_DEPTH}; the default is {@value #DEFAULT_QUEUE_DEPTH}
         * @return this builder
         * @throws IllegalArgumentException if the depth is not in that range
         */
        public AioContext.Builder queueDepth(int depth) {
            queueDepth = Arguments.depth(depth, MAX_QUEUE_DEPTH);
            return this;
        }

        /**
         * Sets the policy for operations that find the queue full.
         *
         * @param policy the policy; the default is {@link AioFullQueuePolicy#WAIT}
         * @return this builder
         */
        public AioContext.Builder onFullQueue(AioFullQueuePolicy policy) {
            overflow = Objects.requireNonNull(policy, "policy");
            return this;
        }

        /**
         * Sets the submit mode: if a submitting thread may block in the kernel.
         *
         * @param mode the mode; the default is {@link AioSubmitMode#MAY_BLOCK}
         * @return this builder
         */
        public AioContext.Builder submission(AioSubmitMode mode) {
            submission = Objects.requireNonNull(mode, "mode");
            return this;
        }

        /**
         * Sets the executor that completes futures, and so runs their callbacks. If the executor rejects a task, that
         * future completes on the reaper thread. If the kernel refuses an operation, its future has completed when the
         * submitting call returns, unless it has callbacks, which only the futures of an {@link AioBatch} can have by then.
         *
         * @param executor executes one task for each operation; the default is the reaper thread itself, which is faster
         * @return this builder
         */
        public AioContext.Builder completionExecutor(Executor executor) {
            completionExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * Sets whether callbacks may run inside {@link AioBatch#submit}, on the submitting thread, if their operations are
         * refused: by the kernel, a full queue, a closed file, memory or context, or an interrupt. They may use the batch
         * then, which is for one thread at a time.
         *
         * @param allowed {@code true} to run them there; the default is {@code false}, which leaves them to the reaper thread
         *     or the executor
         * @return this builder
         */
        public AioContext.Builder callbacksInSubmit(boolean allowed) {
            callbacksInSubmit = allowed;
            return this;
        }

        boolean callbacksInSubmit() {
            return callbacksInSubmit;
        }

        /**
         * Sets the name of the reaper thread, which is also the context's name in flight recordings.
         *
         * @param name the name, which threads of a {@link #threadFactory} need not have; the default is {@code linux-aio-reaper-} and a number
         * @return this builder
         */
        public AioContext.Builder threadName(String name) {
            threadName = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Sets the factory of the reaper thread and of the helper threads of {@link AioSubmitMode#NON_BLOCKING}, for example to
         * bind them to a processor or to monitor them. The factory is called when the context is opened and, for a second
         * helper, when it is needed. The threads must be new platform threads. They end some time after the context is
         * closed, and one that is not a daemon keeps the JVM alive until then.
         *
         * @param factory the factory; the default creates daemons that inherit nothing from the thread that starts them,
         *     named as {@link #threadName} describes
         * @return this builder
         */
        public AioContext.Builder threadFactory(ThreadFactory factory) {
            threadFactory = Objects.requireNonNull(factory, "factory");
            return this;
        }

        /** Returns the factory of threads; null for the library's own. */
        ThreadFactory threadFactory() {
            return threadFactory;
        }

        /**
         * Sets whether the context refuses memory that can be freed while an operation is in flight: segments of the JDK's
         * shared and confined arenas. A call with such a segment then throws {@link IllegalArgumentException}. Segments of an
         * {@link AioArena}, an {@link AioBufferPool}, the automatic and the global arena are always accepted.
         *
         * @param refuse {@code true} to refuse; the default is the system property {@code io.linuxaio.strict}, which is
         *     {@code false} if unset
         * @return this builder
         */
        public AioContext.Builder strict(boolean refuse) {
            strict = refuse;
            return this;
        }

        /** Sets whether completion events are read from the kernel's ring in user space; only tests do. */
        AioContext.Builder readsRing(boolean allowed) {
            readsRing = allowed;
            return this;
        }

        /**
         * Sets whether a thread that waits for a result of this context reaps completion events meanwhile, for all threads.
         * The kernel then wakes that thread itself, instead of the reaper that would have to wake it.
         *
         * <p>A thread waits for a result in {@code join} or {@code get} on the future that the operation returned, or for a
         * slot of a full queue. The reaper leaves the events to such threads as long as they wait, and reaps again when
         * results have callbacks. Virtual threads and threads of fork-join pools never wait in the kernel: they reap the
         * events that have arrived, and then park. The setting has no effect if there is a
         * {@link #completionExecutor(Executor)}.
         *
         * @param allowed {@code false} to leave all events to the reaper; the default is {@code true}, unless the system
         *     property {@code io.linuxaio.waiters} is {@code false}
         * @return this builder
         */
        public AioContext.Builder callerReaping(boolean allowed) {
            callerReaping = allowed;
            return this;
        }

        /**
         * Sets the maximum time that a reaping thread polls for events, without a pause, before it waits in the kernel.
         * Polling occupies a processor. It pays if the device completes an operation in less time than a waiting thread
         * needs to wake up, a few tens of microseconds.
         *
         * <p>Threads poll only while waits are usually shorter than this, and always fewer at once than there are processors.
         *
         * @param max the maximum time, from 0 to 1 second; the default is 0, for no polling
         * @return this builder
         * @throws IllegalArgumentException if the time is negative or longer than a second
         */
        public AioContext.Builder busyPoll(Duration max) {
            if (max.isNegative() || max.compareTo(Duration.ofSeconds(1)) > 0) {
                throw new IllegalArgumentException("busy polling lasts from 0 to 1 s: " + max);
            }
            busyPollNanos = max.toNanos();
            return this;
        }

        /** Sets after how many vain polls of the ring the reaper reaps again itself; for tests. */
        AioContext.Builder patience(int polls) {
            patience = polls;
            return this;
        }

        int patience() {
            return patience;
        }

        /**
         * Sets of how many operations the latency of one is measured, for {@link AioStats}. Which one is random. A measurement
         * costs two readings of the clock, of some 30 ns each; the histograms take 15 KiB.
         *
         * @param operations the mean number of operations, from 1, for all of them, to 1,000,000; 0 for no measurements; the
         *     default is {@value #DEFAULT_LATENCY_SAMPLING}
         * @return this builder
         * @throws IllegalArgumentException if the number is not in that range
         */
        public AioContext.Builder latencySampling(int operations) {
            if (operations < 0 || operations > MAX_LATENCY_SAMPLING) {
                throw new IllegalArgumentException(
                        "latencies are sampled once in 1 to " + MAX_LATENCY_SAMPLING + " operations: " + operations);
            }
            latencySampling = operations;
            return this;
        }

        int latencySampling() {
            return latencySampling;
        }

        /**
         * Registers the context with the platform's MBean server while it is open, as an {@link AioContextMXBean} by the
         * object name {@code io.linuxaio:type=AioContext,name="..."}. The name is quoted by
         * {@code javax.management.ObjectName.quote}, so that it may contain any character. Requires the module
         * java.management.
         *
         * @param name the name, unique among the open contexts of the JVM; the default is no registration
         * @return this builder
         */
        public AioContext.Builder jmx(String name) {
            jmxName = Objects.requireNonNull(name, "name");
            return this;
        }

        int queueDepth() {
            return queueDepth;
        }

        AioFullQueuePolicy overflow() {
            return overflow;
        }

        AioSubmitMode submission() {
            return submission;
        }

        /** Returns the executor that completes futures; null for the reaper thread itself. */
        Executor completionExecutor() {
            return completionExecutor;
        }

        boolean isStrict() {
            return strict;
        }

        /** Returns {@code true} if waiting threads reap: never with an executor, for which they would wait anyway. */
        boolean callerReaping() {
            return callerReaping && completionExecutor == null;
        }

        /** Returns the maximum time to poll, in nanoseconds; 0 for no polling. */
        long busyPollNanos() {
            return busyPollNanos;
        }

        /**
         * Opens the context.
         *
         * @return the context, to be closed
         * @throws IOException if the kernel refuses: {@code EAGAIN} if the host's {@code aio-max-nr} is used up,
         *     {@code ENOSYS} or {@code EPERM} if a seccomp profile denies Linux AIO; the message contains a remedy
         * @throws UnsupportedOperationException if Linux AIO is not available, with the reason; or if {@link #jmx} was
         *     called and the module java.management is missing
         * @throws IllegalStateException if the name for {@link #jmx} is in use
         * @throws RuntimeException if a {@link #threadFactory} throws it, or returns something else than a new platform
         *     thread; nothing is left behind
         * @throws OutOfMemoryError if the thread of the reaper, or of the helper of {@link AioSubmitMode#NON_BLOCKING},
         *     cannot be started; nothing is left behind, and opening again may succeed
         */
        public AioContext open() throws IOException {
            return open(LinuxAio.kernel());
        }

        /** Opens the context on the given kernel; tests pass a fake one. */
        AioContext open(Kernel kernel) throws IOException {
            StackRoom.requireForSeveral();
            if (jmxName == null) {
                return openUnregistered(kernel);
            }
            PlatformModules.require("java.management", "to register a context with");
            AioContext context = openUnregistered(kernel);
            try {
                context.register(jmxName);
            } catch (RuntimeException | Error e) {
                context.close();
                throw e;
            }
            return context;
        }

        private AioContext openUnregistered(Kernel kernel) throws IOException {
            long context = kernel.setup(queueDepth + 1);
            if (context < 0) {
                throw Errors.ofSetup(queueDepth + 1, (int) -context);
            }
            KernelAioContext engine = KernelAioContext.over(kernel, context, queueDepth + 1, readsRing);
            AioContext opened = start(kernel, engine);
            try {
                opened.opened(this);
            } catch (RuntimeException | Error e) {
                opened.close();
                throw e;
            }
            return opened;
        }

        private AioContext start(Kernel kernel, KernelAioContext engine) {
            boolean started = false;
            try {
                String name = threadName != null ? threadName : "linux-aio-reaper-" + NUMBERS.incrementAndGet();
                AioContext context = new AioContext(kernel, engine, this, name);
                context.start();
                started = true;
                return context;
            } finally {
                if (!started) {
                    // Out of memory or threads; nothing is in flight yet.
                    engine.abandon();
                }
            }
        }
    }
}
