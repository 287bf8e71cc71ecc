package io.linuxaio;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.StackRoom;
import io.linuxaio.internal.engine.SubmissionBatch;
import io.linuxaio.internal.engine.reap.Reaper;
import io.linuxaio.internal.kernel.Errno;
import java.util.concurrent.RejectedExecutionException;

/**
 * The submission side of a poller. Safe for use by any thread.
 *
 * <p>Once a slot is prepared, its operation is accepted and completes exactly once. Operations that the kernel refuses, or
 * does not accept for now, are left to the polling thread; and so are those for which an {@link Error} hides the result of
 * {@code io_submit}, unless the kernel has them.
 */
final class PollerSubmitter {
    /** The interval at which a thread that waits for a slot looks for slots left behind, in nanoseconds. */
    private static final long RECOVERY_NANOS = 100_000_000;

    /** That interval in a callback of a context, whose events are reaped meanwhile, in nanoseconds. */
    private static final long CALLBACK_NANOS = 1_000_000;

    private final KernelAioContext engine;
    private final SlotPool pool;
    private final PollerCompletions completions;
    private final ContextCounters counters;
    private final AioFullQueuePolicy policy;
    private final boolean strict;

    PollerSubmitter(
            KernelAioContext engine,
            SlotPool pool,
            PollerCompletions completions,
            ContextCounters counters,
            AioPoller.Builder settings) {
        this.engine = engine;
        this.pool = pool;
        this.completions = completions;
        this.counters = counters;
        policy = settings.policy();
        strict = settings.isStrict();
    }

    /**
     * Submits an operation, or leaves it to the polling thread.
     *
     * @param isTry {@code true} if a full queue returns {@code false}; otherwise the policy applies
     * @return {@code false}, without an effect, if the queue is full
     * @throws RejectedExecutionException if the poller is shut down, or the queue is full and the policy rejects or the
     *     thread cannot wait
     * @throws IllegalStateException if the memory is closed
     */
    boolean submit(
            Opcode opcode, AioFile file, Object memory, long position, long length, long userData, boolean isTry) {
        // Before anything is acquired.
        StackRoom.require();
        requireGuarded(memory);
        Leftovers.recover();
        Object counts = null;
        Slot slot = pool.tryAcquire();
        if (slot == null) {
            // Before the wait, in which a pooled buffer may be released and lent to another borrower.
            counts = ArenaRefs.ofMemory(memory);
            slot = acquireFromFull(isTry);
            if (slot == null) {
                return false;
            }
        }
        int state = prepare(slot, opcode, file, memory, counts, position, length, userData, 0);
        if (state == NOT_ACQUIRED) {
            throw Preconditions.closedMemory(memory);
        } else if (state == PREPARED) {
            submit(slot);
        }
        return true;
    }

    /** Refuses memory that can be freed while an operation uses it, if the poller is strict. */
    void requireGuarded(Object memory) {
        if (strict) {
            Preconditions.guarded(memory);
        }
    }

    /** Claims a slot if one is free and the poller is open, else returns null. */
    Slot tryAcquire() {
        return pool.tryAcquire();
    }

    /**
     * Claims a slot for the first of several operations; returns null if the queue is full, and the policy rejects or the
     * thread cannot wait.
     */
    Slot acquireFirst() {
        Slot slot = pool.tryAcquire();
        return slot != null ? slot : acquireFromFull(policy == AioFullQueuePolicy.REJECT || mustNotWait());
    }

    private Slot acquireFromFull(boolean isTry) {
        if (pool.isClosed()) {
            throw closed();
        }
        counters.queueFull();
        if (isTry) {
            return null;
        }
        if (policy == AioFullQueuePolicy.REJECT) {
            throw new RejectedExecutionException("the queue is full: " + pool.acquired() + " operations are in flight");
        }
        if (mustNotWait()) {
            throw new RejectedExecutionException(
                    "the queue is full, and this thread polls: it must not wait for a slot,"
                            + " which only a poll makes free; poll first");
        }
        return awaitSlot();
    }

