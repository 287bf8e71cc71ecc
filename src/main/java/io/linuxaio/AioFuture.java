package io.linuxaio;

import io.linuxaio.internal.engine.Waiter;
import io.linuxaio.internal.engine.reap.LeaderFollowers;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * The future of an operation, and the only object that is allocated for it. A thread that waits for it reaps completion
 * events meanwhile. Dependent stages are ordinary futures.
 */
class AioFuture<T> extends CompletableFuture<T> implements Waiter {
    private static final VarHandle WAITER;

    static {
        try {
            WAITER = MethodHandles.lookup().findVarHandle(AioFuture.class, "waiter", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Null if there is nothing to reap, and once the future is complete: a completed future does not keep its context
    // reachable.
    private LeaderFollowers leader;
    private volatile Thread waiter;

    // Set by note, from when the result is known until the future completes.
    private Object outcome;

    // For the dispatcher: the next future in its list, and whether this one is or was in the list. An intrusive list
    // allocates nothing. Accessed without a call, since the end of the stack may be near.
    AioFuture<?> next;
    boolean isNoted;

    /** True if an {@link Error} kept the operation from being submitted. */
    volatile boolean isLeft;

    /** Values of {@link #refusal}. */
    static final byte REFUSED = 1;

    static final byte SLOT_RELEASED = 2;

    // Written by the submitting thread, without a call: whether the submitter cleans up if an Error ends the
    // submission; and zero, or that the kernel refused the operation, or that its slot was released since. A byte,
    // since every operation has one.
    boolean isSubmitting;
    volatile byte refusal;

    /** @param leader lets waiting threads reap, and refuses waits that would not end */
    AioFuture(LeaderFollowers leader) {
        this.leader = leader;
    }

    /**
     * Returns {@code true} if completing the future starts operations, which a thread that waits for a result must not do:
     * the queue may be full.
     */
    boolean startsOperations() {
        return false;
    }

    /** Notes a result or an exception, with which {@link #endAsNoted} completes the future. */
    void note(Object result) {
        outcome = result;
    }

    /** Returns the noted result or exception, or null. */
    Object noted() {
        return outcome;
    }

    /** Completes the future with the noted result or exception. */
    void endAsNoted() {
        end(outcome);
    }

    /** Completes the future with a result or an exception, and wakes the thread that is parked until then. */
    @SuppressWarnings("unchecked") // The opcode determines the type of the result.
    void end(Object result) {
        if (result instanceof Throwable failure) {
            super.completeExceptionally(failure);
        } else {
            super.complete((T) result);
        }
        LeaderFollowers present = leader;
        leader = null;
        wake(present);
    }

    /** Returns {@code true} if a thread is parked until the future completes. */
    boolean isWaitedFor() {
        return waiter != null;
    }

    // The leader waits in the kernel, where unparking does not reach it.
    private void wake(LeaderFollowers present) {
        Thread asleep = waiter;
        if (asleep != null && asleep != Thread.currentThread()) {
            LockSupport.unpark(asleep);
            if (present != null) {
                present.interruptWait(asleep);
            }
        }
    }

    @Override
    public Thread waitingThread() {
        return waiter;
    }

    @Override
    public boolean beginWaiting() {
        return WAITER.compareAndSet(this, null, Thread.currentThread());
    }

    @Override
    public void endWaiting() {
        waiter = null;
    }

    @Override
    public T join() {
        await(LeaderFollowers.FOREVER, false);
        return super.join();
    }

    @Override
    public T get() throws InterruptedException, ExecutionException {
        await(LeaderFollowers.FOREVER, true);
        return super.get();
    }

    @Override
    public T get(long timeout, TimeUnit unit) throws InterruptedException, ExecutionException, TimeoutException {
        long start = System.nanoTime();
        long nanos = unit.toNanos(timeout);
        await(nanos, true);
        return super.get(nanos - (System.nanoTime() - start), TimeUnit.NANOSECONDS);
    }

    private void await(long nanos, boolean interruptibly) {
        LeaderFollowers present = leader;
        if (present != null && !isDone()) {
            present.await(this, nanos, interruptibly);
        }
    }

    private boolean complete(boolean changed) {
        if (changed) {
            wake(leader);
        }
        return changed;
    }

    @Override
    public boolean complete(T value) {
        return complete(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return complete(super.completeExceptionally(failure));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return complete(super.cancel(mayInterruptIfRunning));
    }

    @Override
    public void obtrudeValue(T value) {
        super.obtrudeValue(value);
        complete(true);
    }

    @Override
    public void obtrudeException(Throwable failure) {
        super.obtrudeException(failure);
        complete(true);
    }

    @Override
    public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
        executor.execute(() -> {
            try {
                complete(supplier.get());
            } catch (Throwable e) {
                completeExceptionally(e);
            }
        });
        return this;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
        return new CompletableFuture<>();
    }
}
