package io.linuxaio.flashkv.patterns;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/** The patterns of tokio that PATTERNS.md shows, with virtual threads and the JDK alone. */
final class Patterns {
    private Patterns() {}

    // @start spawn
    /** Runs a task beside the caller, which may wait for its result later, or not at all. */
    static <T> Future<T> spawn(ExecutorService tasks, Callable<T> task) {
        return tasks.submit(task);
    }
    // @end

    // @start timeout
    /** Returns the result of a task. After the timeout, the task is interrupted, and the caller goes on. */
    static <T> T withTimeout(ExecutorService tasks, Duration timeout, Callable<T> task)
            throws InterruptedException, ExecutionException, TimeoutException {
        Future<T> future = tasks.submit(task);
        try {
            return future.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            // Interrupts the task if it still runs; otherwise it has no effect.
            future.cancel(true);
        }
    }
    // @end

    // @start first
    /** Returns the first result. The other tasks are interrupted, and have ended when this method returns. */
    static <T> T firstOf(List<Callable<T>> branches) throws InterruptedException, ExecutionException {
        try (ExecutorService scope = Executors.newVirtualThreadPerTaskExecutor()) {
            // Cancels the rest; closing the scope waits for them.
            return scope.invokeAny(branches);
        }
    }
    // @end

    // @start all
    /** Returns all results, in order. If a task fails, the others are interrupted, and the first failure is thrown. */
    static <T> List<T> allOf(List<Callable<T>> branches) throws InterruptedException, ExecutionException {
        try (ExecutorService scope = Executors.newVirtualThreadPerTaskExecutor()) {
            var completed = new ExecutorCompletionService<T>(scope);
            List<Future<T>> futures = branches.stream().map(completed::submit).toList();
            try {
                for (int left = futures.size(); left > 0; left--) {
                    completed.take().get();
                }
            } catch (ExecutionException | InterruptedException e) {
                scope.shutdownNow();
                throw e;
            }
            List<T> results = new ArrayList<>();
            for (Future<T> future : futures) {
                results.add(future.resultNow());
            }
            return results;
        }
    }
    // @end

    // @start channel
    /** A channel of a bounded length: senders wait while it is full, so a slow receiver slows them down. */
    static final class Channel<T> {
        private final BlockingQueue<Message<T>> queue;

        /** A message, or the end of the channel. */
        private record Message<T>(T value, boolean isLast) {}

        Channel(int capacity) {
            queue = new ArrayBlockingQueue<>(capacity);
        }

        void send(T value) throws InterruptedException {
            queue.put(new Message<>(value, false));
        }

        /** Ends the channel behind the messages that were sent. Called once, when all senders have finished. */
        void close() throws InterruptedException {
            queue.put(new Message<>(null, true));
        }

        /** Returns the next message, or {@code null} at the end. For one receiver. */
        T receive() throws InterruptedException {
            Message<T> message = queue.take();
            return message.isLast() ? null : message.value();
        }
    }
    // @end

    // @start watch
    /** A value that many threads watch. Each sees the latest; values in between may be missed. */
    static final class Watch<T> {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private T value;

        Watch(T initial) {
            value = initial;
        }

        void set(T next) {
            lock.lock();
            try {
                value = next;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Waits until the value is as wished. Returns {@code false} after the timeout. */
        boolean await(Predicate<T> wished, Duration timeout) throws InterruptedException {
            lock.lock();
            try {
                long left = timeout.toNanos();
                while (!wished.test(value) && left > 0) {
                    left = changed.awaitNanos(left);
                }
                return wished.test(value);
            } finally {
                lock.unlock();
            }
        }
    }

    /** Does a step after each pause until the watch says stop. Stops at once in a pause, and never in a step. */
    static void repeatUntil(Watch<Boolean> stopping, Duration pause, Runnable step) throws InterruptedException {
        while (!stopping.await(stop -> stop, pause)) {
            step.run();
        }
    }
    // @end
}
