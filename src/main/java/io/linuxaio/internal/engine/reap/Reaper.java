package io.linuxaio.internal.engine.reap;

import io.linuxaio.internal.engine.CompletionSink;
import io.linuxaio.internal.engine.FailureRun;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Latch;
import io.linuxaio.internal.engine.Log;
import io.linuxaio.internal.engine.RepeatedLog;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.Threads;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.ReleaseCalls;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The reaper of one context: the thread that reaps completion events, delivers results, and destroys the context after
 * it has been closed.
 *
 * <p>While waiting threads reap for themselves ({@link LeaderFollowers}), the reaper leaves the ring to them and polls
 * it at intervals for events that none of them reaped. The thread is a daemon, and a platform thread, since a wait in
 * the kernel would pin a virtual thread's carrier.
 */
public final class Reaper {
    /** The interval between polls of a ring that is left to waiting threads, in nanoseconds. */
    static final long IDLE_POLL_NANOS = 1_000_000;

    /**
     * The interval between checks while closing, in nanoseconds. A submitter that finds the queue closed releases its
     * slot without an event that would wake the reaper.
     */
    private static final long CLOSING_NANOS = 5_000_000;

    /** The interval between checks for a close if the reaper cannot be woken, in nanoseconds. */
    private static final long NO_WAKEUP_NANOS = 50_000_000;

    /** The interval between attempts to release what an {@link Error} left, in nanoseconds. */
    private static final long RECOVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The timeout for events in a callback that waits for a slot, in nanoseconds. */
    private static final long CALLBACK_REAP_NANOS = 1_000_000;

