package io.linuxaio;

import io.linuxaio.internal.engine.DeviceLimit;
import io.linuxaio.internal.engine.Log;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.Threads;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Submits operations in the place of callers, which must not be held up in the kernel.
 *
 * <p>A caller submits an operation itself if its file has not refused {@code RWF_NOWAIT} lately and its device has
 * requests to spare. An operation that a full device holds back goes by the thread of its {@link DeviceLimit}; all others
 * go by the helper threads of the context. These wait for a filesystem (its locks, its allocation, a freeze), but not for
 * a device that this process keeps busy.
 *
 * <p>One helper thread lives as long as the context: so an operation can be handed over when no thread can be had. Another
 * comes while the first is busy, so that one frozen filesystem does not hold up the others at once. Both are daemons. The
 * queue in front of them has the context's depth, since an operation in it has a slot; nothing is allocated to hand over.
 */
final class SubmitOffloader {
    private static final long IDLE_SECONDS = 5;

    private final String name;
    private final ContextCounters counters;
    private final Consumer<Slot> submission;
    private final BlockingQueue<Slot> queue;
    private final Consumer<Slot> whenRoom = this::submitHeldBack;
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean hasSecond = new AtomicBoolean();
    private volatile boolean closed;
    private volatile Thread first;
    private volatile Thread second;

    /**
     * Makes the helper; {@link #start} sets it off.
     *
     * @param name what its threads are called
     * @param depth how many operations there can be
     * @param counters counts what is handed over
     * @param submission submits a slot on the calling thread, which may block
     */
    SubmitOffloader(String name, int depth, ContextCounters counters, Consumer<Slot> submission) {
        this.name = name + "-helper";
        this.counters = counters;
        this.submission = submission;
        queue = new ArrayBlockingQueue<>(depth);
    }

    /** Starts the thread that is always there. */
    void start() {
        Thread thread = Threads.daemon(name, this::runFirst);
        thread.start();
        first = thread;
    }

    /**
     * Begins to submit a prepared slot.
     *
     * @return true if the caller is to submit it; false if that is another thread's business now
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
        // Before it is another thread's.
        count(slot);
        if (!device.holdBack(slot, whenRoom)) {
            submit(slot);
        }
        return false;
    }

    /** Has a prepared slot submitted by a helper thread, which may block. */
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
        queue.add(slot);
        if (waiting.get() == 0 && hasSecond.compareAndSet(false, true)) {
            startSecond();
        }
    }

    private void startSecond() {
        boolean started = false;
        try {
            Thread thread = Threads.daemon(name + "-2", this::runSecond);
            second = thread;
            thread.start();
            started = true;
        } catch (OutOfMemoryError noThread) {
            // Then the first thread comes to it. The next operation tries again.
        } finally {
            if (!started) {
                hasSecond.set(false);
            }
        }
    }

    /** On the thread of a device, when there is room. What the filesystem may hold up goes to threads for that. */
    private void submitHeldBack(Slot slot) {
        if (slot.mustNotBlock()) {
            slot.file().device().limit().enter(slot);
            submission.accept(slot);
        } else {
            hand(slot);
        }
    }

    private void runFirst() {
        while (!closed) {
            serve(Long.MAX_VALUE);
        }
    }

    private void runSecond() {
        do {
            while (!closed && serve(IDLE_SECONDS)) {
                // The next one, then.
            }
            hasSecond.set(false);
            // One may have come after the wait was over, for which no thread was started.
        } while (!closed && !queue.isEmpty() && hasSecond.compareAndSet(false, true));
    }

    /** Submits the next operation. Returns false if none came for so many seconds. */
    private boolean serve(long seconds) {
        try {
            Slot slot = next(seconds);
            if (slot == null) {
                return false;
            }
            submitNow(slot);
        } catch (InterruptedException closing) {
            // Or a stranger's: the caller sees which.
        } catch (Throwable e) {
            // Out of memory, say. What is handed over still needs this thread.
            Log.goOnAfter(e);
        }
        return true;
    }

    private Slot next(long seconds) throws InterruptedException {
        waiting.incrementAndGet();
        try {
            return queue.poll(seconds, TimeUnit.SECONDS);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private void submitNow(Slot slot) {
        DeviceLimit device = slot.file().device().limit();
        if (slot.wasHeldBack() || !device.tryEnter(slot)) {
            if (!slot.wasHeldBack() && device.holdBack(slot, whenRoom)) {
                return;
            }
            device.enter(slot);
        }
        submission.accept(slot);
    }

    /** Ends the threads. Nothing may be in flight, and nothing comes any more. */
    void close() {
        closed = true;
        interrupt(first);
        interrupt(second);
    }

    private static void interrupt(Thread thread) {
        if (thread != null) {
            thread.interrupt();
        }
    }
}
