package io.linuxaio.flashkv.patterns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The patterns do what PATTERNS.md says, and it shows the code that runs here. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class PatternsTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    private final ExecutorService tasks = Executors.newVirtualThreadPerTaskExecutor();
    private final CountDownLatch interrupted = new CountDownLatch(1);

    @AfterEach
    void close() {
        tasks.close();
    }

    /** Waits until it is interrupted. */
    private String waitForever() throws InterruptedException {
        try {
            new CountDownLatch(1).await();
            return "never";
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }

    @Test
    void aSpawnedTaskRunsBesideItsCaller() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        Future<String> future = Patterns.spawn(tasks, () -> {
            go.await();
            return "done";
        });
        assertThat(future.isDone()).isFalse();
        go.countDown();
        assertThat(future.get()).isEqualTo("done");
    }

    @Test
    void aTaskThatTakesTooLongIsInterrupted() throws Exception {
        assertThat(Patterns.withTimeout(tasks, LONG, () -> "in time")).isEqualTo("in time");
        assertThatThrownBy(() -> Patterns.withTimeout(tasks, Duration.ofMillis(20), this::waitForever))
                .isInstanceOf(TimeoutException.class);
        assertThat(interrupted.await(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void theFirstResultEndsTheOthers() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        List<Callable<String>> branches = List.of(
                () -> {
                    begun.countDown();
                    return waitForever();
                },
                () -> {
                    begun.await();
                    return "first";
                });
        assertThat(Patterns.firstOf(branches)).isEqualTo("first");
        assertThat(interrupted.getCount()).isZero();
        assertThatThrownBy(() -> Patterns.firstOf(List.of(() -> {
                    throw new IOException("no");
                })))
                .hasRootCauseMessage("no");
    }

    @Test
    void allResultsAreInOrderAndAFailureEndsTheOthers() throws Exception {
        List<Callable<Integer>> branches = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            branches.add(() -> number);
        }
        assertThat(Patterns.allOf(branches)).hasSize(100).isSorted();
        CountDownLatch begun = new CountDownLatch(1);
        List<Callable<String>> failing = List.of(
                () -> {
                    begun.countDown();
                    return waitForever();
                },
                () -> {
                    begun.await();
                    throw new IOException("no");
                });
        assertThatThrownBy(() -> Patterns.allOf(failing))
                .isInstanceOf(ExecutionException.class)
                .hasRootCauseMessage("no");
        assertThat(interrupted.getCount()).isZero();
    }

    @Test
    void aFullChannelHoldsUpTheSender() throws Exception {
        Patterns.Channel<Integer> channel = new Patterns.Channel<>(10);
        AtomicInteger sent = new AtomicInteger();
        Future<Void> sender = Patterns.spawn(tasks, () -> {
            for (int i = 0; i < 1000; i++) {
                channel.send(i);
                sent.incrementAndGet();
            }
            channel.close();
            return null;
        });
        Await.until("the channel is full", () -> sent.get() == 10);
        List<Integer> received = new ArrayList<>();
        for (Integer next = channel.receive(); next != null; next = channel.receive()) {
            received.add(next);
            assertThat(sent.get()).isLessThanOrEqualTo(received.size() + 11);
        }
        sender.get();
        assertThat(received).hasSize(1000).isSorted();
    }

    @Test
    void oneWordStopsAllThatWatch() throws Exception {
        Patterns.Watch<Boolean> stopping = new Patterns.Watch<>(false);
        AtomicInteger steps = new AtomicInteger();
        List<Future<Void>> workers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Duration pause = i % 2 == 0 ? Duration.ofMillis(1) : LONG;
            workers.add(Patterns.spawn(tasks, () -> {
                Patterns.repeatUntil(stopping, pause, steps::incrementAndGet);
                return null;
            }));
        }
        Await.until("workers work", () -> steps.get() > 100);
        stopping.set(true);
        for (Future<Void> worker : workers) {
            worker.get(30, TimeUnit.SECONDS);
        }
        assertThat(stopping.await(stop -> stop, Duration.ZERO)).isTrue();
        assertThat(stopping.await(stop -> !stop, Duration.ofMillis(1))).isFalse();
    }

    @Test
    void thePageShowsTheCodeThatRuns() throws IOException {
        String page = Files.readString(Path.of("PATTERNS.md"));
        String source = Files.readString(Path.of("src/test/java/io/linuxaio/flashkv/patterns/Patterns.java"));
        Matcher region = Pattern.compile("(?s)    // @start (\\w+)\\n(.*?)\\n    // @end")
                .matcher(source);
        int regions = 0;
        while (region.find()) {
            regions++;
            assertThat(page)
                    .as(region.group(1))
                    .contains("```java\n" + region.group(2).stripIndent() + "\n```");
        }
        assertThat(regions).isEqualTo(6);
    }
}
