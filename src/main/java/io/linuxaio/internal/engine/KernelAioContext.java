package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.linuxaio.internal.abi.iocb;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import java.lang.System.Logger.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A kernel context and the table of slots that are submitted to it.
 *
 * <p>Submitting is safe from any thread, each with slots of its own. Reaping, and what is said to belong to it, is for
 * one thread at a time. Methods answer ≥ 0 or -errno.
 */
public final class KernelAioContext {
    /** More events than this are taken in several calls: it bounds how long the first waits for the last. */
    private static final int MOST_EVENTS_AT_ONCE = 256;

    /** How long to wait for events at most while an operation waits to be submitted again, in nanoseconds. */
    private static final long RETRY_NANOS = 1_000_000;

    /** How long the kernel may take no operation until one that waits on the reaping thread fails, in nanoseconds. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** How long the kernel may take no operation until that is logged, in nanoseconds. */
    private static final long RETRY_LOG_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** An operation is tried so often at least before it fails: a queue may be polled once a minute. */
    private static final int FEWEST_ATTEMPTS = 16;

    /** After so many waits in a row that brought nothing, the next ones are measured. */
    private static final int WAITS_IN_VAIN = 64;

    /** Waits until an event comes. */
    public static final long FOREVER = -1;

    private final Kernel kernel;
    private final long context;
    private final Arena arena = Arena.ofShared();
    private final Slot[] slots;
    private final EventBuffer events;
    // Given up, for good, when the kernel is seen to show what cannot be. For the thread that reaps.
    private EventRing ring;

    // Slots to be submitted again, linked in the slots: to remember one allocates nothing. Those that callbacks leave
    // come by the stack, since whose callbacks submit need not be whose turn it is to reap.
    private final AtomicReference<Slot> leftForLater = new AtomicReference<>();
    private Slot firstAgain;
    private Slot lastAgain;
    // Whether an Error hides whether the kernel took the first of them.
    private boolean isFirstUnsure;
    // Whether to look there: set after something was added.
    private volatile boolean again;
    // Events whose handling an Error has ended, as pairs of data and result: handled once more by who reaps next.
    private final long[] unhandled;
    private int unhandledCount;
    // How many operations were handled by another way than their events.
    private int handledSpecially;
    // Whether the kernel was seen to write its key into an iocb.
    private boolean writesKeys;
    // Whether an Error hides what io_getevents has answered.
    private boolean isBufferUnsure;
    // For the thread that reaps.
    private long asked;
    private long resubmitNotBefore;
    private boolean resubmissionsPaced;
    private int refusedInARow;
    private int waitsInVain;
    private final RepeatedLog trouble = new RepeatedLog(Level.ERROR);
    private final RepeatedLog warnings = new RepeatedLog(Level.WARNING);

    private final AtomicLong strays = new AtomicLong();
    private final AtomicLong shortTransfers = new AtomicLong();
    private final AtomicLong submitRetries = new AtomicLong();

    /**
     * Takes over a context of the kernel.
     *
     * @param kernel the way to the kernel
     * @param context a context of at least as many operations as there are slots; destroyed where this fails
     * @param slots how many operations there can be
     * @param readsRing whether events are taken from the kernel's ring in user space, where there is one
     */
    public static KernelAioContext over(Kernel kernel, long context, int slots, boolean readsRing) {
        try {
            return new KernelAioContext(kernel, context, slots, readsRing);
        } catch (RuntimeException | Error e) {
            kernel.destroy(context);
            throw e;
        }
    }

