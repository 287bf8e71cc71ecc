package io.linuxaio.internal.engine;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.kernel.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/**
 * One operation's place in the queue: its iocb, the memory that the kernel may touch, and who waits for it.
 *
 * <p>Made once and used again and again, so that an operation allocates nothing. It belongs to the thread that claimed
 * it until the iocb is submitted, then to whoever takes its completion event; {@link #inFlight} hands the fields over.
 */
public final class Slot {
    private static final VarHandle IN_FLIGHT;
    private static final VarHandle PREPARE_COUNT;

    /** The largest errno that the kernel returns (include/linux/err.h). */
    private static final long LARGEST_ERRNO = 4095;

    /** After so many interruptions in a row an operation is not submitted again at once. */
    private static final int INTERRUPTIONS = 16;

    private static final RepeatedLog IMPOSSIBLE = new RepeatedLog(System.Logger.Level.ERROR);

    static {
        try {
            IN_FLIGHT = MethodHandles.lookup().findVarHandle(Slot.class, "inFlight", boolean.class);
            PREPARE_COUNT = MethodHandles.lookup().findVarHandle(Slot.class, "prepareCount", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** What {@code aio_key} is before the kernel takes the iocb, when it becomes 0 (fs/aio.c, KIOCB_KEY). */
    private static final int NOT_TAKEN = -1;

    private static final MemorySegment[] NONE = {};

    private final int index;
    private final long request;
    private final long pointer;
    private final Arena arena;
    private IovecArray iovecs;

    private boolean inFlight;
    private int generation;
    private long prepareCount;
    private int signalFlag;
    private long waitingSince;

    private Opcode opcode;
    private long position;
    private long length;
    private long transferred;
    private long attemptStart;
    private long reached;
    private boolean triedWithoutBlocking;
    private int result;
    private int interruptions;

    private Waiter owner;
    private long userData;

    // Held until the completion event was taken: the file, and the memory, reachable, with the arenas that the library
    // guards kept open. Without memory for a sync.
    private OpenFile file;
    private MemorySegment single;
    private MemorySegment[] several = NONE;
    private RefCount guard;
    private RefCount[] guards;

    /** The number of {@link #guards} that are acquired. */
    private int acquired;

    /**
     * The next of those that wait to be submitted again. The engine's; written without a call, since the end of the stack
     * may be near.
     */
    Slot again;

    /**
     * The owner of an operation that an {@link Error} interrupted and that the kernel may have taken, else null. Written by
     * the thread that owns the slot, without a call.
     */
    public Waiter leftBy;

    /**
     * True if an {@link Error} kept this slot, whose operation is over, from being released. Written by the thread that
     * owns the slot, without a call.
     */
    public boolean isUnreleased;

    /** True if {@link #leftBy} or {@link #isUnreleased} may be set in a slot, of any context. */
    public static volatile boolean someLeft;

    /** What the kernel refused the iocb with, or 0: written by the thread that submits, without a call. */
    public int refusal;

    // Only where callers must not be held up: what it counts for at its device, and its place among those held back.
    private DeviceLimit device;
    private int requests;
    /** True if another thread submits it, or may. */
    public boolean offloaded;

    private boolean wasHeldBack;
    private Slot heldBackNext;
    private Consumer<Slot> whenRoom;

    /**
     * @param index its place in the table
     * @param request the address of its {@code struct iocb}
     * @param pointer the address of a pointer to that iocb
     * @param arena where it allocates memory for vectored operations, when the first comes
     */
    Slot(int index, long request, long pointer, Arena arena) {
        this.index = index;
        this.request = request;
        this.pointer = pointer;
        this.arena = arena;
    }

    /** Has the completions of this slot add to an eventfd. */
    void signal(int eventfd) {
        signalFlag = Abi.IOCB_FLAG_RESFD();
        Iocb.eventfd(request, eventfd);
    }

    /** Acquires a file and memory as {@link #acquire(OpenFile, Object, Object)} does, with the present reference counts. */
    public boolean acquire(OpenFile target, Object memory) {
        return acquire(target, memory, ArenaRefs.ofMemory(memory));
    }

    /**
     * Acquires the file and the memory of an operation. Allocates nothing. After an {@link Error} a part is acquired, which
     * {@link #release} releases: each reference is recorded before anything else is called.
     *
     * @param target the file
     * @param memory a {@link MemorySegment}, an array of them that does not change any more, or null for none
     * @param counts the result of {@link ArenaRefs#ofMemory} for the memory
     * @return {@code false}, with nothing acquired, if the file or an arena is closed
     */
    public boolean acquire(OpenFile target, Object memory, Object counts) {
        if (!target.uses().tryAcquire()) {
            return false;
        }
        file = target;
        if (!acquireMemory(memory, counts)) {
            release();
            return false;
        }
        return true;
    }

    private boolean acquireMemory(Object memory, Object counts) {
        // Not a switch over types: the code behind it would be made when the first operation of a program is under way.
        if (memory == null) {
            return true;
        } else if (memory instanceof MemorySegment segment) {
            return acquireOne(segment, (RefCount) counts);
        } else if (memory instanceof MemorySegment[] segments) {
            return acquireAll(segments, (RefCount[]) counts);
        }
        throw new IllegalArgumentException("not memory: " + memory.getClass());
    }

    private boolean acquireOne(MemorySegment segment, RefCount count) {
        if (!tryAcquire(count, segment)) {
            return false;
        }
        guard = count;
        single = segment;
        return true;
    }

    private boolean acquireAll(MemorySegment[] segments, RefCount[] counts) {
        guards = counts;
        for (MemorySegment segment : segments) {
            if (!tryAcquire(counts[acquired], segment)) {
                return false;
            }
            acquired++;
        }
        several = segments;
        return true;
    }

    private static boolean tryAcquire(RefCount count, MemorySegment segment) {
        return count == null ? segment.scope().isAlive() : count.tryAcquire();
    }

    private void releaseFileAndMemory() {
        if (guard != null) {
            guard.release();
            guard = null;
        }
        single = null;
        if (guards != null) {
            releaseAll();
        }
        if (file != null) {
            file.uses().release();
            file = null;
        }
    }

    private void releaseAll() {
        while (acquired > 0) {
            RefCount last = guards[acquired - 1];
            if (last != null) {
                last.release();
            }
            acquired--;
        }
        guards = null;
        several = NONE;
    }

    /** Returns the file that the operation is on. */
    public OpenFile file() {
        return file;
    }

    /** Returns the number of segments that are acquired; 0 for a sync. */
    int segments() {
        return single != null ? 1 : several.length;
    }

    /**
     * Fills the iocb. What it refers to must be held; from here on a completion event may come.
     *
     * @param code what to do
     * @param at where in the file, in bytes
     * @param bytes how many in all; 0 for a sync
     * @param whose the result that the operation completes; null if it has none
     * @param mark user data, which comes back when the operation ends
     */
    public void prepare(Opcode code, long at, long bytes, Waiter whose, long mark) {
        opcode = code;
        position = at;
        length = bytes;
        transferred = 0;
        reached = 0;
        result = 0;
        interruptions = 0;
        refusal = 0;
        offloaded = false;
        owner = whose;
        userData = mark;
        Iocb.opcode(request, code.command());
        Iocb.descriptor(request, file.descriptor());
        writeFlags(file.flags());
        retarget();
        PREPARE_COUNT.setOpaque(this, prepareCount + 1);
        IN_FLIGHT.setRelease(this, true);
    }

    /**
     * Makes a prepared transfer one that the kernel refuses rather than block, if that is worth a try on its file.
     *
     * @return whether it may be submitted without fear of blocking: always so for syncs, which the kernel hands to a
     *     thread of its own, and where the user asked for no waiting
     */
    public boolean tryWithoutBlocking() {
        int flags = flagsOf(file.flags());
        if (!opcode.isTransfer() || (flags & Abi.RWF_NOWAIT()) != 0) {
            return true;
        }
        if (!nowait().isWorthTrying()) {
            return false;
        }
        triedWithoutBlocking = true;
        Iocb.transferFlags(request, flags | Abi.RWF_NOWAIT());
        return true;
    }

    /** Returns {@code true} if an event may be one of a refusal to block, by the user's own flag or by {@link #tryWithoutBlocking}. */
    public boolean mustNotBlock() {
        return triedWithoutBlocking || (flagsOf(file.flags()) & Abi.RWF_NOWAIT()) != 0;
    }

    /** Begins the way of an operation that callers must not be held up by. */
    public void beginUnblocked() {
        offloaded = false;
        wasHeldBack = false;
    }

    /** Says that another thread submits it in the caller's place; false if that was said before. */
    public boolean offload() {
        boolean first = !offloaded;
        offloaded = true;
        return first;
    }

    /** Counts it as so many requests in flight at a device. */
    void enter(DeviceLimit where, int howMany) {
        device = where;
        requests = howMany;
    }

    /** Takes it off the count of its device, if it is counted there. */
    public void leaveDevice() {
        DeviceLimit left = device;
        if (left != null) {
            device = null;
            left.leave(requests);
        }
    }

    /** Makes it the last of those held back. */
    void holdBack(Consumer<Slot> then) {
        whenRoom = then;
        wasHeldBack = true;
    }

    /** Puts another behind it. */
    void heldBackNext(Slot next) {
        heldBackNext = next;
    }

    /** Which one comes behind it, or null. */
    Slot heldBackNext() {
        return heldBackNext;
    }

    /** Ends its wait, and answers what takes it. */
    Consumer<Slot> endHoldBack() {
        Consumer<Slot> then = whenRoom;
        whenRoom = null;
        heldBackNext = null;
        return then;
    }

    /** Returns {@code true} if it has been held back: then it need not be again. */
    public boolean wasHeldBack() {
        return wasHeldBack;
    }

    /** Whether the kernel is told to refuse rather than block, by {@link #tryWithoutBlocking}. */
    public boolean isTriedWithoutBlocking() {
        return triedWithoutBlocking;
    }

    /** What became of attempts of this kind on this file. */
    public NowaitHeuristic nowait() {
        return opcode.isRead() ? file.reads() : file.writes();
    }

    /** Makes it one that may block again. */
    public void allowBlocking() {
        triedWithoutBlocking = false;
        Iocb.transferFlags(request, flagsOf(file.flags()));
    }

    private int flagsOf(RequestFlags flags) {
        return opcode.isRead() ? flags.readFlags() : opcode.isWrite() ? flags.writeFlags() : 0;
    }

    private void writeFlags(RequestFlags flags) {
        boolean hasPriority = flags.priority() != RequestFlags.NO_PRIORITY && opcode.isTransfer();
        triedWithoutBlocking = false;
        Iocb.transferFlags(request, flagsOf(flags));
        Iocb.priority(request, hasPriority ? flags.priority() : 0);
        Iocb.flags(request, signalFlag | (hasPriority ? Abi.IOCB_FLAG_IOPRIO() : 0));
    }

    private void retarget() {
        // Each attempt has a generation of its own: an event of an earlier one must not end this one.
        int next = generation + 1;
        Iocb.data(request, UserData.of(index, next));
        long address = 0;
        long count = 0;
        // Not a switch, see Engine. For a sync the kernel requires zeros.
        if (opcode == Opcode.READ || opcode == Opcode.WRITE) {
            address = single.address() + transferred;
            count = length - transferred;
        } else if (opcode == Opcode.READV || opcode == Opcode.WRITEV) {
            address = iovecs().fill(several, transferred);
            count = iovecs.count();
        }
        Iocb.buffer(request, address);
        Iocb.length(request, count);
        Iocb.position(request, position + transferred);
        Iocb.key(request, NOT_TAKEN);
        // Last, and without a call: after an Error the event can be taken once more.
        attemptStart = transferred;
        generation = next;
    }

    /**
     * Whether the kernel has taken the iocb since it was last prepared: then it has written its key into it. For one that
     * may have been submitted, where an {@link Error} hides the answer.
     */
    public boolean isTaken() {
        return refusal == 0 && Iocb.key(request) != NOT_TAKEN;
    }

    private IovecArray iovecs() {
        if (iovecs == null) {
            iovecs = new IovecArray(arena);
        }
        return iovecs;
    }

    /** Notes that the operation waits to be submitted again from now on, in {@link System#nanoTime} nanoseconds. */
    void waitsSince(long now) {
        waitingSince = now;
    }

    /** Returns since when the operation waits to be submitted again. */
    long waitingSince() {
        return waitingSince;
    }

    /** Whether this is the operation that an event speaks of: not one that has ended, nor a later one in its place. */
    boolean isInFlight(int generationOfEvent) {
        return (boolean) IN_FLIGHT.getAcquire(this) && generation == generationOfEvent;
    }

    /** How many operations it was prepared for. For any thread. */
    long prepareCount() {
        return (long) PREPARE_COUNT.getOpaque(this);
    }

    /** What an event means for its operation. */
    enum Verdict {
        /** It is over. */
        COMPLETED,
        /** It was cut short or interrupted: its iocb aims at the rest now. */
        RESUBMIT,
        /** It did not begin, since it would have blocked. */
        WOULD_BLOCK
    }

    /**
     * Takes the kernel's answer.
     *
     * @param answer bytes, or -errno
     * @return what is to be done next
     */
    Verdict onEvent(long answer) {
        if (triedWithoutBlocking) {
            if (answer == -Errno.EAGAIN) {
                nowait().refused();
                retarget();
                return Verdict.WOULD_BLOCK;
            } else if (answer == -Errno.EOPNOTSUPP) {
                nowait().unsupported();
                retarget();
                return Verdict.WOULD_BLOCK;
            }
            nowait().accepted();
        }
        if (answer == -Errno.EINTR) {
            // The kernel cannot restart an operation that a signal ended before it moved a byte (fs/aio.c).
            interruptions++;
            retarget();
            return Verdict.RESUBMIT;
        }
        if (answer < 0) {
            return answer < -LARGEST_ERRNO ? endImpossible(answer) : end((int) answer);
        }
        if (!opcode.isTransfer()) {
            return answer != 0 ? endImpossible(answer) : end(0);
        }
        if (answer > length - attemptStart) {
            return endImpossible(answer);
        }
        transferred = attemptStart + answer;
        if (transferred == length) {
            return end((int) transferred);
        }
        return opcode.isRead() ? onShortRead(answer) : onShortWrite();
    }

    private Verdict endImpossible(long answer) {
        IMPOSSIBLE.log(
                "the kernel reports the result {0} for an operation that asked for {1} bytes; it fails with EIO",
                Long.toString(answer), Long.toString(length - attemptStart));
        return end(-Errno.EIO);
    }

    /** Returns {@code true} if the operation was interrupted so often in a row that it must be submitted later. */
    boolean isInterruptedTooOften() {
        return interruptions >= INTERRUPTIONS;
    }

    // A filesystem may end a read anywhere (read(2)), so that only a repetition that gets no further is the end. Direct
    // I/O
    // repeats the block that was read in part.
    private Verdict onShortRead(long answer) {
        long excess = transferred % file.granularity();
        if (answer == 0 || (excess != 0 && isEnd())) {
            return end((int) transferred);
        }
        long now = transferred;
        transferred -= excess;
        retarget();
        reached = now;
        return Verdict.RESUBMIT;
    }

    private boolean isEnd() {
        return transferred <= reached || file.length().is(position + transferred);
    }

    private Verdict onShortWrite() {
        long whole = transferred - transferred % file.granularity();
        if (whole <= attemptStart || (whole != transferred && file.appending())) {
            // No progress that direct I/O can go on from, or none that could be written again without standing twice.
            return end(-Errno.EIO);
        }
        // A block that was written in part is written again from its beginning: same bytes, same place.
        transferred = whole;
        retarget();
        return Verdict.RESUBMIT;
    }

    /** Ends the operation without an event: the kernel refused its iocb. */
    public void refuse(int error) {
        end(error);
    }

    private Verdict end(int finalResult) {
        result = finalResult;
        return Verdict.COMPLETED;
    }

    /**
     * Releases memory, file, device and owner: the slot can be used again. If an {@link Error} ends it, another call
     * releases the rest.
     */
    public void release() {
        owner = null;
        leaveDevice();
        releaseFileAndMemory();
        // Last, and without a call: after an Error the event can be taken once more.
        inFlight = false;
    }

    /** What the event of its present attempt says. */
    long data() {
        return UserData.of(index, generation);
    }

    /** Its place in the table. */
    public int index() {
        return index;
    }

    /** The address of a pointer to the iocb: an array of one for {@code io_submit}. */
    long pointer() {
        return pointer;
    }

    /** The address of the iocb. */
    public long iocbAddress() {
        return request;
    }

    /** What was asked for. */
    public Opcode opcode() {
        return opcode;
    }

    /** Where in the file the operation began, in bytes. */
    public long position() {
        return position;
    }

    /** How many bytes were asked for. */
    public long length() {
        return length;
    }

    /** How it ended: bytes, or -errno. */
    public int result() {
        return result;
    }

    /** How many bytes were moved, also where it ended with an error. */
    public long transferred() {
        return transferred;
    }

    /** Returns the result that the operation completes, as given to {@link #prepare}; null if it has none. */
    public Waiter owner() {
        return owner;
    }

    /** What was given to {@link #prepare}. */
    public long userData() {
        return userData;
    }
}
