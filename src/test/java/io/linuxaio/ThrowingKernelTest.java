package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.Kernel;
import io.linuxaio.internal.kernel.KernelProxy;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An {@code Error} thrown by each call into the kernel in turn, before or after its work. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ThrowingKernelTest {
    private static final int BLOCK = 4096;
    private static final int CALLS = 12;
    private static final Set<String> THROWING = Set.of("submit", "getEvents");

    private final FakeKernel fake = new FakeKernel();
    private final AioArena arena = AioArena.ofShared();
    private int countdown = Integer.MAX_VALUE;
    private boolean after;
    private Supplier<Error> error;

    private final Kernel kernel = KernelProxy.over(fake, this::call);

    private Object call(KernelProxy.Call call) throws Throwable {
        boolean throwsNow = THROWING.contains(call.name()) && isDue();
        if (throwsNow && !after) {
            throw error.get();
        }
        Object answer = call.proceed();
        if (throwsNow) {
            throw error.get();
        }
        return answer;
    }

    private synchronized boolean isDue() {
        return countdown-- == 0;
    }

    private synchronized void arm(int calls, boolean afterwards, String kind) {
        countdown = calls;
        after = afterwards;
        error = "stack".equals(kind) ? StackOverflowError::new : () -> new OutOfMemoryError("of the test");
    }

    private MemorySegment block() {
        return arena.allocate(BLOCK);
    }

    private interface Addition {
        void run() throws Exception;
    }

    private static void tolerate(Addition addition) throws Exception {
        try {
            addition.run();
        } catch (StackOverflowError | OutOfMemoryError e) {
            // The completions reported to the caller.
        }
    }

    private static void assertAllComplete(List<CompletableFuture<Integer>> futures) throws Exception {
        for (CompletableFuture<Integer> future : futures) {
            try {
                future.get(20, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOfAny(IOException.class, Error.class);
            }
        }
    }

    private AioFile open(AioContext aio) throws IOException {
        return AioFile.open(
                kernel,
                aio,
                Path.of("/fake/data"),
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
    }

    @ParameterizedTest
    @CsvSource({"stack, false", "stack, true", "memory, false", "memory, true"})
    void aContextLosesNoOperation(String kind, boolean afterwards) throws Exception {
        for (int calls = 0; calls < CALLS; calls++) {
            AioContext aio = AioContext.builder().queueDepth(4).open(kernel);
            AioFile file = open(aio);
            List<CompletableFuture<Integer>> futures = new ArrayList<>();
            arm(calls, afterwards, kind);
            for (int i = 0; i < 4; i++) {
                tolerate(() -> futures.add(file.write(block(), 0)));
                tolerate(() -> futures.add(file.writev(new MemorySegment[] {block(), block()}, 0)));
                AioBatch batch = aio.batch();
                for (int j = 0; j < 3; j++) {
                    futures.add(batch.write(file, block(), 0));
                }
                tolerate(batch::submit);
            }
            assertAllComplete(futures);
            Await.until("all slots are free", () -> aio.stats().inFlight() == 0);
            assertThat(arena.inFlight()).isZero();
            file.close();
            aio.shutdown();
            assertThat(aio.awaitTermination(Duration.ofSeconds(20))).isTrue();
        }
        assertThat(fake.openContexts()).isZero();
        assertThat(fake.openDescriptors()).isZero();
        arena.close();
    }

    @ParameterizedTest
    @CsvSource({"stack, false", "stack, true", "memory, false", "memory, true"})
    void aQueueLosesNoOperation(String kind, boolean afterwards) throws Exception {
        for (int calls = 0; calls < CALLS; calls++) {
            try (AioFile file = open(null);
                    AioQueue queue = AioQueue.open(kernel, 4)) {
                int[] reported = new int[1];
                AioCompletionHandler count = (userData, result) -> reported[0]++;
                // So that the kernel is known to write keys.
                assertThat(queue.prepareWrite(file, block(), 0, 0)).isTrue();
                queue.submit();
                assertThat(queue.await(1, Duration.ofSeconds(20), count)).isEqualTo(1);
                int prepared = 1;
                arm(calls, afterwards, kind);
                for (int i = 0; i < CALLS; i++) {
                    if (queue.prepareWritev(file, new MemorySegment[] {block(), block()}, 0, 0)) {
                        prepared++;
                    }
                    if (queue.prepareWrite(file, block(), 0, 0)) {
                        prepared++;
                    }
                    tolerate(queue::submit);
                    tolerate(() -> queue.await(1, Duration.ofMillis(10), count));
                }
                long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
                while (reported[0] < prepared && System.nanoTime() < deadline) {
                    queue.submit();
                    queue.await(1, Duration.ofMillis(10), count);
                }
                assertThat(reported[0])
                        .as("reported of the prepared operations")
                        .isEqualTo(prepared);
                assertThat(queue.inFlight()).isZero();
            }
        }
        assertThat(arena.inFlight()).isZero();
        assertThat(fake.openContexts()).isZero();
        assertThat(fake.destroyedTooEarly()).isZero();
        arena.close();
    }

    /** The events of one poll may include those of operations that its handler has submitted. */
    @Test
    void aQueueFindsOperationsThatAHandlerSubmittedBeforeItReapsThem() throws Exception {
        int many = 257;
        int[] reported = new int[many + 2];
        try (AioFile file = open(null);
                AioQueue queue = AioQueue.open(kernel, many + 1)) {
            for (int i = 0; i < many; i++) {
                assertThat(queue.prepareWrite(file, block(), 0, i)).isTrue();
            }
            assertThat(queue.submit()).isEqualTo(many);
            AioCompletionHandler handler = (userData, result) -> {
                reported[(int) userData]++;
                if (userData == 0) {
                    queue.prepareWrite(file, block(), 0, many);
                    arm(0, true, "memory");
                    assertThatThrownBy(queue::submit).isInstanceOf(OutOfMemoryError.class);
                } else if (userData == many) {
                    queue.prepareWrite(file, block(), 0, many + 1);
                }
            };
            Await.until("all are told: " + Arrays.toString(reported), () -> {
                queue.poll(handler);
                queue.submit();
                return reported[many + 1] > 0;
            });
            queue.poll(handler);
            assertThat(reported).containsOnly(1);
            assertThat(fake.requests()).as("requests, each submitted once").hasSize(many + 2);
            assertThat(queue.inFlight()).isZero();
            assertThat(queue.prepared()).isZero();
        }
        assertThat(arena.inFlight()).isZero();
        arena.close();
    }
}
