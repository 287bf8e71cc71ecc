package io.linuxaio;

import io.linuxaio.internal.engine.Arguments;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.reap.AdaptiveReapPolicy;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Prepares an {@link AioContext}. Not safe for use by several threads; can be used for several contexts. */
public final class AioContextBuilder {
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

    AioContextBuilder() {}

    /**
     * How many operations can be in flight. Each claims one of the host's {@code aio-max-nr}, and one more is claimed
     * for the context itself.
     *
     * @param depth from 1 to {@value #MAX_QUEUE_DEPTH}; {@value #DEFAULT_QUEUE_DEPTH} if nothing is said
     * @return this
     * @throws IllegalArgumentException if it is not in that range
     */
    public AioContextBuilder queueDepth(int depth) {
        queueDepth = Arguments.depth(depth, MAX_QUEUE_DEPTH);
        return this;
    }

    /**
     * What happens to an operation when the queue is full.
     *
     * @param what {@link AioFullQueuePolicy#WAIT} if nothing is said
     * @return this
     */
    public AioContextBuilder onFullQueue(AioFullQueuePolicy what) {
        overflow = Objects.requireNonNull(what, "what");
        return this;
    }

    /**
     * Whether a thread that submits may be held up in the kernel.
     *
     * @param what {@link AioSubmitMode#MAY_BLOCK} if nothing is said
     * @return this
     */
    public AioContextBuilder submission(AioSubmitMode what) {
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
    public AioContextBuilder completionExecutor(Executor executor) {
        completionExecutor = Objects.requireNonNull(executor, "executor");
        return this;
    }

    /**
     * The reaper thread's name.
     *
     * @param name {@code linux-aio-reaper-} and a number if nothing is said
     * @return this
     */
    public AioContextBuilder threadName(String name) {
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
    public AioContextBuilder strict(boolean refuse) {
        strict = refuse;
        return this;
    }

    /** Sets whether completion events are read from the kernel's ring in user space; only tests do. */
    AioContextBuilder readsRing(boolean allowed) {
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
    public AioContextBuilder callerReaping(boolean allowed) {
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
    public AioContextBuilder busyPoll(Duration longest) {
        if (longest.isNegative() || longest.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException("busy polling lasts from 0 to 1 s: " + longest);
        }
        busyPollNanos = longest.toNanos();
        return this;
    }

    /** After how many looks the reaper takes back what threads that wait no longer use: tests have it wait for them. */
    AioContextBuilder patience(int looks) {
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
    public AioContextBuilder jmx(String name) {
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
