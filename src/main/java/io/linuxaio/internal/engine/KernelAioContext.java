package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.abi.iocb;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.ReleaseCalls;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * One kernel AIO context and its table of slots.
 *
 * <p>Any thread may submit, each its own slots. Reaping, and each method documented as part of it, is for one thread at a
 * time. Methods return ≥ 0 or -errno.
 */
public final class KernelAioContext {
    /** The maximum number of events reaped at once, which bounds how long the first is delayed by the last. */
    private static final int MOST_EVENTS_AT_ONCE = 256;

    /** The maximum wait for events while an operation waits for its resubmission, in nanoseconds. */
    private static final long RETRY_NANOS = 1_000_000;

    /** The time without an accepted operation after which one on the reaping thread fails, in nanoseconds. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** The time without an accepted operation after which a line is logged, in nanoseconds. */
    private static final long RETRY_LOG_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The minimum number of attempts before an operation fails: a queue may be polled once a minute. */
    private static final int FEWEST_ATTEMPTS = 16;

    /** The number of vain waits in a row after which waits are measured. */
    private static final int WAITS_IN_VAIN = 64;

    /** An intrusive stack of the contexts for whose destruction there was no memory. */
    private static final AtomicReference<KernelAioContext> ABANDONED = new AtomicReference<>();

    /** The timeout of a wait that only an event ends. */
    public static final long FOREVER = -1;

    private final Kernel kernel;
    private final long context;
    private final Arena arena;
    private volatile boolean isDestroyed;
    private KernelAioContext nextAbandoned;
    private final Slot[] slots;
    private final EventBuffer events;
    // Set to null for good if its contents are impossible. For the reaping thread.
    private EventRing ring;

    // Slots to be submitted again, in an intrusive list, which allocates nothing. Callbacks push theirs onto the stack,
    // since their thread need not be the reaping one.
    private final AtomicReference<Slot> leftForLater = new AtomicReference<>();
    private Slot firstAgain;
    private Slot lastAgain;
    // True if an Error hides the kernel's answer for the first of them.
    private boolean isFirstUnsure;
    // True if there may be such slots: set after one was added.
    private volatile boolean again;
    // Events whose handling an Error has ended, as pairs of data and result: the next reap handles them once more.
    private final long[] unhandled;
    private int unhandledCount;
    // The number of operations that were handled in another way than by their events.
    private int handledSpecially;
    // True once the kernel was seen to write its key into an iocb.
    private boolean writesKeys;
    // True if an Error hides the result of io_getevents.
    private boolean isBufferUnsure;
    // For the reaping thread.
    private long asked;
    private long resubmitNotBefore;
    private boolean resubmissionsPaced;
    private int refusedInARow;
    private int waitsInVain;
    private final RepeatedLog tooManyEvents =
            new RepeatedLog(Level.ERROR, "io_getevents returned {0} events where there is room for {1}");
    private final RepeatedLog strayEvent = new RepeatedLog(
            Level.ERROR, "a completion event came for an operation that is not in flight: data {0}, result {1}");
    private final RepeatedLog waitInVain = new RepeatedLog(
            Level.WARNING,
            "io_getevents has returned without an event {0} times in a row, although it was to wait for one");
    private final RepeatedLog interruptions = new RepeatedLog(
            Level.WARNING, "an operation ends with EINTR again and again; it is submitted again after a pause");
    private final RepeatedLog noneAccepted =
            new RepeatedLog(Level.WARNING, "io_submit has accepted nothing for {0} ms");

    private final AtomicLong strays = new AtomicLong();
    private final AtomicLong shortTransfers = new AtomicLong();
    private final AtomicLong submitRetries = new AtomicLong();

    /**
     * Creates an engine over a kernel AIO context, which it owns from then on.
     *
     * @param kernel the interface to the kernel
     * @param context a context of at least as many operations as there are slots; destroyed if this method fails
     * @param slots the number of slots
     * @param readsRing {@code true} to read events from the kernel's ring in user space, if possible
     */
    public static KernelAioContext over(Kernel kernel, long context, int slots, boolean readsRing) {
        boolean isComplete = false;
        Arena arena = null;
        try {
            arena = Arena.ofShared();
            KernelAioContext engine = new KernelAioContext(kernel, context, slots, readsRing, arena);
            engine.slots[0].linkRecovery();
            isComplete = true;
            return engine;
        } finally {
            if (!isComplete) {
                letGo(kernel, context, arena);
            }
        }
    }

