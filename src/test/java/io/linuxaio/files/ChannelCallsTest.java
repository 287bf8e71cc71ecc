package io.linuxaio.files;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.abi.Abi;
import io.linuxaio.internal.access.CoreAccess;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The calls of channels one by one: what they return, check and leave behind. */
class ChannelCallsTest extends FakeKernelFixture {
    private final byte[] bytes = Bytes.random(23, 3 * BLOCK + 100);
    private AioContext aio;

    @BeforeEach
    void open() throws IOException {
        aio = open(8);
    }

    private AioWriteChannel writer() throws IOException {
        return AioWriteChannel.open(aio, PATH, BLOCK, 2, WriteOptions.of());
    }

    private AioReadChannel reader() throws IOException {
        kernel.put(PATH.toString(), bytes);
        return AioReadChannel.open(aio, PATH, BLOCK, 2);
    }

    private boolean isDirectNow(AioFile file) {
        return (kernel.fcntl(CoreAccess.core().descriptor(file), Abi.F_GETFL(), 0) & OFlags.DIRECT) != 0;
    }

    @Test
    void aWriteAcceptsAllBytesAndForceWritesThem() throws IOException {
        try (AioWriteChannel channel = writer()) {
            assertThat(channel.write(ByteBuffer.wrap(bytes))).isEqualTo(bytes.length);
            assertThat(channel.position()).isEqualTo(bytes.length);
            channel.force(false);
            assertThat(contents()).isEqualTo(bytes);
            assertThat(isDirectNow(channel.file))
                    .as("after bytes through the page cache")
                    .isTrue();

            assertThat(channel.write(ByteBuffer.wrap(bytes, 0, 50))).isEqualTo(50);
            channel.flush();
            assertThat(contents()).hasSize(bytes.length + 50);
        }
        assertThat(contents()).hasSize(bytes.length + 50);
    }

    @Test
    void anActionRunsBetweenTheLastWriteAndTheEnd() throws IOException {
        AtomicReference<byte[]> seen = new AtomicReference<>();
        try (AioWriteChannel channel = writer()) {
            channel.beforeSync(() -> seen.set(contents()));
            channel.write(ByteBuffer.wrap(bytes));
            assertThat(seen).hasNullValue();
        }
        assertThat(seen).hasValue(bytes);
    }

    @Test
    void spaceIsReservedBehindTheAcceptedBytes() throws IOException {
        try (AioWriteChannel channel = writer()) {
            channel.write(ByteBuffer.wrap(bytes, 0, 100));
            channel.reserveIfPossible(10_000);
            assertThat(contents()).hasSize(9728);
            // More than any file has: not an error of a full volume.
            channel.reserveIfPossible(Long.MAX_VALUE);
            kernel.fail(FakeCall.FALLOCATE, Errno.ENOSPC, 1);
            assertThat(catchThrowable(() -> channel.reserveIfPossible(20_000)))
                    .isInstanceOfSatisfying(
                            AioException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOSPC));
            kernel.fail(FakeCall.FALLOCATE, Errno.EOPNOTSUPP, 1);
            channel.reserveIfPossible(20_000);
            assertThatThrownBy(() -> channel.allocate(-1)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(contents()).hasSize(100);
    }

    @Test
    void aClosedWriterRefusesEachCall() throws IOException {
        AioWriteChannel channel = writer();
        channel.close();

        assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.allocate(1)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.reserveIfPossible(1)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(channel::flush).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.force(true)).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void aClosedReaderRefusesEachCall() throws IOException {
        AioReadChannel channel = reader();
        channel.close();

        assertThatThrownBy(channel::position).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.position(1)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(channel::size).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void aReaderKnowsItsEndAndItsMemory() throws IOException {
        try (AioReadChannel channel = reader()) {
            assertThat(channel.memoryHeld()).isZero();
            assertThat(channel.isAtEnd()).isFalse();
            assertThat(channel.read(ByteBuffer.allocate(bytes.length - 1))).isEqualTo(bytes.length - 1);
            assertThat(channel.isAtEnd()).isFalse();
            assertThat(channel.memoryHeld()).isPositive();
            assertThat(channel.read(ByteBuffer.allocate(2))).isEqualTo(1);
            assertThat(channel.isAtEnd()).isTrue();
            channel.position(bytes.length + 7L);
            assertThat(channel.isAtEnd()).isTrue();
            assertThatThrownBy(() -> channel.position(-1)).isInstanceOf(IllegalArgumentException.class);
            assertThat(channel.position()).isEqualTo(bytes.length + 7L);
        }
    }

    @Test
    void sizesAreCheckedBeforeAFileIsOpened() {
        long before = kernel.count(FakeCall.OPEN);
        assertThatThrownBy(() -> AioWriteChannel.open(aio, PATH, 0, 1, WriteOptions.of()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioReadChannel.open(aio, PATH, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThat(kernel.count(FakeCall.OPEN)).isEqualTo(before);
        assertThat(contents()).isNull();
    }

    @Test
    void aFileOpenedForTheOtherDirectionIsRefused() throws IOException {
        try (AioBufferPool pool = AioBufferPool.of(1, BLOCK);
                AioFile writeOnly = aio.open(PATH, WRITE, CREATE);
                AioFile readOnly = aio.open(PATH, READ)) {
            assertThatThrownBy(() -> AioWriteChannel.over(readOnly, 0, pool))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> AioReadChannel.over(writeOnly, 0, 1, pool))
                    .isInstanceOf(NonReadableChannelException.class);
        }
    }
}
