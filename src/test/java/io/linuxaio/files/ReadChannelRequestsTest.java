package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The requests of a read channel: their positions and lengths, and when they are submitted. */
class ReadChannelRequestsTest extends FakeKernelFixture {
    private static final int LARGE = 64 << 10;
    private static final int LENGTH = (1 << 20) + 100;

    private final byte[] bytes = Bytes.random(43, LENGTH);
    private AioContext aio;

    @BeforeEach
    void open() throws IOException {
        aio = open(16);
        kernel.put(PATH.toString(), bytes);
    }

    private AioReadChannel channel(int blockSize, int depth) throws IOException {
        return AioReadChannel.open(aio, PATH, blockSize, depth);
    }

    private List<String> requests() {
        return kernel.requests().stream()
                .map(request -> request.position() + "+" + request.length())
                .toList();
    }

    /** Reads as many bytes as are asked for, after all requests have completed: none is pending then. */
    private void read(AioReadChannel channel, int count) throws IOException {
        Await.until("all requests are complete", () -> aio.stats().inFlight() == 0);
        int from = (int) channel.position();
        ByteBuffer target = ByteBuffer.allocate(count);
        assertThat(channel.read(target)).isEqualTo(Math.min(count, LENGTH - from));
        assertThat(Arrays.copyOf(target.array(), target.position()))
                .isEqualTo(Arrays.copyOfRange(bytes, from, from + target.position()));
    }

    @Test
    void theFirstReadRequestsTheFirstWindow() throws IOException {
        try (AioReadChannel channel = channel(LARGE, 4)) {
            read(channel, 100);
        }
        assertThat(requests()).containsExactly("0+16384", "16384+16384");
    }

    @Test
    void theWindowEndsAtTheEndOfTheFile() throws IOException {
        kernel.put(PATH.toString(), Arrays.copyOf(bytes, 20_000));
        try (AioReadChannel channel = channel(LARGE, 4)) {
            read(channel, 100);
        }
        assertThat(requests()).containsExactly("0+16384", "16384+4096");
    }

    @Test
    void aRandomReadRequestsItsBytesInBlocks() throws IOException {
        try (AioReadChannel channel = channel(LARGE, 4)) {
            channel.position(300_000);
            read(channel, 100_000);
        }
        assertThat(requests()).containsExactly("299520+65536", "365056+35328");
    }

    @Test
    void aReadAtTheEndRequestsNothingBehindIt() throws IOException {
        try (AioReadChannel channel = channel(LARGE, 4)) {
            channel.position(LENGTH - 1000);
            read(channel, 5000);
            assertThat(requests()).containsExactly("1047552+1536");

            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            assertThat(channel.read(ByteBuffer.allocate(5000))).isEqualTo(-1);
        }
        assertThat(requests()).hasSize(1);
    }

    @Test
    void aGrowingWindowIsSubmittedAtOnce() throws IOException {
        try (AioReadChannel channel = channel(LARGE, 16)) {
            read(channel, 16_384);
            assertThat(requests()).containsExactly("0+16384", "16384+16384");
            read(channel, 1);
            assertThat(requests()).hasSizeGreaterThan(2);
            int afterGrowth = requests().size();
            read(channel, 1);
            assertThat(requests()).hasSize(afterGrowth);
        }
    }

    @Test
    void aFullWindowIsSubmittedInHalvesAndAtTheEnd() throws IOException {
        int blocks = 14;
        kernel.put(PATH.toString(), Arrays.copyOf(bytes, blocks * BLOCK));
        int[] expected = {8, 8, 8, 8, 12, 12, 14, 14, 14, 14, 14, 14, 14, 14};
        try (AioReadChannel channel = channel(BLOCK, 8)) {
            for (int i = 0; i < blocks; i++) {
                read(channel, BLOCK);
                assertThat(requests()).as("after block %d", i).hasSize(expected[i]);
            }
        }
    }

