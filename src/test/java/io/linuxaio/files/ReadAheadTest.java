package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioContext;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.kernel.FakeRequest;
import io.linuxaio.testing.Bytes;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Reading ahead follows the access pattern, and its memory is bounded. */
class ReadAheadTest extends FakeKernelFixture {
    private static final int MIB = 1 << 20;
    private static final int DEPTH = 8;

    private final byte[] bytes = Bytes.random(31, 32 * MIB);
    private AioContext aio;

    @BeforeEach
    void open() throws IOException {
        aio = open(16);
        kernel.put(PATH.toString(), bytes);
    }

    private AioReadChannel channel(ReadAheadBudget budget) throws IOException {
        return AioReadChannel.open(aio, PATH, MIB, DEPTH, budget);
    }

    private long bytesRequested() {
        return kernel.requests().stream().mapToLong(FakeRequest::length).sum();
    }

    private void assertRead(AioReadChannel channel, int length) throws IOException {
        int from = (int) channel.position();
        ByteBuffer target = ByteBuffer.allocate(length);
        assertThat(channel.read(target)).isEqualTo(length);
        assertThat(target.array()).isEqualTo(Arrays.copyOfRange(bytes, from, from + length));
    }

    @Test
    void aHundredSeeksReadOnlyTheNeededBlocks() throws IOException {
        Random random = new Random(1);
        try (AioReadChannel channel =
                AioFiles.using(aio).withBlockSize(MIB).withDepth(DEPTH).newReadChannel(PATH)) {
            for (int i = 0; i < 100; i++) {
                channel.position(random.nextInt(bytes.length - 100));
                assertRead(channel, 100);
            }
        }
        assertThat(bytesRequested()).isLessThan(2_000_000);
    }

    @Test
    void aReadAfterASeekReadsOnlyItsBytes() throws IOException {
        try (AioReadChannel channel =
                AioFiles.using(aio).withBlockSize(MIB).withDepth(DEPTH).newReadChannel(PATH)) {
            channel.position(5 * MIB + 1);
            assertRead(channel, 3 * MIB);
        }
        assertThat(bytesRequested()).isEqualTo(3 * MIB + 512);
    }

    @Test
    void smallSequentialReadsSoonFetchWholeBlocks() throws IOException {
        try (AioReadChannel channel =
                AioFiles.using(aio).withBlockSize(MIB).withDepth(DEPTH).newReadChannel(PATH)) {
            while (channel.position() < bytes.length) {
                assertRead(channel, 8192);
            }
        }
        assertThat(bytesRequested()).isEqualTo(bytes.length);
        assertThat(kernel.requests()).hasSizeLessThan(32 + 20);
        assertThat(kernel.requests().stream().filter(request -> request.length() == MIB))
                .hasSizeGreaterThan(24);
    }

    @Test
    void readingSequentiallyKeepsAllBlocksInFlight() throws Exception {
        try (AioReadChannel channel =
                AioFiles.using(aio).withBlockSize(MIB).withDepth(DEPTH).newReadChannel(PATH)) {
            while (channel.position() < 12 * MIB) {
                assertRead(channel, 8192);
            }
            kernel.hold();
            CompletableFuture<byte[]> rest = CompletableFuture.supplyAsync(() -> {
                try {
                    return Channels.newInputStream(channel).readNBytes(15 * MIB);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            kernel.awaitHeld(DEPTH / 2);
            kernel.releaseAll();
            assertThat(rest.get()).isEqualTo(Arrays.copyOfRange(bytes, 12 * MIB, 27 * MIB));
        }
    }

    @Test
    void sequentialReadsAfterASeekReadAheadAgain() throws IOException {
        try (AioReadChannel channel =
                AioFiles.using(aio).withBlockSize(MIB).withDepth(DEPTH).newReadChannel(PATH)) {
            channel.position(7 * MIB + 13);
            while (channel.position() < 17 * MIB) {
                assertRead(channel, 5000);
            }
        }
        assertThat(kernel.requests()).hasSizeLessThan(40);
    }

    @Test
    void threeHundredChannelsWithSmallReadsUseLittleMemory() throws IOException {
        List<AioReadChannel> channels = new ArrayList<>();
        try {
            long held = 0;
            for (int i = 0; i < 300; i++) {
                AioReadChannel channel = channel(ReadAheadBudget.SHARED);
                channels.add(channel);
                assertRead(channel, 100);
                held += channel.memoryHeld();
            }
            assertThat(held).isPositive().isLessThan(15_000_000);
        } finally {
            for (AioReadChannel channel : channels) {
                channel.close();
            }
        }
    }

    @Test
    void channelsShareABoundAndKeepReadingBeyondIt() throws IOException {
        ReadAheadBudget budget = new ReadAheadBudget(3 * MIB);
        try (AioReadChannel first = channel(budget);
                AioReadChannel second = channel(budget)) {
            while (first.position() < 24 * MIB) {
                assertRead(first, 50_000);
                assertRead(second, 50_000);
                assertThat(budget.taken()).isBetween(0L, 3L * MIB);
                assertThat(first.memoryHeld() + second.memoryHeld())
                        .isLessThanOrEqualTo(3 * MIB + 2 * ReadBuffers.MINIMUM);
            }
            assertThat(budget.taken()).isPositive();
            assertRead(second, 4 * MIB);
        }
        assertThat(budget.taken()).isZero();
    }

    @Test
    void aChannelReadsEvenIfTheBoundIsExhausted() throws IOException {
        try (AioReadChannel channel = channel(new ReadAheadBudget(0))) {
            assertThat(Channels.newInputStream(channel).readAllBytes()).isEqualTo(bytes);
            assertThat(channel.memoryHeld()).isLessThanOrEqualTo(ReadBuffers.MINIMUM);
        }
    }

    @Test
    void seeksAndTheEndOfTheFileReleaseMemory() throws IOException {
        ReadAheadBudget budget = new ReadAheadBudget(64 * MIB);
        try (AioReadChannel channel = channel(budget)) {
            while (channel.position() < 16 * MIB) {
                assertRead(channel, 8192);
            }
            assertThat(channel.memoryHeld()).isGreaterThan(4 * MIB);
            for (int i = 0; i < 3; i++) {
                channel.position(i * MIB + 5);
                assertRead(channel, 100);
            }
            assertThat(channel.memoryHeld()).isLessThanOrEqualTo(ReadBuffers.MINIMUM);
            assertThat(budget.taken()).isZero();
            Channels.newInputStream(channel).readAllBytes();
            assertThat(budget.taken()).isZero();
        }
    }
}
