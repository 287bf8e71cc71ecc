package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.files.AioFiles;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;

/** A closed file or context fails futures with {@link ClosedChannelException}; methods without a future throw it. */
class ClosedFileOrContextTest extends FakeKernelFixture {
    private static final String FILE_IS_CLOSED = "the file is closed: " + PATH;
    private static final String CONTEXT_IS_CLOSED = "the context is closed";

    /** The ways to start an asynchronous operation. */
    private enum Operation {
        READ((_, file, block) -> file.read(block, 0)),
        WRITE((_, file, block) -> file.write(block, 0)),
        READV((_, file, block) -> file.readv(new MemorySegment[] {block}, 0)),
        WRITEV((_, file, block) -> file.writev(new MemorySegment[] {block}, 0)),
        SYNC((_, file, _) -> file.sync()),
        DATA_SYNC((_, file, _) -> file.dataSync()),
        READ_THROUGH_CONTEXT((aio, file, block) -> aio.read(file, block, 0)),
        WRITEV_THROUGH_CONTEXT((aio, file, block) -> aio.writev(file, new MemorySegment[] {block}, 0)),
        SYNC_THROUGH_CONTEXT((aio, file, _) -> aio.sync(file)),
        EMPTY_READ((_, file, block) -> file.read(block.asSlice(0, 0), 0)),
        EMPTY_WRITE((aio, file, block) -> aio.write(file, block.asSlice(0, 0), 0));

        private final Beginning beginning;

        Operation(Beginning beginning) {
            this.beginning = beginning;
        }

        CompletableFuture<?> begin(AioContext aio, AioFile file, MemorySegment block) {
            return beginning.begin(aio, file, block);
        }
    }

    private interface Beginning {
        CompletableFuture<?> begin(AioContext aio, AioFile file, MemorySegment block);
    }

    private static void assertClosed(CompletableFuture<?> future, String message) {
        assertThat(failure(future)).isInstanceOf(ClosedChannelException.class).hasMessage(message);
    }

