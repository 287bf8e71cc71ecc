package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.Await;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.FrozenVolume.Hold;
import io.linuxaio.testing.OnRealKernel;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory and descriptors of operations in flight, which stay valid whatever happens to the future. */
@OnRealKernel
@Timeout(value = 60, unit = TimeUnit.SECONDS)
@SuppressWarnings("try") // Closing what a try statement closes again is what is tested.
class HeldMemoryIT extends HeldOperations {
    @Test
    void anArenaIsNotClosedUnderAnOperation() throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            CompletableFuture<Integer> write = file.write(block(1), 0);

            assertThat(arena.inFlight()).isEqualTo(1);
            assertThatThrownBy(arena::close)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("1 operations in flight")
                    .hasMessageContaining("closeWhenIdle");
            assertThat(arena.scope().isAlive()).isTrue();
            assertThat(write).isNotDone();
            hold.release();
            write.join();
            arena.close();
            assertThat(arena.scope().isAlive()).isFalse();
        }
        assertThat(inFile(0)).isEqualTo(contents(1));
    }

    @Test
    void aVectoredOperationKeepsTheArenasOfAllItsSegmentsOpen() throws IOException {
        try (AioArena other = AioArena.ofShared();
                AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            MemorySegment[] segments = {block(1), other.allocate(BLOCK), block(2)};
            CompletableFuture<Integer> write = file.writev(segments, 0);

            assertThat(arena.inFlight()).isEqualTo(2);
            assertThat(other.inFlight()).isEqualTo(1);
            assertThatThrownBy(other::close).isInstanceOf(IllegalStateException.class);
            hold.release();
            assertThat(write.join()).isEqualTo(3 * BLOCK);
            assertThat(arena.inFlight()).isZero();
            assertThat(other.inFlight()).isZero();
        }
    }

    @Test
    void closeWhenIdleClosesTheArenaAfterTheLastOperation() throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            MemorySegment block = block(1);
            CompletableFuture<Integer> write = file.write(block, 0);
            arena.closeWhenIdle();

            assertThat(arena.scope().isAlive()).isTrue();
            assertThatThrownBy(() -> arena.allocate(1)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> file.write(block, 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("arena is closed");
            assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);
            arena.closeWhenIdle();
            hold.release();
            write.join();
            assertThat(arena.scope().isAlive()).isFalse();
        }
        assertThat(inFile(0)).isEqualTo(contents(1));
    }

    @Test
    void cancellingAFutureKeepsTheOperationAndItsMemoryInUse() throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            CompletableFuture<Integer> write = file.write(block(3), 0);

            assertThat(write.cancel(true)).isTrue();
            assertThatThrownBy(write::join).isInstanceOf(CancellationException.class);
            assertThat(arena.inFlight()).isEqualTo(1);
            assertThatThrownBy(arena::close).isInstanceOf(IllegalStateException.class);
            assertThat(aio.stats().inFlight()).isEqualTo(1);
            hold.release();
            Await.until("the arena is idle", () -> arena.inFlight() == 0);
            arena.close();
        }
        assertThat(inFile(0)).isEqualTo(contents(3));
    }

    @Test
    void unreferencedMemoryStaysReachableWhileInFlight() throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            WeakReference<MemorySegment> memory = writeOfForgottenMemory(file);

            for (int i = 0; i < 3; i++) {
                System.gc();
                assertThat(memory.refersTo(null)).isFalse();
            }
            hold.release();
            Await.until("the memory is free", () -> {
                System.gc();
                return memory.refersTo(null);
            });
        }
        assertThat(inFile(0)).isEqualTo(contents(4));
    }

    private static WeakReference<MemorySegment> writeOfForgottenMemory(AioFile file) {
        MemorySegment segment = Arena.ofAuto().allocate(BLOCK, BLOCK);
        segment.copyFrom(MemorySegment.ofArray(contents(4)));
        file.write(segment, 0);
        return new WeakReference<>(segment);
    }

    @Test
    void closingAFileWaitsForItsOperations() throws Exception {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            CompletableFuture<Integer> write = file.write(block(1), 0);
            Started<Boolean> closing = Started.platform(() -> {
                file.close();
                return write.isDone();
            });

            Await.until("the file is closing", () -> !file.isOpen());
            Await.parked(closing.thread());
            assertThat(Descriptors.isOpen(path)).isTrue();
            assertThatThrownBy(() -> file.read(block(2), 0).join())
                    .hasCauseInstanceOf(ClosedChannelException.class)
                    .hasMessageContaining("file is closed");
            assertThatThrownBy(file::size).isInstanceOf(ClosedChannelException.class);
            hold.release();
            closing.result();
            assertThat(write.join()).isEqualTo(BLOCK);
            assertThat(Descriptors.isOpen(path)).isFalse();
        }
    }

    @Test
    void anInterruptNeitherStopsTheClosingOfAFileNorIsLost() throws Exception {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            file.write(block(1), 0);
            Started<Boolean> closing = Started.platform(() -> {
                file.close();
                return Thread.currentThread().isInterrupted() && !Descriptors.isOpen(path);
            });

            Await.until("the file is closing", () -> !file.isOpen());
            closing.thread().interrupt();
            Await.parked(closing.thread());
            assertThat(closing.task().isDone()).isFalse();
            hold.release();
            assertThat(closing.result()).isTrue();
        }
    }

    @Test
    void aCallbackClosesAFileWithoutWaiting() throws IOException {
        try (AioContext aio = AioContext.builder().queueDepth(4).open();
                AioFile quick = openQuick(aio);
                AioFile file = open(aio);
                Hold hold = volume.hold()) {
            CompletableFuture<Integer> write = file.write(block(1), 0);
            CompletableFuture<Boolean> closed = onReaper(aio, quick, () -> {
                file.close();
                return file.isOpen();
            });

            assertThat(closed.join()).isFalse();
            assertThat(write).isNotDone();
            assertThat(Descriptors.isOpen(path)).isTrue();
            hold.release();
            write.join();
            Await.until("the descriptor is closed", () -> {
                try {
                    return !Descriptors.isOpen(path);
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }
}