    private static void letGo(Kernel kernel, long context, Arena arena) {
        try {
            ReleaseCalls.destroy(kernel, context);
        } finally {
            if (arena != null) {
                arena.close();
            }
        }
    }

    private KernelAioContext(Kernel kernel, long context, int slots, boolean readsRing, Arena arena) {
        this.kernel = kernel;
        this.context = context;
        this.arena = arena;
        ring = readsRing ? EventRing.at(kernel.eventRing(context), slots) : null;
        this.slots = new Slot[slots];
        writesKeys = ring != null;
        unhandled = new long[2 * slots];
        events = new EventBuffer(arena, Math.min(slots, MOST_EVENTS_AT_ONCE));
        MemorySegment iocbs = iocb.allocateArray(slots, arena);
        MemorySegment pointers = arena.allocate(JAVA_LONG, slots);
        for (int i = 0; i < slots; i++) {
            long address = iocbs.address() + i * iocb.sizeof();
            pointers.setAtIndex(JAVA_LONG, i, address);
            this.slots[i] = new Slot(i, address, pointers.address() + i * JAVA_LONG.byteSize(), arena);
        }
    }

    /** Returns the slot of an index. */
    public Slot slot(int index) {
        return slots[index];
    }

    /** Makes every completion signal an eventfd. To be called before any slot is prepared. */
    public void signal(int eventfd) {
        for (Slot slot : slots) {
            slot.signal(eventfd);
        }
    }

    /** Returns {@code true} if a slot holds the file. For the thread that prepares and reaps. */
    public boolean isUsing(FileHandle file) {
        for (Slot slot : slots) {
            FileHandle used = slot.file();
            if (used != null && used.isViewOf(file)) {
                return true;
            }
        }
        return false;
    }

    /** Submits a prepared slot; returns 1, or -errno. */
    public int submit(Slot slot) {
        return submit(slot.pointer(), 1);
    }

    /**
     * Submits prepared slots.
     *
     * @param pointers the address of an array of {@link Slot#iocbAddress}
     * @param count the number of slots
     * @return the number of slots that the kernel accepted; -errno if it refused the first, {@code -EAGAIN} if it accepts
     *     none for now
     */
    int submit(long pointers, int count) {
        int answer = kernel.submit(context, count, pointers);
        if (answer == 0 || answer == -Errno.EAGAIN || answer == -Errno.EINTR) {
            submitRetries.incrementAndGet();
            return -Errno.EAGAIN;
        }
        return answer;
    }

    /**
     * Queues a prepared slot for submission by the next {@link #reap}. For a reaping thread, which must not wait.
     */
    public void submitLater(Slot slot) {
        slot.resubmitSince(System.nanoTime());
        slot.handOver();
        push(slot);
    }

    /**
     * Queues a slot whose operation was refused, for its delivery as a failure by the next {@link #reap}. For the thread that
     * owns the slot; allocates nothing.
     *
     * @param error -errno
     */
    public void completeLater(Slot slot, int error) {
        slot.refused = error;
        push(slot);
    }

    private void push(Slot slot) {
        Slot next;
        do {
            next = leftForLater.get();
            slot.again = next;
        } while (!leftForLater.compareAndSet(next, slot));
        again = true;
    }

    /**
     * Reaps completion events. Short transfers are submitted again; the other operations are delivered.
     *
     * @param min the number of events to wait for; fewer are delivered at once if they are in the ring
     * @param nanos the maximum time to wait, in nanoseconds, or {@link #FOREVER}
     * @param ended receives each completed operation, and releases its slot
     * @return the number of events, or -errno
     */
    public int reap(int min, long nanos, CompletionSink ended) {
        int before = handledSpecially;
        if (unhandledCount > 0) {
            handleOnceMore(ended);
        }
        if (isBufferUnsure) {
            takeUnsure(ended);
        }
        if (again) {
            resubmit(ended);
        }
        if (handledSpecially != before) {
            // An operation has completed without an event: it must be delivered before any wait.
            return 0;
        }
        if (events.left() > 0) {
            // A nested call, from a callback of the thread that is taking them.
            return takeFromBuffer(ended);
        }
        int there = ring == null ? 0 : ring.look(events.capacity());
        if (there > 0) {
            return takeFromRing(there, ended);
        }
        if (there < 0) {
            giveUpRing("its head or tail points outside of it");
        }
        if (ring != null && (min <= 0 || nanos == 0)) {
            return 0;
        }
        isBufferUnsure = true;
        int count = waitsInVain < WAITS_IN_VAIN ? ask(min, nanos) : askMeasured(min, nanos);
        if (count <= 0) {
            isBufferUnsure = false;
            waitsInVain += min > 0 && nanos != 0 ? 1 : 0;
            return count == -Errno.EINTR ? 0 : count;
        }
        waitsInVain = 0;
        if (count > events.capacity()) {
            tooManyEvents.log(count, events.capacity());
            count = events.capacity();
        }
        events.filled(count);
        isBufferUnsure = false;
        return takeFromBuffer(ended);
    }

