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

    /** For how long the kernel may take no event for now, in seconds. */
    private static final long PATIENCE_SECONDS = 1;

    private final Kernel kernel;
    private final Engine engine;
    private final Slot slot;
    private final OpenFile file;
    private boolean pending;
    private boolean over;

    /** @param slot a slot for the waker alone */
    Waker(Kernel kernel, Engine engine, Slot slot) {
        this.kernel = kernel;
        this.engine = engine;
        this.slot = slot;
        int descriptor = kernel.open(DEV_NULL, OpenFlag.READ_ONLY | OpenFlag.CLOSE_ON_EXEC, 0);
        file = new OpenFile(Path.of("/dev/null"), descriptor, 1, false, RequestFlags.NONE, new UseCount(() -> {}));
    }

    /** Whether there is a way to wake; without {@code /dev/null} there is none. */
    boolean works() {
        return file.descriptor() >= 0;
    }

    /**
     * Makes an event, unless one is on its way or the wait is over for good. Where the kernel refuses, there is none:
     * the reaper must look by itself in the end.
     */
    synchronized void wake() {
        if (pending || over || !works()) {
            return;
        }
        slot.hold(file, NOTHING);
        slot.prepare(Opcode.READ, 0, 1, null, 0);
        Backoff backoff = new Backoff(PATIENCE_SECONDS);
        int answer;
        do {
            answer = engine.submit(slot);
        } while (answer == -Errno.EAGAIN && backoff.pause());
        pending = answer > 0;
        if (!pending) {
            slot.refuse(answer);
            slot.letGo();
        }
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
        if (works()) {
            kernel.close(file.descriptor());
        }
    }
}
