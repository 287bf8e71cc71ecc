package io.linuxaio;

import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.SubmissionBatch;
import io.linuxaio.internal.engine.reap.LeaderFollowers;
import io.linuxaio.internal.engine.reap.Reaper;
import io.linuxaio.internal.kernel.Errno;
import java.util.concurrent.RejectedExecutionException;

/**
 * The submission side of a context: claims slots, by its policy for a full queue, and submits operations to the kernel.
 *
 * <p>Safe for use by any thread. On the reaper thread it waits for the kernel only, never for another thread.
 */
final class Submitter {
    private final KernelAioContext engine;
    private final SlotPool pool;
    private final Reaper reaper;
    private final LeaderFollowers leader;
    private final FutureCompleter completer;
    private final SubmitOffloader offloader;
    private final ContextCounters counters;
    private final JfrRecorder recorder;
    private final AioFullQueuePolicy fullQueuePolicy;
    private final int depth;
    private final boolean strict;

    /**
     * @param leader lets waiting threads reap
     * @param offloader submits operations that may block; null if callers may block
     */
    Submitter(
            KernelAioContext engine,
            SlotPool pool,
            Reaper reaper,
            LeaderFollowers leader,
            FutureCompleter completer,
            SubmitOffloader offloader,
            ContextCounters counters,
            JfrRecorder recorder,
            AioContext.Builder settings) {
        this.engine = engine;
        this.pool = pool;
        this.reaper = reaper;
        this.leader = leader;
        this.completer = completer;
        this.offloader = offloader;
        this.counters = counters;
        this.recorder = recorder;
        fullQueuePolicy = settings.overflow();
        depth = settings.queueDepth();
        strict = settings.isStrict();
    }

    /**
     * Claims a slot for one operation.
     *
     * @param file the file of the operation, which may have a policy of its own for a full queue
     * @return the slot; null if the context is closed, or is closed while the thread waits
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws RejectedExecutionException if the queue is full and the context rejects
     */
    Slot acquire(AioFile file) throws InterruptedException {
        Slot slot = pool.tryAcquire();
        return slot == null ? acquireFromFull(file.attributes().fullQueuePolicy()) : slot;
    }

    /** Claims a slot if one is free and the context is open, else returns null. */
    Slot tryAcquire() {
        return pool.tryAcquire();
    }

    private Slot acquireFromFull(AioFullQueuePolicy own) throws InterruptedException {
        if (isClosed()) {
            return null;
        }
        leader.drain();
        Slot freed = pool.tryAcquire();
        if (freed != null) {
            return freed;
        }
        counters.queueFull();
        if ((own == null ? fullQueuePolicy : own) == AioFullQueuePolicy.REJECT) {
            throw new RejectedExecutionException("the queue is full: " + depth + " operations are in flight");
        }
        return waitForSlot();
    }

    private Slot waitForSlot() throws InterruptedException {
        QueueFullEvent wait = recorder.waitsForSlot();
        Slot slot = null;
        try {
            slot = reaper.isReaping() ? acquireWhileReaping() : leader.acquire();
        } finally {
            // Caught here: the call may throw where it begins.
            try {
                JfrRecorder.placed(wait);
            } catch (StackOverflowError | OutOfMemoryError e) {
                // A record must not cost a slot.
            }
        }
        return slot;
    }

    /** Claims a slot on the reaping thread, which reaps until one is free. Returns null if the context is closed. */
    private Slot acquireWhileReaping() {
        Slot slot;
        while ((slot = pool.tryAcquire()) == null && !pool.isClosed()) {
            Leftovers.recover();
            reaper.reapOnce();
        }
        return slot;
    }

    /** Refuses memory that can be freed while an operation uses it, if the context is strict. */
    void requireGuarded(Object memory) {
        if (strict) {
            Preconditions.guarded(memory);
        }
    }

    /** Returns {@code true} if the context accepts no more operations. */
    boolean isClosed() {
        return pool.isClosed();
    }

    /** Returns the completer of the context's futures. */
    FutureCompleter completer() {
        return completer;
    }

    /** Returns a new future for one operation. */
    <T> AioFuture<T> newFuture() {
        return new AioFuture<>(leader);
    }

    /** Returns a new future for a transfer that consists of one operation. */
    <T> AioFuture<T> newFuture(FullTransfer transfer) {
        return new FullFuture<>(leader, transfer);
    }

    /** Recovers what an {@link Error} left. If another one ends that, the reaper continues when there is memory again. */
    void recover() {
        try {
            Leftovers.recover();
        } catch (Error e) {
            reaper.recoverLater();
            throw e;
        }
    }

