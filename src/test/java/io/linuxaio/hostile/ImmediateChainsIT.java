package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.READ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.testing.OnRealKernel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Chains of reads that the kernel completes inside {@code io_submit}, on a context whose ring is left to waiting
 * threads. The stack suffices for chains of any length, and no operation is lost.
 */
@OnRealKernel
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ImmediateChainsIT {
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final int STEPS = 30_000;
    private static final int JOINS = 200;

    private final AioArena arena = AioArena.ofShared();
    private final MemorySegment block = arena.allocate(4096);
    private Path path;
    private AioContext context;
    private AioFile file;

    @BeforeEach
    void warmUp() throws IOException {
        assumeTrue(Files.isWritable(MEMORY), "no writable tmpfs at " + MEMORY);
        path = Files.createTempFile(MEMORY, "chains", null);
        Files.write(path, new byte[4096]);
        context = AioContext.builder().queueDepth(8).callerReaping(true).open();
        file = context.open(path, READ, AioOpenOption.BUFFERED);
        for (int i = 0; i < JOINS; i++) {
            file.read(block, 0).join();
        }
    }

    @AfterEach
    void close() throws IOException, InterruptedException {
        if (context != null) {
            context.shutdown();
            assertThat(context.awaitTermination(Duration.ofSeconds(20)))
                    .as("closed")
                    .isTrue();
            assertThat(context.stats().inFlight()).isZero();
            file.close();
            Files.delete(path);
            arena.close();
        }
    }

    private CompletableFuture<Integer> compose(int step) {
        return step == STEPS
                ? CompletableFuture.completedFuture(step)
                : file.read(block, 0).thenCompose(_ -> compose(step + 1));
    }

    private void callBack(int step, CompletableFuture<Integer> end) {
        if (step == STEPS) {
            end.complete(step);
            return;
        }
        file.read(block, 0).whenComplete((_, failure) -> {
            if (failure != null) {
                end.completeExceptionally(failure);
            } else {
                callBack(step + 1, end);
            }
        });
    }

    @Test
    void aChainOfComposedStagesDoesNotNest() throws Exception {
        assertThat(compose(0).get(60, TimeUnit.SECONDS)).isEqualTo(STEPS);
    }

    @Test
    void aChainOfCallbacksDoesNotNest() throws Exception {
        CompletableFuture<Integer> end = new CompletableFuture<>();

        callBack(0, end);

        assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo(STEPS);
    }

    @Test
    void chainsRunBesideAThreadThatJoins() throws Exception {
        CompletableFuture<Integer> chain = compose(0);
        while (!chain.isDone()) {
            assertThat(file.read(block, 0).join()).isEqualTo(4096);
        }

        assertThat(chain.get(60, TimeUnit.SECONDS)).isEqualTo(STEPS);
    }
}