    // In a handler of another poller the thread does not wait either: that poller's submitters may wait for it.
    private boolean mustNotWait() {
        return completions.isLastPolledBy(Thread.currentThread()) || OpenPollers.isDeliveredByCurrentThread();
    }

    private Slot awaitSlot() {
        boolean isCallback = Reaper.isAnyCurrentThread();
        Slot slot;
        do {
            Leftovers.recover();
            if (isCallback) {
                Reaper.takeEventsInCallback();
            }
            try {
                slot = pool.acquire(isCallback ? CALLBACK_NANOS : RECOVERY_NANOS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new RejectedExecutionException("interrupted while waiting for a slot of the full queue", e);
            }
        } while (slot == null && !pool.isClosed());
        if (slot == null) {
            throw closed();
        }
        return slot;
    }

    private static RejectedExecutionException closed() {
        return new RejectedExecutionException("the poller is shut down or closed");
    }

    /** The results of {@link #prepare}: to be submitted, failed at the next poll, or released. */
    static final int PREPARED = 0;

    static final int REFUSED = 1;

    static final int NOT_ACQUIRED = 2;

    /**
     * Prepares an operation in a claimed slot. If the file is closed, the operation fails with {@code EBADF} at the next
     * poll. If an {@link Error} is thrown, the slot is released.
     *
     * @param counts the reference counts of the memory, or null for the present ones
     * @param errorIfClosed -errno with which the operation fails at the next poll if the memory is closed; 0 to release the
     *     slot instead
     * @return {@link #PREPARED} if the slot must be submitted; {@link #REFUSED} if the operation fails at the next poll;
     *     {@link #NOT_ACQUIRED} if the slot was released
     */
    int prepare(
            Slot slot,
            Opcode opcode,
            AioFile file,
            Object memory,
            Object counts,
            long position,
            long length,
            long userData,
            int errorIfClosed) {
        try {
            boolean isHeld =
                    counts == null ? slot.acquire(file.handle(), memory) : slot.acquire(file.handle(), memory, counts);
            if (isHeld) {
                slot.prepare(opcode, position, length, null, userData);
                return PREPARED;
            }
            int error = file.isOpen() ? errorIfClosed : -Errno.EBADF;
            if (error != 0) {
                slot.prepareRefused(opcode, userData);
                engine.completeLater(slot, error);
                completions.kick();
                return REFUSED;
            }
            pool.release(slot);
            return NOT_ACQUIRED;
        } catch (Throwable e) {
            slot.isUnreleased = true;
            Slot.someLeft = true;
            Leftovers.recover();
            throw e;
        }
    }

    /** Submits a prepared slot. Throws nothing: the operation is accepted. */
    private void submit(Slot slot) {
        int attempt = slot.attempt();
        int answer;
        try {
            answer = engine.submit(slot);
        } catch (Throwable e) {
            answer = engine.mayBeTaken(slot, attempt) ? 1 : -Errno.EAGAIN;
        }
        if (answer < 0) {
            leave(slot, answer);
        }
    }

    /** Submits prepared slots with as few system calls as the kernel allows. Throws nothing: the operations are accepted. */
    void submit(SubmissionBatch slots) {
        while (slots.size() > 0) {
            int answer;
            try {
                answer = slots.submit(engine);
            } catch (Throwable e) {
                answer = slots.removeTaken(engine) > 0 ? 1 : -Errno.EAGAIN;
            }
            if (answer < 0) {
                // Without room in the kernel, the others would be refused likewise.
                do {
                    Slot slot = slots.slot(slots.first);
                    slots.first++;
                    leave(slot, answer);
                } while (answer == -Errno.EAGAIN && slots.size() > 0);
            }
        }
    }

    /** Leaves a slot that the kernel has not accepted to the polling thread. */
    private void leave(Slot slot, int answer) {
        if (answer == -Errno.EAGAIN) {
            engine.submitLater(slot);
        } else {
            engine.completeLater(slot, answer);
        }
        completions.kick();
    }
}
