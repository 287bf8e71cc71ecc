package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Await;
import java.io.IOException;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;

/** Pollers over the kernel in memory, and the completions that they deliver. What is open at the end is closed. */
abstract class PollerFixture extends FakeKernelFixture {
    static final Duration LONG = Duration.ofSeconds(20);
    static final Duration FOREVER = ChronoUnit.FOREVER.getDuration();

    final List<String> delivered = Collections.synchronizedList(new ArrayList<>());
    private final List<AioPoller> pollers = new ArrayList<>();

    void note(long userData, int result) {
        delivered.add(userData + "=" + result);
    }

    AioPoller poller(AioPoller.Builder builder) throws IOException {
        AioPoller poller = builder.open(kernel);
        pollers.add(poller);
        return poller;
    }

    AioPoller poller(int depth) throws IOException {
        return poller(AioPoller.builder().queueDepth(depth));
    }

    interface Action {
        void run() throws Exception;
    }

    /** Runs an action on a thread of its own; the future completes when the thread has run it. */
    static CompletableFuture<Void> onAnotherThread(Action action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                action.run();
                done.complete(null);
            } catch (Throwable e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    static void join(CompletableFuture<Void> thread) throws InterruptedException, ExecutionException, TimeoutException {
        thread.get(20, TimeUnit.SECONDS);
    }

    /** Returns the calls of io_submit that had operations on files in them. */
    long submissionsOfFiles() {
        return kernel.submissions().stream()
                .filter(submission -> submission.accepted().stream().anyMatch(request -> !request.device()))
                .count();
    }

    void awaitDelivered(int count) {
        Await.until(count + " completions", () -> delivered.size() >= count);
    }

    @AfterEach
    void closePollers() {
        kernel.releaseAll();
        pollers.forEach(AioPoller::close);
        for (AioPoller poller : pollers) {
            assertThat(poller.inFlight()).as("in flight").isZero();
            AioStats stats = poller.stats();
            assertThat(stats.succeeded() + stats.failed()).as("ended").isEqualTo(stats.submitted());
        }
    }
}
