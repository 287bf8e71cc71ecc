package io.linuxaio;

import io.linuxaio.internal.engine.Engine;
import io.linuxaio.internal.engine.Leader;
import io.linuxaio.internal.engine.Reaper;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.kernel.Errno;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/**
 * Brings operations to the kernel: finds a slot, waiting for one or rejecting as the context was told, and submits.
 *
 * <p>Safe for use by any thread. On the reaper thread it never waits for anybody but the kernel.
 */
final class Submitter {
    private final Engine engine;
    private final SlotPool pool;
    private final Reaper reaper;
    private final Leader leader;
    private final Deliveries deliveries;
    private final BlockingHelper helper;
    private final Counters counters;
    private final FlightLog flight;
    private final AioOverflow overflow;
    private final int depth;
    private final boolean strict;

    /**
     * @param leader lets threads that wait take events
     * @param helper submits what may block; null where callers may be held up
     */
    Submitter(
            Engine engine,
            SlotPool pool,
            Reaper reaper,
            Leader leader,
            Deliveries deliveries,
            BlockingHelper helper,
            Counters counters,
            FlightLog flight,
            AioContextBuilder settings) {
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
     * @throws InterruptedException if the thread is interrupted while it waits
     * @throws IllegalStateException if the context is closed
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
        requireOpen();
        leader.drain();
        Slot freed = pool.tryClaim();
        if (freed != null) {
            return freed;
        }
        counters.fullQueue();
        if (overflow == AioOverflow.REJECT) {
            throw new RejectedExecutionException("the queue is full: " + depth + " operations are in flight");
        }
        Slot slot = waitForPlace();
        if (slot == null) {
            throw closed();
        }
        return slot;
    }

    private Slot waitForPlace() throws InterruptedException {
        QueueFullEvent wait = flight.waitsForPlace();
        try {
            return reaper.isReaping() ? claimWhileReaping() : leader.claim();
        } finally {
            FlightLog.placed(wait);
        }
    }

    /** The thread that makes slots free does not wait for one: it takes events until one is. Null where closed. */
    private Slot claimWhileReaping() {
        Slot slot;
        while ((slot = pool.tryClaim()) == null && !pool.isClosed()) {
            reaper.help();
        }
        return slot;
    }

    /** Where the context is strict: refuses memory that somebody could free under an operation. */
    void requireGuarded(Object memory) {
        if (strict) {
            Checks.guarded(memory);
        }
    }

    void requireOpen() {
        if (pool.isClosed()) {
            throw closed();
        }
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the context is closed");
    }

    /** What the result of one operation arrives in. */
    <T> AioFuture<T> newFuture() {
        return new AioFuture<>(leader);
    }

    /** Gives back a slot that was not submitted. */
    void giveBack(Slot slot) {
        pool.release(slot);
    }

    /** Submits a prepared slot, or has it submitted. What the kernel refuses ends with the reason. */
    void submit(Slot slot) {
        if (begin(slot)) {
            // No events are taken here: a future that is complete on return would make a chain of callbacks recursive.
            submitNow(slot);
        }
    }

    /**
     * Begins to submit a prepared slot.
     *
     * @return whether the caller is to submit it, alone or with others; else it is on its way already, by another thread
     */
    boolean begin(Slot slot) {
        flight.begun(slot);
        return helper == null || helper.begin(slot);
    }

    /** Submits on this thread. */
    void submitNow(Slot slot) {
        OperationRecord record = flight.submitting(slot);
        Runnable news = trySubmit(slot, null);
        FlightLog.submitted(record);
        if (news != null) {
            BoundedNesting.run(news);
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

    /** Answers null, or what tells that the kernel refused. The patience is null for a single operation. */
    private Runnable trySubmit(Slot slot, SubmitPatience patience) {
        int answer = engine.submit(slot);
        if (answer == -Errno.EAGAIN) {
            answer = retry(slot, patience == null ? new SubmitPatience() : patience);
        }
        if (answer == -Errno.EOPNOTSUPP && slot.isTriedWithoutBlocking()) {
            slot.nowait().unsupported();
            helper.submit(slot);
            return null;
        }
        return answer < 0 ? deliveries.refuse(slot, answer) : null;
    }

    /**
     * Submits slots with as few system calls as the kernel allows.
     *
     * @param slots the slots, each after {@link #begin}
     * @param pointers the address of an array of pointers to their iocbs
     * @param count how many
     * @param patience with a kernel that takes no operation for now
     * @param news takes what tells of those that the kernel refused: to be run when none of the slots is held any more
     */
    void submit(Slot[] slots, long pointers, int count, SubmitPatience patience, List<Runnable> news) {
        OperationRecord[] records = flight.submitting(slots, count);
        int from = 0;
        while (from < count) {
            int answer = engine.submit(pointers + (long) Long.BYTES * from, count - from);
            if (answer > 0) {
                from += answer;
                patience.renew();
            } else {
                // The first was refused, for good or for now; alone it has the patience that a single one has.
                Runnable refusal = trySubmit(slots[from++], patience);
                if (refusal != null) {
                    news.add(refusal);
                }
            }
        }
        FlightLog.submitted(records);
    }
}
