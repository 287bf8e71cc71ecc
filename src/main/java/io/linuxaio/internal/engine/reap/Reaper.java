package io.linuxaio.internal.engine.reap;

import io.linuxaio.internal.engine.CompletionSink;
import io.linuxaio.internal.engine.FailureRun;
import io.linuxaio.internal.engine.KernelAioContext;
import io.linuxaio.internal.engine.Log;
import io.linuxaio.internal.engine.RepeatedLog;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.engine.SlotPool;
import io.linuxaio.internal.engine.Threads;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.Kernel;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * The thread that takes completion events and hands results out, and that ends the context when it is closed.
 *
 * <p>While threads wait for results by themselves it leaves the events to them, and looks now and then whether something
 * is left behind. A daemon, and a platform thread: a wait for events would hold a virtual thread's carrier.
 */
public final class Reaper {
    /** How often it looks for what threads that wait have left behind, in nanoseconds. */
    static final long PATROL_NANOS = 1_000_000;

    /**
     * While closing, a submitter that finds the queue closed gives its slot back without an event that would wake the
     * reaper: so it looks by itself, this often, in nanoseconds.
     */
    private static final long CLOSING_NANOS = 5_000_000;

    /** How often it looks for a closing where nothing can wake it, in nanoseconds. */
    private static final long WITHOUT_WAKER_NANOS = 50_000_000;

    /** How long a callback that finds the queue full waits for events before it looks again, in nanoseconds. */
    private static final long HELP_NANOS = 1_000_000;

