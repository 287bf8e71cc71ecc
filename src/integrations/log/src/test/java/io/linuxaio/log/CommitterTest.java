package io.linuxaio.log;

import static io.linuxaio.log.LogFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The committer and its buffers, without a kernel. */
class CommitterTest {
    private static final int BUFFER = 4096;

    private final PendingGroups pending = new PendingGroups(buffer(), buffer());
    private final AtomicInteger released = new AtomicInteger();

    private static GroupBuffer buffer() {
        return new GroupBuffer(Arena.ofAuto().allocate(2 * BUFFER), BUFFER);
    }

    private CompletableFuture<Long> append(String text) {
        return pending.append(MemorySegment.ofArray(bytes(text)));
    }

    /** A committer without a segment: its first write ends in an exception that nobody expects. */
    private Committer broken() {
        return new Committer(
                LogWriter.builder(Path.of("nowhere")), pending, null, null, 0, false, released::incrementAndGet);
    }

    @Test
    void anyFailureOfTheCommitterCompletesAllFutures() {
        List<CompletableFuture<Long>> appends =
                IntStream.range(0, 20).mapToObj(i -> append("record " + i)).toList();
        CompletableFuture<Void> callback = appends.getFirst().handle((_, _) -> {
            throw new StackOverflowError("of a callback");
        });
        broken().run();
        assertThat(appends)
                .allSatisfy(append -> assertThat(append)
                        .failsWithin(Duration.ZERO)
                        .withThrowableThat()
                        .withCauseInstanceOf(LogFailedException.class)
                        .withRootCauseInstanceOf(NullPointerException.class));
        assertThat(callback).isCompletedExceptionally();
        assertThat(append("late"))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .withCauseInstanceOf(LogFailedException.class);
        assertThat(released).hasValue(1);
    }

    @Test
    void anAppendThatWaitsForRoomFails() throws Exception {
        append("x".repeat(3000));
        CompletableFuture<Long> late = new CompletableFuture<>();
        Thread appender = Thread.ofPlatform().start(() -> {
            CompletableFuture<Long> append = append("y".repeat(3000));
            append.whenComplete((_, e) -> late.completeExceptionally(e));
        });
        Await.parked(appender);
        broken().run();
        assertThat(late)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withCauseInstanceOf(LogFailedException.class);
        appender.join();
    }

    @Test
    void anInterruptEndsTheWaitForRoom() throws Exception {
        append("x".repeat(3000));
        CompletableFuture<Long> refused = new CompletableFuture<>();
        Thread appender = Thread.ofPlatform()
                .start(() -> append("y".repeat(3000)).whenComplete((_, e) -> refused.completeExceptionally(e)));
        Await.parked(appender);
        // It queues behind the first.
        CompletableFuture<Long> second = new CompletableFuture<>();
        Thread behind = Thread.ofPlatform()
                .start(() -> append("z".repeat(3000)).whenComplete((_, e) -> second.completeExceptionally(e)));
        Await.parked(behind);
        behind.interrupt();
        assertThat(second)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withCauseInstanceOf(InterruptedIOException.class);
        appender.interrupt();
        assertThat(refused)
                .failsWithin(Duration.ofSeconds(20))
                .withThrowableThat()
                .withCauseInstanceOf(InterruptedIOException.class);
        // An interrupt means nothing where there is room.
        Thread.currentThread().interrupt();
        assertThat(append("small")).isNotDone();
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aLargeRecordIsNotOvertakenBySmallOnes() throws Exception {
        append("x".repeat(3000));
        Thread large = Thread.ofPlatform().start(() -> append("y".repeat(3000)));
        Await.parked(large);
        Thread small = Thread.ofPlatform().start(() -> append("z"));
        Await.parked(small);
        GroupBuffer first = pending.take(0);
        first.exchangeAppends(List.of());
        large.join();
        small.join();
        pending.giveBack(first);
        assertThat(pending.take(0).length()).isEqualTo(Group.HEADER + 2 * Group.PREFIX + 3000 + 1);
    }

    @Test
    void aRecordThatCannotBeCopiedLeavesNothingBehind() {
        MemorySegment closed;
        try (Arena arena = Arena.ofConfined()) {
            closed = arena.allocate(100);
        }
        assertThatThrownBy(() -> pending.append(closed)).isInstanceOf(IllegalStateException.class);
        append("next");
        GroupBuffer group = pending.take(0);
        assertThat(group.length()).isEqualTo(Group.HEADER + Group.PREFIX + 4);
        assertThat(group.exchangeAppends(List.of())).hasSize(1);
    }
}
