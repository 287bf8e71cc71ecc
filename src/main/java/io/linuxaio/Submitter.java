package io.linuxaio;

import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.reap.LeaderFollowers;
import io.linuxaio.internal.engine.reap.Reaper;
import io.linuxaio.internal.kernel.Errno;
import java.util.concurrent.RejectedExecutionException;

/**
 * Brings operations to the kernel: finds a slot, waiting for one or rejecting as the context was told, and submits.
 *
 * <p>Safe for use by any thread. On the reaper thread it never waits for anybody but the kernel.
 */
final class Submitter {
    private final KernelAioContext engine;
    private final SlotPool pool;
    private final Reaper reaper;
    private final LeaderFollowers leader;
    private final FutureCompleter deliveries;
    private final SubmitOffloader helper;
    private final ContextCounters counters;
    private final JfrRecorder flight;
    private final AioFullQueuePolicy overflow;
    private final int depth;
    private final boolean strict;

    /**
     * @param leader lets threads that wait take events
     * @param helper submits what may block; null where callers may be held up
     */
    Submitter(
            KernelAioContext engine,
            SlotPool pool,
            Reaper reaper,
            LeaderFollowers leader,
            FutureCompleter deliveries,
            SubmitOffloader helper,
            ContextCounters counters,
            JfrRecorder flight,
            AioContext.Builder settings) {
        this.engine = engine;
        this.pool = pool;
        this.reaper = reaper;
        this.leader = leader;
        this.deliveries = deliveries;
        this.helper = helper;
        this.counters = counters;
        this.flight = flight;
        overflow = settings.overflow();
        depth = settings.queueDepth();
        strict = settings.isStrict();
    }

    /**
     * Claims a slot for one operation.
     *
     * @return the slot; null if the context is closed, or is closed while the thread waits
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws RejectedExecutionException if the queue is full and the context rejects
     */
    Slot claim() throws InterruptedException {
        Slot slot = pool.tryClaim();
        return slot == null ? claimFromFull() : slot;
    }

    /** Claims one more slot if there is a free one and the context is open, else answers null. */
    Slot tryClaim() {
        return pool.tryClaim();
    }

    private Slot claimFromFull() throws InterruptedException {
        if (isClosed()) {
            return null;
        }
        leader.drain();
        Slot freed = pool.tryClaim();
        if (freed != null) {
            return freed;
        }
        counters.queueFull();
        if (overflow == AioFullQueuePolicy.REJECT) {
            throw new RejectedExecutionException("the queue is full: " + depth + " operations are in flight");
        }
        return waitForPlace();
    }

    private Slot waitForPlace() throws InterruptedException {
        QueueFullEvent wait = flight.waitsForPlace();
        Slot slot = null;
        try {
            slot = reaper.isReaping() ? claimWhileReaping() : leader.claim();
        } finally {
            // Caught here: the call may throw where it begins.
            try {
                JfrRecorder.placed(wait);
            } catch (StackOverflowError | OutOfMemoryError e) {
                // A slot must not be lost for a record.
            }
        }
        return slot;
    }

    /** The thread that makes slots free does not wait for one: it takes events until one is. Null where closed. */
    private Slot claimWhileReaping() {
        Slot slot;
        while ((slot = pool.tryClaim()) == null && !pool.isClosed()) {
            Leftovers.recover();
            reaper.reapOnce();
        }
        return slot;
    }

    /** Where the context is strict: refuses memory that somebody could free under an operation. */
    void requireGuarded(Object memory) {
        if (strict) {
            Preconditions.guarded(memory);
        }
    }

    /** Returns {@code true} if the context takes no more operations. */
    boolean isClosed() {
        return pool.isClosed();
    }

    /** What the result of one operation arrives in. */
    <T> AioFuture<T> newFuture() {
        return new AioFuture<>(leader);
    }

    /** Gives back a slot that was not submitted. */
    void giveBack(Slot slot) {
        pool.release(slot);
    }

