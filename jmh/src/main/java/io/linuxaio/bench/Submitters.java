package io.linuxaio.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The submitting threads: the same ones while a session is open, since a queue belongs to one thread. A single one is
 * the calling thread.
 */
public final class Submitters implements AutoCloseable {
    private final Workload workload;
    private final List<ExecutorService> threads = new ArrayList<>();

    /** The work of each thread with its share. */
    @FunctionalInterface
    public interface Work {
        void of(ThreadShare share) throws Exception;
    }

    /** As many as the workload says. */
    public Submitters(Workload workload) {
        this.workload = workload;
        for (int i = 0; workload.threads() > 1 && i < workload.threads(); i++) {
            threads.add(Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().name("bench-" + i).daemon().factory()));
        }
    }

    /**
     * Lets all work at once, and returns when all have ended.
     *
     * @throws Exception what the first thrown, those of the others suppressed in it
     */
    public void run(Work work) throws Exception {
        if (threads.isEmpty()) {
            work.of(new ThreadShare(workload, 0));
            return;
        }
        List<Future<?>> ends = new ArrayList<>();
        for (ExecutorService thread : threads) {
            ThreadShare share = new ThreadShare(workload, ends.size());
            ends.add(thread.submit(() -> {
                work.of(share);
                return null;
            }));
        }
        Throwable failure = null;
        for (Future<?> end : ends) {
            try {
                end.get();
            } catch (ExecutionException e) {
                if (failure == null) {
                    failure = e.getCause();
                } else {
                    failure.addSuppressed(e.getCause());
                }
            }
        }
        switch (failure) {
            case null -> {
                // All went well.
            }
            case Exception e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        threads.forEach(ExecutorService::close);
    }
}
