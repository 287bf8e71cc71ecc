package io.linuxaio;

import io.linuxaio.internal.engine.RepeatedLog;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.reap.CompletionDispatcher;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Completes futures. For the thread whose turn it is to reap, but for {@link #refuse} and what was kept. */
final class FutureCompleter implements CompletionDispatcher {
    private static final RepeatedLog REFUSALS = new RepeatedLog(Level.WARNING);
    private static final RepeatedLog ERRORS = new RepeatedLog(Level.ERROR);

    /** How often stages that have not heard of a result are looked for, after an Error in the middle of that. */
    private static final int MOST_TRIES = 1000;

    private static final long PAUSE_NANOS = 1_000_000;

    private final SlotPool pool;
    private final Executor executor;
    private final SubmitOffloader helper;
    private final ContextCounters counters;
    private final JfrRecorder flight;
    private final Runnable atEnd;
    // Futures whose result is known, linked in themselves, oldest first: what is done to the list allocates and calls
    // nothing, so that no Error can lose one.
    private AioFuture<?> first;
    private AioFuture<?> last;

    /** What has callbacks and was taken by another thread than the reaper, newest first. */
    private final AtomicReference<AioFuture<?>> kept = new AtomicReference<>();

    // Those that the reaper has taken from there, oldest first.
    private AioFuture<?> firstKept;

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
    FutureCompleter(
            SlotPool pool,
            Executor executor,
            SubmitOffloader helper,
            ContextCounters counters,
            JfrRecorder flight,
            Runnable atEnd) {
        this.pool = pool;
        this.executor = executor;
        this.helper = helper;
        this.counters = counters;
        this.flight = flight;
        this.atEnd = atEnd;
    }

    /** Called again where an {@link Error} has ended it. */
    @Override
    public void onCompletion(Slot slot) {
        AioFuture<?> future = (AioFuture<?>) slot.owner();
        if (future != null && !future.isNoted) {
            Object outcome = outcome(slot);
            count(slot);
            future.note(outcome);
            future.isNoted = true;
            if (first == null) {
                first = future;
            } else {
                last.next = future;
            }
            last = future;
        }
        // Before anybody hears of the result: who does may close the arena, or want the slot.
        release(slot);
    }

    private void count(Slot slot) {
        try {
            counters.ended(slot);
        } catch (RuntimeException | Error e) {
            // An operation must not be lost for a figure.
        }
        flightEnded(slot);
    }

    private void flightEnded(Slot slot) {
        try {
            flight.ended(slot);
        } catch (RuntimeException | Error e) {
            // An operation must not be lost for a record of it.
        }
    }

    @Override
    public void onWouldBlock(Slot slot) {
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
    public void deliver(CompletionFeedback wishes) {
        AioFuture<?> future;
        while ((future = first) != null) {
            // Taken off first, since callbacks may have more noted.
            first = future.next;
            future.next = null;
            try {
                if (executor == null) {
                    tellWish(future, wishes);
                    end(future);
                } else {
                    handOver(future);
                }
            } catch (RuntimeException | Error e) {
                putBack(future);
                throw e;
            }
        }
    }

    private void putBack(AioFuture<?> future) {
        future.next = first;
        last = first == null ? future : last;
        first = future;
    }

    private static void tellWish(AioFuture<?> future, CompletionFeedback wishes) {
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
        while ((future = first) != null) {
            first = future.next;
            future.next = null;
            try {
                if (executor != null) {
                    handOver(future);
                } else if (hasCallbacks(future)) {
                    keep(future);
                    some = true;
                } else {
                    end(future);
                }
            } catch (RuntimeException | Error e) {
                future.next = first;
                last = first == null ? future : last;
                first = future;
                throw e;
            }
        }
        return some;
    }

    private void keep(AioFuture<?> future) {
        AioFuture<?> before;
        do {
            before = kept.get();
            future.next = before;
        } while (!kept.compareAndSet(before, future));
    }

    @Override
    public void recover() {
        Leftovers.recover();
    }

    @Override
    public void deliverKept(CompletionFeedback wishes) {
        Leftovers.recover();
        while (firstKept != null || takeKept()) {
            AioFuture<?> next = firstKept;
            firstKept = next.next;
            next.next = null;
            try {
                wishes.calledBack();
                end(next);
            } catch (RuntimeException | Error e) {
                next.next = firstKept;
                firstKept = next;
                throw e;
            }
        }
    }

    private boolean takeKept() {
        AioFuture<?> newest = kept.getAndSet(null);
        while (newest != null) {
            AioFuture<?> older = newest.next;
            newest.next = firstKept;
            firstKept = newest;
            newest = older;
        }
        return firstKept != null;
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

    /**
     * Completes a future. What its callbacks throw is its dependent stages' business.
     *
     * @throws Error if it could not be completed, out of memory say: it is to be tried again
     */
    private static void end(AioFuture<?> future) {
        for (int i = 0; i < MOST_TRIES; i++) {
            try {
                future.endAsNoted();
                return;
            } catch (RuntimeException | Error e) {
                if (!future.isDone()) {
                    throw e;
                }
                // The result is there. Once more, for the stages that have not heard of it.
                if (i == 0) {
                    ERRORS.log("a callback threw", e);
                }
                if (e instanceof OutOfMemoryError) {
                    // Each try makes the JVM collect: other threads must come to free memory.
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    /** Ends an operation that the kernel did not take: {@link #tell} is to follow when nothing is held. */
    void refuse(Slot slot, AioFuture<?> future, int error) {
        slot.refuse(error);
        Object outcome = failure(slot);
        counters.refused();
        flightEnded(slot);
        future.note(outcome);
        // Not one of the leftovers by itself: the thread that submits sees to it, since the future is to be told, too.
        slot.release();
        pool.release(slot);
        future.refusal = AioFuture.SLOT_RELEASED;
    }

    /** Completes a future with what was noted. */
    static void tell(AioFuture<?> future) {
        try {
            BoundedNesting.run(() -> end(future));
        } catch (OutOfMemoryError e) {
            end(future);
        }
    }

    /** Fails a future whose operation was not submitted, or whose outcome there was no memory to tell. */
    static void fail(AioFuture<?> future, Throwable failure) {
        future.note(failure);
        end(future);
    }

    // Where the slot itself cannot be given back, it is one of the leftovers: it waits for nothing else.
    private void release(Slot slot) {
        slot.release();
        try {
            pool.release(slot);
        } catch (Error e) {
            slot.isUnreleased = true;
            Slot.someLeft = true;
            throw e;
        }
    }

    private Object outcome(Slot slot) {
        if (slot.result() < 0) {
            return failure(slot);
        }
        if (!slot.opcode().isTransfer()) {
            return null;
        }
        if (lastCount != slot.result()) {
            lastCount = slot.result();
        }
        return lastCount;
    }

    private static Object failure(Slot slot) {
        try {
            return Errors.ofOperation(slot);
        } catch (OutOfMemoryError e) {
            return Errors.OUT_OF_MEMORY;
        }
    }
}