    /**
     * Submits a prepared slot, or has it submitted. What the kernel refuses ends with the reason. Where an {@link Error} is
     * thrown, the operation was not submitted.
     *
     * @param future the slot's owner
     */
    void submit(Slot slot, AioFuture<?> future) {
        if (begin(slot, future)) {
            // No events are taken here: a future that is complete on return would make a chain of callbacks recursive.
            future.isSubmitting = false;
            submitNow(slot, future);
        }
    }

    /**
     * Begins to submit a prepared slot.
     *
     * @return whether the caller is to submit it, alone or with others; else it is on its way already, by another thread
     */
    boolean begin(Slot slot, AioFuture<?> future) {
        try {
            future.isSubmitting = true;
            flight.begun(slot);
            return helper == null || helper.begin(slot);
        } catch (Throwable e) {
            // Where another thread may have it, this one must not touch it.
            if (!slot.offloaded) {
                slot.leftBy = future;
                Slot.someLeft = true;
                Leftovers.recover();
            }
            throw e;
        }
    }

    /** Submits on this thread, for another. */
    void submitNow(Slot slot) {
        submitNow(slot, (AioFuture<?>) slot.owner());
    }

    private void submitNow(Slot slot, AioFuture<?> future) {
        try {
            future.isSubmitting = true;
            OperationTrace record = flight.submitting(slot);
            boolean refused = !trySubmit(slot, future, null);
            JfrRecorder.submitted(record);
            if (refused) {
                FutureCompleter.tell(future);
            }
        } catch (Throwable e) {
            // Perhaps in the kernel, perhaps ended already.
            slot.leftBy = future;
            Slot.someLeft = true;
            Leftovers.recover();
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
     * Answers false where the kernel refused, which is to be told when nothing is held any more. The patience is null for a
     * single operation.
     */
    private boolean trySubmit(Slot slot, AioFuture<?> future, SubmitPatience patience) {
        int answer = engine.submit(slot);
        if (answer == -Errno.EAGAIN) {
            answer = retry(slot, patience == null ? new SubmitPatience() : patience);
        }
        if (answer == -Errno.EOPNOTSUPP && slot.isTriedWithoutBlocking()) {
            slot.nowait().unsupported();
            helper.submit(slot);
            return true;
        }
        if (answer < 0) {
            slot.refusal = answer;
            future.refusal = AioFuture.REFUSED;
            deliveries.refuse(slot, future, answer);
        }
        return answer >= 0;
    }

    /**
     * Submits slots with as few system calls as the kernel allows. Where an {@link Error} ends that, those that the kernel
     * did not take fail by their futures.
     *
     * @param slots the slots, each after {@link #begin}
     * @param futures their owners
     * @param pointers the address of an array of pointers to their iocbs
     * @param count how many
     * @param patience with a kernel that takes no operation for now
     * @param refused takes those that the kernel refused: to be told when none of the slots is held any more
     */
    void submit(
            Slot[] slots,
            AioFuture<?>[] futures,
            long pointers,
            int count,
            SubmitPatience patience,
            FutureChain refused) {
        int from = 0;
        try {
            refused.isSubmitting = true;
            OperationTrace[] records = flight.submitting(slots, count);
            while (from < count) {
                int answer = engine.submit(pointers + (long) Long.BYTES * from, count - from);
                if (answer > 0) {
                    from += answer;
                    patience.renew();
                } else {
                    // The first was refused, for good or for now; alone it has the patience that a single one has.
                    boolean taken = trySubmit(slots[from], futures[from], patience);
                    if (!taken) {
                        refused.add(futures[from]);
                    }
                    from++;
                }
            }
            JfrRecorder.submitted(records);
        } catch (Throwable e) {
            for (int i = from; i < count; i++) {
                slots[i].leftBy = futures[i];
            }
            Slot.someLeft = true;
            Leftovers.recover();
        }
    }
}
