package io.linuxaio.internal.engine;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.OpenFlag;
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
final class Waker {
    private static final byte[] DEV_NULL = "/dev/null".getBytes(StandardCharsets.US_ASCII);
    private static final MemorySegment NOTHING = Arena.global().allocate(1);

    /** For how long the kernel may take nothing for now, in seconds. */
    private static final long PATIENCE_SECONDS = 10;

    private final Kernel kernel;
    private final Engine engine;
    private final Slot slot;
    private final OpenFile file;
    private boolean pending;
    private boolean over;
    private volatile boolean refused;

    /** @param slot a slot for the waker alone */
    Waker(Kernel kernel, Engine engine, Slot slot) {
        this.kernel = kernel;
        this.engine = engine;
        this.slot = slot;
        int descriptor = kernel.open(DEV_NULL, OpenFlag.READ_ONLY | OpenFlag.CLOSE_ON_EXEC, 0);
        file = new OpenFile(Path.of("/dev/null"), descriptor, 1, false, new UseCount(() -> {}));
    }

    /** Whether there is a way to wake: none without {@code /dev/null}, or where its read was refused. */
    boolean works() {
        return file.descriptor() >= 0 && !refused;
    }

    /** Sees whether it works, before anybody relies on it. */
    void tryOut() {
        refused = !wake();
    }

    /**
     * Makes an event, unless one is on its way, the wait is over for good, or nobody relies on it.
     *
     * @return false where the kernel refuses it
     */
    synchronized boolean wake() {
        return wake(new Backoff(PATIENCE_SECONDS));
    }

    /** As {@link #wake}, without patience with a kernel that takes nothing for now. */
    synchronized void tryWake() {
        wake(null);
    }

    private boolean wake(Backoff patience) {
        if (pending || over || !works()) {
            return true;
        }
        slot.hold(file, NOTHING);
        slot.prepare(Opcode.READ, 0, 1, null, 0);
        pending = true;
        int answer;
        do {
            answer = engine.submit(slot);
        } while (answer == -Errno.EAGAIN && patience != null && patience.pause());
        if (answer < 0) {
            slot.refuse(answer);
            slot.letGo();
            pending = false;
        }
        return answer > 0;
    }

    /** Takes the event, if it is the waker's. */
    boolean takes(Slot ended) {
        if (ended != slot) {
            return false;
        }
        synchronized (this) {
            slot.letGo();
            pending = false;
        }
        return true;
    }

    /** Makes no events any more: the context is about to go. */
    synchronized void end() {
        over = true;
        if (file.descriptor() >= 0) {
            kernel.close(file.descriptor());
        }
    }
}