    private KernelAioContext(Kernel kernel, long context, int slots, boolean readsRing) {
        this.kernel = kernel;
        this.context = context;
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

    /** The slot of an index. */
    public Slot slot(int index) {
        return slots[index];
    }

    /** Has every completion from now on add to an eventfd. Before anything is prepared. */
    public void signal(int eventfd) {
        for (Slot slot : slots) {
            slot.signal(eventfd);
        }
    }

    /** Whether a slot holds the file. For the one thread that prepares and reaps. */
    public boolean isUsing(OpenFile file) {
        for (Slot slot : slots) {
            OpenFile used = slot.file();
            if (used != null && used.uses() == file.uses()) {
                return true;
            }
        }
        return false;
    }

    /** Submits a prepared slot: answers 1, or -errno. */
    public int submit(Slot slot) {
        return submit(slot.pointer(), 1);
    }

    /**
     * Submits prepared slots.
     *
     * @param pointers the address of an array of {@link Slot#iocbAddress}
     * @param count how many
     * @return how many were accepted; -errno where the first was refused, {@code -EAGAIN} where the kernel takes none
     *     for now
     */
    public int submit(long pointers, int count) {
        int answer = kernel.submit(context, count, pointers);
        if (answer == 0 || answer == -Errno.EAGAIN || answer == -Errno.EINTR) {
            submitRetries.incrementAndGet();
            return -Errno.EAGAIN;
        }
        return answer;
    }

    /**
     * Leaves a prepared slot to be submitted with the next {@link #reap}. For a thread that reaps, which must not wait.
     */
    public void submitLater(Slot slot) {
        slot.waitsSince(System.nanoTime());
        Slot next;
        do {
            next = leftForLater.get();
            slot.again = next;
        } while (!leftForLater.compareAndSet(next, slot));
        again = true;
    }

    /**
     * Takes completion events. Operations that the kernel cut short go back to it; the others are handed out.
     *
     * @param least for how many events to wait; fewer are handed out at once if they are there in the ring
     * @param nanos how long to wait at most; {@link #FOREVER}
     * @param ended takes each operation that has ended, and lets its slot go
     * @return how many events there were, or -errno
     */
    public int reap(int least, long nanos, CompletionSink ended) {
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
            // An operation has ended without an event: it must be delivered before anything is waited for.
            return 0;
        }
        if (events.left() > 0) {
            // Who takes them is in the middle of it, and calls this from there.
            return takeFromBuffer(ended);
        }
        int there = ring == null ? 0 : ring.look(events.capacity());
        if (there > 0) {
            return takeFromRing(there, ended);
        }
        if (there < 0) {
            giveUpRing("its head or tail points outside of it");
        }
        if (ring != null && (least <= 0 || nanos == 0)) {
            return 0;
        }
        isBufferUnsure = true;
        int count = waitsInVain < WAITS_IN_VAIN ? ask(least, nanos) : askMeasured(least, nanos);
        if (count <= 0) {
            isBufferUnsure = false;
            waitsInVain += least > 0 && nanos != 0 ? 1 : 0;
            return count == -Errno.EINTR ? 0 : count;
        }
        waitsInVain = 0;
        if (count > events.capacity()) {
            trouble.log("io_getevents returned {0} events where there is room for {1}", count, events.capacity());
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

    // Only what was there at first: operations that callbacks submit may end at once, without end.
    private int takeFromRing(int there, CompletionSink ended) {
        Error trouble = null;
        EventRing source = ring;
        // What is left in a ring that was given up meanwhile comes by io_getevents.
        for (int i = 0; i < there && ring != null && source.take(); i++) {
            try {
                settle(source.data(), source.result(), ended);
            } catch (Error e) {
                // Out of memory, say, or the end of the stack. The event would not come again: kept without a call.
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

    // An Error has hidden how many events the kernel has written. An event of an operation in flight is a new one: each
    // attempt has a generation of its own. Where an Error ends this, too, the next call begins with the first one
    // again.
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

    // The last first. One that fails again stays, and those before it.
    private void handleOnceMore(CompletionSink ended) {
        while (unhandledCount > 0) {
            unhandledCount -= 2;
            handledSpecially++;
            long data = unhandled[unhandledCount];
            long answer = unhandled[unhandledCount + 1];
            try {
                // Otherwise only its slot was still to be given back, which is one of the leftovers.
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

    private int ask(int least, long nanos) {
        long patience = !again ? nanos : nanos == FOREVER ? RETRY_NANOS : Math.min(nanos, RETRY_NANOS);
        long timeout = patience == FOREVER ? 0 : events.timeout(patience);
        int enough = Math.min(least, events.capacity());
        asked++;
        return kernel.getEvents(context, enough, events.capacity(), events.address(), timeout);
    }

    /** As {@link #ask}, for a kernel whose waits have often ended without an event: pauses if this one ended at once. */
    private int askMeasured(int least, long nanos) {
        long start = System.nanoTime();
        int count = ask(least, nanos);
        boolean early = nanos == FOREVER || System.nanoTime() - start < Math.min(nanos, RETRY_NANOS) / 2;
        if (early && least > 0 && nanos != 0 && !again && (count == 0 || count == -Errno.EINTR)) {
            warnings.log(
                    "io_getevents has returned without an event {0} times in a row, although it was to wait for one",
                    waitsInVain);
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
            trouble.log(
                    "a completion event came for an operation that is not in flight: data {0}, result {1}",
                    Long.toHexString(data), answer);
            return;
        }
        if (!writesKeys) {
            writesKeys = slot.isTaken();
        }
        // Not a switch: the class behind it, initialized here near the end of the stack, could never be used again.
        Slot.Verdict verdict = slot.onEvent(answer);
        if (verdict == Slot.Verdict.COMPLETED) {
            ended.onCompletion(slot);
        } else if (verdict == Slot.Verdict.WOULD_BLOCK) {
            ended.onWouldBlock(slot);
        } else {
            // Without a call: its event is over, and nobody else knows of it.
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
            // The figure is not worth the event.
        }
    }

    private void resubmitOrLater(Slot slot, CompletionSink ended) {
        try {
            slot.waitsSince(System.nanoTime());
            if (slot.isInterruptedTooOften()) {
                warnings.log("an operation ends with EINTR again and again; it is submitted again after a pause");
                resubmitNotBefore = System.nanoTime() + RETRY_NANOS;
                resubmissionsPaced = true;
            } else {
                resubmit(ended);
            }
        } catch (StackOverflowError | OutOfMemoryError e) {
            // The next one to reap submits it.
            again = true;
        }
    }

    /** Submits what waits for it. Operations that the kernel refuses end. */
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
                    int answer = submit(slot);
                    if (answer == -Errno.EAGAIN && !isHopeless(slot)) {
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
     * Whether the kernel may have taken a prepared slot, where an {@link Error} hides the answer of {@code io_submit}. True
     * on a kernel that was never seen to write keys into iocbs: then nobody knows, and memory may be in use.
     */
    public boolean mayBeTaken(Slot slot) {
        return slot.isTaken() || (slot.refusal == 0 && !writesKeys());
    }

    private boolean writesKeys() {
        if (!writesKeys) {
            for (Slot one : slots) {
                writesKeys |= one.prepareCount() > 0 && one.isTaken();
            }
        }
        return writesKeys;
    }

    /** Takes those that callbacks left, in the order in which they came. */
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
            warnings.log("io_submit has taken nothing for {0} ms", TimeUnit.NANOSECONDS.toMillis(waited));
        }
        return waited > PATIENCE_NANOS;
    }

    /** Whether events are taken from the kernel's ring in user space. */
    public boolean readsRing() {
        return ring != null;
    }

    /** How often the kernel was asked for events, by io_getevents(2). For who reaps. */
    public long asked() {
        return asked;
    }

    /** How many events one {@link #reap} takes at most. */
    public int eventsAtOnce() {
        return events.capacity();
    }

    /** How many operations were prepared in the first so many slots since the beginning. */
    public long begun(int count) {
        long sum = 0;
        for (int i = 0; i < count; i++) {
            sum += slots[i].prepareCount();
        }
        return sum;
    }

    /** Completion events that belonged to nothing in flight. */
    public long strays() {
        return strays.get();
    }

    /** Transfers that the kernel cut short and that were submitted again for the rest. */
    public long shortTransfers() {
        return shortTransfers.get();
    }

    /** How often the kernel took no operation for now. */
    public long submitRetries() {
        return submitRetries.get();
    }

    /** Destroys the context and frees the table. Nothing may be in flight, and nobody may reap or submit any more. */
    public int destroy() {
        int answer = kernel.destroy(context);
        arena.close();
        return answer;
    }
}
