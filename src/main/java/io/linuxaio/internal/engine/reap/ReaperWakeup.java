package io.linuxaio.internal.engine.reap;

import io.linuxaio.internal.engine.FileHandle;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.internal.kernel.ReleaseCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A wakeup of the thread that waits in {@code io_getevents}, by an event of its own: a read of {@code /dev/null}, which
 * completes inside {@code io_submit}.
 *
 * <p>Linux AIO has no other wakeup that works everywhere: the kernel refuses {@code IOCB_CMD_NOOP}, and a wait with a
 * timeout would keep an idle processor awake.
 */
public final class ReaperWakeup {
    private static final byte[] DEV_NULL = "/dev/null".getBytes(StandardCharsets.US_ASCII);
    private static final MemorySegment NOTHING = Arena.global().allocate(1);

    private final Kernel kernel;
    private final KernelAioContext engine;
    private final Slot slot;
    // Null before it is open.
    private FileHandle file;
    private State state = State.IDLE;
    private int attempt;
    private boolean ended;
    private volatile boolean refused;
    private volatile boolean untried;

    /** The progress of the present attempt. */
    private enum State {
        IDLE,
        /** The slot may hold the file. */
        PREPARING,
        /** The kernel may have accepted the iocb. */
        SUBMITTING,
        /** The kernel has accepted the iocb, and its event is not yet consumed. */
        PENDING
    }

    /**
     * Makes a wakeup, which {@link #open} has to open.
     *
     * @param slot a slot that only the wakeup uses
     */
    public ReaperWakeup(Kernel kernel, KernelAioContext engine, Slot slot) {
        this.kernel = kernel;
        this.engine = engine;
        this.slot = slot;
    }

    /** Opens the file that it reads. Called before another thread knows of the wakeup. */
    public void open() {
        int descriptor = kernel.open(DEV_NULL, OFlags.READ_ONLY | OFlags.CLOSE_ON_EXEC, 0);
        try {
            file = new FileHandle(kernel, Path.of("/dev/null"), descriptor);
        } finally {
            if (file == null && descriptor >= 0) {
                ReleaseCalls.close(kernel, descriptor);
            }
        }
    }

    /**
     * Returns {@code true} if a wakeup is possible: {@code /dev/null} is open and the kernel did not refuse to read it.
     */
    public boolean works() {
        return file != null && file.number() >= 0 && !refused;
    }

    /** Tests the wakeup before any thread relies on it. If the kernel returns EAGAIN, it is tested again later. */
    public synchronized void test() {
        refused = false;
        int result = attempt();
        refused = result < 0;
        untried = result == -Errno.EAGAIN;
    }

    /** Returns {@code true} if the kernel returned EAGAIN at the last test, so that the wakeup may work by now. */
    public boolean isUntested() {
        return untried;
    }

    /**
     * Submits the wakeup, unless one is in flight, this object has been {@link #end ended}, or wakeups are impossible.
     * Does not wait. If an {@link Error} ends it, another call tries again.
     *
     * @return {@code false} if the kernel refuses it
     */
    public synchronized boolean tryWake() {
        return attempt() >= 0;
    }

    // Each state is noted before the step that an Error may end. Only the next attempt finds out how far it came.
    private int attempt() {
        if (ended || !works()) {
            return 0;
        }
        settle();
        if (state == State.PENDING) {
            return 0;
        }
        state = State.PREPARING;
        slot.acquire(file, NOTHING);
        slot.prepare(Opcode.READ, 0, 1, null, 0);
        attempt = slot.attempt();
        state = State.SUBMITTING;
        int result = engine.submit(slot);
        if (result < 0) {
            state = State.PREPARING;
            slot.refuse(result);
            settle();
        } else {
            state = State.PENDING;
        }
        return result;
    }

    /** Ends an attempt that an {@link Error} has interrupted. */
    private void settle() {
        if (state == State.SUBMITTING) {
            state = engine.mayBeTaken(slot, attempt) ? State.PENDING : State.PREPARING;
        }
        if (state == State.PREPARING) {
            slot.release();
            state = State.IDLE;
        }
    }

    /** Consumes the event of a wakeup. Returns {@code false} if the slot belongs to an operation. */
    public boolean isWakeup(Slot completed) {
        if (completed != slot) {
            return false;
        }
        synchronized (this) {
            slot.release();
            state = State.IDLE;
        }
        return true;
    }

    /** Stops submitting wakeups, before the context is destroyed. */
    public synchronized void end() {
        if (ended) {
            return;
        }
        ended = true;
        if (file != null && file.number() >= 0) {
            ReleaseCalls.close(kernel, file.number());
        }
    }
}