    private void giveUpRing(String reason) {
        ring = null;
        Log.log(
                Level.WARNING,
                "the kernel''s ring of completion events cannot be trusted: {0}; io_getevents is called from now on",
                reason);
    }

    // Only the events found at first: operations that callbacks submit may complete at once, without end.
    private int takeFromRing(int there, CompletionSink ended) {
        Error trouble = null;
        EventRing source = ring;
        // If the ring is given up meanwhile, io_getevents returns the remaining events.
        for (int i = 0; i < there && ring != null && source.take(); i++) {
            try {
                settle(source.data(), source.result(), ended);
            } catch (Error e) {
                // Out of memory or the end of the stack. The event is not delivered twice by the kernel: kept without a
                // call.
                trouble = e;
                if (unhandledCount < unhandled.length) {
                    unhandled[unhandledCount] = source.data;
                    unhandled[unhandledCount + 1] = source.result;
                    unhandledCount += 2;
                }
            }
        }
        rethrow(trouble);
        return there;
    }

    private int takeFromBuffer(CompletionSink ended) {
        Error trouble = null;
        int there = events.left();
        while (events.take()) {
            try {
                settle(events.data(), events.result(), ended);
            } catch (Error e) {
                // As above.
                trouble = e;
                if (unhandledCount < unhandled.length) {
                    unhandled[unhandledCount] = events.data;
                    unhandled[unhandledCount + 1] = events.result;
                    unhandledCount += 2;
                }
            }
        }
        rethrow(trouble);
        return there;
    }

    // An Error has hidden the number of events that the kernel has written. An event of an operation in flight is a new
    // one: each attempt has a generation of its own. If an Error ends this, too, the next call starts over.
    private void takeUnsure(CompletionSink ended) {
        events.filled(events.capacity());
        while (events.take()) {
            if (slotOf(events.data()) != null) {
                handledSpecially++;
                settle(events.data(), events.result(), ended);
            }
        }
        isBufferUnsure = false;
    }

    // Last in, first out. An event that fails again stays, and so do those before it.
    private void handleOnceMore(CompletionSink ended) {
        while (unhandledCount > 0) {
            unhandledCount -= 2;
            handledSpecially++;
            long data = unhandled[unhandledCount];
            long answer = unhandled[unhandledCount + 1];
            try {
                // Otherwise only the release of its slot is left, which Leftovers does.
                if (slotOf(data) != null) {
                    settle(data, answer, ended);
                }
            } catch (Error e) {
                unhandled[unhandledCount] = data;
                unhandled[unhandledCount + 1] = answer;
                unhandledCount += 2;
                throw e;
            }
        }
    }

    private static void rethrow(Error trouble) {
        if (trouble != null) {
            throw trouble;
        }
    }

    private int ask(int min, long nanos) {
        long patience = !again ? nanos : nanos == FOREVER ? RETRY_NANOS : Math.min(nanos, RETRY_NANOS);
        long timeout = patience == FOREVER ? 0 : events.timeout(patience);
        int enough = Math.min(min, events.capacity());
        asked++;
        return kernel.getEvents(context, enough, events.capacity(), events.address(), timeout);
    }

    /** As {@link #ask}, for a kernel whose waits have often ended without an event: pauses if this one ended early. */
    private int askMeasured(int min, long nanos) {
        long start = System.nanoTime();
        int count = ask(min, nanos);
        boolean early = nanos == FOREVER || System.nanoTime() - start < Math.min(nanos, RETRY_NANOS) / 2;
        if (early && min > 0 && nanos != 0 && !again && (count == 0 || count == -Errno.EINTR)) {
            waitInVain.log(waitsInVain);
            Backoff.sleep(RETRY_NANOS);
        }
        return count;
    }