    /** How long {@link #awaitEnd} waits if the kernel neither wakes the reaper nor gives events, in nanoseconds. */
    private static final long HOPELESS_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How often {@link #awaitEnd} looks for that, in nanoseconds. */
    private static final long LOOK_NANOS = 200_000_000;

    /** How long a callback waits for a slot while io_getevents fails, in nanoseconds. */
    private static final long SLOT_PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    /** Those of the contexts that are open. */
    private static final Set<Reaper> OPEN = ConcurrentHashMap.newKeySet();

    private final KernelAioContext engine;
    private final SlotPool pool;
    private final RingLock turn;
    private final CompletionDispatcher delivery;
    private final ReaperWakeup waker;
    private final CompletionSink sink;
    private final AdaptiveReapPolicy habit;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean closing;
    private volatile boolean cannotBeWoken;
    private final FailureRun failures = new FailureRun();
    private final RepeatedLog trouble = new RepeatedLog(Level.ERROR);
    private volatile boolean signalled;
    private long usesSeen;

    // Written by the thread alone.
    private final AtomicLong wakeups = new AtomicLong();

    /**
     * Makes the reaper; {@link #start} sets it off.
     *
     * @param kernel the way to the kernel
     * @param engine what to reap
     * @param pool the slots in use by operations
     * @param spare a slot outside the pool, to wake the reaper with
     * @param turn whose turn it is to reap
     * @param habit whether the ring is left to threads that wait
     * @param delivery takes what has ended
     * @param name the thread's
     */
    public Reaper(
            Kernel kernel,
            KernelAioContext engine,
            SlotPool pool,
            Slot spare,
            RingLock turn,
            AdaptiveReapPolicy habit,
            CompletionDispatcher delivery,
            String name) {
        this.engine = engine;
        this.pool = pool;
        this.turn = turn;
        this.delivery = delivery;
        this.habit = habit;
        waker = new ReaperWakeup(kernel, engine, spare);
        sink = new CompletionSink() {
            @Override
            public void onCompletion(Slot slot) {
                if (!waker.takes(slot)) {
                    delivery.onCompletion(slot);
                }
            }

            @Override
            public void onWouldBlock(Slot slot) {
                delivery.onWouldBlock(slot);
            }
        };
        thread = new ReaperThread(name);
        turn.reserveFor(thread);
    }

    /** Starts the thread. Where there can be none, the reaper lets go of what it has. */
    public void start() {
        boolean started = false;
        try {
            turn.register();
            OPEN.add(this);
            // Tried before anybody relies on it: a wait for ever that nothing ends would hold up the closing for ever.
            waker.tryOut();
            thread.start();
            started = true;
        } finally {
            if (!started) {
                abandon();
            }
        }
    }

    /** Releases what the reaper has, if its thread was not started. Doing so again has no effect. */
    public void abandon() {
        OPEN.remove(this);
        waker.end();
        turn.unregister();
    }

    private void reapUntilOver() {
        while (!(closing && pool.isDrained())) {
            try {
                runOnce();
            } catch (RuntimeException | Error e) {
                // Out of memory, say. Nobody else takes what is in flight.
                goOnAfter(e);
                LockSupport.parkNanos(CLOSING_NANOS);
            }
        }
        // Nothing is in flight: who still has the turn is about to leave it, and may leave the last results to us.
        while (!turn.tryLock()) {
            LockSupport.parkNanos(CLOSING_NANOS);
        }
        deliver();
        deliverKept();
        waker.end();
        endDelivery();
        int answer = engine.destroy();
        if (answer < 0) {
            Log.log(Level.WARNING, "io_destroy failed: {0}", Errno.symbol(-answer));
        }
        turn.unregister();
        OPEN.remove(this);
        ended.countDown();
    }

    private void endDelivery() {
        try {
            delivery.end();
        } catch (RuntimeException | Error e) {
            // The kernel's context must go all the same, and closing threads wait for that.
            goOnAfter(e);
        }
    }

    private void runOnce() {
        if (signalled || closing) {
            signalled = false;
            habit.calledBack();
        }
        deliverKept();
        boolean mine = turn.tryLock();
        if (mine) {
            try {
                // Who had the turn until now may have kept something since we looked.
                deliverKept();
                // An Error may have kept it from delivering what it took. No event would come for that.
                deliver();
                if (habit.isLeft()) {
                    pollIdleRing();
                } else {
                    reapLoop();
                }
            } finally {
                updateReservation();
                turn.unlock();
            }
        }
        if (!mine || habit.isLeft()) {
            LockSupport.parkNanos(closing ? CLOSING_NANOS : PATROL_NANOS);
            wokeUp();
        }
    }

    /** Takes all events, until threads that wait shall take them, or nothing comes any more. */
    private void reapLoop() {
        do {
            if (waker.isUntried()) {
                waker.tryOut();
            }
            reap(1, closing ? CLOSING_NANOS : waker.works() ? KernelAioContext.FOREVER : WITHOUT_WAKER_NANOS);
            // A callback that waited may have kept something.
        } while (!habit.isLeft() && !closing && !signalled);
    }

    /** Takes what threads that wait have left behind. */
    private void pollIdleRing() {
        long uses = turn.callerReaps();
        boolean idle = reap(0, 0) == 0 && uses == usesSeen;
        usesSeen = uses;
        habit.looked(idle);
    }

    private void updateReservation() {
        if (habit.isLeft()) {
            turn.unreserve();
        }
        if (!habit.isLeft() || signalled || closing) {
            turn.reserveFor(thread);
        }
    }

    private int reap(int least, long patience) {
        int answer = 0;
        long asked = engine.asked();
        try {
            answer = engine.reap(least, patience, sink);
        } catch (RuntimeException | Error e) {
            // Out of memory, say. What is in flight still needs a reaper.
            goOnAfter(e);
            failures.pause();
        }
        if (least > 0 && engine.asked() != asked) {
            wokeUp();
        }
        deliver();
        if (answer < 0) {
            failed(answer);
        } else if (answer > 0) {
            failures.end();
        }
        return answer;
    }

    // Nothing that this process does right makes io_getevents fail; going on keeps the results that may come.
    private void failed(int answer) {
        trouble.log("io_getevents failed: {0}", Errno.symbol(-answer));
        failures.pause();
    }

    private void wokeUp() {
        wakeups.setOpaque(wakeups.getPlain() + 1);
    }

    /**
     * How often the thread came back from a wait: for events in the kernel, or between two looks at a ring that others
     * have. For any thread.
     */
    public long wakeups() {
        return wakeups.getOpaque();
    }

    private void deliver() {
        boolean over = false;
        while (!over) {
            try {
                delivery.deliver(habit);
                over = true;
            } catch (RuntimeException | Error e) {
                // What is noted stays noted, and no event may come that would make the reaper look again.
                goOnAfter(e);
                LockSupport.parkNanos(CLOSING_NANOS);
            }
        }
    }

    private void deliverKept() {
        try {
            delivery.deliverKept(habit);
        } catch (RuntimeException | Error e) {
            goOnAfter(e);
        }
    }

    private void goOnAfter(Throwable caught) {
        trouble.log("the reaper goes on after an error", caught);
    }

    /** Has the reaper take events, since something waits that no thread takes them for. For any thread. */
    void requestReap() {
        if (!turn.isReserved()) {
            signal();
        }
    }

    /** Has the reaper hand out what another thread took and kept for it, and take events itself from now on. */
    void signal() {
        signalled = true;
        turn.reserveFor(thread);
        LockSupport.unpark(thread);
    }

    /** Ends the wait of whoever waits for events. Where the kernel refuses that, the wait ends by itself before long. */
    void wakeup() {
        waker.tryWake();
    }

    /** Where events go that another thread has taken. */
    CompletionSink sink() {
        return sink;
    }

    private boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    /** Whether the calling thread hands out results at this moment: then it must not wait for others. */
    public boolean isReaping() {
        return isCurrentThread() || turn.isHeldByCurrentThread();
    }

    /**
     * Whether the calling thread hands out results of any context at this moment: then it must not wait for operations to
     * end.
     */
    public static boolean isAnyCurrentThread() {
        return Thread.currentThread() instanceof ReaperThread || RingLock.isAnyHeldByCurrentThread();
    }

    /** Returns {@code true} if the calling thread is a reaper, of whichever context. */
    static boolean isReaperThread() {
        return Thread.currentThread() instanceof ReaperThread;
    }

    /** Returns the threads that may deliver results at this moment; null stands for none. */
    Thread[] deliverers() {
        return new Thread[] {thread, turn.owner()};
    }

    /**
     * Takes the events of each context whose results the calling thread delivers. For a callback that waits: other
     * callbacks may wait for slots and results of that context meanwhile.
     */
    public static void takeEventsInCallback() {
        for (Reaper reaper : OPEN) {
            if (reaper.isReaping()) {
                reaper.takeEvents();
            }
        }
    }

    private void takeEvents() {
        boolean wasMine = turn.isHeldByCurrentThread();
        if (!wasMine && !turn.tryLock()) {
            return;
        }
        try {
            engine.reap(0, 0, sink);
            if (delivery.deliverToWaiters()) {
                signal();
            }
        } catch (RuntimeException | Error e) {
            goOnAfter(e);
        } finally {
            if (!wasMine) {
                turn.owner = null;
                turn.handOff();
            }
        }
    }

    /**
     * Takes events in the middle of a callback, so that slots become free. For the thread that hands out results.
     *
     * @throws IllegalStateException if io_getevents has failed for long
     */
    public void reapOnce() {
        boolean wasMine = turn.isHeldByCurrentThread();
        if (!wasMine && !turn.tryLock()) {
            LockSupport.parkNanos(HELP_NANOS);
            return;
        }
        try {
            int answer = engine.reap(1, HELP_NANOS, sink);
            if (answer < 0) {
                failed(answer);
                refuseToWaitLonger(answer);
            } else if (answer > 0) {
                failures.end();
            }
        } finally {
            if (!wasMine) {
                turn.owner = null;
                turn.handOff();
            }
        }
    }

    private void refuseToWaitLonger(int answer) {
        if (failures.hasLasted(SLOT_PATIENCE_NANOS)) {
            throw new IllegalStateException(
                    "no slot becomes free: io_getevents keeps failing with " + Errno.symbol(-answer));
        }
    }

    /** Takes no more operations; the context goes when the last has ended. Does not wait. */
    public void close() {
        pool.close();
        closing = true;
        turn.reserveFor(thread);
        // The reaper itself sees it when the callback returns; it must not wait for room in a ring that only it
        // empties.
        if (isCurrentThread()) {
            return;
        }
        LockSupport.unpark(thread);
        if (!waker.tryWake() && ended.getCount() > 0) {
            wakeLater();
        }
    }

    // A kernel that took requests and takes none for now. No caller waits for it: each has a limit of its own.
    private synchronized void wakeLater() {
        if (cannotBeWoken) {
            return;
        }
        cannotBeWoken = true;
        try {
            Threads.daemon(thread.getName() + "-waker", this::keepWaking).start();
        } catch (OutOfMemoryError e) {
            Log.log(Level.WARNING, "no thread can be started that wakes the reaper; close the context again", e);
            cannotBeWoken = false;
        }
    }

    private void keepWaking() {
        FailureRun refusals = new FailureRun();
        while (ended.getCount() > 0 && !waker.tryWake()) {
            refusals.pause();
        }
        cannotBeWoken = false;
    }

    /**
     * Waits until the context is gone. An interrupt neither ends the wait nor is lost.
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
                    return awaitTermination(Duration.ofNanos(nanos - (System.nanoTime() - start)));
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
     * Waits until the context is gone. Returns {@code false} if the time elapses first, or if the kernel has refused for
     * ten seconds to take part in closing the context.
     *
     * @throws InterruptedException if the thread is interrupted before that
     */
    public boolean awaitTermination(Duration timeout) throws InterruptedException {
        long nanos = TimeUnit.NANOSECONDS.convert(timeout);
        long start = System.nanoTime();
        while (true) {
            long waited = System.nanoTime() - start;
            long left = nanos - waited;
            if (ended.await(Math.min(left, LOOK_NANOS), TimeUnit.NANOSECONDS)) {
                return true;
            }
            if (left <= LOOK_NANOS) {
                return false;
            }
            if (waited > HOPELESS_NANOS && (cannotBeWoken || failures.hasLasted(HOPELESS_NANOS))) {
                trouble.log(
                        "the context of {0} does not close, since the kernel refuses {1}; its thread goes on trying",
                        thread.getName(), cannotBeWoken ? "what would wake it" : "io_getevents");
                return false;
            }
        }
    }

    /** Tells reapers from other threads. */
    private final class ReaperThread extends Thread {
        ReaperThread(String name) {
            // As Threads makes them; without inheriting, the context class loader is that of the system.
            super(Threads.root(), null, name, 0, false);
            setDaemon(true);
            setPriority(NORM_PRIORITY);
        }

        @Override
        public void run() {
            reapUntilOver();
        }
    }
}
