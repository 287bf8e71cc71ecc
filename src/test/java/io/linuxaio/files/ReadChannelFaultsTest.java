package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Read-ahead of a channel if a block cannot be read or the reader seeks. */
class ReadChannelFaultsTest extends FakeKernelFixture {
    private final byte[] bytes = Bytes.random(7, 8 * BLOCK);
    private AioContext aio;

    @BeforeEach
    void open() throws IOException {
        aio = open(8);
        kernel.put(PATH.toString(), bytes);
    }

    private AioReadChannel channel(int depth) throws IOException {
        return AioFiles.using(aio).withBlockSize(BLOCK).withDepth(depth).newReadChannel(PATH);
    }

    private List<Long> positionsRead() {
        return kernel.requests().stream().map(FakeRequest::position).toList();
    }

    private byte[] read(AioReadChannel channel, int count) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(count);
        return Arrays.copyOf(target.array(), channel.read(target));
    }

    private byte[] expected(int from, int count) {
        return Arrays.copyOfRange(bytes, from, from + count);
    }

    @Test
    void bytesBeforeAnErrorAreInTheBuffer() throws IOException {
        kernel.script(FakeOutcome.NORMAL, FakeOutcome.error(Errno.EIO));
        try (AioReadChannel channel = channel(2)) {
            ByteBuffer target = ByteBuffer.allocate(3 * BLOCK);
            assertThatThrownBy(() -> channel.read(target)).isInstanceOf(AioException.class);
            assertThat(target.position()).isEqualTo(BLOCK);
            assertThat(channel.position()).isEqualTo(BLOCK);

            assertThat(channel.read(target)).isEqualTo(2 * BLOCK);
            assertThat(target.array()).isEqualTo(expected(0, 3 * BLOCK));
        }
    }

    @Test
    void aClosedContextFailsReadsAndLeavesTheChannelOpen() throws IOException {
        try (AioReadChannel channel = channel(2)) {
            aio.close();

            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(10)))
                        .isInstanceOf(ClosedChannelException.class)
                        .hasMessage("the context is closed");
            }
            assertThat(channel.isOpen()).isTrue();
            assertThat(channel.size()).isEqualTo(bytes.length);
        }
    }

    @Test
    void aSeekForwardsUsesTheReadAheadBlocks() throws IOException {
        try (AioReadChannel channel = channel(4)) {
            read(channel, 10);
            channel.position(2 * BLOCK + 5);
            assertThat(read(channel, 10)).isEqualTo(expected(2 * BLOCK + 5, 10));
            channel.position(2 * BLOCK);
            assertThat(read(channel, 10)).isEqualTo(expected(2 * BLOCK, 10));
            channel.position(5 * BLOCK);
            assertThat(read(channel, 10)).isEqualTo(expected(5 * BLOCK, 10));
        }
        assertThat(positionsRead()).doesNotHaveDuplicates().startsWith(0L, 1L * BLOCK, 2L * BLOCK, 3L * BLOCK);
    }

    @Test
    void aSeekThereAndBackReadsNothing() throws IOException {
        try (AioReadChannel channel = channel(2)) {
            read(channel, 10);
            channel.position(7 * BLOCK);
            channel.position(10);
            assertThat(read(channel, BLOCK - 10)).isEqualTo(expected(10, BLOCK - 10));
        }
        assertThat(positionsRead()).containsExactly(0L, 1L * BLOCK);
    }

    @Test
    void aSeekBackwardsReadsAgain() throws IOException {
        try (AioReadChannel channel = channel(2)) {
            channel.position(5 * BLOCK + 1);
            assertThat(read(channel, BLOCK)).isEqualTo(expected(5 * BLOCK + 1, BLOCK));
            channel.position(4 * BLOCK + 1);
            assertThat(read(channel, BLOCK)).isEqualTo(expected(4 * BLOCK + 1, BLOCK));
        }
    }

    @Test
    void aSkippedBlockMayBeUnreadable() throws IOException {
        kernel.script(FakeOutcome.NORMAL, FakeOutcome.error(Errno.EIO));
        try (AioReadChannel channel = channel(3)) {
            read(channel, 10);
            channel.position(2 * BLOCK);
            assertThat(read(channel, 10)).isEqualTo(expected(2 * BLOCK, 10));
        }
    }

    @Test
    void aReadBeyondTheEndReturnsMinusOne() throws IOException {
        try (AioReadChannel channel = channel(2)) {
            channel.position(Long.MAX_VALUE);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(channel.read(ByteBuffer.allocate(0))).isZero();
            assertThat(channel.position()).isEqualTo(Long.MAX_VALUE);
        }
        assertThat(positionsRead()).isEmpty();
    }

    @Test
    void aReadOnlyBufferIsRefused() throws IOException {
        try (AioReadChannel channel = channel(2)) {
            ByteBuffer readOnly = ByteBuffer.allocate(10).asReadOnlyBuffer();
            assertThatThrownBy(() -> channel.read(readOnly)).isInstanceOf(IllegalArgumentException.class);
            assertThat(channel.position()).isZero();
        }
    }

    @Test
    void aFileThatOutgrowsItsBuffersIsReadInWholeBlocks() throws IOException {
        kernel.put(PATH.toString(), new byte[0]);
        try (AioReadChannel channel = channel(4)) {
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            file(aio).write(Bytes.copy(arena, bytes), 0).join();
            assertThat(read(channel, bytes.length)).isEqualTo(bytes);
        }
        assertThat(kernel.requests().stream().filter(FakeRequest::isRead))
                .hasSize(8)
                .allMatch(request -> request.length() == BLOCK);
    }

    @Test
    void aClosedContextIsAnIOException() throws IOException {
        try (AioReadChannel channel = channel(2)) {
            aio.close();
            assertThatThrownBy(() -> read(channel, 1))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("context is closed");
        }
    }
}