    /** The time after which {@link #awaitEnd} gives up on a kernel that refuses wakeups or events, in nanoseconds. */
    private static final long UNRESPONSIVE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** The interval at which {@link #awaitEnd} checks for such a kernel, in nanoseconds. */
    private static final long CHECK_NANOS = 200_000_000;

    /** The timeout of a callback that waits for a slot while io_getevents fails, in nanoseconds. */
    private static final long SLOT_TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** The reapers of all open contexts. */
    private static final Set<Reaper> OPEN = ConcurrentHashMap.newKeySet();

    /** The reaper threads that factories of users have made. */
    private static final Set<Thread> MADE = ConcurrentHashMap.newKeySet();

    /** True if the thread of a closed context may wait in the kernel, and could not be woken. */
    private static volatile boolean someAsleep;

    private final KernelAioContext engine;
    private final SlotPool pool;
    private final RingLock lock;
    private final CompletionDispatcher dispatcher;
    private final ReaperWakeup wakeup;
    private final CompletionSink sink;
    private final AdaptiveReapPolicy policy;
    private final Thread thread;
    private final Latch ended = new Latch();
    private volatile boolean isStarted;
    private volatile boolean isAbandoned;
    private volatile boolean closing;
    private volatile boolean cannotBeWoken;
    private final FailureRun failures = new FailureRun();
    private final RepeatedLog errors = new RepeatedLog(Level.ERROR, "the reaper continues after an error");
    private final RepeatedLog refusals = new RepeatedLog(Level.ERROR, "io_getevents failed: {0}");
    private final RepeatedLog notClosing = new RepeatedLog(
            Level.ERROR, "the context of {0} does not close, since the kernel refuses {1}; its thread keeps trying");
    private final RepeatedLog notWoken = new RepeatedLog(
            Level.WARNING, "no thread can be started to wake the reaper; wait for its termination, or close again");
    private volatile boolean signalled;
    private volatile boolean isOver;
    private long lastCallerReaps;

    // Written by the reaper thread only.
    private final AtomicLong wakeups = new AtomicLong();

    /**
     * Creates the reaper without starting its thread; {@link #start} does.
     *
     * @param kernel the system calls
     * @param engine the kernel context to reap
     * @param pool the slots in use by operations
     * @param spare a slot outside the pool, used to wake the reaper
     * @param lock the ownership of the completion ring
     * @param policy decides whether the ring is left to waiting threads
     * @param dispatcher receives completed operations
     * @param name the name of the thread
     * @param factory creates the thread; null for a daemon of that name
     */
    public Reaper(
            Kernel kernel,
            KernelAioContext engine,
            SlotPool pool,
            Slot spare,
            RingLock lock,
            AdaptiveReapPolicy policy,
            CompletionDispatcher dispatcher,
            String name,
            ThreadFactory factory) {
        this.engine = engine;
        this.pool = pool;
        this.lock = lock;
        this.dispatcher = dispatcher;
        this.policy = policy;
        wakeup = new ReaperWakeup(kernel, engine, spare);
        sink = new CompletionSink() {
            @Override
            public void onCompletion(Slot slot) {
                if (!wakeup.isWakeup(slot)) {
                    dispatcher.onCompletion(slot);
                }
            }

            @Override
            public void onWouldBlock(Slot slot) {
                dispatcher.onWouldBlock(slot);
            }
        };
        thread = factory == null ? new ReaperThread(name) : Threads.by(factory, name, this::runOnMadeThread);
        lock.reserveFor(thread);
    }

    /** Starts the thread. If it cannot be started, the resources of the reaper are released. */
    public void start() {
        boolean started = false;
        try {
            lock.register();
            OPEN.add(this);
            wakeup.open();
            // Tested first: a wait without a timeout that no event ends would block the close forever.
            wakeup.test();
            thread.start();
            isStarted = true;
            started = true;
        } finally {
            if (!started) {
                abandon();
            }
        }
    }

    /** Releases the resources of a reaper whose thread was not started. A second call has no effect. */
    public void abandon() {
        isAbandoned = true;
        OPEN.remove(this);
        wakeup.end();
        lock.unregister();
    }

    /** Reaps on a thread that a user's factory has made. If the factory itself has started it, the reaper is abandoned. */
    private void runOnMadeThread() {
        while (!isStarted && !isAbandoned) {
            LockSupport.parkNanos(CLOSING_NANOS);
        }
        if (isAbandoned) {
            return;
        }
        Thread self = Thread.currentThread();
        MADE.add(self);
        try {
            reapInSpiteOfErrors();
        } finally {
            MADE.remove(self);
        }
    }

    /**
     * Reaps until the context is destroyed. What handles an Error may throw another one itself: at its first use, a class has
     * to be found for it, for which memory may be too short.
     */
    private void reapInSpiteOfErrors() {
        while (!ended.isOpen()) {
            try {
                reapUntilOver();
            } catch (RuntimeException | Error e) {
                // Others rely on the thread, which tries again.
            }
        }
    }

    private void reapUntilOver() {
        while (!(closing && pool.isDrained())) {
            try {
                runOnce();
            } catch (RuntimeException | Error e) {
                // For example out of memory. No other thread reaps the operations in flight.
                continueAfter(e);
                LockSupport.parkNanos(CLOSING_NANOS);
            }
        }
        // Nothing is in flight: a thread that still owns the ring is about to release it, and may have kept results.
        while (!lock.isHeldByCurrentThread() && !lock.tryLock()) {
            LockSupport.parkNanos(CLOSING_NANOS);
        }
        deliver();
        // First: a thread that keeps a result later sees it.
        isOver = true;
        while (!deliverKept()) {
            LockSupport.parkNanos(CLOSING_NANOS);
        }
        end();
    }

    /** Lets go of everything. An {@link Error} at one step must not keep the others: closing threads wait for the last. */
    private void end() {
        try {
            wakeup.end();
        } catch (RuntimeException | Error e) {
            continueAfter(e);
        }
        try {
            dispatcher.end();
        } catch (RuntimeException | Error e) {
            // The kernel context must be destroyed nevertheless: closing threads wait for that.
            continueAfter(e);
        }
        boolean isDestroyed = destroy();
        try {
            lock.unregister();
            OPEN.remove(this);
        } catch (RuntimeException | Error e) {
            continueAfter(e);
        } finally {
            ended.open();
        }
        // Out of memory for some seconds. No thread waits for this one any more, whose only task is left.
        while (!isDestroyed) {
            LockSupport.parkNanos(RECOVERY_NANOS);
            isDestroyed = destroy();
        }
    }

    /** Destroys the kernel context. Returns {@code false} if there is no memory for the system call: it can be made later. */
    private boolean destroy() {
        try {
            int answer = engine.destroy();
            if (answer < 0) {
                Log.log(Level.WARNING, "io_destroy failed: {0}", Errno.symbol(-answer));
            }
        } catch (RuntimeException | Error e) {
            continueAfter(e);
        }
        return engine.isDestroyed();
    }

    private void runOnce() {
        if (signalled || closing) {
            signalled = false;
            policy.calledBack();
        }
        deliverKept();
        boolean locked = lock.tryLock();
        if (locked) {
            try {
                // The previous owner may have kept results since the call above.
                deliverKept();
                // An Error may have prevented it from delivering reaped results, for which no event would arrive.
                deliver();
                if (policy.isLeft()) {
                    pollIdleRing();
                } else {
                    reapLoop();
                }
            } finally {
                updateReservation();
                lock.unlock();
            }
        }
        if (!locked || policy.isLeft()) {
            LockSupport.parkNanos(closing ? CLOSING_NANOS : IDLE_POLL_NANOS);
            wokeUp();
        }
    }

    /** Reaps events until the ring is left to waiting threads, the context is closed, or another thread signals. */
    private void reapLoop() {
        do {
            if (wakeup.isUntested()) {
                wakeup.test();
            }
            reap(1, closing ? CLOSING_NANOS : wakeup.works() ? longestWait() : NO_WAKEUP_NANOS);
            // A callback that waited may have kept results. What an Error left is released before the next wait.
        } while (!policy.isLeft() && !closing && !signalled && !Slot.someLeft);
    }

    private static long longestWait() {
        return Slot.someLeft ? RECOVERY_NANOS : KernelAioContext.FOREVER;
    }

    /** Reaps the events that no waiting thread has reaped. */
    private void pollIdleRing() {
        long callerReaps = lock.callerReaps();
        boolean idle = reap(0, 0) == 0 && callerReaps == lastCallerReaps;
        lastCallerReaps = callerReaps;
        policy.looked(idle);
    }

    private void updateReservation() {
        if (policy.isLeft()) {
            lock.unreserve();
        }
        if (!policy.isLeft() || signalled || closing) {
            lock.reserveFor(thread);
        }
    }

    private int reap(int min, long nanos) {
        int result = 0;
        long asked = engine.asked();
        try {
            result = engine.reap(min, nanos, sink);
        } catch (RuntimeException | Error e) {
            // For example out of memory. Operations in flight still need a reaper.
            continueAfter(e);
            failures.pause();
        }
        if (min > 0 && engine.asked() != asked) {
            wokeUp();
        }
        deliver();
        if (result < 0) {
            failed(result);
        } else if (result > 0) {
            failures.end();
        }
        return result;
    }

    // A correct process never sees io_getevents fail. Retrying saves results that may still arrive.
    private void failed(int result) {
        refusals.log(Errno.symbol(-result));
        failures.pause();
    }

    private void wokeUp() {
        wakeups.setOpaque(wakeups.getPlain() + 1);
    }

    /**
     * Returns how often the thread woke up from a wait: for events in the kernel, or between two polls of a ring that
     * is left to waiting threads. Safe for any thread.
     */
    public long wakeups() {
        return wakeups.getOpaque();
    }

    private void deliver() {
        boolean delivered = false;
        while (!delivered) {
            try {
                dispatcher.deliver(policy);
                delivered = true;
            } catch (RuntimeException | Error e) {
                // Recorded results stay recorded, but no further event may arrive that would deliver them.
                continueAfter(e);
                LockSupport.parkNanos(CLOSING_NANOS);
            }
        }
    }

    /** Delivers the results that another thread kept. Returns {@code false} if an {@link Error} left some for the next call. */
    private boolean deliverKept() {
        try {
            dispatcher.deliverKept(policy);
            return true;
        } catch (RuntimeException | Error e) {
            continueAfter(e);
            return false;
        }
    }

    private void continueAfter(Throwable caught) {
        try {
            errors.log(caught);
        } catch (RuntimeException | Error e) {
            // The thread matters more than the line.
        }
    }

    /** Requests that the reaper reaps, since a waiting thread does not reap for itself. Safe for any thread. */
    void requestReap() {
        if (!lock.isReserved()) {
            signal();
        }
    }

    /** Makes the reaper deliver the results that another thread kept for it, and reap events itself from now on. */
    void signal() {
        signalled = true;
        lock.reserveFor(thread);
        LockSupport.unpark(thread);
    }

    /**
     * Makes the reaper release what an {@link Error} left, since the calling thread cannot. The reaper tries again until it
     * succeeds. If the reaper cannot be woken, its next event or the next caller does that.
     */
    public void recoverLater() {
        try {
            signal();
            wakeup.tryWake();
        } catch (RuntimeException | Error e) {
            // Memory may be short, or the end of the stack near.
        }
    }

    /**
     * Makes the reaper deliver the results that another thread kept for it, also if it waits in the kernel. Safe for any
     * thread.
     *
     * @return {@code false} if the reaper has ended, or may wait in the kernel: it might not deliver them
     */
    public boolean requestDelivery() {
        if (isOver) {
            return false;
        }
        signal();
        return isCurrentThread() || wakeup.tryWake();
    }

    /**
     * Wakes the thread that waits for events in the kernel. If the kernel refuses, that thread's timeout ends the wait.
     */
    void wakeup() {
        wakeup.tryWake();
    }

    /** Returns the sink for events that another thread reaps. */
    CompletionSink sink() {
        return sink;
    }

    private boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /**
     * Returns {@code true} if the calling thread is delivering results of this context: it must not wait for others.
     */
    public boolean isReaping() {
        return isCurrentThread() || lock.isHeldByCurrentThread();
    }

    /**
     * Returns {@code true} if the calling thread is delivering results of any context. It must then not wait for
     * completions.
     */
    public static boolean isAnyCurrentThread() {
        return isReaperThread() || RingLock.isAnyHeldByCurrentThread();
    }

    /** Returns {@code true} if the calling thread is the reaper of any context. */
    static boolean isReaperThread() {
        Thread self = Thread.currentThread();
        // Most processes have no factory, and their set is empty.
        return self instanceof ReaperThread || !MADE.isEmpty() && MADE.contains(self);
    }

    /** Returns the threads that may be delivering results; an element may be null. */
    Thread[] deliverers() {
        return new Thread[] {thread, lock.owner()};
    }

    /**
     * Reaps the events of each context whose results the calling thread is delivering. Called by a callback that waits,
     * since other callbacks may wait for slots and results of those contexts.
     */
    public static void takeEventsInCallback() {
        for (Reaper reaper : OPEN) {
            if (reaper.isReaping()) {
                reaper.takeEvents();
            }
        }
    }

    private void takeEvents() {
        boolean alreadyLocked = lock.isHeldByCurrentThread();
        if (!alreadyLocked && !lock.tryLock()) {
            return;
        }
        try {
            engine.reap(0, 0, sink);
            if (dispatcher.deliverToWaiters()) {
                signal();
            }
        } catch (RuntimeException | Error e) {
            continueAfter(e);
            signal();
        } finally {
            if (!alreadyLocked) {
                lock.owner = null;
                lock.handOff();
            }
        }
    }

    /**
     * Reaps events during a callback, so that slots become free. Called by the thread that delivers results.
     *
     * @throws IllegalStateException if io_getevents has failed for 30 seconds
     */
    public void reapOnce() {
        boolean alreadyLocked = lock.isHeldByCurrentThread();
        if (!alreadyLocked && !lock.tryLock()) {
            LockSupport.parkNanos(CALLBACK_REAP_NANOS);
            return;
        }
        try {
            int result = engine.reap(1, CALLBACK_REAP_NANOS, sink);
            if (result < 0) {
                failed(result);
                refuseToWaitLonger(result);
            } else if (result > 0) {
                failures.end();
            }
        } finally {
            if (!alreadyLocked) {
                lock.owner = null;
                lock.handOff();
            }
        }
    }

    private void refuseToWaitLonger(int result) {
        if (failures.hasLasted(SLOT_TIMEOUT_NANOS)) {
            throw new IllegalStateException(
                    "no slot becomes free: io_getevents keeps failing with " + Errno.symbol(-result));
        }
    }

    /** Closes the pool; the context is destroyed after the last operation has completed. Does not wait. */
    public void close() {
        pool.close();
        closing = true;
        lock.reserveFor(thread);
        // The reaper itself checks after the callback; it must not wait for space in a ring that only it empties.
        if (isCurrentThread()) {
            return;
        }
        LockSupport.unpark(thread);
        if (!wokenToClose() && !ended.isOpen()) {
            wakeLater();
        }
    }

    private boolean wokenToClose() {
        try {
            return wakeup.tryWake();
        } catch (OutOfMemoryError e) {
            ReleaseCalls.freeReserve();
        } catch (Error e) {
            // The end of the stack, for example. The reaper would wait forever.
            return false;
        }
        try {
            return wakeup.tryWake();
        } catch (Error e) {
            return false;
        }
    }

    // The kernel accepted requests before and refuses them now. No caller waits for it: each has its own timeout.
    private synchronized void wakeLater() {
        if (cannotBeWoken) {
            return;
        }
        cannotBeWoken = true;
        try {
            Threads.daemon(thread.getName() + "-waker", this::keepWaking).start();
        } catch (Error e) {
            cannotBeWoken = false;
            someAsleep = true;
            notWoken.log(e);
        }
    }

    /** Wakes the threads of the closed contexts that could not be woken when they were closed. */
    public static void wakeClosing() {
        if (!someAsleep) {
            return;
        }
        someAsleep = false;
        for (Reaper reaper : OPEN) {
            if (reaper.closing && !reaper.wokenToClose()) {
                someAsleep = true;
            }
        }
    }

    private void keepWaking() {
        try {
            FailureRun refusals = new FailureRun();
            while (!ended.isOpen() && !wokenToClose()) {
                pause(refusals);
            }
        } finally {
            cannotBeWoken = false;
        }
    }

    private static void pause(FailureRun refusals) {
        try {
            refusals.pause();
        } catch (Error e) {
            // Out of memory for the class that pauses, for example.
            LockSupport.parkNanos(CLOSING_NANOS);
        }
    }

    /**
     * Waits until the context is destroyed. An interrupt does not end the wait; the interrupt status is kept.
     *
     * @return as {@link #awaitTermination}
     */
    public boolean awaitEnd(Duration timeout) {
        long nanos = TimeUnit.NANOSECONDS.convert(timeout);
        long start = System.nanoTime();
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return awaitTermination(nanos - (System.nanoTime() - start));
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Waits until the context is destroyed. Returns {@code false} if the timeout elapses first, or if the kernel has
     * refused wakeups or events for ten seconds.
     *
     * @throws InterruptedException if the calling thread is interrupted while waiting
     */
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        return awaitTermination(TimeUnit.NANOSECONDS.convert(timeout));
    }

    private boolean awaitTermination(long nanos) throws InterruptedException {
        long start = System.nanoTime();
        while (true) {
            long waited = System.nanoTime() - start;
            long left = nanos - waited;
            if (ended.await(Math.min(left, CHECK_NANOS))) {
                return true;
            }
            if (left <= CHECK_NANOS) {
                return false;
            }
            if (closing) {
                // The thread that closed may have lacked the memory for it, and for a thread that does it.
                wokenToClose();
            }
            if (waited > UNRESPONSIVE_NANOS && (cannotBeWoken || failures.hasLasted(UNRESPONSIVE_NANOS))) {
                notClosing.log(thread.getName(), cannotBeWoken ? "its wakeup" : "io_getevents");
                return false;
            }
        }
    }

    /** A thread whose class marks it as a reaper. */
    private final class ReaperThread extends Thread {
        ReaperThread(String name) {
            // As in Threads. Without inheritance, the context class loader is the system class loader.
            super(Threads.root(), null, name, 0, false);
            setDaemon(true);
            setPriority(NORM_PRIORITY);
        }

        @Override
        public void run() {
            reapInSpiteOfErrors();
        }
    }
}
