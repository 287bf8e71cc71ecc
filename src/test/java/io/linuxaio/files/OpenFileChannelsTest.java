package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioBuffer;
import io.linuxaio.AioBufferPool;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.internal.memory.BounceBuffers;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Channels that borrow an open file and a pool of buffers. */
class OpenFileChannelsTest extends FakeKernelFixture {
    private static final int LENGTH = 1_000_001;

    private final byte[] bytes = Bytes.random(31, LENGTH);
    private final AioBufferPool pool = AioBufferPool.of(4, 16_384);
    private AioContext aio;
    private AioFile file;

    @BeforeEach
    void open() throws IOException {
        aio = open(16);
        kernel.put(PATH.toString(), bytes);
        file = file(aio);
    }

    @AfterEach
    void allBuffersAreBack() {
        kernel.releaseAll();
        aio.close();
        assertThat(pool.available()).isEqualTo(4);
        pool.close();
    }

    private static byte[] readAll(AioReadChannel channel) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(LENGTH + 1);
        while (target.hasRemaining() && channel.read(target) >= 0) {
            // Until the end.
        }
        return Arrays.copyOf(target.array(), target.position());
    }

    @Test
    void memoryOfAReadAheadInFlightIsNotReused() throws Exception {
        List<AioBuffer> taken = new ArrayList<>();
        while (pool.available() > 0) {
            taken.add(pool.acquire());
        }
        AioReadChannel channel = AioReadChannel.over(file, 0, LENGTH, pool);
        kernel.hold();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(() -> {
            try {
                channel.read(ByteBuffer.allocate(100));
            } catch (IOException expected) {
                // The channel is closed meanwhile.
            }
        });
        kernel.awaitHeld(1);
        long address = kernel.held().getFirst().buffer();
        channel.close();
        closing.join();

        MemorySegment next = BounceBuffers.acquire(1, 512);
        assertThat(next.address()).isNotEqualTo(address);
        BounceBuffers.release(next);
        taken.forEach(AioBuffer::close);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1000001",
        "0, 9223372036854775807",
        "100, 101",
        "513, 700777",
        "999999, 2000000",
        "7, 7",
        "2000000, 2000001"
    })
    void aPartIsReadAsAFileOfItsOwn(long from, long to) throws IOException {
        byte[] expected =
                from >= LENGTH ? new byte[0] : Arrays.copyOfRange(bytes, (int) from, (int) Math.min(LENGTH, to));
        try (AioReadChannel channel = AioReadChannel.over(file, from, to, pool)) {
            assertThat(channel.position()).isZero();
            assertThat(channel.size()).isEqualTo(expected.length);
            assertThat(readAll(channel)).isEqualTo(expected);
            assertThat(channel.position()).isEqualTo(expected.length);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            channel.position(Long.MAX_VALUE);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        }
        assertThat(file.isOpen()).isTrue();
        assertThat(pool.available()).isEqualTo(4);
    }

    @Test
    void manyChannelsShareAFewBuffers() throws IOException {
        Random random = new Random(3);
        List<AioReadChannel> channels = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            channels.add(AioReadChannel.over(file, 1000, LENGTH, pool));
        }
        for (int i = 0; i < 2000; i++) {
            AioReadChannel channel = channels.get(random.nextInt(channels.size()));
            int position = 1 + random.nextInt(LENGTH - 5000);
            ByteBuffer target = ByteBuffer.allocate(3072);
            assertThat(channel.position(position).read(target)).isEqualTo(3072);
            assertThat(target.array()).isEqualTo(Arrays.copyOfRange(bytes, 1000 + position, 4072 + position));
            assertThat(pool.available()).as("released after a random read").isEqualTo(4);
        }
        for (AioReadChannel channel : channels) {
            channel.close();
        }
    }

    /** A random read gives its buffer back to the pool: other borrowers overwrite it. */
    @Test
    void bytesBehindARandomReadAreNotTakenFromAReleasedBuffer() throws Exception {
        try (AioReadChannel channel = AioReadChannel.over(file, 1000, LENGTH, pool)) {
            assertThat(channel.position(50_000).read(ByteBuffer.allocate(100))).isEqualTo(100);
            List<AioBuffer> borrowed = new ArrayList<>();
            while (pool.available() > 0) {
                AioBuffer buffer = pool.acquire();
                buffer.segment().fill((byte) 7);
                borrowed.add(buffer);
            }
            borrowed.forEach(AioBuffer::close);

            ByteBuffer target = ByteBuffer.allocate(100);
            assertThat(channel.read(target)).isEqualTo(100);

            assertThat(target.array()).isEqualTo(Arrays.copyOfRange(bytes, 51_100, 51_200));
        }
    }

    @Test
    void aChannelReadsOnWithoutAFreeBuffer() throws IOException {
        try (AioBuffer one = pool.tryAcquire().orElseThrow();
                AioBuffer two = pool.tryAcquire().orElseThrow();
                AioBuffer three = pool.tryAcquire().orElseThrow();
                AioBuffer four = pool.tryAcquire().orElseThrow();
                AioReadChannel channel = AioReadChannel.over(file, 5, LENGTH, pool)) {
            assertThat(List.of(one, two, three, four)).doesNotContainNull();
            assertThat(readAll(channel)).isEqualTo(Arrays.copyOfRange(bytes, 5, LENGTH));
        }
    }

    @Test
    void closingDuringReadAheadReturnsTheBuffersAfterwards() throws Exception {
        AioReadChannel channel = AioReadChannel.over(file, 0, LENGTH, pool);
        channel.read(ByteBuffer.allocate(20_000));
        channel.read(ByteBuffer.allocate(20_000));
        kernel.hold();
        CompletableFuture<Void> reading = CompletableFuture.runAsync(() -> {
            try {
                channel.read(ByteBuffer.allocate(100_000));
            } catch (IOException closed) {
                // Expected.
            }
        });
        kernel.awaitHeld(1);
        channel.close();
        reading.join();
        assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        kernel.releaseAll();
    }

    @Test
    void makingAndClosingOneMakesNoCallAndTakesNoBuffer() throws Exception {
        // The reaper's first call.
        kernel.awaitWaiting();
        int before = kernel.calls().size();
        for (int i = 0; i < 100; i++) {
            AioReadChannel.over(file, 0, LENGTH, pool).close();
        }
        assertThat(kernel.calls()).hasSize(before);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1",
        "1, 4095",
        "100, 40000",
        "4096, 65536",
        "512, 512",
        "999000, 50000",
        "1000001, 70000",
        "1000001, 1",
        "999424, 577"
    })
    void aPartIsWritten(int from, int length) throws IOException {
        byte[] more = Bytes.random(7, length);
        byte[] expected = Arrays.copyOf(bytes, Math.max(LENGTH, from + length));
        System.arraycopy(more, 0, expected, from, length);

        try (AioWriteChannel channel = AioWriteChannel.over(file, from, pool)) {
            assertThat(channel.position()).isEqualTo(from);
            for (int i = 0; i < length; i += 3333) {
                channel.write(ByteBuffer.wrap(more, i, Math.min(3333, length - i)));
            }
            assertThat(channel.position()).isEqualTo(from + (long) length);
        }

        assertThat(file.isOpen()).isTrue();
        assertThat(contents()).isEqualTo(expected);
    }

    @Test
    void aFlushShowsTheBytesWithoutASync() throws IOException {
        try (AioWriteChannel channel = AioWriteChannel.over(file, LENGTH, pool)) {
            for (int i = 1; i <= 50; i++) {
                channel.write(ByteBuffer.wrap(new byte[777]));
                channel.flush();
                assertThat(contents()).hasSize(LENGTH + 777 * i);
            }
        }
        assertThat(kernel.requests()).noneMatch(FakeRequest::isSync);
    }

    @Test
    void badArgumentsAreRefused() throws IOException {
        assertThatThrownBy(() -> AioReadChannel.over(file, -1, 1, pool)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioReadChannel.over(file, 2, 1, pool)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> AioReadChannel.over(file, 0, 1, null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> AioWriteChannel.over(null, 0, pool)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> AioWriteChannel.over(file, -1, pool)).isInstanceOf(IllegalArgumentException.class);
        try (AioBufferPool small = AioBufferPool.of(1, 100)) {
            assertThatThrownBy(() -> AioReadChannel.over(file, 0, 1, small))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("100");
            assertThatThrownBy(() -> AioWriteChannel.over(file, 0, small)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aClosedFileFailsItsChannels() throws IOException {
        AioReadChannel reader = AioReadChannel.over(file, 0, LENGTH, pool);
        AioWriteChannel writer = AioWriteChannel.over(file, 3, pool);
        writer.write(ByteBuffer.allocate(10));
        file.close();

        assertThatThrownBy(() -> reader.read(ByteBuffer.allocate(1))).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(writer::close).isInstanceOf(IOException.class);
        reader.close();
        assertThatThrownBy(() -> AioWriteChannel.over(file, 3, pool)).isInstanceOf(ClosedChannelException.class);
    }
}