    private void settle(long data, long answer, CompletionSink ended) {
        Slot slot = slotOf(data);
        if (slot == null) {
            strays.incrementAndGet();
            if (ring != null) {
                giveUpRing("it shows more events than there are operations in flight");
            }
            strayEvent.log(Long.toHexString(data), answer);
            return;
        }
        if (!writesKeys) {
            writesKeys = slot.isTaken();
        }
        // Not a switch: its synthetic class, if its initialization failed near the end of the stack, would be unusable.
        Slot.Verdict verdict = slot.onEvent(answer);
        if (verdict == Slot.Verdict.COMPLETED) {
            ended.onCompletion(slot);
        } else if (verdict == Slot.Verdict.WOULD_BLOCK) {
            int attempt = slot.generation;
            try {
                slot.resubmitSince(System.nanoTime());
                ended.onWouldBlock(slot);
            } catch (Error e) {
                // Not handed over: this thread submits it, since its event is consumed. Without a call, as below.
                if (slot.generation == attempt) {
                    slot.again = null;
                    if (firstAgain == null) {
                        firstAgain = slot;
                    } else {
                        lastAgain.again = slot;
                    }
                    lastAgain = slot;
                    again = true;
                }
                throw e;
            }
        } else {
            // Without a call: its event is consumed, and nothing else refers to the slot.
            slot.again = null;
            if (firstAgain == null) {
                firstAgain = slot;
            } else {
                lastAgain.again = slot;
            }
            lastAgain = slot;
            again = true;
            noteShortTransfer();
            resubmitOrLater(slot, ended);
        }
    }

    private Slot slotOf(long data) {
        int index = UserData.index(data);
        if (index < 0 || index >= slots.length) {
            return null;
        }
        Slot slot = slots[index];
        return slot.isInFlight(UserData.generation(data)) ? slot : null;
    }

    private void noteShortTransfer() {
        try {
            shortTransfers.incrementAndGet();
        } catch (StackOverflowError e) {
            // The statistic must not cost the event.
        }
    }

    private void resubmitOrLater(Slot slot, CompletionSink ended) {
        try {
            slot.resubmitSince(System.nanoTime());
            if (slot.isInterruptedTooOften()) {
                interruptions.log();
                resubmitNotBefore = System.nanoTime() + RETRY_NANOS;
                resubmissionsPaced = true;
            } else {
                resubmit(ended);
            }
        } catch (StackOverflowError | OutOfMemoryError e) {
            // The next reap submits it.
            again = true;
        }
    }

    /** Submits the slots that wait for their resubmission. Operations that the kernel refuses, or has refused, fail. */
    private void resubmit(CompletionSink ended) {
        if (resubmissionsPaced) {
            if (System.nanoTime() - resubmitNotBefore < 0) {
                return;
            }
            resubmissionsPaced = false;
        }
        again = false;
        try {
            collect();
            Slot slot;
            while ((slot = firstAgain) != null) {
                if (!isFirstUnsure || !mayBeTaken(slot)) {
                    long data = slot.data();
                    isFirstUnsure = true;
                    boolean isRefused = slot.refused != 0;
                    int answer = isRefused ? slot.refused : submit(slot);
                    if (answer == -Errno.EAGAIN && !isRefused && !isHopeless(slot)) {
                        isFirstUnsure = false;
                        again = true;
                        return;
                    }
                    refusedInARow = answer < 0 ? refusedInARow : 0;
                    if (answer < 0 && unhandledCount < unhandled.length) {
                        unhandled[unhandledCount] = data;
                        unhandled[unhandledCount + 1] = answer;
                        unhandledCount += 2;
                    }
                }
                isFirstUnsure = false;
                firstAgain = slot.again;
                if (unhandledCount > 0) {
                    handleOnceMore(ended);
                }
            }
        } catch (Error e) {
            again = true;
            throw e;
        }
    }

    /**
     * Returns {@code true} if the kernel may have accepted a prepared slot, if an {@link Error} hides the result of
     * {@code io_submit}. Always {@code true} on a kernel that was never seen to write keys into iocbs: then the answer is
     * unknown, and memory may be in use.
     */
    boolean mayBeTaken(Slot slot) {
        return mayBeTaken(slot, slot.attempt());
    }

