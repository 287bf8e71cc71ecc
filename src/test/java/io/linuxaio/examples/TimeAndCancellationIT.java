package io.linuxaio.examples;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.examples.Deadlines.Attempt;
import io.linuxaio.filesystems.WithFaultyFilesystem;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.fuse.FaultyFilesystem;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of limits, deadlines and cancellation, with operations that the test holds in flight. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class TimeAndCancellationIT extends WithFaultyFilesystem {
    private static final int BLOCK = 4096;
    private static final int BLOCKS = 8;
    private static final Duration SHORT = Duration.ofMillis(1);
    private static final Duration LONG = Duration.ofSeconds(60);

    private Path path;
    private AioContext aio;
    private AioArena arena;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        path = faulty.file("file", new byte[BLOCKS * BLOCK]);
        aio = AioContext.builder().queueDepth(BLOCKS).open();
        arena = AioArena.ofShared();
        file = aio.open(path, READ, WRITE);
    }

    @AfterEach
    void close() throws IOException {
        faulty.release();
        aio.close();
        file.close();
        arena.closeWhenIdle();
    }

    private MemorySegment block(int number) {
        return Bytes.copy(arena, contents(number));
    }

    private List<MemorySegment> blocks() {
        return IntStream.range(0, BLOCKS).mapToObj(this::block).toList();
    }

    private static byte[] contents(int number) {
        return Bytes.random(number, BLOCK);
    }

    private void assertInFile(int number) throws IOException {
        byte[] all = Files.readAllBytes(path);
        assertThat(Arrays.copyOfRange(all, number * BLOCK, (number + 1) * BLOCK))
                .isEqualTo(contents(number));
    }

    @Test
    void aThreadWhoseTimedGetExpiredMayWaitAgain() throws Exception {
        faulty.hold("READ");
        CompletableFuture<Integer> read = file.read(arena.allocate(BLOCK), 0);
        faulty.awaitHeld(1);

        assertThat(Deadlines.waitFor(read, SHORT)).isEmpty();

        assertThat(read).isNotDone();
        assertThat(read.getNumberOfDependents()).as("dependent stages").isZero();
        faulty.release();
        assertThat(Deadlines.waitFor(read, LONG)).hasValue(BLOCK);
    }

    @Test
    void aTimeoutOfTheDerivedFutureLeavesTheOutcome() throws Exception {
        faulty.hold("WRITE");
        Attempt attempt = Deadlines.write(file, block(1), BLOCK, SHORT);

        assertThatThrownBy(attempt.answer()::join)
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(TimeoutException.class);

        assertTheKernelHasIt(attempt);
        faulty.release();
        assertThat(attempt.outcome().join()).isEqualTo(BLOCK);
        assertInFile(1);
    }

    @Test
    void aCancelledDerivedFutureLeavesTheOutcome() throws Exception {
        faulty.hold("WRITE");
        Attempt attempt = Deadlines.write(file, block(2), 2 * BLOCK, LONG);

        assertThat(attempt.answer().cancel(true)).isTrue();

        assertThatThrownBy(attempt.answer()::join).isInstanceOf(CancellationException.class);
        assertTheKernelHasIt(attempt);
        faulty.release();
        assertThat(attempt.outcome().join()).isEqualTo(BLOCK);
        assertInFile(2);
    }

    @Test
    void aFailureAfterTheTimeoutIsReported() {
        faulty.hold("WRITE");
        Attempt attempt = Deadlines.write(file, block(3), 0, SHORT);
        assertThatThrownBy(attempt.answer()::join).hasCauseInstanceOf(TimeoutException.class);
        faulty.awaitHeld(1);

        faulty.failHeld(FaultyFilesystem.EIO);

        assertThatThrownBy(attempt.outcome()::join).hasMessageContaining("EIO");
    }

    private void assertTheKernelHasIt(Attempt attempt) {
        faulty.awaitHeld(1);
        assertThat(attempt.outcome()).isNotDone();
        assertThat(aio.stats().inFlight()).isEqualTo(1);
        assertThatThrownBy(arena::close)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("in flight");
    }

    /** A timeout on the operation's own future replaces the outcome, so the examples use a derived future. */
    @Test
    void aFutureThatTimedOutReportsOnlyTheTimeout() {
        faulty.hold("WRITE");
        CompletableFuture<Integer> write = file.write(block(4), 0).orTimeout(SHORT.toMillis(), TimeUnit.MILLISECONDS);
        assertThat(write.getNumberOfDependents())
                .as("dependent stages that cancel the timer")
                .isEqualTo(1);
        assertThatThrownBy(write::join).hasCauseInstanceOf(TimeoutException.class);
        faulty.awaitHeld(1);

        faulty.release();

        Await.until("the operation has completed", () -> aio.stats().inFlight() == 0);
        assertThat(aio.stats().succeeded()).isEqualTo(1);
        assertThatThrownBy(write::join).hasCauseInstanceOf(TimeoutException.class);
    }

    @Test
    void anInterruptReleasesTheThreadAndTheFileIsComplete() throws Exception {
        faulty.hold("WRITE");
        AioArena memory = AioArena.ofShared();
        MemorySegment block = Bytes.copy(memory, contents(5));
        FutureTask<Void> task = new FutureTask<>(() -> {
            assertThatThrownBy(() -> Deadlines.writeInterruptibly(file, memory, block, 5 * BLOCK))
                    .isInstanceOf(InterruptedException.class);
            return null;
        });
        Thread thread = Thread.ofPlatform().start(task);
        faulty.awaitHeld(1);

        thread.interrupt();

        task.get();
        assertThat(aio.stats().inFlight()).isEqualTo(1);
        assertThat(memory.scope().isAlive()).as("memory of the write in flight").isTrue();
        faulty.release();
        Await.until("the memory is free", () -> !memory.scope().isAlive());
        assertInFile(5);
    }

    @Test
    void noMoreOperationsAreInFlightThanPermits() throws Exception {
        faulty.hold("WRITE");
        Semaphore permits = new Semaphore(3);
        List<MemorySegment> blocks = blocks();
        FutureTask<List<CompletableFuture<Integer>>> task =
                new FutureTask<>(() -> Limits.writeLimited(permits, file, blocks));
        Thread thread = Thread.ofPlatform().start(task);
        faulty.awaitHeld(3);
        Await.parked(thread);

        assertThat(aio.stats().submitted()).isEqualTo(3);
        faulty.release();

        assertThat(task.get())
                .hasSize(BLOCKS)
                .allSatisfy(write -> assertThat(write.join()).isEqualTo(BLOCK));
        Await.until("all permits are released", () -> permits.availablePermits() == 3);
        assertInFile(BLOCKS - 1);
    }

    @Test
    void cancellingDoesNotReleaseThePermit() throws Exception {
        faulty.hold("WRITE");
        Semaphore permits = new Semaphore(1);
        CompletableFuture<Integer> write =
                Limits.writeLimited(permits, file, List.of(block(0))).getFirst();

        assertThat(write.cancel(true)).isTrue();

        faulty.awaitHeld(1);
        assertThat(permits.availablePermits()).isZero();
        faulty.release();
        Await.until("the permit is released", () -> permits.availablePermits() == 1);
    }
}
