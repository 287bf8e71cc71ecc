package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads for file tasks: few of them, and another one for each that runs code of the user. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FilePoolTest {
    private static final int SIZE = 2;

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
    private final AtomicInteger refusals = new AtomicInteger();
    private final FilePool pool = new FilePool(SIZE, TimeUnit.MILLISECONDS.toNanos(50), this::thread);

    private Thread thread(Runnable task) {
        if (refusals.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        Thread thread = Thread.ofPlatform().daemon().unstarted(task);
        threads.add(thread);
        return thread;
    }

    private CompletableFuture<Thread> run(Runnable task) {
        CompletableFuture<Thread> done = new CompletableFuture<>();
        pool.execute(() -> {
            task.run();
            done.complete(Thread.currentThread());
        });
        return done;
    }

    @Test
    void noMoreThreadsRunThanTheBound() {
        CountDownLatch release = new CountDownLatch(1);
        AtomicInteger begun = new AtomicInteger();
        CompletableFuture<?>[] all = new CompletableFuture<?>[10];
        for (int i = 0; i < all.length; i++) {
            all[i] = run(() -> {
                begun.incrementAndGet();
                await(release);
            });
        }
        Await.until("both tasks run", () -> begun.get() == SIZE);
        threads.forEach(Await::parked);

        assertThat(begun).hasValue(SIZE);
        release.countDown();
        CompletableFuture.allOf(all).join();
        assertThat(threads).hasSize(SIZE);
    }

    @Test
    void userCodeMayWaitForOtherTasks() {
        CompletableFuture<?>[] all = new CompletableFuture<?>[10 * SIZE];
        for (int i = 0; i < all.length; i++) {
            all[i] = run(() -> FilePool.lend(() -> run(() -> {}).join()));
        }

        CompletableFuture.allOf(all).join();
    }

    @Test
    void shortUserCodeStartsNoThreads() {
        AtomicInteger waiting = new AtomicInteger();
        FilePool large = new FilePool(8, TimeUnit.SECONDS.toNanos(5), this::thread);
        CompletableFuture<?>[] all = new CompletableFuture<?>[10_000];
        Arrays.setAll(all, i -> {
            CompletableFuture<Void> done = new CompletableFuture<>();
            large.execute(() -> {
                FilePool.lend(waiting::incrementAndGet);
                done.complete(null);
            });
            return done;
        });

        CompletableFuture.allOf(all).join();
        assertThat(threads).as("threads started for 10,000 tasks").hasSizeLessThanOrEqualTo(16);
    }

    @Test
    void allThreadsButOneMayRunUserCodeForLong() throws Exception {
        FilePool large = new FilePool(8, TimeUnit.SECONDS.toNanos(5), this::thread);
        CountDownLatch release = new CountDownLatch(1);
        for (int i = 0; i < 50; i++) {
            CountDownLatch isLent = new CountDownLatch(1);
            large.execute(() -> FilePool.lend(() -> {
                isLent.countDown();
                await(release);
            }));
            isLent.await();
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        large.execute(() -> done.complete(null));

        done.join();
        release.countDown();
    }

    @Test
    void idleThreadsEnd() {
        run(() -> FilePool.lend(() -> run(() -> {}).join())).join();

        Await.until("all threads have ended", () -> threads.stream().noneMatch(Thread::isAlive));
        assertThat(run(() -> {}).join()).isNotNull();
    }

    @Test
    void threadStateLeftByUserCodeIsCleared() {
        ClassLoader own = new ClassLoader() {};
        CompletableFuture<Boolean> clean = new CompletableFuture<>();
        run(() -> {
            FilePool.lend(() -> {
                Thread.currentThread().interrupt();
                Thread.currentThread().setContextClassLoader(own);
            });
            clean.complete(!Thread.currentThread().isInterrupted()
                    && Thread.currentThread().getContextClassLoader() != own);
        });

        assertThat(clean.join()).isTrue();
    }

    @Test
    void aTaskIsRefusedIfNoThreadCanBeStarted() {
        AtomicInteger runs = new AtomicInteger();
        refusals.set(1);

        assertThatThrownBy(() -> pool.execute(runs::incrementAndGet)).isInstanceOf(OutOfMemoryError.class);
        run(() -> {}).join();
        assertThat(runs).as("runs of the refused task").hasValue(0);
    }

    @Test
    void aTaskWaitsForExistingThreadsIfNoOtherCanBeStarted() {
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Thread> first = run(() -> await(release));
        refusals.set(1);
        CompletableFuture<Thread> second = run(() -> {});
        release.countDown();

        assertThat(second.join()).isSameAs(first.join());
    }

    @Test
    void aTaskThatThrowsDoesNotEndItsThread() {
        pool.execute(() -> {
            throw new IllegalStateException("intended, and logged");
        });

        assertThat(threads).contains(run(() -> {}).join());
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
