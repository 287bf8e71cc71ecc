package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.filesystems.OnFaultyFilesystem;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.KernelContexts;
import io.linuxaio.testing.OnRealKernel;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Closing files and contexts while operations stay in flight. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ClosingInFlightIT extends OnFaultyFilesystem {
    private static Thread startClosing(AutoCloseable what, AtomicReference<Throwable> trouble) {
        Thread thread = Thread.ofPlatform().start(() -> {
            try {
                what.close();
            } catch (Exception | Error e) {
                trouble.set(e);
            }
        });
        Await.parked(thread);
        return thread;
    }

    @ParameterizedTest
    @ValueSource(strings = {"READ", "WRITE", "FSYNC"})
    void closingAFileWaits(String kind) throws Exception {
        MemorySegment block = arena.allocate(BLOCK);
        AtomicReference<Throwable> trouble = new AtomicReference<>();
        faulty.hold(kind);
        CompletableFuture<?> operation = switch (kind) {
            case "READ" -> file.read(block, 0);
            case "WRITE" -> file.write(block, 0);
            default -> file.dataSync();
        };
        faulty.awaitHeld(1);

        Thread first = startClosing(file, trouble);
        Thread second = startClosing(file, trouble);
        assertThat(file.isOpen()).isFalse();
        assertThat(file.read(block, 0))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(ClosedChannelException.class);
        assertThat(operation).isNotDone();

        faulty.release();
        first.join();
        second.join();
        // The future follows when file and memory are free already.
        operation.get(20, TimeUnit.SECONDS);
        assertThat(trouble.get()).isNull();
    }

    @Test
    void closingAContextWaitsNoLongerThanItsTimeout() throws InterruptedException {
        int contexts = KernelContexts.countWithoutShared();
        MemorySegment target = arena.allocate(BLOCK);
        CompletableFuture<Integer> read = heldRead(target);

        aio.shutdown();
        assertThat(aio.awaitTermination(Duration.ofMillis(1))).isFalse();
        assertThat(aio.isOpen()).isFalse();
        assertThat(file.read(target, 0))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(ClosedChannelException.class);
        assertThat(read).isNotDone();
        assertThat(KernelContexts.count()).isEqualTo(contexts);
        assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);

        faulty.release();
        assertThat(read.join()).isEqualTo(BLOCK);
        assertThat(aio.awaitTermination(Duration.ofSeconds(20))).isTrue();
        assertThat(KernelContexts.count()).isEqualTo(contexts - 1);
        assertThat(Bytes.of(target)).isEqualTo(Arrays.copyOf(contents, BLOCK));
    }

    @Test
    void twoThreadsCloseAContextAndBothWait() throws InterruptedException {
        CompletableFuture<Integer> read = heldRead(arena.allocate(BLOCK));
        AtomicReference<Throwable> trouble = new AtomicReference<>();
        Thread first = startClosing(aio, trouble);
        Thread second = startClosing(aio, trouble);

        assertThat(read).isNotDone();
        assertThat(first.isAlive()).isTrue();
        assertThat(second.isAlive()).isTrue();
        faulty.release();
        first.join();
        second.join();
        assertThat(read.isDone()).isTrue();
        assertThat(trouble.get()).isNull();
    }

    @Test
    void anInterruptDoesNotStopClosingAndIsKept() throws InterruptedException {
        CompletableFuture<Integer> read = heldRead(arena.allocate(BLOCK));
        AtomicReference<Boolean> interrupted = new AtomicReference<>();
        Thread closing = Thread.ofPlatform().start(() -> {
            aio.close();
            interrupted.set(Thread.currentThread().isInterrupted());
        });
        Await.parked(closing);
        closing.interrupt();
        Await.parked(closing);
        assertThat(closing.isAlive()).isTrue();

        faulty.release();
        closing.join();
        assertThat(read.isDone()).isTrue();
        assertThat(interrupted.get()).isTrue();
    }

    @Test
    void aWaiterForASlotFailsWhenTheContextCloses() throws InterruptedException {
        MemorySegment target = arena.allocate(BLOCK);
        faulty.hold("READ");
        List<CompletableFuture<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < aio.queueDepth(); i++) {
            reads.add(file.read(target, 0));
        }
        faulty.awaitHeld(aio.queueDepth());
        AtomicReference<CompletableFuture<Integer>> refused = new AtomicReference<>();
        Thread waiting = Thread.ofPlatform().start(() -> refused.set(file.read(target, 0)));
        Await.parked(waiting);

        aio.shutdown();
        assertThat(aio.awaitTermination(Duration.ofMillis(1))).isFalse();
        waiting.join();
        assertThat(refused.get().exceptionNow())
                .isInstanceOf(ClosedChannelException.class)
                .hasMessageContaining("closed");
        assertThat(reads).noneMatch(CompletableFuture::isDone);
        faulty.release();
        reads.forEach(read -> assertThat(read.join()).isEqualTo(BLOCK));
    }
}