    @Test
    void noMoreThanTheDepthIsInFlight() throws Exception {
        AioReadChannel channel = channel(BLOCK, 3);
        kernel.hold();
        Thread reading = Thread.ofPlatform().start(() -> {
            try {
                read(channel, 10 * BLOCK);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        kernel.awaitHeld(3);
        Await.parked(reading);
        assertThat(kernel.held()).hasSize(3);
        kernel.releaseAll();
        reading.join();
        assertThat(channel.position()).isEqualTo(10 * BLOCK);
        channel.close();
    }

    @Test
    void aBlockIsReadWithoutReadAhead() throws IOException {
        try (AioReadChannel channel = channel(BLOCK, 8)) {
            ByteBuffer first = channel.readBlock(1);
            assertThat(first).isEqualTo(ByteBuffer.wrap(bytes, 0, BLOCK));
            assertThat(requests()).containsExactly("0+4096");
            assertThat(channel.position()).isEqualTo(BLOCK);

            assertThat(channel.readBlock(3)).isEqualTo(ByteBuffer.wrap(bytes, BLOCK, BLOCK));
            assertThat(requests()).containsExactly("0+4096", "4096+4096", "8192+4096", "12288+4096");

            channel.position(2 * BLOCK + 100);
            assertThat(channel.readBlock(1)).isEqualTo(ByteBuffer.wrap(bytes, 2 * BLOCK + 100, BLOCK - 100));
            assertThat(channel.position()).isEqualTo(3 * BLOCK);
            assertThat(requests()).hasSize(4);

            channel.position(LENGTH);
            assertThat(channel.readBlock(1)).isNull();
        }
    }

    @Test
    void aFileThatWasTruncatedDuringTheReadEndsThere() throws Exception {
        AioFile writer = file(aio);
        AioReadChannel channel = channel(BLOCK, 2);
        channel.position(5 * BLOCK + 7);
        kernel.hold();
        AtomicReference<Object> outcome = new AtomicReference<>();
        Thread reading = Thread.ofPlatform().start(() -> {
            try {
                outcome.set(channel.read(ByteBuffer.allocate(10)));
            } catch (Throwable e) {
                outcome.set(e);
            }
        });
        kernel.awaitHeld(1);
        writer.setLength(BLOCK);
        kernel.releaseAll();
        reading.join();

        assertThat(outcome).hasValue(-1);
        assertThat(channel.position()).isEqualTo(5 * BLOCK + 7);
        channel.close();
    }

    @Test
    void aSeekThatWaitsForReadAheadEndsWhenTheChannelIsClosed() throws Exception {
        AioReadChannel channel = channel(BLOCK, 4);
        kernel.hold();
        CountDownLatch sought = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        Thread reading = Thread.ofPlatform().start(() -> {
            try {
                channel.read(ByteBuffer.allocate(10));
                channel.position(20 * BLOCK);
                sought.countDown();
                channel.read(ByteBuffer.allocate(10));
            } catch (Throwable e) {
                thrown.set(e);
            }
        });
        kernel.awaitHeld(4);
        kernel.release(0);
        sought.await();
        Await.parked(reading);
        Thread closing = Thread.ofPlatform().start(() -> {
            try {
                channel.close();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        reading.join(10_000);
        // The blocks read ahead are still held back.
        assertThat(kernel.held()).hasSize(3);
        assertThat(thrown.get()).isExactlyInstanceOf(AsynchronousCloseException.class);
        kernel.releaseAll();
        reading.join();
        closing.join();
    }

    @Test
    void aClosedChannelOverAnOpenFileRefusesEachCall() throws IOException {
        AioFile file = file(aio);
        try (AioBufferPool pool = AioBufferPool.of(1, BLOCK)) {
            AioReadChannel channel = AioReadChannel.over(file, 10, 20, pool);
            channel.close();

            assertThat(file.isOpen()).isTrue();
            assertThatThrownBy(channel::size).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(channel::isAtEnd).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(channel::position).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> channel.position(0)).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> channel.readBlock(1)).isInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(0))).isInstanceOf(ClosedChannelException.class);
        }
    }

    @Test
    void aPartKnowsItsOwnEnd() throws IOException {
        AioFile file = file(aio);
        try (AioBufferPool pool = AioBufferPool.of(1, BLOCK);
                AioReadChannel channel = AioReadChannel.over(file, 1000, 1010, pool)) {
            assertThat(channel.size()).isEqualTo(10);
            channel.position(9);
            assertThat(channel.isAtEnd()).isFalse();
            channel.position(10);
            assertThat(channel.isAtEnd()).isTrue();
        }
    }

    @Test
    void aFileThatHidesItsLengthIsRefusedAndClosed() {
        kernel.put(PATH.toString(), new byte[0]);
        int before = kernel.openDescriptors();
        kernel.script(FakeOutcome.error(Errno.EINVAL));

        assertThatThrownBy(() -> AioReadChannel.open(aio, PATH, BLOCK, 2, AioOpenOption.BUFFERED))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not report its length");

        assertThat(kernel.openDescriptors()).isEqualTo(before);
    }

    @Test
    void aBufferedChannelIsNotDirect() throws IOException {
        try (AioReadChannel buffered = AioReadChannel.open(aio, PATH, BLOCK, 2, AioOpenOption.BUFFERED);
                AioReadChannel direct = channel(BLOCK, 2)) {
            assertThat(buffered.isDirect()).isFalse();
            assertThat(direct.isDirect()).isTrue();
        }
    }
}
