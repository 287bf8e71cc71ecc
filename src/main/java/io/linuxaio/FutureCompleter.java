package io.linuxaio;

import io.linuxaio.internal.engine.Log;
import io.linuxaio.internal.engine.RepeatedLog;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.reap.CompletionDispatcher;
import io.linuxaio.internal.engine.reap.Reaper;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * The completion dispatcher of a context: completes futures. For the owner of the ring lock, except {@link #refuse} and the
 * futures kept for the reaper.
 */
final class FutureCompleter implements CompletionDispatcher {
    private static final RepeatedLog REFUSALS = new RepeatedLog(
            Level.WARNING, "the completion executor refused; the future completes on the reaper thread");
    private static final RepeatedLog ERRORS = new RepeatedLog(Level.ERROR, "a callback threw");

    /** The number of tries in a row that triggered no dependent stage, after which the caller has to try again later. */
    private static final int MOST_VAIN_TRIES = 100;

    private static final long PAUSE_NANOS = 1_000_000;

    private final SlotPool pool;
    private final Executor executor;
    private final SubmitOffloader offloader;
    private final ContextCounters counters;
    private final JfrRecorder recorder;
    private final boolean callbacksInSubmit;

    // Set before the first operation.
    private Reaper reaper;
    private Runnable atEnd;

    // An intrusive list of futures whose result is known, oldest first. Changing it allocates and calls nothing, so
    // that no Error can lose a future.
    private AioFuture<?> first;
    private AioFuture<?> last;

    /** Futures with callbacks whose events another thread than the reaper has reaped, newest first. */
    private final AtomicReference<AioFuture<?>> kept = new AtomicReference<>();

    // Those that the reaper has removed from there, oldest first.
    private AioFuture<?> firstKept;

    // Most operations of a context move the same number of bytes: one boxed count serves them all.
    private Integer lastCount = 0;

    /**
     * @param pool the pool to which slots are released
     * @param executor the executor that completes futures; null for the reaping thread
     * @param helper submits operations that would have blocked; null if callers may block
     * @param counters the counters of the context
     * @param flight the recorder of the context
     * @param callbacksInSubmit {@code true} if callbacks of refused operations may run on the submitting thread
     */
    FutureCompleter(
            SlotPool pool,
            Executor executor,
            SubmitOffloader helper,
            ContextCounters counters,
            JfrRecorder flight,
            boolean callbacksInSubmit) {
        this.pool = pool;
        this.executor = executor;
        this.offloader = helper;
        this.counters = counters;
        this.recorder = flight;
        this.callbacksInSubmit = callbacksInSubmit;
    }

    /** Called again if an {@link Error} has ended it. */
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
        // Before the future completes: a callback may close the arena, or claim the slot.
        release(slot);
    }

    private void count(Slot slot) {
        try {
            counters.ended(slot);
        } catch (RuntimeException | Error e) {
            // A counter must not cost an operation.
        }
        flightEnded(slot);
    }

    private void flightEnded(Slot slot) {
        try {
            recorder.ended(slot);
        } catch (RuntimeException | Error e) {
            // A record must not cost an operation.
        }
    }

    @Override
    public void onWouldBlock(Slot slot) {
        counters.nowaitRefused();
        offloader.submit(slot);
    }

    @Override
    public void end() {
        if (offloader != null) {
            offloader.close();
        }
        atEnd.run();
    }

    @Override
    public void deliver(CompletionFeedback feedback) {
        counters.endRound();
        AioFuture<?> future;
        // Removed first, since callbacks may cause more to be added.
        while ((future = removeFirst()) != null) {
            try {
                if (executor == null) {
                    reportFeedback(future, feedback);
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

    /** Removes the oldest future. An empty list keeps none reachable. Calls nothing, so that no Error loses a future. */
    private AioFuture<?> removeFirst() {
        AioFuture<?> removed = first;
        if (removed != null) {
            first = removed.next;
            last = first == null ? null : last;
            removed.next = null;
        }
        return removed;
    }

    private void putBack(AioFuture<?> future) {
        future.next = first;
        last = first == null ? future : last;
        first = future;
    }

    private static void reportFeedback(AioFuture<?> future, CompletionFeedback feedback) {
        if (hasCallbacks(future)) {
            feedback.calledBack();
        } else if (future.isWaitedFor()) {
            feedback.waitedFor();
        }
    }

    // A callback attached between this look and the completion runs on the thread that completes, as documented.
    private static boolean hasCallbacks(AioFuture<?> future) {
        return !future.isDone() && (future.getNumberOfDependents() > 0 || future.startsOperations());
    }

    @Override
    public boolean deliverToWaiters() {
        counters.endRound();
        boolean some = false;
        AioFuture<?> future;
        while ((future = removeFirst()) != null) {
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
    public void deliverKept(CompletionFeedback feedback) {
        Leftovers.recover();
        while (firstKept != null || takeKept()) {
            AioFuture<?> next = firstKept;
            firstKept = next.next;
            next.next = null;
            try {
                feedback.calledBack();
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
        if (!tryHandOver(future)) {
            end(future);
        }
    }

    private boolean tryHandOver(AioFuture<?> future) {
        try {
            executor.execute(() -> endOnExecutor(future));
            return true;
        } catch (RuntimeException | Error e) {
            // An executor may be shut down, or unable to start a thread (an Error): the result must not be lost.
            REFUSALS.log(e);
            return false;
        }
    }

    /**
     * Completes the future of an operation that was refused, with its noted outcome. If it has callbacks, they run on the
     * executor or the reaper, unless they may run on the submitting thread.
     */
    void completeRefused(AioFuture<?> future) {
        if (callbacksInSubmit || future.isDone() || future.getNumberOfDependents() == 0) {
            complete(future);
        } else if (executor == null || !tryHandOver(future)) {
            keep(future);
            if (!requestDelivery()) {
                deliverElsewhere();
            }
        }
    }

    private boolean requestDelivery() {
        try {
            return reaper.requestDelivery();
        } catch (Error e) {
            // The reaper may wait in the kernel.
            return false;
        }
    }

    /** Completes the futures that the reaper, which has ended or cannot be woken, might not complete, on virtual threads. */
    private void deliverElsewhere() {
        AioFuture<?> newest = kept.getAndSet(null);
        AioFuture<?> oldest = null;
        while (newest != null) {
            AioFuture<?> older = newest.next;
            newest.next = oldest;
            oldest = newest;
            newest = older;
        }
        while (oldest != null) {
            AioFuture<?> future = oldest;
            oldest = future.next;
            future.next = null;
            endElsewhere(future);
        }
    }

    private static void endElsewhere(AioFuture<?> future) {
        try {
            BoundedNesting.runElsewhere(() -> endOnExecutor(future));
        } catch (Error e) {
            // No memory for the task. No other thread has the future any more.
            endOnExecutor(future);
        }
    }

    /**
     * Connects this object with its reaper. Called before the first operation.
     *
     * @param owner the reaper, which is created after this object
     * @param last runs after the last operation has completed
     */
    void start(Reaper owner, Runnable last) {
        reaper = owner;
        atEnd = last;
    }

    /**
     * Completes a future, and triggers all of its dependent stages. Exceptions of callbacks complete their own stages.
     *
     * <p>An {@link Error} out of a callback or its stage costs that stage only: the JDK removes it from the future before it
     * is triggered. So each such try triggers at least one of them, and the tries come to an end. A try that an
     * {@link OutOfMemoryError} ends earlier leaves all that are left, for the next one.
     *
     * @throws Error if the future could not be completed, or not all stages were triggered, for lack of memory for example:
     *     the caller tries again later
     */
    private static void end(AioFuture<?> future) {
        int dependents = -1;
        int vain = 0;
        while (true) {
            try {
                future.endAsNoted();
                return;
            } catch (RuntimeException | Error e) {
                if (!future.isDone()) {
                    throw e;
                }
                // The future is complete. Once more, for dependent stages that were not triggered.
                if (dependents < 0) {
                    ERRORS.log(e);
                }
                int left = future.getNumberOfDependents();
                vain = left == dependents ? vain + 1 : 0;
                dependents = left;
                if (left == 0) {
                    return;
                }
                if (vain == MOST_VAIN_TRIES) {
                    throw e;
                }
                if (e instanceof OutOfMemoryError) {
                    // Each try makes the JVM collect garbage: other threads need time to free memory.
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }
    }

    /** Completes a future on a thread of the executor, which no other thread can do: tries until there is memory for it. */
    private static void endOnExecutor(AioFuture<?> future) {
        boolean isEnded = false;
        while (!isEnded) {
            try {
                end(future);
                isEnded = true;
            } catch (RuntimeException | Error e) {
                Log.continueAfter(e);
            }
        }
    }

    /** Ends an operation that the kernel refused; {@link #complete} follows when no slot is held. */
    void refuse(Slot slot, AioFuture<?> future, int error) {
        slot.refuse(error);
        Object outcome = failure(slot);
        counters.refused();
        flightEnded(slot);
        future.note(outcome);
        // If an Error ends this, the submitting thread marks the slot, since the future must fail, too.
        slot.release();
        pool.release(slot);
        future.refusal = AioFuture.SLOT_RELEASED;
    }

    /** Completes a future with its noted outcome, and bounds nesting. */
    static void complete(AioFuture<?> future) {
        try {
            BoundedNesting.run(() -> end(future));
        } catch (OutOfMemoryError e) {
            end(future);
        }
    }

    /** Fails a future whose operation was not submitted, or whose outcome was lost for lack of memory. */
    static void fail(AioFuture<?> future, Throwable failure) {
        future.note(failure);
        end(future);
    }

    // A slot that cannot be released to the pool becomes one of the leftovers.
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