    private void assertNothingWasSubmitted(AioContext aio) {
        assertThat(kernel.requests()).isEmpty();
        assertThat(aio.stats().submitted()).isZero();
        assertThat(arena.inFlight()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void aClosedFileFailsTheFuture(Operation operation) throws IOException {
        AioContext aio = open(2);
        AioFile file = file(aio);
        file.close();

        assertClosed(operation.begin(aio, file, block(1)), FILE_IS_CLOSED);
        assertNothingWasSubmitted(aio);
    }

    @ParameterizedTest
    @EnumSource
    void aClosedContextFailsTheFuture(Operation operation) throws IOException {
        AioContext aio = open(2);
        AioFile file = file(aio);
        aio.close();

        assertClosed(operation.begin(aio, file, block(1)), CONTEXT_IS_CLOSED);
        assertThat(file.isOpen()).isTrue();
        assertNothingWasSubmitted(aio);
    }

    @ParameterizedTest
    @EnumSource
    void aClosedFileFailsTheFutureThroughTheSharedContext(Operation operation) throws IOException {
        SharedContext shared = new SharedContext(
                1_000_000, 8, depth -> AioContext.builder().queueDepth(depth).open(kernel));
        AioFile file = file(shared);
        file.close();

        assertClosed(operation.begin(shared, file, block(1)), FILE_IS_CLOSED);
        assertNothingWasSubmitted(shared);
        Await.until("the context is closed", () -> kernel.openContexts() == 0);
    }

    private Thread beginWaiting(AioContext aio, boolean virtual, Runnable operation) {
        Thread thread = virtual
                ? Thread.ofVirtual().start(operation)
                : Thread.ofPlatform().start(operation);
        Await.until("an operation waits for a slot", () -> aio.stats().queueFullCount() == 1);
        return thread;
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_NONE, names = "EMPTY_.*")
    void closingTheContextFailsTheFutureOfAWaiterForASlot(Operation operation) throws Exception {
        for (boolean callerReaping : List.of(true, false)) {
            for (boolean virtual : List.of(true, false)) {
                AioContext aio = open(AioContext.builder().queueDepth(1).callerReaping(callerReaping));
                AioFile file = file(aio);
                kernel.hold();
                CompletableFuture<Integer> first = file.write(block(1), 0);
                CompletableFuture<CompletableFuture<?>> second = new CompletableFuture<>();
                Thread thread = beginWaiting(aio, virtual, () -> second.complete(operation.begin(aio, file, block(2))));

                aio.shutdown();

                assertClosed(second.join(), CONTEXT_IS_CLOSED);
                thread.join();
                assertThat(first).isNotDone();
                kernel.releaseAll();
                assertThat(first.join()).isEqualTo(BLOCK);
                assertThat(aio.stats().submitted()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_NONE, names = "EMPTY_.*")
    void closingTheFileFailsTheFutureOfAWaiterForASlot(Operation operation) throws Exception {
        AioContext aio = open(1);
        AioFile other = file(aio);
        AioFile file = file(aio);
        kernel.hold();
        CompletableFuture<Integer> first = other.write(block(1), 0);
        CompletableFuture<CompletableFuture<?>> second = new CompletableFuture<>();
        Thread thread = beginWaiting(aio, false, () -> second.complete(operation.begin(aio, file, block(2))));

        file.close();
        kernel.releaseAll();

        assertThat(first.join()).isEqualTo(BLOCK);
        assertClosed(second.join(), FILE_IS_CLOSED);
        thread.join();
        assertThat(other.write(block(3), 0).join()).as("the slot is free").isEqualTo(BLOCK);
    }

    @Test
    void aClosedFileFailsOnlyItsOwnOperationsOfABatch() throws IOException {
        AioContext aio = open(4);
        AioFile good = file(aio);
        AioFile closed = file(aio);
        AioFile closing = file(aio);
        AioBatch batch = aio.batch();
        closed.close();
        CompletableFuture<Integer> refused = batch.read(closed, block(1), 0);
        CompletableFuture<Integer> refusedWithoutBytes =
                batch.writev(closed, new MemorySegment[] {block(1).asSlice(0, 0)}, 0);
        CompletableFuture<Void> closedMeanwhile = batch.dataSync(closing);
        CompletableFuture<Integer> written = batch.write(good, block(2), 0);
        assertThat(batch.size()).isEqualTo(2);
        closing.close();

        batch.submit();

        assertClosed(refused, FILE_IS_CLOSED);
        assertClosed(refusedWithoutBytes, FILE_IS_CLOSED);
        assertClosed(closedMeanwhile, FILE_IS_CLOSED);
        assertThat(written.join()).isEqualTo(BLOCK);
    }

    @Test
    void aClosedContextFailsAllOperationsOfABatch() throws IOException {
        AioContext aio = open(2);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> before = batch.write(file, block(1), 0);
        aio.close();
        CompletableFuture<Integer> after = batch.write(file, block(1), 0);

        assertClosed(after, CONTEXT_IS_CLOSED);
        assertThat(batch.size()).isEqualTo(1);
        batch.submit();
        assertClosed(before, CONTEXT_IS_CLOSED);
        assertNothingWasSubmitted(aio);
    }

    @Test
    void theRestOfABatchWaitingForASlotFailsWhenTheContextIsClosed() throws Exception {
        AioContext aio = open(1);
        AioFile file = file(aio);
        AioBatch batch = aio.batch();
        CompletableFuture<Integer> first = batch.write(file, block(1), 0);
        CompletableFuture<Integer> second = batch.write(file, block(2), BLOCK);
        CompletableFuture<Void> third = batch.dataSync(file);
        kernel.hold();
        Thread thread = beginWaiting(aio, false, batch::submit);

        aio.shutdown();

        assertClosed(second, CONTEXT_IS_CLOSED);
        assertClosed(third, CONTEXT_IS_CLOSED);
        thread.join();
        kernel.releaseAll();
        assertThat(first.join()).isEqualTo(BLOCK);
    }

    @Test
    void invalidArgumentsAreThrownEvenIfTheFileIsClosed() throws IOException {
        AioContext aio = open(1);
        AioFile file = file(aio);
        Arena freed = Arena.ofShared();
        MemorySegment dead = freed.allocate(BLOCK, BLOCK);
        freed.close();
        MemorySegment block = block(1);
        assertThatThrownBy(() -> file.read(dead, 0)).isInstanceOf(IllegalStateException.class);
        file.close();

        assertThatThrownBy(() -> file.read(dead, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> file.read(block, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> aio.batch().write(file, block, -1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void methodsWithoutAFutureThrow() throws IOException {
        AioContext aio = open(1);
        AioFile file = file(aio);
        file.close();

        assertThatThrownBy(file::size)
                .isInstanceOf(ClosedChannelException.class)
                .hasMessage(FILE_IS_CLOSED);
        assertThatThrownBy(() -> file.setLength(0)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.allocate(0, 1)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(file::atomicWrites).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> file.with(AioRequestFlag.ATOMIC)).isInstanceOf(ClosedChannelException.class);
        aio.close();
        assertThatThrownBy(() -> aio.open(PATH))
                .isInstanceOf(ClosedChannelException.class)
                .hasMessage(CONTEXT_IS_CLOSED);
    }

    /** The owner closes the files that it uses, or polls before another thread does. */
    @Test
    void aQueueThrowsIllegalStateException() throws IOException {
        AioFile file = file(open(1));
        file.close();
        MemorySegment block = block(1);
        try (AioQueue queue = AioQueue.open(kernel, 1)) {
            assertThatThrownBy(() -> queue.prepareRead(file, block, 0, 1))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage(FILE_IS_CLOSED);
            assertThatThrownBy(() -> queue.prepareSync(file, 1)).isInstanceOf(IllegalStateException.class);
            assertThat(queue.prepared()).isZero();
        }
    }

    @Test
    void aFailureToCloseAFileIsThrownOnce() throws IOException {
        Channel channel = file(open(1));
        assertThat(channel.isOpen()).isTrue();
        kernel.fail(FakeCall.CLOSE, Errno.EIO, 1);

        assertThatThrownBy(channel::close).isInstanceOf(AioException.class).hasMessageContaining("EIO");

        assertThat(channel.isOpen()).isFalse();
        channel.close();
        channel.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aWholeFileFailsIfTheContextIsClosed(boolean meanwhile) throws Exception {
        AioContext aio = open(1);
        CompletableFuture<?> written;
        if (meanwhile) {
            kernel.hold();
            written = AioFiles.using(aio).write(PATH, new byte[5 << 20]);
            kernel.awaitHeld(1);
            aio.shutdown();
            kernel.releaseAll();
        } else {
            aio.close();
            written = AioFiles.using(aio).readAllBytes(PATH);
        }

        assertClosed(written, CONTEXT_IS_CLOSED);
    }
}
