package io.linuxaio;

import io.linuxaio.internal.engine.Engine;
import io.linuxaio.internal.engine.Habit;
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

    /** Whether the ring of events is read in user space if nothing is said. */
    static final boolean READS_RING = !"false".equals(System.getProperty("io.linuxaio.ring"));

    /** Whether threads that wait take events if nothing is said. */
    static final boolean WAITERS_REAP = !"false".equals(System.getProperty("io.linuxaio.waiters"));

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private int queueDepth = DEFAULT_QUEUE_DEPTH;
    private AioOverflow overflow = AioOverflow.WAIT;
    private AioSubmission submission = AioSubmission.MAY_BLOCK;
    private Executor completionExecutor;
    private String threadName;
    private boolean strict = STRICT;
    private boolean readsRing = READS_RING;
    private boolean waitersReap = WAITERS_REAP;
    private long longestSpin;
    private int patience = Habit.PATIENCE;
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
        queueDepth = Checks.depth(depth, MAX_QUEUE_DEPTH);
        return this;
    }

    /**
     * What happens to an operation when the queue is full.
     *
     * @param what {@link AioOverflow#WAIT} if nothing is said
     * @return this
     */
    public AioContextBuilder onFullQueue(AioOverflow what) {
        overflow = Objects.requireNonNull(what, "what");
        return this;
    }

    /**
     * Whether a thread that submits may be held up in the kernel.
     *
     * @param what {@link AioSubmission#MAY_BLOCK} if nothing is said
     * @return this
     */
    public AioContextBuilder submission(AioSubmission what) {
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

    /**
     * Whether completion events are read from the ring that the kernel maps into the process, so that a system call is
     * needed only to wait. Where there is no such ring (gVisor maps none) io_getevents(2) is called as if this was false.
     *
     * @param allowed true if nothing is said, unless the system property {@code io.linuxaio.ring} is {@code false}
     * @return this
     */
    public AioContextBuilder userSpaceReaping(boolean allowed) {
        readsRing = allowed;
        return this;
    }

    /**
     * Whether a thread that waits for a result of this context, by {@code join} or {@code get} on the future that the
     * operation returned or for a place in a full queue, takes completion events meanwhile, for all: it is then woken by
     * the kernel, not by the reaper thread that the kernel has woken. The reaper leaves the events to such threads when
     * it sees that they wait, and takes them back when results have callbacks. Virtual threads and those of fork-join
     * pools never wait in the kernel: they look at the events that are there, and sleep. Without effect where there is a
     * {@link #completionExecutor(Executor)}.
     *
     * @param allowed true if nothing is said, unless the system property {@code io.linuxaio.waiters} is {@code false}
     * @return this
     */
    public AioContextBuilder waitersReap(boolean allowed) {
        waitersReap = allowed;
        return this;
    }

    /**
     * For how long a thread that takes events looks for them again and again before it sleeps. That uses a whole
     * processor, and pays where the device answers in less time than a sleeping thread needs to wake up, a few tens of
     * microseconds. It happens only while waits are usually shorter than this, and never on more threads than there are
     * processors but one.
     *
     * @param longest none if nothing is said; at most one second
     * @return this
     * @throws IllegalArgumentException if it is negative or longer than a second
     */
    public AioContextBuilder spin(Duration longest) {
        if (longest.isNegative() || longest.compareTo(Duration.ofSeconds(1)) > 0) {
            throw new IllegalArgumentException("spinning lasts from 0 to 1 s: " + longest);
        }
        longestSpin = longest.toNanos();
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

    AioOverflow overflow() {
        return overflow;
    }

    AioSubmission submission() {
        return submission;
    }

    /** Null for the reaper thread itself. */
    Executor completionExecutor() {
        return completionExecutor;
    }

    boolean isStrict() {
        return strict;
    }

    boolean doWaitersReap() {
        return waitersReap;
    }

    /** In nanoseconds; 0 for no spinning. */
    long longestSpin() {
        return longestSpin;
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
     * @throws OutOfMemoryError if the reaper, or the helper of {@link AioSubmission#NEVER_BLOCK}, cannot have a thread;
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
        OptionalModule.require("java.management", "to register a context with");
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
        Engine engine = Engine.over(kernel, context, queueDepth + 1, readsRing);
        AioContext opened = start(kernel, engine);
        try {
            opened.opened(this);
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
        return opened;
    }

    private AioContext start(Kernel kernel, Engine engine) {
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
