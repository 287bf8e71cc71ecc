package io.linuxaio.internal.engine;

import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.kernel.Errno;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;

/**
 * The state of one operation in flight: its iocb, the memory that the kernel may access, and its owner.
 *
 * <p>Slots are created once and reused, so that an operation allocates nothing. A slot belongs to the thread that claimed
 * it until the iocb is submitted, then to the thread that reaps its completion event; {@link #inFlight} hands the fields over.
 */
public final class Slot {
    private static final VarHandle IN_FLIGHT;
    private static final VarHandle PREPARE_COUNT;

    /** The largest errno that the kernel returns (include/linux/err.h). */
    private static final long LARGEST_ERRNO = 4095;

    /** The number of interruptions in a row after which an operation is resubmitted only after a pause. */
    static final int INTERRUPTIONS = 16;

    private static final RepeatedLog IMPOSSIBLE = new RepeatedLog(
            System.Logger.Level.ERROR,
            "the kernel reports the result {0} for an operation that asked for {1} bytes; it fails with EIO");

    static {
        try {
            IN_FLIGHT = MethodHandles.lookup().findVarHandle(Slot.class, "inFlight", boolean.class);
            PREPARE_COUNT = MethodHandles.lookup().findVarHandle(Slot.class, "prepareCount", long.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The value of {@code aio_key} until the kernel accepts the iocb and sets it to 0 (fs/aio.c, KIOCB_KEY). */
    private static final int NOT_TAKEN = -1;

    private static final MemorySegment[] NONE = {};
    private static final RefCount[] NO_GUARDS = {};

    private final int index;
    private final long request;
    private final long pointer;
    private final Arena arena;
    private IovecArray iovecs;

    private boolean inFlight;

    /** The number of the present attempt. A thread that gives the slot to another begins a new one. */
    int generation;

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
    private long startTime;
    private int untilMeasured;

    // Held until the completion event is reaped: the file, and the memory, which is kept reachable, with its registered
    // arenas kept open. A sync has no memory.
    private FileHandle file;
    private MemorySegment single;
    private MemorySegment[] several = NONE;
    private RefCount guard;
    private RefCount[] guards;

    // Reused, so that a vectored operation allocates nothing.
    private RefCount[] ownGuards = NO_GUARDS;

    /** The number of {@link #guards} that are acquired. */
    private int acquired;

    /**
     * The next slot in the engine's list of those to be submitted again. Written without a call, since the end of the stack
     * may be near.
     */
    Slot again;

    /** The error with which the operation fails instead of its submission, or 0; see {@link KernelAioContext#completeLater}. */
    int refused;

    /**
     * The owner of an operation that an {@link Error} interrupted and that the kernel may have accepted, else null. Written by
     * the submitting thread, without a call, after {@link #leftAttempt}.
     */
    public volatile Waiter leftBy;

    /** The {@link #attempt} that the submitting thread owned when an {@link Error} interrupted it. */
    public volatile int leftAttempt;

    /**
     * True if an {@link Error} kept this slot, whose operation is over, from being released. Written by the thread that
     * owns the slot, without a call.
     */
    public volatile boolean isUnreleased;

    /** True if {@link #leftBy} or {@link #isUnreleased} may be set in a slot, of any context. */
    public static volatile boolean someLeft;

    // For contexts that do not block callers: its requests at the device, and its link in the queue of those held back.
    private DeviceLimit device;
    private int requests;
    /** True if another thread submits the slot, or may. */
    private boolean offloaded;

    private boolean wasHeldBack;
    private Slot nextInQueue;
    private Consumer<Slot> whenRoom;

    /**
     * @param index its index in the table
     * @param request the address of its {@code struct iocb}
     * @param pointer the address of a pointer to that iocb
     * @param arena allocates memory for vectored operations, at the first of them
     */
    Slot(int index, long request, long pointer, Arena arena) {
        this.index = index;
        this.request = request;
        this.pointer = pointer;
        this.arena = arena;
    }

    /** Makes the completions of this slot signal an eventfd. */
    void signal(int eventfd) {
        signalFlag = Abi.IOCB_FLAG_RESFD();
        Iocb.eventfd(request, eventfd);
    }

    /** Acquires a file and memory as {@link #acquire(FileHandle, Object, Object)} does, with the present reference counts. */
    public boolean acquire(FileHandle target, Object memory) {
        if (memory instanceof MemorySegment[] segments) {
            if (ownGuards.length < segments.length) {
                ownGuards = new RefCount[segments.length];
            }
            return acquire(target, memory, ArenaRefs.ofEach(segments, ownGuards));
        }
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
    public boolean acquire(FileHandle target, Object memory, Object counts) {
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
        // Not a switch over types, whose bootstrap would delay the first operation of a program.
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
            guards[acquired - 1] = null;
            acquired--;
        }
        guards = null;
        several = NONE;
    }

    /** Returns the file of the operation. */
    public FileHandle file() {
        return file;
    }

    /** Returns the number of segments that are acquired; 0 for a sync. */
    int segments() {
        return single != null ? 1 : several.length;
    }

    /**
     * Fills the iocb. The file and the memory must be acquired; from here on a completion event may arrive.
     *
     * @param code the operation
     * @param at the position in the file, in bytes
     * @param bytes the total length in bytes; 0 for a sync
     * @param whose the result that the operation completes; null if it has none
     * @param mark the user data, which {@link #userData} returns
     */
    public void prepare(Opcode code, long at, long bytes, Waiter whose, long mark) {
        opcode = code;
        position = at;
        length = bytes;
        transferred = 0;
        reached = 0;
        result = 0;
        interruptions = 0;
        refused = 0;
        offloaded = false;
        owner = whose;
        userData = mark;
        startTime = 0;
        Iocb.opcode(request, code.command());
        Iocb.descriptor(request, file.number());
        writeFlags(file.flags());
        retarget();
        PREPARE_COUNT.setOpaque(this, prepareCount + 1);
        IN_FLIGHT.setRelease(this, true);
    }

    /**
     * Prepares an operation that fails without a system call. Neither a file nor memory is acquired. For
     * {@link KernelAioContext#completeLater}.
     *
     * @param code the operation
     * @param mark the user data, which {@link #userData} returns
     */
    public void prepareRefused(Opcode code, long mark) {
        opcode = code;
        position = 0;
        length = 0;
        transferred = 0;
        attemptStart = 0;
        triedWithoutBlocking = false;
        result = 0;
        interruptions = 0;
        offloaded = false;
        owner = null;
        userData = mark;
        startTime = 0;
        int next = generation + 1;
        Iocb.data(request, UserData.of(index, next));
        Iocb.key(request, NOT_TAKEN);
        generation = next;
        PREPARE_COUNT.setOpaque(this, prepareCount + 1);
        IN_FLIGHT.setRelease(this, true);
    }

    /**
     * Sets {@code RWF_NOWAIT} on a prepared transfer, if the heuristic of its file allows an attempt.
     *
     * @return {@code true} if submitting does not block on the filesystem: always for syncs, which the kernel passes to a
     *     thread of its own, and for {@link io.linuxaio.AioRequestFlag#NOWAIT}
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

    /** Returns {@code true} if the iocb has {@code RWF_NOWAIT}, by the user's flag or by {@link #tryWithoutBlocking}. */
    public boolean mustNotBlock() {
        return triedWithoutBlocking || (flagsOf(file.flags()) & Abi.RWF_NOWAIT()) != 0;
    }

    /** Resets the state for an operation that must not block its caller. */
    public void beginUnblocked() {
        offloaded = false;
        wasHeldBack = false;
    }

    /** Marks the slot as offloaded; returns {@code false} if it was marked before. */
    public boolean offload() {
        boolean first = !offloaded;
        offloaded = true;
        return first;
    }

    /** Notes that the slot counts as so many requests in flight at a device. */
    void enter(DeviceLimit where, int howMany) {
        device = where;
        requests = howMany;
    }

    /** Subtracts its requests from the count of its device, if it is counted there. */
    public void leaveDevice() {
        DeviceLimit left = device;
        if (left != null) {
            device = null;
            left.leave(requests);
        }
    }

    /**
     * Gives a prepared slot to another thread, which submits it. The present attempt is over: an {@link Error} that this
     * thread meets later leaves the slot alone.
     */
    public void handOver() {
        int next = generation + 1;
        Iocb.data(request, UserData.of(index, next));
        generation = next;
    }

    /** Marks the slot as held back. */
    void holdBack(Consumer<Slot> then) {
        handOver();
        whenRoom = then;
        wasHeldBack = true;
    }

    /** Sets the next slot in the queue that the slot is in: of those held back, or of those offloaded. */
    void nextInQueue(Slot next) {
        nextInQueue = next;
    }

    /** Returns the next slot in that queue, or null. */
    Slot nextInQueue() {
        return nextInQueue;
    }

    /** Removes the slot from the queue, and returns its receiver. */
    Consumer<Slot> endHoldBack() {
        Consumer<Slot> then = whenRoom;
        whenRoom = null;
        nextInQueue = null;
        return then;
    }

    /** Returns {@code true} if the slot has been held back, and so is not held back again. */
    public boolean wasHeldBack() {
        return wasHeldBack;
    }

    /** Returns {@code true} if {@link #tryWithoutBlocking} has set {@code RWF_NOWAIT}. */
    public boolean isTriedWithoutBlocking() {
        return triedWithoutBlocking;
    }

    /** Returns the heuristic for attempts of this kind on this file. */
    public NowaitHeuristic nowait() {
        return opcode.isRead() ? file.reads() : file.writes();
    }

    /** Clears {@code RWF_NOWAIT}, if {@link #tryWithoutBlocking} set it. */
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
        // Before the key, see isTaken.
        Iocb.data(request, UserData.of(index, next));
        long address = 0;
        long count = 0;
        // Not a switch, see KernelAioContext. For a sync the kernel requires zeros.
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
     * Returns {@code true} if the kernel has accepted the iocb since it was last prepared: then it has written its key into
     * it. For a slot that may have been submitted, if an {@link Error} hides the result.
     */
    boolean isTaken() {
        return Iocb.key(request) != NOT_TAKEN;
    }

    /**
     * Returns {@code true} if the kernel has accepted an attempt, or another thread has begun a later one. The key is read
     * first: a later attempt writes its number before it resets the key.
     *
     * @param attempt the {@link #attempt} before the iocb was submitted
     */
    boolean isTaken(int attempt) {
        return isTaken() || UserData.generation(Iocb.data(request)) != attempt;
    }

    /**
     * Returns {@code true} if an attempt is not the present one: the slot has been retried, given to another thread, or
     * prepared for another operation.
     */
    public boolean isOver(int attempt) {
        return UserData.generation(Iocb.data(request)) != attempt;
    }

    /**
     * Links the call sites of {@link #isTaken} and {@link #isOver}, for all slots. They are called after an {@link Error},
     * which may be the lack of the memory that linking takes.
     */
    void linkRecovery() {
        isTaken(attempt());
        isOver(attempt());
    }

    /** Returns the number of the present attempt. For the thread that owns the slot. */
    public int attempt() {
        return generation;
    }

    private IovecArray iovecs() {
        if (iovecs == null) {
            iovecs = new IovecArray(arena);
        }
        return iovecs;
    }

    /** Notes that the operation waits for its resubmission from now on, in {@link System#nanoTime} nanoseconds. */
    void resubmitSince(long now) {
        waitingSince = now;
    }

    /** Returns the time since which the operation waits for its resubmission. */
    long waitingSince() {
        return waitingSince;
    }

    /** Counts an operation; returns {@code true} if it is the next one to be measured. */
    public boolean isDue() {
        return --untilMeasured <= 0;
    }

    /**
     * Measures the operation.
     *
     * @param now the time of its submission, in {@link System#nanoTime} nanoseconds, not zero
     * @param next the number of operations until the next one that is measured, at least one
     */
    public void measure(long now, int next) {
        startTime = now;
        untilMeasured = next;
    }

    /** Returns the time at which the operation was submitted; 0 if it is not measured. */
    public long startTime() {
        return startTime;
    }

    /** Returns {@code true} if an event belongs to this operation: not to an earlier one or an earlier attempt. */
    boolean isInFlight(int generationOfEvent) {
        return (boolean) IN_FLIGHT.getAcquire(this) && generation == generationOfEvent;
    }

    /** Returns the number of operations that were prepared in this slot. For any thread. */
    long prepareCount() {
        return (long) PREPARE_COUNT.getOpaque(this);
    }

    /** The consequence of an event for its operation. */
    enum Verdict {
        /** It has completed. */
        COMPLETED,
        /** It was short or interrupted: its iocb now describes the rest. */
        RESUBMIT,
        /** The kernel refused it, since it would have blocked. */
        WOULD_BLOCK
    }

    /**
     * Handles the result of a completion event.
     *
     * @param answer bytes, or -errno
     * @return the consequence
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
            // The kernel cannot restart an operation that a signal ended before it transferred a byte (fs/aio.c).
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
        interruptions = 0;
        return opcode.isRead() ? onShortRead(answer) : onShortWrite();
    }

    private Verdict endImpossible(long answer) {
        IMPOSSIBLE.log(Long.toString(answer), Long.toString(length - attemptStart));
        return end(-Errno.EIO);
    }

    /** Returns {@code true} if the operation was interrupted so often in a row that it must be submitted later. */
    boolean isInterruptedTooOften() {
        return interruptions >= INTERRUPTIONS;
    }

    // A filesystem may end a read anywhere (read(2)), so that only a repetition without progress is the end of the
    // file. Direct I/O repeats the block that was read in part.
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
        if (whole <= attemptStart || (whole != transferred && file.isAppending())) {
            // No progress from which direct I/O can continue, or an append, which would write the same bytes twice.
            return end(-Errno.EIO);
        }
        // A block that was written in part is written again from its beginning: same bytes, same position.
        transferred = whole;
        retarget();
        return Verdict.RESUBMIT;
    }

    /** Completes the operation without an event: the kernel refused its iocb. */
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

    /** Returns the {@code aio_data} of the present attempt. */
    long data() {
        return UserData.of(index, generation);
    }

    /** Returns its index in the table. */
    public int index() {
        return index;
    }

    /** Returns the address of a pointer to the iocb: an array of one for {@code io_submit}. */
    long pointer() {
        return pointer;
    }

    /** Returns the address of the iocb. */
    long iocbAddress() {
        return request;
    }

    /** Returns the operation. */
    public Opcode opcode() {
        return opcode;
    }

    /** Returns the position of the operation in the file, in bytes. */
    public long position() {
        return position;
    }

    /** Returns the length of the operation, in bytes. */
    public long length() {
        return length;
    }

    /** Returns the result: bytes, or -errno. */
    public int result() {
        return result;
    }

    /** Returns the number of bytes transferred, also if the operation failed. */
    public long transferred() {
        return transferred;
    }

    /** Returns the result that the operation completes, as given to {@link #prepare}; null if it has none. */
    public Waiter owner() {
        return owner;
    }

    /** Returns the user data, as given to {@link #prepare}. */
    public long userData() {
        return userData;
    }
}
