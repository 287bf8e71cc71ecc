package io.linuxaio;

import io.linuxaio.internal.engine.Delivery;
import io.linuxaio.internal.engine.RepeatedLog;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;

/** Completes futures. For the thread whose turn it is to reap, but for {@link #refuse} and what was kept. */
final class Deliveries implements Delivery {
    private static final RepeatedLog REFUSALS = new RepeatedLog(Level.WARNING);
    private static final RepeatedLog ERRORS = new RepeatedLog(Level.ERROR);

    private final SlotPool pool;
    private final Executor executor;
    private final BlockingHelper helper;
    private final Counters counters;
    private final FlightLog flight;
    private final Runnable atEnd;
    private final ArrayDeque<AioFuture<?>> noted = new ArrayDeque<>();

    /** What has callbacks and was taken by another thread than the reaper. */
    private final Queue<AioFuture<?>> kept = new ConcurrentLinkedQueue<>();

    // Most operations of a context move the same number of bytes: one boxed count serves them all.
    private Integer lastCount = 0;

    /**
     * @param pool where slots go back to
     * @param executor where futures complete; null for the reaping thread
     * @param helper submits what would have blocked; null where nothing is tried without blocking
     * @param counters what is counted
     * @param flight what is recorded
     * @param atEnd runs when nothing comes any more
     */
    Deliveries(
            SlotPool pool,
            Executor executor,
            BlockingHelper helper,
            Counters counters,
            FlightLog flight,
            Runnable atEnd) {
        this.pool = pool;
        this.executor = executor;
        this.helper = helper;
        this.counters = counters;
        this.flight = flight;
        this.atEnd = atEnd;
    }

    @Override
    public void accept(Slot slot) {
        AioFuture<?> future = (AioFuture<?>) slot.owner();
        counters.ended(slot);
        flight.ended(slot);
        future.note(outcome(slot));
        // Before anybody hears of the result: who does may close the arena, or want the slot.
        release(slot);
        try {
            noted.add(future);
        } catch (OutOfMemoryError e) {
            // No room to remember it: then now, whoever may be in the middle of reaping.
            noted.remove(future);
            end(future);
        }
    }

    @Override
    public void wouldBlock(Slot slot) {
        counters.nowaitRefused();
        helper.submit(slot);
    }

    @Override
    public void end() {
        if (helper != null) {
            helper.close();
        }
        atEnd.run();
    }

    @Override
    public void deliver(Wishes wishes) {
        AioFuture<?> future;
        while ((future = noted.poll()) != null) {
            if (executor == null) {
                tellWish(future, wishes);
                end(future);
            } else {
                handOver(future);
            }
        }
    }

    private static void tellWish(AioFuture<?> future, Wishes wishes) {
        if (hasCallbacks(future)) {
            wishes.calledBack();
        } else if (future.isWaitedFor()) {
            wishes.waitedFor();
        }
    }

    // A callback attached between this look and the completion runs on the thread that completes, as documented.
    private static boolean hasCallbacks(AioFuture<?> future) {
        return !future.isDone() && future.getNumberOfDependents() > 0;
    }

    @Override
    public boolean deliverToWaiters() {
        boolean some = false;
        AioFuture<?> future;
        while ((future = noted.poll()) != null) {
            if (executor != null) {
                handOver(future);
            } else if (hasCallbacks(future)) {
                kept.add(future);
                some = true;
            } else {
                end(future);
                if (!future.isDone()) {
                    // This thread's stack is nearly used up, say. The reaper's is not.
                    kept.add(future);
                    some = true;
                }
            }
        }
        return some;
    }

    @Override
    public void deliverKept(Wishes wishes) {
        AioFuture<?> next;
        while ((next = kept.poll()) != null) {
            wishes.calledBack();
            end(next);
        }
    }

    private void handOver(AioFuture<?> future) {
        try {
            executor.execute(() -> end(future));
        } catch (RuntimeException | Error e) {
            // A result must not be lost with an executor that takes no more, or that can start no thread (an Error).
            REFUSALS.log("the completion executor refused; the future completes on the reaper thread", e);
            end(future);
        }
    }

    private static void end(AioFuture<?> future) {
        try {
            future.endAsNoted();
        } catch (RuntimeException | Error e) {
            ERRORS.log("a callback threw", e);
        }
    }

    /**
     * Ends an operation that the kernel did not take.
     *
     * @return tells who waits for it: to be run when nothing is held that a callback may wait for
     */
    Runnable refuse(Slot slot, int error) {
        AioFuture<?> future = (AioFuture<?>) slot.owner();
        slot.refuse(error);
        counters.refused();
        flight.ended(slot);
        future.note(Errors.ofOperation(slot));
        release(slot);
        return () -> end(future);
    }

    private void release(Slot slot) {
        slot.letGo();
        pool.release(slot);
    }

    private Object outcome(Slot slot) {
        if (slot.result() < 0) {
            return Errors.ofOperation(slot);
        }
        if (!slot.opcode().isTransfer()) {
            return null;
        }
        if (lastCount != slot.result()) {
            lastCount = slot.result();
        }
        return lastCount;
    }
}