    /**
     * As {@link #mayBeTaken(Slot)}, if another thread may have reaped the operation and submitted it again meanwhile; then
     * {@code true}.
     *
     * @param attempt the {@link Slot#attempt} before the iocb was submitted
     */
    public boolean mayBeTaken(Slot slot, int attempt) {
        return slot.isTaken(attempt) || !writesKeys();
    }

    private boolean writesKeys() {
        if (!writesKeys) {
            for (Slot one : slots) {
                writesKeys |= one.prepareCount() > 0 && one.isTaken();
            }
        }
        return writesKeys;
    }

    /** Appends the slots that callbacks have pushed, oldest first. */
    private void collect() {
        Slot newest = leftForLater.getAndSet(null);
        Slot oldest = null;
        Slot last = newest;
        while (newest != null) {
            Slot next = newest.again;
            newest.again = oldest;
            oldest = newest;
            newest = next;
        }
        if (oldest != null) {
            if (firstAgain == null) {
                firstAgain = oldest;
            } else {
                lastAgain.again = oldest;
            }
            lastAgain = last;
        }
    }

    private boolean isHopeless(Slot slot) {
        refusedInARow++;
        if (refusedInARow < FEWEST_ATTEMPTS) {
            return false;
        }
        long waited = System.nanoTime() - slot.waitingSince();
        if (waited > RETRY_LOG_NANOS) {
            noneAccepted.log(TimeUnit.NANOSECONDS.toMillis(waited));
        }
        return waited > PATIENCE_NANOS;
    }

    /** Returns {@code true} if events are read from the kernel's ring in user space. */
    public boolean readsRing() {
        return ring != null;
    }

    /** Returns the number of calls of io_getevents(2). For the reaping thread. */
    public long asked() {
        return asked;
    }

    /** Returns the maximum number of events of one {@link #reap}. */
    public int eventsAtOnce() {
        return events.capacity();
    }

    /** Returns the number of operations that were prepared so far in the first so many slots. */
    public long begun(int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += slots[i].prepareCount();
        }
        return sum;
    }

    /** Returns the number of completion events without an operation in flight. */
    public long strays() {
        return strays.get();
    }

    /** Returns the number of short transfers, which were submitted again for the rest. */
    public long shortTransfers() {
        return shortTransfers.get();
    }

    /** Returns the number of times that the kernel accepted no operation for now. */
    public long submitRetries() {
        return submitRetries.get();
    }

    /**
     * Destroys the context and frees the table. Nothing may be in flight, and no thread may reap or submit any more.
     *
     * @return 0 or -errno
     * @throws OutOfMemoryError if there is no memory for the system call for some seconds; it can be made later
     */
    public int destroy() {
        boolean isMade = true;
        try {
            return ReleaseCalls.destroy(kernel, context);
        } catch (OutOfMemoryError e) {
            isMade = false;
            throw e;
        } finally {
            // After another Error, too: a second call might destroy the next context at this address.
            if (isMade) {
                isDestroyed = true;
                arena.close();
            }
        }
    }

    /** Returns {@code false} if {@code io_destroy} was not called yet. */
    public boolean isDestroyed() {
        return isDestroyed;
    }

    /**
     * Destroys the context as {@link #destroy} does, now or, if there is no memory for the system call, at the next
     * {@link #destroyAbandoned}.
     */
    public int abandon() {
        try {
            return destroy();
        } finally {
            if (!isDestroyed) {
                pushAbandoned();
            }
        }
    }

    private void pushAbandoned() {
        KernelAioContext next;
        do {
            next = ABANDONED.get();
            nextAbandoned = next;
        } while (!ABANDONED.compareAndSet(next, this));
    }

    /** Destroys the contexts that are abandoned. If an {@link Error} ends that, the next call continues. */
    public static void destroyAbandoned() {
        if (ABANDONED.get() == null) {
            return;
        }
        KernelAioContext one = ABANDONED.getAndSet(null);
        Error trouble = null;
        while (one != null) {
            KernelAioContext next = one.nextAbandoned;
            one.nextAbandoned = null;
            try {
                one.abandon();
            } catch (Error e) {
                trouble = e;
            }
            one = next;
        }
        rethrow(trouble);
    }
}
