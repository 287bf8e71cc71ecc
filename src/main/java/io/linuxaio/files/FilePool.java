package io.linuxaio.files;

import io.linuxaio.internal.engine.Log;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A thread pool of bounded size whose bound does not count threads that run code of the user: another thread takes over
 * the tasks of one that does. So code of the user may wait for tasks of this pool. Threads are platform threads and
 * daemons, and end when they have been idle for some seconds.
 */
final class FilePool {
    /** The worker that the calling thread is, if it is a thread of a pool. */
    private static final ThreadLocal<Worker> CURRENT = new ThreadLocal<>();

    private final int size;
    private final long idleNanos;
    private final ThreadFactory threads;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition available = lock.newCondition();

    // All guarded by the lock.
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    private int working;
    private int idle;

    /** Code of the user. */
    interface UserCode<E extends Exception> {
        void run() throws E;
    }

    /**
     * Makes a pool without threads.
     *
     * @param size how many threads there are at most that do not run code of the user
     * @param idleNanos how long a thread waits for a task before it ends
     * @param threads makes its threads
     */
    FilePool(int size, long idleNanos, ThreadFactory threads) {
        this.size = size;
        this.threads = threads;
        this.idleNanos = idleNanos;
    }

    /**
     * Runs a task on a thread of the pool. It must not throw.
     *
     * @throws OutOfMemoryError if no thread can be started and none is there that takes tasks
     */
    void execute(Runnable task) {
        lock.lock();
        try {
            tasks.add(task);
            if (tasks.size() <= idle) {
                available.signal();
            } else if (!hire() && working + idle == 0) {
                tasks.remove(task);
                throw new OutOfMemoryError("no thread can be started for files");
            }
        } finally {
            lock.unlock();
        }
    }

    /** Starts a thread if the bound allows one. Returns {@code false} only if the system refuses. */
    private boolean hire() {
        if (working + idle >= size) {
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
        // Of the thread alone.
        private boolean lent;

        @Override
        public void run() {
            CURRENT.set(this);
            Runnable task;
            while ((task = next()) != null) {
                try {
                    task.run();
                } catch (Throwable e) {
                    Log.log(Level.ERROR, "a task of a file failed", e);
                }
            }
        }

        private <E extends Exception> void lend(UserCode<E> user) throws E {
            leave();
            lent = true;
            try {
                user.run();
            } finally {
                lent = false;
                come();
                Thread.interrupted();
                Thread.currentThread().setContextClassLoader(ClassLoader.getSystemClassLoader());
            }
        }
    }

    /** Returns the next task, or {@code null} if the thread is to end. */
    private Runnable next() {
        lock.lock();
        try {
            // Others have been started while this thread ran code of the user.
            if (working + idle > size) {
                working--;
                return null;
            }
            if (tasks.isEmpty()) {
                awaitTask();
            }
            Runnable task = tasks.poll();
            if (task == null) {
                working--;
            }
            return task;
        } finally {
            lock.unlock();
        }
    }

    private void awaitTask() {
        working--;
        idle++;
        try {
            long left = idleNanos;
            while (tasks.isEmpty() && left > 0) {
                left = available.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            // Nobody of the library interrupts: it is left over from code of the user.
        } finally {
            idle--;
            working++;
        }
    }

    /**
     * Runs code of the user. On a thread of a pool, another thread takes over its tasks in the meantime. An interrupt and
     * a context class loader that the code leaves behind are dropped there.
     */
    static <E extends Exception> void lend(UserCode<E> user) throws E {
        Worker worker = CURRENT.get();
        if (worker == null || worker.lent) {
            user.run();
        } else {
            worker.lend(user);
        }
    }

    private void leave() {
        lock.lock();
        try {
            working--;
            if (tasks.size() > idle) {
                hire();
            }
        } finally {
            lock.unlock();
        }
    }

    // May exceed the bound until the task ends: to wait here for another thread's end could be to wait for ever.
    private void come() {
        lock.lock();
        try {
            working++;
        } finally {
            lock.unlock();
        }
    }
}
