package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.internal.memory.BounceBuffers;
import io.linuxaio.testing.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads and writes of any position and length on an open file: their operations, their failures, and their locks. */
class FullTransferTest extends FakeKernelFixture {
    private static final int UNIT = 512;

    private AioContext aio;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        aio = open(4);
        file = file(aio);
    }

    @AfterEach
    void nothingIsLocked() {
        assertThat(EdgeLocks.locked()).isZero();
    }

    private byte[] fill(int length) throws IOException {
        byte[] bytes = Bytes.random(length, length);
        file.writeFully(bytes, 0, length, 0);
        assertThat(contents()).isEqualTo(bytes);
        return bytes;
    }

    private AioFile open(OpenOption... options) throws IOException {
        return AioFile.open(kernel, aio, PATH, Set.of(options));
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "1, 511", "511, 2", "513, 3072", "100, 60000", "0, 300000", "1234, 700001", "512, 512"})
    void writtenBytesAreReadBack(int position, int length) throws IOException {
        byte[] before = fill(1 << 20);
        byte[] bytes = Bytes.random(3, length);

        file.writeFully(bytes, 0, length, position);
        byte[] read = new byte[length + 2];
        file.readFully(read, 1, length, position);

        System.arraycopy(bytes, 0, before, position, length);
        assertThat(contents()).isEqualTo(before);
        assertThat(Arrays.copyOfRange(read, 1, length + 1)).isEqualTo(bytes);
        assertThat(read[0]).isZero();
        assertThat(read[length + 1]).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 511, 512, 4095, 4096, 4097, 12345, 300_001})
    void theLengthIsExactAfterEachAppend(int length) throws IOException {
        byte[] bytes = Bytes.random(5, 3 * length);
        for (int i = 0; i < 3; i++) {
            file.writeFullyAsync(bytes, i * length, length, (long) i * length).join();
        }

        assertThat(contents()).isEqualTo(bytes);
        assertThat(kernel.count(FakeCall.FTRUNCATE)).isZero();
    }

    @Test
    void aSmallReadIsOneOperation() throws IOException {
        byte[] bytes = fill(20_000);
        int before = kernel.submissions().size();
        MemorySegment target = arena.allocate(3072);

        file.readFullyAsync(target, 1000).join();

        assertThat(Bytes.of(target)).isEqualTo(Arrays.copyOfRange(bytes, 1000, 4072));
        assertThat(requestsSince(before)).singleElement().satisfies(request -> {
            assertThat(request.position()).isEqualTo(512);
            assertThat(request.length()).isEqualTo(7 * UNIT);
        });
    }

    @Test
    void theMiddleOfALargeReadGoesToTheCallersMemory() throws IOException {
        byte[] bytes = fill(200_000);
        int before = kernel.submissions().size();
        MemorySegment target = arena.allocate(100_024).asSlice(76, 99_000);

        file.readFully(target, 1123 - 23);

        assertThat(Bytes.of(target)).isEqualTo(Arrays.copyOfRange(bytes, 1100, 100_100));
        assertThat(requestsSince(before)).singleElement().satisfies(request -> {
            assertThat(request.extents()).hasSize(3);
            assertThat(request.extents().get(1).address()).isEqualTo(target.address() + 436);
        });
    }

    @Test
    void theEndOfTheFileIsAnException() throws IOException {
        fill(1000);
        byte[] target = new byte[2000];

        assertThatThrownBy(() -> file.readFully(target, 500, 501, 500))
                .isInstanceOf(EOFException.class)
                .hasMessageContaining(PATH.toString())
                .hasMessageContaining("1000");
        assertThat(failure(file.readFullyAsync(target, 500, 501, 500))).isInstanceOf(EOFException.class);
        assertThat(failure(file.readFullyAsync(target, 0, 1, 1_000_000))).isInstanceOf(EOFException.class);
        assertThat(Arrays.copyOfRange(target, 1001, 2000)).containsOnly(0);
    }

    @Test
    void bytesBehindTheTargetStay() throws IOException {
        fill(20_000);
        MemorySegment memory = arena.allocate(8192).fill((byte) 7);

        file.readFully(memory.asSlice(512, 1000), 19_000);

        assertThat(Bytes.of(memory.asSlice(0, 512))).containsOnly(7);
        assertThat(Bytes.of(memory.asSlice(1512))).containsOnly(7);
    }

    @Test
    void shortAnswersAreContinued() throws IOException {
        byte[] bytes = fill(30_000);
        byte[] target = new byte[20_000];
        kernel.script(FakeOutcome.shortBy(700), FakeOutcome.shortBy(0));
        assertThat(file.readFullyAsync(target, 0, 20_000, 777)
                        .handle((_, failure) -> failure)
                        .join())
                .isNull();
        assertThat(target).isEqualTo(Arrays.copyOfRange(bytes, 777, 20_777));

        kernel.script(FakeOutcome.shortBy(700), FakeOutcome.shortBy(0));
        file.readFully(target, 0, 20_000, 778);
        assertThat(target).isEqualTo(Arrays.copyOfRange(bytes, 778, 20_778));
    }

    @Test
    void failuresOfTheKernelArrive() throws IOException {
        fill(30_000);
        byte[] bytes = new byte[3000];
        kernel.script(FakeOutcome.error(Errno.EIO));
        assertFailsWith(file.readFullyAsync(bytes, 0, 3000, 1), "EIO", 0);
        kernel.script(FakeOutcome.error(Errno.EIO));
        assertThatThrownBy(() -> file.readFully(bytes, 0, 3000, 1)).isInstanceOf(AioException.class);
        // The edge cannot be read.
        kernel.script(FakeOutcome.error(Errno.EIO));
        assertFailsWith(file.writeFullyAsync(bytes, 0, 3000, 1), "EIO", 0);
        // The block cannot be written.
        kernel.script(FakeOutcome.NORMAL, FakeOutcome.error(Errno.ENOSPC));
        assertThatThrownBy(() -> file.writeFully(bytes, 0, 3000, 1)).isInstanceOf(AioException.class);
        kernel.refuse(FakeRequest::isRead, Errno.EINVAL);
        assertFailsWith(file.readFullyAsync(bytes, 0, 3000, 1), "EINVAL", 0);
    }

    @Test
    void unalignedWritesOfOneFileWaitForEachOther() throws Exception {
        byte[] bytes = fill(8192);
        AioFile other = open(StandardOpenOption.READ, StandardOpenOption.WRITE);
        assertThat(other.fileKey()).isEqualTo(file.fileKey());
        kernel.hold();
        CompletableFuture<Void> first = file.writeFullyAsync(new byte[] {1}, 0, 1, 100);
        CompletableFuture<Void> second = other.writeFullyAsync(new byte[] {2}, 0, 1, 101);
        kernel.awaitHeld(1);
        assertThat(kernel.held()).hasSize(1);

        kernel.releaseAll();
        CompletableFuture.allOf(first, second).join();

        bytes[100] = 1;
        bytes[101] = 2;
        assertThat(contents()).isEqualTo(bytes);
        other.close();
    }

    @Test
    void aFileThatCannotBeReadIsWrittenThroughThePageCache() throws IOException {
        byte[] bytes = fill(8192);
        try (AioFile writeOnly = open(StandardOpenOption.WRITE)) {
            writeOnly.writeFully(new byte[] {1, 2, 3}, 0, 3, 4000);
            assertThatThrownBy(() -> writeOnly.readFully(new byte[1], 0, 1, 0))
                    .isInstanceOf(NonReadableChannelException.class);
        }
        System.arraycopy(new byte[] {1, 2, 3}, 0, bytes, 4000, 3);
        assertThat(contents()).isEqualTo(bytes);
    }

    @Test
    void anAppendingFileIsWrittenAtItsEnd() throws IOException {
        byte[] bytes = fill(1000);
        try (AioFile appending = open(StandardOpenOption.APPEND)) {
            appending.writeFully(new byte[] {1, 2, 3}, 0, 3, 0);
            appending.writeFullyAsync(ByteBuffer.wrap(new byte[] {4}), 7).join();
        }
        assertThat(contents()).startsWith(bytes).endsWith(1, 2, 3, 4).hasSize(1004);
    }

    @Test
    void buffersAdvanceInTheBlockingForm() throws IOException {
        fill(1000);
        ByteBuffer target = ByteBuffer.allocateDirect(300);
        target.position(10).limit(110);
        file.readFully(target, 5);
        assertThat(target.position()).isEqualTo(110);
        target.flip();
        file.writeFully(target, 990);
        assertThat(target.hasRemaining()).isFalse();
        ByteBuffer kept = ByteBuffer.allocate(10);
        file.readFullyAsync(kept, 5).join();
        assertThat(kept.position()).isZero();
        assertThatThrownBy(() -> file.readFully(kept.asReadOnlyBuffer(), 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void confinedMemoryIsForTheBlockingForm() throws IOException {
        byte[] bytes = fill(1000);
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment target = confined.allocate(100);
            file.readFully(target, 1);
            file.writeFully(target, 101);
            assertThatThrownBy(() -> file.readFullyAsync(target, 1)).isInstanceOf(WrongThreadException.class);
            assertThatThrownBy(() -> file.writeFullyAsync(target, 1)).isInstanceOf(WrongThreadException.class);
        }
        assertThat(Arrays.copyOfRange(contents(), 101, 201)).isEqualTo(Arrays.copyOfRange(bytes, 1, 101));
    }

    @Test
    void badArgumentsAreRefused() throws IOException {
        byte[] bytes = new byte[10];
        assertThatThrownBy(() -> file.readFully(bytes, 0, 1, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.writeFully(bytes, 0, 1, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.readFully(bytes, 0, 2, Long.MAX_VALUE - 1))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> file.readFully(bytes, 0, 1, Long.MAX_VALUE - 1))
                .isInstanceOf(AioException.class);
        assertThat(failure(file.readFullyAsync(bytes, 0, 1, Long.MAX_VALUE - 1)))
                .isInstanceOf(AioException.class);
        assertThat(failure(file.writeFullyAsync(bytes, 0, 1, Long.MAX_VALUE - 1)))
                .isInstanceOf(AioException.class);
        assertThatThrownBy(() -> file.readFully(bytes, 5, 6, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> file.writeFully(bytes, -1, 1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> file.readFully((byte[]) null, 0, 1, 0)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> file.readFully((MemorySegment) null, 0)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> file.readFully(MemorySegment.ofArray(bytes).asReadOnly(), 0))
                .isInstanceOf(IllegalArgumentException.class);
        try (AioFile readOnly = open(StandardOpenOption.READ)) {
            assertThatThrownBy(() -> readOnly.writeFully(bytes, 0, 1, 0))
                    .isInstanceOf(NonWritableChannelException.class);
        }
        try (AioFile alone = AioFile.open(kernel, null, PATH, Set.of(StandardOpenOption.READ))) {
            assertThatThrownBy(() -> alone.readFully(bytes, 0, 1, 0)).isInstanceOf(IllegalStateException.class);
        }
        Arena closed = Arena.ofShared();
        MemorySegment gone = closed.allocate(10);
        closed.close();
        assertThatThrownBy(() -> file.readFully(gone, 0)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> file.writeFullyAsync(gone, 0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void closedFilesAndContextsFail() throws IOException {
        fill(1000);
        byte[] bytes = new byte[10];
        AioFile closed = open(StandardOpenOption.READ, StandardOpenOption.WRITE);
        closed.writeFully(bytes, 0, 10, 995);
        closed.close();
        assertThatThrownBy(() -> closed.readFully(bytes, 0, 1, 0)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> closed.readFully(bytes, 0, 0, 0)).isInstanceOf(ClosedChannelException.class);
        assertThat(failure(closed.writeFullyAsync(bytes, 0, 1, 0))).isInstanceOf(ClosedChannelException.class);
        assertThat(failure(closed.writeFullyAsync(bytes, 0, 0, 0))).isInstanceOf(ClosedChannelException.class);
        aio.close();
        assertThatThrownBy(() -> file.writeFully(bytes, 0, 1, 0)).isInstanceOf(ClosedChannelException.class);
        assertThat(failure(file.readFullyAsync(bytes, 0, 1, 0))).isInstanceOf(ClosedChannelException.class);
        assertThat(failure(file.readFullyAsync(bytes, 0, 0, 0))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void nothingIsReadAndWrittenOfNothing() throws IOException {
        file.readFully(new byte[0], 0, 0, 12_345);
        file.writeFullyAsync(new byte[0], 0, 0, 12_345).join();
        assertThat(contents()).isEmpty();
    }

    @Test
    void aCallbackMustNotWait() throws Exception {
        fill(1000);
        kernel.hold();
        CompletableFuture<Void> read = file.readFullyAsync(new byte[1], 0, 1, 0)
                .thenRun(() -> assertThatThrownBy(() -> file.readFully(new byte[1], 0, 1, 0))
                        .isInstanceOf(IllegalStateException.class));
        kernel.awaitHeld(1);
        kernel.releaseAll();

        assertThat(read.handle((_, failure) -> failure).join()).isNull();
    }

    @Test
    void aFullQueueRejectsAndKeepsNothing() throws Exception {
        fill(10_000);
        AioContext rejecting = open(AioContext.builder().queueDepth(1).onFullQueue(AioFullQueuePolicy.REJECT));
        AioFile full = file(rejecting);
        kernel.hold();
        CompletableFuture<Void> first = full.readFullyAsync(arena.allocate(100), 1);
        kernel.awaitHeld(1);
        int uses = arena.inFlight();

        assertThatThrownBy(() -> full.readFullyAsync(arena.allocate(100), 1))
                .isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> full.readFully(arena.allocate(100), 1)).isInstanceOf(RejectedExecutionException.class);
        assertThat(failure(full.writeFullyAsync(arena.allocate(100), 1)))
                .isInstanceOf(RejectedExecutionException.class);

        assertThat(arena.inFlight()).isEqualTo(uses);
        kernel.releaseAll();
        first.join();
    }

    @Test
    void cancellingReleasesNothingTooEarly() throws Exception {
        byte[] bytes = fill(10_000);
        MemorySegment target = arena.allocate(100);
        kernel.hold();
        CompletableFuture<Void> read = file.readFullyAsync(target, 1);
        kernel.awaitHeld(1);
        int free = BounceBuffers.available(1);
        read.cancel(true);
        assertThat(arena.inFlight()).isEqualTo(1);
        assertThat(BounceBuffers.available(1)).isEqualTo(free);
        kernel.releaseAll();
        aio.close();
        assertThat(arena.inFlight()).isZero();
        assertThat(BounceBuffers.available(1)).isEqualTo(free + 1);
        assertThat(Bytes.of(target)).isEqualTo(Arrays.copyOfRange(bytes, 1, 101));
    }

    @Test
    void anEdgeThatWasCutOffMeanwhileIsWrittenExactly() throws Exception {
        fill(8192);
        kernel.hold();
        CompletableFuture<Void> write = file.writeFullyAsync(new byte[] {9}, 0, 1, 5000);
        kernel.awaitHeld(1);
        file.setLength(4999);
        kernel.releaseAll();
        write.join();

        assertThat(contents()).hasSize(5001).endsWith(0, 9);
    }

    @Test
    void aSecondDescriptorThatCannotBeOpenedFailsTheWrite() throws IOException {
        byte[] bytes = fill(1000 / UNIT * UNIT);
        kernel.fail(FakeCall.OPEN, Errno.EACCES, 1);
        assertThatThrownBy(() -> file.writeFully(new byte[] {1}, 0, 1, 512)).isInstanceOf(IOException.class);
        file.writeFully(new byte[] {1}, 0, 1, 512);
        assertThat(contents()).startsWith(bytes).endsWith(1);
    }
}
