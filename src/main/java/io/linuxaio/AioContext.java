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
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A queue to the kernel: operations go in from any thread, their futures complete when the kernel is done.
 *
 * {@snippet class="io.linuxaio.examples.ContextExample" region="context"}
 *
 * <p>Each context has a context of the kernel (io_setup(2)) and one reaper, a daemon thread that takes completion events
 * and completes futures. So what is attached to a future (with {@code thenApply}, say) runs on the reaper thread unless
 * an executor was given: it must be short and must not block, since every other operation of the context waits for it.
 * It may submit more operations, also when the queue is full, and it may close the context; it must not wait for another
 * operation of the context ({@link IllegalStateException} instead of a wait for ever). What is attached at the very moment
 * when the result arrives may run on a thread that waits for a result or a slot of this context. A callback may wait for
 * an operation of another context, unless a callback of that one waits for this context meanwhile: the second wait to
 * begin throws {@link IllegalStateException}. That goes for the futures that operations return; a wait for a dependent
 * stage is not noticed, and may last for ever.
 *
 * <p>Every operation that was taken completes exactly once. When it does, its segment and its place in the queue are
 * free already. Cancelling a future, or letting it time out, does not stop the operation: the kernel cannot (io_cancel(2)
 * refuses files), and its segment stays in use until the kernel is done.
 *
 * <p>A thread that waits for a result takes completion events in the meantime, see
 * {@link AioContext.Builder#callerReaping(boolean)}: that makes blocking callers as quick as a blocking system call.
 *
 * <p>The reaper inherits nothing from the thread that opens the context: its context class loader is the system class
 * loader, it has no inheritable thread locals, the root thread group and normal priority. A callback that needs a context
 * class loader sets and restores it, or runs on an executor of its own.
 *
 * <p>Submitting is one system call. It may block in the kernel where the filesystem allocates blocks, on writes that
 * extend a file above all; {@link AioFile#allocate} helps against that. A virtual thread holds its carrier meanwhile.
 *
 * <p>Mistakes of the caller (a misaligned segment, memory of a closed arena) are thrown by the call itself. The future
 * carries the kernel's answer. It fails with {@link java.nio.channels.ClosedChannelException} if the file or the context
 * is closed, or the context is closed while the caller waits for a slot: the operation was not submitted then.
 */
public sealed class AioContext implements AutoCloseable permits SharedContext {
    private final Kernel kernel;
    private final int depth;
    private final KernelAioContext engine;
    private final SlotPool pool;
    private final Reaper reaper;
    private final SubmitOffloader helper;
    private final Leftovers leftovers;
    private final ContextCounters counters = new ContextCounters();
    private final JfrRecorder flight;
    private final Submitter submitter;
    private volatile ContextBean bean;

    /** Makes a handle that has nothing of its own and passes everything on. */
    AioContext() {
        kernel = null;
        engine = null;
        depth = 0;
        pool = null;
        reaper = null;
        helper = null;
        leftovers = null;
        flight = null;
        submitter = null;
    }

    /** Makes a context over an engine of one slot more than operations: the last one wakes the reaper. */
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
        helper = settings.submission() == AioSubmitMode.NON_BLOCKING
                ? new SubmitOffloader(threadName, depth, counters, this::submitNow)
                : null;
        flight = new JfrRecorder(threadName, depth, pool);
        FutureCompleter deliveries =
                new FutureCompleter(pool, settings.completionExecutor(), helper, counters, flight, this::ended);
        RingLock turn = new RingLock(engine, depth);
        boolean callerReaping = settings.callerReaping();
        AdaptiveReapPolicy habit = new AdaptiveReapPolicy(callerReaping, settings.patience());
        reaper = new Reaper(kernel, engine, pool, engine.slot(depth), turn, habit, deliveries, threadName);
        LeaderFollowers leader = new LeaderFollowers(
                engine, pool, turn, deliveries, reaper, new AdaptiveSpin(settings.busyPollNanos()), callerReaping);
        submitter = new Submitter(engine, pool, reaper, leader, deliveries, helper, counters, flight, settings);
    }

    /**
     * Starts the threads. Where one cannot be had, the context is not open: it takes nothing over, and the caller gives the
     * engine back.
     */
    void start() {
        boolean started = false;
        try {
            leftovers.open();
            if (helper != null) {
                helper.start();
            }
            reaper.start();
            started = true;
        } finally {
            if (!started) {
                leftovers.close();
                reaper.abandon();
                if (helper != null) {
                    helper.close();
                }
            }
        }
    }

    /** Records that the context is open. */
    void opened(AioContext.Builder settings) {
        flight.opened(settings, engine.readsRing());
    }

    Submitter submitter() {
        return submitter;
    }

    /** Returns {@code true} if a caller that submits is not to be held up. */
    boolean neverBlocks() {
        return helper != null;
    }

    /** When nothing is in flight any more, on the reaper thread. */
    private void ended() {
        leftovers.close();
        flight.closed(stats());
        if (bean != null) {
            bean.unregister();
        }
    }

    /** Has management tools see it, until it has ended. */
    void register(String name) {
        bean = ContextBean.register(this, name);
    }

    private void submitNow(Slot slot) {
        submitter.submitNow(slot);
    }

    /**
     * Opens a context with the defaults of {@link #builder}.
     *
     * @return the context, to be closed
     * @throws IOException if the kernel refuses; the message says what to do
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    public static AioContext open() throws IOException {
        return builder().open();
    }

    /**
     * Prepares a context.
     *
     * @return a builder with defaults that need no thought
     */
    public static AioContext.Builder builder() {
        return new AioContext.Builder();
    }

    /**
     * Returns the context that {@link io.linuxaio.files.AioFiles} uses and that all code may use. It never terminates: {@link #shutdown}
     * and {@link #close} do nothing.
     *
     * <p>The kernel's context and the reaper thread behind it are given back when no operation has been submitted for some
     * seconds, and opened again by the next operation; a batch keeps them until it is submitted. If the kernel refuses to
     * open them again, that operation's future fails. {@link #stats} go on from where they were.
     *
     * @return the context, always the same
     * @throws java.io.UncheckedIOException if the kernel refuses; asking again tries again
     * @throws UnsupportedOperationException if Linux AIO is not available, with the reason
     */
    public static AioContext shared() {
        return SharedContext.opened();
    }

    /**
     * Opens a file. By default for reading, and with {@code O_DIRECT}.
     *
     * @param path the file: a regular file or a block device
     * @param options {@link java.nio.file.StandardOpenOption}, {@link AioOpenOption},
     *     {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}
     * @return the file, to be closed; it outlives the context, but takes operations only as long as that is open
     * @throws java.nio.channels.ClosedChannelException if the context is closed
     * @throws IOException if it cannot be opened
     * @throws IllegalArgumentException if options contradict each other
     * @throws UnsupportedOperationException if an option is not supported
     */
    public AioFile open(Path path, OpenOption... options) throws IOException {
        return open(path, OpenSpec.set(options));
    }

    /**
     * Opens a file, and says what permissions a new one gets.
     *
     * @param path the file: a regular file or a block device
     * @param options as for {@link #open(Path, OpenOption...)}
     * @param attributes of a new file: those of
     *     {@link java.nio.file.attribute.PosixFilePermissions#asFileAttribute}, from which the process's umask is taken
     *     off; rw-rw-rw- without
     * @return the file, to be closed
     * @throws java.nio.channels.ClosedChannelException if the context is closed
     * @throws IOException if it cannot be opened
     * @throws IllegalArgumentException if options contradict each other
     * @throws UnsupportedOperationException if an option or attribute is not supported
     */
    public AioFile open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        return open(path, path, options, attributes);
    }

    /** Opens a file under one path, whose failures name another: the one that the caller knows. */
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
     * As {@link AioFile#read}, through this context whichever opened the file. The contents of the segment behind the bytes
     * counted are undefined.
     *
     * @param file the file
     * @param target where to
     * @param position where in the file, in bytes
     * @return the number of bytes read
     */
    public CompletableFuture<Integer> read(AioFile file, MemorySegment target, long position) {
        return start(Opcode.READ, file, target, position, Preconditions.read(file, target, position));
    }

    /**
     * As {@link AioFile#write}, through this context whichever opened the file.
     *
     * @param file the file
     * @param source where from
     * @param position where in the file, in bytes
     * @return the number of bytes written
     */
    public CompletableFuture<Integer> write(AioFile file, MemorySegment source, long position) {
        return start(Opcode.WRITE, file, source, position, Preconditions.write(file, source, position));
    }

    /**
     * As {@link AioFile#readv}, through this context whichever opened the file. The contents of the segments behind the bytes
     * counted are undefined.
     *
     * @param file the file
     * @param targets where to
     * @param position where in the file, in bytes
     * @return the number of bytes read
     */
    public CompletableFuture<Integer> readv(AioFile file, MemorySegment[] targets, long position) {
        MemorySegment[] own = targets.clone();
        return start(Opcode.READV, file, own, position, Preconditions.readv(file, own, position));
    }

    /**
     * As {@link AioFile#writev}, through this context whichever opened the file.
     *
     * @param file the file
     * @param sources where from
     * @param position where in the file, in bytes
     * @return the number of bytes written
     */
    public CompletableFuture<Integer> writev(AioFile file, MemorySegment[] sources, long position) {
        MemorySegment[] own = sources.clone();
        return start(Opcode.WRITEV, file, own, position, Preconditions.writev(file, own, position));
    }

    /**
     * As {@link AioFile#sync}, through this context whichever opened the file.
     *
     * @param file the file
     * @return completes when data and metadata are durable
     */
    public CompletableFuture<Void> sync(AioFile file) {
        return start(Opcode.SYNC, file, null, 0, 0);
    }

    /**
     * As {@link AioFile#dataSync}, through this context whichever opened the file.
     *
     * @param file the file
     * @return completes when the data is durable
     */
    public CompletableFuture<Void> dataSync(AioFile file) {
        return start(Opcode.DATA_SYNC, file, null, 0, 0);
    }

    /**
     * Collects operations that are then submitted together.
     *
     * @return an empty batch, for one thread
     */
    public AioBatch batch() {
        return new AioBatch(submitter, depth);
    }

    <T> CompletableFuture<T> start(Opcode opcode, AioFile file, Object memory, long position, long length) {
        CompletableFuture<T> future = startIfOpen(opcode, file, memory, position, length);
        return future == null ? CompletableFuture.failedFuture(Errors.closedContext()) : future;
    }

    /** As {@link #start}; returns null, having done nothing, if the context is closed or is closed before a slot is free. */
    final <T> CompletableFuture<T> startIfOpen(Opcode opcode, AioFile file, Object memory, long position, long length) {
        // Before anything is taken.
        StackRoom.require();
        submitter.requireGuarded(memory);
        if (memory != null && length == 0) {
            return nothingToMove(file);
        }
        // Before the wait for a place, in which a pooled buffer may be given back and lent to another borrower.
        Object counts = ArenaRefs.ofMemory(memory);
        Leftovers.recover();
        AioFuture<T> future = submitter.newFuture();
        Slot slot;
        try {
            slot = submitter.claim();
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
            isHeld = slot.acquire(file.target(), memory, counts);
            if (isHeld) {
                slot.prepare(opcode, position, length, future, 0);
            } else {
                submitter.giveBack(slot);
            }
        } catch (Throwable e) {
            slot.leftBy = slot;
            Slot.someLeft = true;
            Leftovers.recover();
            throw e;
        }
        if (!isHeld) {
            return closed(file, memory, future);
        }
        try {
            submitter.submit(slot, future);
        } catch (Throwable e) {
            if (!future.isSubmitting) {
                slot.leftBy = slot;
                Slot.someLeft = true;
                Leftovers.recover();
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
     * How many operations can be in flight.
     *
     * @return as the builder was told
     */
    public int queueDepth() {
        return depth;
    }

    /**
     * What this context has done. Also to be had by management tools ({@link AioContext.Builder#jmx}); single operations
     * are told to Java Flight Recorder, as events {@code io.linuxaio.Operation}.
     *
     * @return the figures of this moment
     */
    public AioStats stats() {
        StackRoom.require();
        Leftovers.recover();
        return counters.snapshot(pool, engine, depth, reaper.wakeups());
    }

    /**
     * Whether operations are still taken.
     *
     * @return whether it was not closed
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
        Leftovers.recover();
        reaper.close();
    }

    /**
     * Waits after {@link #shutdown()} until all operations in flight have completed, their futures too (or have been
     * passed to the completion executor, if there is one), and the kernel's context and memory are released.
     *
     * <p>If the timeout elapses first, the operations go on. Their futures complete, and the context is released, as soon
     * as the kernel is done with the last of them. The caller must not free memory of its own arenas until then.
     *
     * <p>On a thread that delivers results of this or any other context, such as in a callback on the reaper thread, this
     * method does not wait, since callbacks that close each other's contexts would wait for each other. It returns the
     * present state then.
     *
     * @param timeout how long to wait at most; zero or less to return the present state
     * @return {@code true} if the context has terminated; {@code false} if the timeout elapsed, on a thread that delivers
     *     results, or if the kernel has refused for ten seconds to take part in closing the context
     * @throws InterruptedException if the thread is interrupted while it waits
     */
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        Objects.requireNonNull(timeout, "timeout");
        StackRoom.require();
        Leftovers.recover();
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
            reaper.awaitEnd(Duration.ofNanos(Long.MAX_VALUE));
        }
    }

    @Override
    public String toString() {
        return "AioContext of depth " + depth + ", " + pool.claimed() + " in flight" + (isOpen() ? "" : ", closed");
    }

    /** Prepares an {@link AioContext}. Not safe for use by several threads; can be used for several contexts. */
    public static final class Builder {
        /** How deep a queue is if nothing is said: 128 operations. */
        public static final int DEFAULT_QUEUE_DEPTH = 128;

        /** How deep a queue can be: 1,048,575 operations. The host's {@code aio-max-nr} is usually less. */
        public static final int MAX_QUEUE_DEPTH = (1 << 20) - 1;

        /** Whether contexts and queues are strict if nothing is said: the system property {@code io.linuxaio.strict}. */
        static final boolean STRICT = Boolean.getBoolean("io.linuxaio.strict");

        /** False if the system property {@code io.linuxaio.ring} keeps events from being read in user space. */
        static final boolean READS_RING = !"false".equals(System.getProperty("io.linuxaio.ring"));

        /** The default of {@link #callerReaping(boolean)}. */
        static final boolean CALLER_REAPING = !"false".equals(System.getProperty("io.linuxaio.waiters"));

        private static final AtomicInteger NUMBERS = new AtomicInteger();

        private int queueDepth = DEFAULT_QUEUE_DEPTH;
        private AioFullQueuePolicy overflow = AioFullQueuePolicy.WAIT;
        private AioSubmitMode submission = AioSubmitMode.MAY_BLOCK;
        private Executor completionExecutor;
        private String threadName;
        private boolean strict = STRICT;
        private boolean readsRing = READS_RING;
        private boolean callerReaping = CALLER_REAPING;
        private long busyPollNanos;
        private int patience = AdaptiveReapPolicy.PATIENCE;
        private String jmxName;

        Builder() {}

        /**
         * How many operations can be in flight. Each claims one of the host's {@code aio-max-nr}, and one more is claimed
         * for the context itself.
         *
         * @param depth from 1 to {@value #MAX_QUEUE_DEPTH}; {@value #DEFAULT_QUEUE_DEPTH} if nothing is said
         * @return this
         * @throws IllegalArgumentException if it is not in that range
         */
        public AioContext.Builder queueDepth(int depth) {
            queueDepth = Arguments.depth(depth, MAX_QUEUE_DEPTH);
            return this;
        }

        /**
         * What happens to an operation when the queue is full.
         *
         * @param what {@link AioFullQueuePolicy#WAIT} if nothing is said
         * @return this
         */
        public AioContext.Builder onFullQueue(AioFullQueuePolicy what) {
            overflow = Objects.requireNonNull(what, "what");
            return this;
        }

        /**
         * Whether a thread that submits may be held up in the kernel.
         *
         * @param what {@link AioSubmitMode#MAY_BLOCK} if nothing is said
         * @return this
         */
        public AioContext.Builder submission(AioSubmitMode what) {
            submission = Objects.requireNonNull(what, "what");
            return this;
        }

        /**
         * Where futures complete, and so where callbacks run. If the executor refuses one, that one completes on the reaper
         * thread; an operation that the kernel does not take at all has ended when the call that submits it returns.
         *
         * @param executor takes one task for each operation; the reaper thread itself if nothing is said, which is quicker
         * @return this
         */
        public AioContext.Builder completionExecutor(Executor executor) {
            completionExecutor = Objects.requireNonNull(executor, "executor");
            return this;
        }

        /**
         * The reaper thread's name.
         *
         * @param name {@code linux-aio-reaper-} and a number if nothing is said
         * @return this
         */
        public AioContext.Builder threadName(String name) {
            threadName = Objects.requireNonNull(name, "name");
            return this;
        }

        /**
         * Whether memory is refused that somebody could free under an operation in flight: segments of the JDK's shared and
         * confined arenas. Segments of an {@link AioArena}, an {@link AioBufferPool}, the automatic and the global arena are
         * always taken.
         *
         * @param refuse what the system property {@code io.linuxaio.strict} says if nothing is said: false without it
         * @return this
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
         * slot of a full queue. The reaper leaves the events to such threads as long as they wait, and takes them back when
         * results have callbacks. Virtual threads and threads of fork-join pools never wait in the kernel: they take the
         * events that are there, and then park. The setting has no effect if there is a
         * {@link #completionExecutor(Executor)}.
         *
         * @param allowed {@code false} to leave all events to the reaper; the default is {@code true}, unless the system
         *     property {@code io.linuxaio.waiters} is {@code false}
         * @return this
         */
        public AioContext.Builder callerReaping(boolean allowed) {
            callerReaping = allowed;
            return this;
        }

        /**
         * Sets for how long a thread that reaps events polls for them, without a pause, before it waits in the kernel. Polling
         * occupies a processor. It pays if the device answers in less time than a waiting thread needs to wake up, a few tens
         * of microseconds.
         *
         * <p>Threads poll only while waits are usually shorter than this, and never as many at once as there are processors.
         *
         * @param longest from 0 to 1 second; the default is 0, for no polling
         * @return this
         * @throws IllegalArgumentException if it is negative or longer than a second
         */
        public AioContext.Builder busyPoll(Duration longest) {
            if (longest.isNegative() || longest.compareTo(Duration.ofSeconds(1)) > 0) {
                throw new IllegalArgumentException("busy polling lasts from 0 to 1 s: " + longest);
            }
            busyPollNanos = longest.toNanos();
            return this;
        }

        /** After how many looks the reaper takes back what threads that wait no longer use: tests have it wait for them. */
        AioContext.Builder patience(int looks) {
            patience = looks;
            return this;
        }

        int patience() {
            return patience;
        }

        /**
         * Registers the context with the platform's MBean server while it is open, as an {@link AioContextMXBean} by the
         * object name {@code io.linuxaio:type=AioContext,name="..."}. The name stands in quotes, as
         * {@code javax.management.ObjectName.quote} makes them: so it may be any. Wants the module java.management.
         *
         * @param name what to call the context, once at a time in a JVM; it is not registered if nothing is said
         * @return this
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

        /** Null for the reaper thread itself. */
        Executor completionExecutor() {
            return completionExecutor;
        }

        boolean isStrict() {
            return strict;
        }

        /** Returns {@code true} if threads that wait reap: not if results go through an executor, which they would wait for. */
        boolean callerReaping() {
            return callerReaping && completionExecutor == null;
        }

        /** Returns how long to poll, in nanoseconds; 0 for no polling. */
        long busyPollNanos() {
            return busyPollNanos;
        }

        /**
         * Opens the context.
         *
         * @return the context, to be closed
         * @throws IOException if the kernel refuses: {@code EAGAIN} where the host's {@code aio-max-nr} is used up,
         *     {@code ENOSYS} or {@code EPERM} where a seccomp profile denies Linux AIO; the message says what to do
         * @throws UnsupportedOperationException if Linux AIO is not available, with the reason; or where the context was to be
         *     registered by {@link #jmx} and the module java.management is missing
         * @throws IllegalStateException if the name for {@link #jmx} is taken
         * @throws OutOfMemoryError if the reaper, or the helper of {@link AioSubmitMode#NON_BLOCKING}, cannot have a thread;
         *     nothing is left behind, and opening again may succeed
         */
        public AioContext open() throws IOException {
            return open(LinuxAio.kernel());
        }

        /** Opens the context on a kernel given, which tests replace. */
        AioContext open(Kernel kernel) throws IOException {
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
                    // No more memory, or no more threads; nothing is in flight yet.
                    engine.destroy();
                }
            }
        }
    }
}
