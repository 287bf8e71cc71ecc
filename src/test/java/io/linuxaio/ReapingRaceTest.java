package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.testing.Race;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Waiting threads and threads that attach callbacks on one context, which is closed meanwhile. The ring changes owners
 * all the time; no result and no callback is lost.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("slow")
class ReapingRaceTest {
    private static final int ROUNDS = 1_500;
    private static final int OPERATIONS = 12;
    private static final int BLOCK = 4096;

    private final FakeKernel kernel = new FakeKernel();
    private final AioArena arena = AioArena.ofShared();
    private final MemorySegment memory = arena.allocate(3 * BLOCK);
    private final AtomicInteger results = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private AioFile file;
    private volatile AioContext aio;

    private void open() {
        try {
            aio = AioContext.builder().queueDepth(3).callerReaping(true).open(kernel);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private CompletableFuture<Integer> write(int lane) {
        return aio.write(file, memory.asSlice((long) lane * BLOCK, BLOCK), (long) lane * BLOCK);
    }

    private void joins(int lane) {
        for (int i = 0; i < OPERATIONS; i++) {
            count(write(lane));
        }
    }

    private void attaches() {
        for (int i = 0; i < OPERATIONS; i++) {
            count(write(2).thenApply(count -> count));
        }
    }

    private void count(CompletableFuture<Integer> future) {
        try {
            assertThat(future.get(20, TimeUnit.SECONDS)).isEqualTo(BLOCK);
            results.incrementAndGet();
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(ClosedChannelException.class);
            refused.incrementAndGet();
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError("a result was lost", e);
        }
    }

    private void openFile() throws IOException {
        file = AioFile.open(
                kernel, null, Path.of("/fake/data"), Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE));
    }

    private void end() throws IOException {
        file.close();
        assertThat(kernel.openContexts()).isZero();
        assertThat(kernel.destroyedTooEarly()).isZero();
        assertThat(arena.inFlight()).isZero();
        arena.close();
    }

    @Test
    void noCompletionIsLostWhileTheRingChangesOwners() throws Exception {
        openFile();
        Race.of(ROUNDS, () -> joins(0), () -> joins(1), this::attaches).run(this::open, () -> aio.close());
        end();

        assertThat(results.get()).isGreaterThanOrEqualTo(ROUNDS * 3 * OPERATIONS);
        assertThat(refused).hasValue(0);
    }

    @Test
    void noCompletionIsLostWhenTheContextIsClosed() throws Exception {
        openFile();
        Race.of(ROUNDS, () -> joins(0), () -> joins(1), this::attaches, () -> aio.close())
                .until(() -> results.get() > 0 && refused.get() > 0)
                .run(this::open, () -> aio.close());
        end();
    }
}
