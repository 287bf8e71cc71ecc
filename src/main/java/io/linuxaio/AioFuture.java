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
 * The one object that is allocated for an operation. A thread that waits for it takes events in the meantime. Dependent
 * stages are ordinary futures.
 */
final class AioFuture<T> extends CompletableFuture<T> implements Waiter {
    private static final VarHandle WAITER;

    static {
        try {
            WAITER = MethodHandles.lookup().findVarHandle(AioFuture.class, "waiter", Thread.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    // Null where nothing is to be taken, and once the result is there: a result that is kept does not keep its context.
    private LeaderFollowers leader;
    private volatile Thread waiter;

    // Between its being known and its being told.
    private Object outcome;

    // The dispatcher's: the next of those that are to be told, and whether this one is or was among them. In the future
    // itself, so that to remember one allocates nothing; accessed without a call, since the end of the stack may be
    // near.
    AioFuture<?> next;
    boolean isNoted;

    /** True if an {@link Error} kept the operation from being submitted. */
    volatile boolean isLeft;

    /** Values of {@link #refusal}. */
    static final byte REFUSED = 1;

    static final byte SLOT_RELEASED = 2;

    // Written by the thread that submits, without a call: whether the submitter handles what an Error leaves of the
    // operation; and zero, that the kernel refused it, or that its slot was released since. In one byte, as a future of
    // every operation has it.
    boolean isSubmitting;
    byte refusal;

    /** @param leader lets threads that wait take events, and refuses waits that would not end */
    AioFuture(LeaderFollowers leader) {
        this.leader = leader;
    }

    /** Takes a result or an exception, which {@link #endAsNoted} tells. */
    void note(Object result) {
        outcome = result;
    }

    /** Returns what was noted, or null. */
    Object noted() {
        return outcome;
    }

    /** Ends it with what was noted. */
    void endAsNoted() {
        end(outcome);
    }

    /** Ends it with a result or an exception, and wakes the thread that sleeps until then. */
    @SuppressWarnings("unchecked") // Whoever prepares an operation knows what it answers.
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

    /** Whether a thread sleeps until the result is there. */
    boolean isWaitedFor() {
        return waiter != null;
    }

    // A thread that leads sleeps in the kernel and does not hear of results that come from elsewhere.
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

    private boolean tell(boolean changed) {
        if (changed) {
            wake(leader);
        }
        return changed;
    }

    @Override
    public boolean complete(T value) {
        return tell(super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable failure) {
        return tell(super.completeExceptionally(failure));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        return tell(super.cancel(mayInterruptIfRunning));
    }

    @Override
    public void obtrudeValue(T value) {
        super.obtrudeValue(value);
        tell(true);
    }

    @Override
    public void obtrudeException(Throwable failure) {
        super.obtrudeException(failure);
        tell(true);
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