    /** Makes the reaper recover what an {@link Error} left. */
    void recoverLater() {
        reaper.recoverLater();
    }

    /** Releases a slot that was not submitted to the pool. */
    void release(Slot slot) {
        pool.release(slot);
    }

    /**
     * Submits a prepared slot, or offloads it. If the kernel refuses it, the future fails. If an {@link Error} is thrown,
     * the operation was not submitted.
     *
     * @param future the slot's owner
     */
    void submit(Slot slot, AioFuture<?> future) {
        if (begin(slot, future)) {
            // No events are reaped here: a future that is complete on return would make a chain of callbacks recursive.
            future.isSubmitting = false;
            submitNow(slot, future);
        }
    }

    /**
     * Begins to submit a prepared slot.
     *
     * @return {@code true} if the caller must submit it, alone or with others; {@code false} if another thread does
     */
    boolean begin(Slot slot, AioFuture<?> future) {
        int attempt = slot.attempt();
        try {
            counters.started(slot);
            future.isSubmitting = true;
            recorder.onPrepared(slot);
            return offloader == null || offloader.begin(slot);
        } catch (Throwable e) {
            // Another thread may own the slot.
            slot.leftAttempt = attempt;
            slot.leftBy = future;
            Slot.someLeft = true;
            recover();
            if (future.isLeft) {
                throw e;
            }
            return false;
        }
    }

    /** Submits an offloaded slot on this thread. */
    void submitNow(Slot slot) {
        submitNow(slot, (AioFuture<?>) slot.owner());
    }

    private void submitNow(Slot slot, AioFuture<?> future) {
        int attempt = slot.attempt();
        try {
            future.isSubmitting = true;
            OperationTrace record = JfrRecorder.isOn() ? recorder.submitting(slot) : null;
            boolean refused = !trySubmit(slot, future, null);
            if (record != null) {
                JfrRecorder.submitted(record);
            }
            if (refused) {
                completer.completeRefused(future);
            }
        } catch (Throwable e) {
            // The operation may be in the kernel, or completed already, or belong to another thread.
            slot.leftAttempt = attempt;
            slot.leftBy = future;
            Slot.someLeft = true;
            recover();
            if (future.isLeft) {
                throw e;
            }
        }
    }

    private int retry(Slot slot, SubmitPatience patience) {
        int answer;
        do {
            if (reaper.isReaping()) {
                engine.submitLater(slot);
                return 1;
            }
            if (!patience.pause()) {
                return -Errno.EAGAIN;
            }
            answer = engine.submit(slot);
        } while (answer == -Errno.EAGAIN);
        patience.renew();
        return answer;
    }

    /**
     * Submits a slot. Returns {@code false} if the kernel refused it; the future then fails when no slot is held. The
     * patience is null for a single operation.
     */
    private boolean trySubmit(Slot slot, AioFuture<?> future, SubmitPatience patience) {
        int answer = engine.submit(slot);
        if (answer == -Errno.EAGAIN) {
            answer = retry(slot, patience == null ? new SubmitPatience() : patience);
        }
        if (answer == -Errno.EOPNOTSUPP && slot.isTriedWithoutBlocking()) {
            slot.nowait().unsupported();
            offloader.submit(slot);
            return true;
        }
        if (answer < 0) {
            future.refusal = AioFuture.REFUSED;
            completer.refuse(slot, future, answer);
        }
        return answer >= 0;
    }

    /**
     * Submits slots with as few system calls as the kernel allows. If an {@link Error} ends that, the futures of operations
     * that the kernel did not accept fail.
     *
     * @param batch has the slots, each after {@link #begin}, and their futures; it receives the futures of refused
     *     operations, to be failed when none of the slots is held
     * @param patience the retry policy for a kernel that accepts no operation for now
     */
    void submit(Requests batch, SubmitPatience patience) {
        SubmissionBatch slots = batch.slots();
        AioFuture<?>[] futures = batch.futures();
        FutureChain refused = batch.refused();
        try {
            refused.isSubmitting = true;
            OperationTrace[] records = JfrRecorder.isOn() ? recorder.submitting(slots) : null;
            while (slots.size() > 0) {
                int answer = slots.submit(engine);
                if (answer > 0) {
                    patience.renew();
                } else {
                    // The first was refused, permanently or for now; it is retried alone, as a single operation is.
                    AioFuture<?> future = futures[slots.first];
                    boolean taken = trySubmit(slots.slot(slots.first), future, patience);
                    if (!taken) {
                        refused.add(future);
                    }
                    slots.first++;
                }
            }
            if (records != null) {
                JfrRecorder.submitted(records);
            }
        } catch (Throwable e) {
            slots.leave(futures);
            recover();
        }
    }
}
