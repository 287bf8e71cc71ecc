package io.linuxaio;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.filesystems.OnFaultyFilesystem;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.ChildJvm;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.fuse.FaultyFilesystem;
import io.linuxaio.testing.fuse.InjectedFault;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operations that stay in flight until the test releases them. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OperationsInFlightIT extends OnFaultyFilesystem {
    @Test
    void cancellingCompletesTheFutureAndNotTheOperation() {
        MemorySegment target = arena.allocate(BLOCK);
        CompletableFuture<Integer> read = heldRead(target);

        assertThat(read.cancel(true)).isTrue();

        assertThatThrownBy(read::join).isInstanceOf(CancellationException.class);
        assertStillInFlight();
        faulty.release();
        assertEnded(target);
    }

    @Test
    void aTimeoutCompletesTheFutureAndNotTheOperation() {
        MemorySegment target = arena.allocate(BLOCK);
        CompletableFuture<Integer> read = heldRead(target).orTimeout(1, TimeUnit.MILLISECONDS);

        assertThatThrownBy(read::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(TimeoutException.class);
        assertStillInFlight();
        faulty.release();
        assertEnded(target);
    }

    private void assertStillInFlight() {
        assertThat(aio.stats().inFlight()).isEqualTo(1);
        assertThat(aio.stats().succeeded()).isZero();
        assertThat(arena.inFlight()).isEqualTo(1);
        assertThatThrownBy(arena::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("1 operations in flight");
    }

    /** The memory was still valid when the kernel wrote into it. */
    private void assertEnded(MemorySegment target) {
        Await.until("the operation has completed", () -> aio.stats().inFlight() == 0);
        assertThat(Bytes.of(target)).isEqualTo(Arrays.copyOf(contents, BLOCK));
        assertThat(aio.stats().succeeded()).isEqualTo(1);
        assertThat(arena.inFlight()).isZero();
        arena.close();
        assertThat(target.scope().isAlive()).isFalse();
    }

    @Test
    void anArenaClosesWhenTheLastOperationCompletes() {
        MemorySegment target = arena.allocate(2 * BLOCK);
        CompletableFuture<Integer> first = heldRead(target.asSlice(0, BLOCK));
        CompletableFuture<Integer> second = file.read(target.asSlice(BLOCK), 0);
        faulty.awaitHeld(2);
        AtomicReference<Boolean> aliveAtFirst = new AtomicReference<>();
        CompletableFuture<Void> seen =
                first.thenAccept(count -> aliveAtFirst.set(target.scope().isAlive()));
        arena.closeWhenIdle();

        assertThat(target.scope().isAlive()).isTrue();
        assertThatThrownBy(() -> file.read(target.asSlice(0, BLOCK), 0)).isInstanceOf(IllegalStateException.class);
        faulty.release(1);
        seen.join();
        assertThat(aliveAtFirst.get()).isTrue();
        assertThat(second).isNotDone();
        faulty.release();
        assertThat(second.join()).isEqualTo(BLOCK);
        assertThat(target.scope().isAlive()).isFalse();
    }

    @Test
    void unreferencedMemoryStaysUntilTheOperationCompletes() {
        faulty.hold("READ");
        WeakReference<MemorySegment> segment = readIntoForgottenMemory();
        faulty.awaitHeld(1);
        for (int i = 0; i < 3; i++) {
            System.gc();
            assertThat(segment.get()).isNotNull();
        }

        faulty.release();
        Await.until("the operation has completed", () -> aio.stats().inFlight() == 0);
        Await.until("the memory can be freed", () -> {
            System.gc();
            return segment.get() == null;
        });
    }

    private WeakReference<MemorySegment> readIntoForgottenMemory() {
        MemorySegment target = Arena.ofAuto().allocate(BLOCK, BLOCK);
        file.read(target, 0);
        return new WeakReference<>(target);
    }

    @Test
    void aFullQueueWaitsOrRejects() throws Exception {
        MemorySegment target = arena.allocate(2 * BLOCK);
        try (AioContext rejecting = AioContext.builder()
                .queueDepth(1)
                .onFullQueue(AioFullQueuePolicy.REJECT)
                .open()) {
            faulty.hold("READ");
            CompletableFuture<Integer> held = rejecting.read(file, target.asSlice(0, BLOCK), 0);
            faulty.awaitHeld(1);
            assertThatThrownBy(() -> rejecting.read(file, target.asSlice(BLOCK), 0))
                    .isInstanceOf(RejectedExecutionException.class);
            faulty.release();
            assertThat(held.join()).isEqualTo(BLOCK);
            assertThat(rejecting.read(file, target.asSlice(BLOCK), 0).join()).isEqualTo(BLOCK);
        }
        faulty.hold("READ");
        for (int i = 0; i < aio.queueDepth(); i++) {
            file.read(target.asSlice(0, BLOCK), 0);
        }
        faulty.awaitHeld(aio.queueDepth());
        AtomicReference<CompletableFuture<Integer>> late = new AtomicReference<>();
        Thread waiting = Thread.ofVirtual().start(() -> late.set(file.read(target.asSlice(BLOCK), BLOCK)));
        Await.parked(waiting);
        faulty.release();
        waiting.join();
        assertThat(late.get().join()).isEqualTo(BLOCK);
    }

    @Test
    void aNonBlockingSubmitterDoesNotWaitIfTheKernelDoes() throws Exception {
        MemorySegment target = arena.allocate(3 * BLOCK);
        try (AioContext never = AioContext.builder()
                        .queueDepth(4)
                        .submission(AioSubmitMode.NON_BLOCKING)
                        .open();
                AioFile own = never.open(file.path(), READ, WRITE)) {
            faulty.hold("WRITE");
            // A write that extends the file waits inside io_submit for the answer.
            CompletableFuture<Integer> write = own.write(target.asSlice(0, BLOCK), LENGTH);
            faulty.awaitHeld(1);

            assertThat(write).isNotDone();
            assertThat(never.stats().offloaded()).isPositive();
            assertThat(own.read(target.asSlice(BLOCK, BLOCK), 0).join()).isEqualTo(BLOCK);
            assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);
            never.shutdown();
            assertThat(never.awaitTermination(Duration.ofMillis(1))).isFalse();
            faulty.release();
            assertThat(write.join()).isEqualTo(BLOCK);
            assertThat(never.awaitTermination(Duration.ofSeconds(20))).isTrue();
            assertThat(own.size()).isEqualTo(LENGTH + BLOCK);
        }
    }

    @Test
    void aLateErrorIsReported() {
        MemorySegment target = arena.allocate(4 * BLOCK);
        faulty.hold("READ");
        List<CompletableFuture<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            reads.add(file.read(target.asSlice((long) i * BLOCK, BLOCK), (long) i * BLOCK));
        }
        faulty.awaitHeld(4);
        faulty.failHeld(FaultyFilesystem.EIO);

        for (CompletableFuture<Integer> read : reads) {
            assertThatThrownBy(read::join)
                    .isInstanceOf(CompletionException.class)
                    .hasCauseInstanceOf(AioException.class)
                    .hasMessageContaining("EIO");
        }
        assertThat(aio.stats().failed()).isEqualTo(4);
        arena.close();
    }

    @Test
    void operationsThatCompleteOutOfOrderCompleteTheirOwnFutures() {
        MemorySegment target = arena.allocate(2 * BLOCK);
        faulty.inject(new InjectedFault("READ", InjectedFault.What.HOLD, 0, 0, 1));
        CompletableFuture<Integer> slow = file.read(target.asSlice(0, BLOCK), 0);
        faulty.awaitHeld(1);

        assertThat(file.read(target.asSlice(BLOCK), BLOCK).join()).isEqualTo(BLOCK);
        assertThat(slow).isNotDone();
        assertThat(Bytes.of(target.asSlice(BLOCK))).isEqualTo(Arrays.copyOfRange(contents, BLOCK, 2 * BLOCK));
        faulty.release();
        assertThat(slow.join()).isEqualTo(BLOCK);
        assertThat(Bytes.of(target)).isEqualTo(Arrays.copyOf(contents, 2 * BLOCK));
    }

    @ParameterizedTest
    @ValueSource(strings = {"return", "exit", "halt"})
    void aJvmExitsWithOperationsInFlight(String way) throws Exception {
        faulty.hold("READ");
        Path log = directory.resolve("child.log");
        Process child = ChildJvm.of(EndInTheMiddle.class)
                .start(log, faulty.path().resolve("file").toString(), way);
        try {
            Await.until("the child is about to exit", () -> contains(log, "in flight: 2"));
            faulty.awaitHeld(2);
            // From here on only the kernel has the child, and waits for what it has in flight (exit_aio).
            faulty.release();
            assertThat(child.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.exitValue()).as(Files.readString(log)).isZero();
        assertThat(Files.readString(log)).isEqualTo("in flight: 2\n");
    }

    private static boolean contains(Path log, String words) {
        try {
            return Files.readString(log).contains(words);
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Submits two reads and exits in one of several ways, without waiting. */
    static final class EndInTheMiddle {
        public static void main(String[] args) throws IOException {
            AioContext aio = AioContext.open();
            AioFile file = aio.open(Path.of(args[0]));
            file.read(AioArena.ofShared().allocate(BLOCK), 0);
            file.read(Arena.ofAuto().allocate(BLOCK, BLOCK), BLOCK);
            System.out.println("in flight: " + aio.stats().inFlight());
            switch (args[1]) {
                case "exit" -> System.exit(0);
                case "halt" -> Runtime.getRuntime().halt(0);
                default -> {
                    // The reaper is a daemon: it does not keep the JVM alive.
                }
            }
        }
    }
}
