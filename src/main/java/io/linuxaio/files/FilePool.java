package io.linuxaio.files;

import io.linuxaio.internal.engine.Log;
import io.linuxaio.internal.engine.RepeatedLog;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded thread pool with compensation, as in {@link java.util.concurrent.ForkJoinPool.ManagedBlocker}: the bound
 * does not count threads that run code of the user. So code of the user may wait for tasks of this pool. Threads are daemons
 * and platform threads, and exit after some idle seconds.
 *
 * <p>Code of the user is mostly short, and waking or starting a thread for each piece would cost more than the tasks. So other
 * threads take over only when fewer than half of the bound are left to run tasks.
 */
final class FilePool {
    private static final RepeatedLog FAILED_TASK = new RepeatedLog(Level.ERROR, "a task of a file failed");

    /** The worker of the calling thread, if it is a thread of a pool. */
    private static final ThreadLocal<Worker> CURRENT = new ThreadLocal<>();

    /** The pause of a new thread while the Java heap is full, in nanoseconds. */
    private static final long PAUSE_NANOS = 1_000_000;

    private final int size;

    /** The number of threads that remain for tasks while others run code of the user. */
    private final int reserve;

    private final long idleNanos;
    private final ThreadFactory threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition available = lock.newCondition();

    // Guarded by the lock.
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private int working;
    private int idle;

    /** The number of threads that run code of the user. */
    private int lent;

    /** Code of the user. */
    interface UserCode<E extends Exception> {
        void run() throws E;
    }

    /**
     * Creates a pool without threads.
     *
     * @param size the maximum number of threads that do not run code of the user
     * @param idleNanos the idle time after which a thread exits, in nanoseconds
     * @param threads creates the threads
     */
    FilePool(int size, long idleNanos, ThreadFactory threads) {
        this.size = size;
        reserve = Math.max(1, size / 2);
        this.threads = threads;
        this.idleNanos = idleNanos;
        Log.initialize();
    }

    /**
     * Runs a task, which must not throw, on a thread of the pool.
     *
     * @throws OutOfMemoryError if no thread can be started and no other thread takes tasks
     */
    void execute(Runnable task) {
        boolean accepted = false;
        lock.lock();
        try {
            tasks.add(task);
            if (tasks.size() <= idle && working < size) {
                available.signal();
            } else if (!hire() && working + idle == 0) {
                throw new OutOfMemoryError("no thread can be started for files");
            }
            accepted = true;
        } finally {
            if (!accepted) {
                tasks.remove(task);
            }
            lock.unlock();
        }
    }

    /** Starts a thread if the bound allows one. Returns {@code false} only if the system refuses. */
    private boolean hire() {
        if (working + idle + lent >= size && working + idle >= reserve) {
            return true;
        }
        try {
            threads.newThread(new Worker()).start();
            working++;
            return true;
        } catch (OutOfMemoryError noThread) {
            return false;
        }
    }

    /** The loop of one thread. */
    private final class Worker implements Runnable {
        // Used by this thread only.
        private boolean lent;

        @Override
        public void run() {
            register();
            Runnable task;
            while ((task = nextInSpiteOfErrors()) != null) {
                try {
                    task.run();
                } catch (Throwable e) {
                    FAILED_TASK.log(e);
                }
            }
        }

        private Runnable nextInSpiteOfErrors() {
            while (true) {
                try {
                    return next();
                } catch (Error e) {
                    Log.continueAfter(e);
                }
            }
        }

        // Others rely on the thread, which is counted already.
        private void register() {
            boolean registered = false;
            while (!registered) {
                try {
                    CURRENT.set(this);
                    registered = true;
                } catch (OutOfMemoryError e) {
                    LockSupport.parkNanos(PAUSE_NANOS);
                }
            }
        }

        private <E extends Exception> void lend(UserCode<E> userCode) throws E {
            leave();
            lent = true;
            try {
                userCode.run();
            } finally {
                lent = false;
                come();
                Thread.interrupted();
                Thread.currentThread().setContextClassLoader(ClassLoader.getSystemClassLoader());
            }
        }
    }

    /** Returns the next task, or {@code null} if the thread should exit. */
    private Runnable next() {
        lock.lock();
        try {
            if (!mayTake()) {
                awaitTask();
            }
            Runnable task = mayTake() ? tasks.poll() : null;
            if (task == null) {
                working--;
            }
            return task;
        } finally {
            lock.unlock();
        }
    }

    /** Returns {@code true} if there is a task for the calling thread, which is counted as working. */
    private boolean mayTake() {
        // More than the bound work if others were woken or started while this one ran code of the user.
        return !tasks.isEmpty() && working <= size;
    }

    private void awaitTask() {
        working--;
        idle++;
        try {
            long remaining = idleNanos;
            while ((tasks.isEmpty() || working >= size) && remaining > 0) {
                remaining = available.awaitNanos(remaining);
            }
        } catch (InterruptedException e) {
            // The library never interrupts: code of the user left the interrupt.
        } finally {
            idle--;
            working++;
        }
    }

    /**
     * Runs code of the user. If the caller is a thread of a pool, the pool does not count it meanwhile, and an interrupt or a
     * context class loader that the code leaves behind is cleared.
     */
    static <E extends Exception> void lend(UserCode<E> userCode) throws E {
        Worker worker = CURRENT.get();
        if (worker == null || worker.lent) {
            userCode.run();
        } else {
            worker.lend(userCode);
        }
    }

    private void leave() {
        lock.lock();
        try {
            working--;
            lent++;
            if (!tasks.isEmpty() && working < reserve) {
                if (idle > 0) {
                    available.signal();
                }
                // Of the idle ones, some were woken for a task already.
                if (tasks.size() > idle) {
                    hire();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    // May exceed the bound until the task ends: waiting for another thread to exit could deadlock.
    private void come() {
        lock.lock();
        try {
            lent--;
            working++;
        } finally {
            lock.unlock();
        }
    }
}
