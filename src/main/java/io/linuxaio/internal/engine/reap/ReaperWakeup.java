package io.linuxaio.internal.engine.reap;

import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.OpenFile;
import io.linuxaio.internal.engine.RefCount;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.OFlags;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Ends a wait for events by making one: a read of {@code /dev/null}, which completes inside {@code io_submit}.
 *
 * <p>Linux AIO has no other way that works everywhere: {@code IOCB_CMD_NOOP} is refused, and a wait that looks up now
 * and then would keep an idle processor awake.
 */
final class ReaperWakeup {
    private static final byte[] DEV_NULL = "/dev/null".getBytes(StandardCharsets.US_ASCII);
    private static final MemorySegment NOTHING = Arena.global().allocate(1);

    private final Kernel kernel;
    private final KernelAioContext engine;
    private final Slot slot;
    private final OpenFile file;
    private boolean pending;
    private boolean over;
    private volatile boolean refused;
    private volatile boolean untried;

    /** @param slot a slot for the waker alone */
    ReaperWakeup(Kernel kernel, KernelAioContext engine, Slot slot) {
        this.kernel = kernel;
        this.engine = engine;
        this.slot = slot;
        int descriptor = kernel.open(DEV_NULL, OFlags.READ_ONLY | OFlags.CLOSE_ON_EXEC, 0);
        file = new OpenFile(Path.of("/dev/null"), descriptor, 1, false, new RefCount(() -> {}));
    }

    /** Whether there is a way to wake: none without {@code /dev/null}, or where its read was refused. */
    boolean works() {
        return file.descriptor() >= 0 && !refused;
    }

    /** Sees whether it works, before anybody relies on it. A kernel that takes nothing for now is asked again later. */
    synchronized void tryOut() {
        refused = false;
        int answer = attempt();
        refused = answer < 0;
        untried = answer == -Errno.EAGAIN;
    }

    /** Returns {@code true} if the kernel took nothing when it was tried out, so that it may work by now. */
    boolean isUntried() {
        return untried;
    }

    /**
     * Makes an event, unless one is on its way, the wait is over for good, or nobody relies on it. Does not wait.
     *
     * @return false where the kernel refuses it
     */
    synchronized boolean tryWake() {
        return attempt() >= 0;
    }

    private int attempt() {
        if (pending || over || !works()) {
            return 0;
        }
        slot.acquire(file, NOTHING);
        slot.prepare(Opcode.READ, 0, 1, null, 0);
        pending = true;
        int answer = engine.submit(slot);
        if (answer < 0) {
            slot.refuse(answer);
            slot.release();
            pending = false;
        }
        return answer;
    }

    /** Takes the event, if it is the waker's. */
    boolean takes(Slot ended) {
        if (ended != slot) {
            return false;
        }
        synchronized (this) {
            slot.release();
            pending = false;
        }
        return true;
    }

    /** Makes no events any more: the context is about to go. */
    synchronized void end() {
        if (over) {
            return;
        }
        over = true;
        if (file.descriptor() >= 0) {
            kernel.close(file.descriptor());
        }
    }
}
