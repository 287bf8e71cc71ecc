package io.linuxaio;

import io.linuxaio.internal.engine.DeviceLimit;
import io.linuxaio.internal.engine.Log;
import io.linuxaio.internal.engine.OffloadQueue;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.Threads;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;

/**
 * The helper threads of a {@link AioSubmitMode#NON_BLOCKING} context, to which it offloads submissions that may block.
 *
 * <p>A caller submits an operation itself if its file has not refused {@code RWF_NOWAIT} lately and its device has
 * requests to spare. If a full device holds an operation back, the thread of its {@link DeviceLimit} submits it; the helper
 * threads of the context submit all others. They block for a filesystem (its locks, its allocation, a freeze), but not for
 * a device that this process keeps busy.
 *
 * <p>One helper thread lives as long as the context, so that an operation can be offloaded if no thread can be started. Others
 * are started while the first is busy, so that one frozen filesystem does not delay the others ({@link OffloadQueue}). All
 * are daemons.
 */
final class SubmitOffloader {
    private static final long IDLE_SECONDS = 5;

    private final String name;
    private final ThreadFactory factory;
    private final ContextCounters counters;
    private final OffloadQueue queue = new OffloadQueue();
    private final Consumer<Slot> whenRoom = this::submitHeldBack;
    private final AtomicReferenceArray<Thread> threads = new AtomicReferenceArray<>(OffloadQueue.MOST_THREADS);
    private volatile boolean closed;

    // Set before the first operation.
    private Consumer<Slot> submission;

    /**
     * Creates the helper; {@link #start} starts its thread.
     *
     * @param name the prefix of the names of its threads
     * @param factory creates the threads; null for daemons with that prefix
     * @param counters counts offloaded operations
     */
    SubmitOffloader(String name, ThreadFactory factory, ContextCounters counters) {
        this.name = name + "-helper";
        this.factory = factory;
        this.counters = counters;
    }

    /**
     * Starts the permanent thread. Called before the first operation.
     *
     * @param submission submits a slot on the calling thread, which may block
     */
    void start(Consumer<Slot> submission) {
        this.submission = submission;
        start(0, name, this::runFirst);
    }

    /**
     * Begins to submit a prepared slot.
     *
     * @return {@code true} if the caller must submit it; {@code false} if another thread does
     */
    boolean begin(Slot slot) {
        slot.beginUnblocked();
        if (!slot.opcode().isTransfer()) {
            return true;
        }
        if (!slot.tryWithoutBlocking()) {
            submit(slot);
            return false;
        }
        DeviceLimit device = slot.file().device().limit();
        if (device.tryEnter(slot)) {
            return true;
        }
        // Before the slot belongs to another thread.
        count(slot);
        if (!device.holdBack(slot, whenRoom)) {
            submit(slot);
        }
        return false;
    }

    /** Offloads a prepared slot to a helper thread, which may block. */
    void submit(Slot slot) {
        slot.leaveDevice();
        slot.allowBlocking();
        count(slot);
        hand(slot);
    }

    private void count(Slot slot) {
        if (slot.offload()) {
            counters.offloaded();
        }
    }

    private void hand(Slot slot) {
        slot.handOver();
        int thread = queue.add(slot);
        if (thread > 0) {
            startAnother(thread);
        }
    }

    private void startAnother(int number) {
        boolean started = false;
        try {
            start(number, name + "-" + (number + 1), () -> runAnother(number));
            started = true;
        } catch (RuntimeException | Error noThread) {
            // The operation is in the queue, and another thread submits it. The next operation tries again.
        } finally {
            if (!started) {
                queue.dismiss(number);
            }
        }
    }

    private void start(int number, String called, Runnable work) {
        Thread thread = Threads.by(factory, called, work);
        threads.set(number, thread);
        thread.start();
    }

    /** Submits, on the thread of a device, an operation for which there is room; offloads it if it may block. */
    private void submitHeldBack(Slot slot) {
        if (slot.mustNotBlock()) {
            enter(slot);
            submission.accept(slot);
        } else {
            hand(slot);
        }
    }

    private static void enter(Slot slot) {
        try {
            slot.file().device().limit().enter(slot);
        } catch (RuntimeException | Error e) {
            // The bound of the device must not cost an operation.
        }
    }

    private void runFirst() {
        while (!closed) {
            serve(0, Long.MAX_VALUE);
        }
    }

    private void runAnother(int number) {
        while (!closed && serve(number, IDLE_SECONDS)) {
            // Continue with the next operation.
        }
    }

    /** Submits the next operation. Returns {@code false} if none arrived for so many seconds. */
    private boolean serve(int number, long seconds) {
        try {
            Slot slot = queue.take(number, seconds);
            if (slot == null) {
                return false;
            }
            submitNow(slot);
        } catch (InterruptedException closing) {
            // An interrupt by close or by other code: the caller checks which.
        } catch (Throwable e) {
            // Out of memory, for example. Offloaded operations still need this thread.
            Log.continueAfter(e);
        }
        return true;
    }

    private void submitNow(Slot slot) {
        if (!tryHoldBack(slot)) {
            submission.accept(slot);
        }
    }

    /** Counts the slot as in flight at its device, or lets the device hold it back. Returns {@code true} if it is held back. */
    private boolean tryHoldBack(Slot slot) {
        int attempt = slot.attempt();
        try {
            DeviceLimit device = slot.file().device().limit();
            if (slot.wasHeldBack() || !device.tryEnter(slot)) {
                if (!slot.wasHeldBack() && device.holdBack(slot, whenRoom)) {
                    return true;
                }
                device.enter(slot);
            }
            return false;
        } catch (RuntimeException | Error e) {
            // The bound of the device must not cost an operation, which belongs to this thread unless it was handed
            // over.
            return slot.isOver(attempt);
        }
    }

    /** Ends the threads. Nothing may be in flight, and no further operation arrives. */
    void close() {
        closed = true;
        for (int i = 0; i < threads.length(); i++) {
            Thread thread = threads.get(i);
            if (thread != null) {
                thread.interrupt();
            }
        }
    }
}
