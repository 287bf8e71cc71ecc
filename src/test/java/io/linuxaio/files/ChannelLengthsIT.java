package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.OnRealKernel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Channels at each length. */
@OnRealKernel
@Timeout(120)
class ChannelLengthsIT extends LengthsContract {
    private ByteBuffer anyBuffer(int length) {
        return random.nextBoolean() ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
    }

    @ParameterizedTest
    @MethodSource("lengths")
    void readsFromEachPosition(int length) throws IOException {
        byte[] contents = anyBytes(length);
        Files.write(file, contents);
        try (AioReadChannel channel = AioFiles.using(aio)
                .withBlockSize(BLOCK)
                .withDepth(1 + random.nextInt(3))
                .newReadChannel(file)) {
            for (int from : lengths()) {
                int wanted = random.nextInt(2 * BLOCK);
                channel.position(from);
                readExpecting(channel, contents, from, wanted);
                // And on from there, without a seek.
                readExpecting(channel, contents, Math.max(from, Math.min(length, from + wanted)), 1000);
            }
        }
    }

    private void readExpecting(AioReadChannel channel, byte[] contents, int from, int wanted) throws IOException {
        String what = wanted + " bytes at " + from + " of " + contents.length + ", seed " + seed;
        ByteBuffer target = anyBuffer(wanted);
        int expected = Math.min(wanted, contents.length - from);

        assertThat(channel.read(target)).as(what).isEqualTo(wanted == 0 ? 0 : expected > 0 ? expected : -1);

        byte[] found = new byte[target.flip().remaining()];
        target.get(found);
        assertThat(found)
                .as(what)
                .isEqualTo(expected > 0 ? Arrays.copyOfRange(contents, from, from + expected) : new byte[0]);
        assertThat(channel.position()).as(what).isEqualTo(from + found.length);
    }

    @Override
    void write(byte[] contents, OpenOption... options) throws IOException {
        try (AioWriteChannel channel = AioFiles.using(aio)
                .withBlockSize(BLOCK)
                .withDepth(1 + random.nextInt(3))
                .newWriteChannel(file, options)) {
            ByteBuffer rest = ByteBuffer.wrap(contents);
            while (rest.hasRemaining()) {
                int part = Math.min(rest.remaining(), 1 + random.nextInt(BLOCK));
                ByteBuffer source = anyBuffer(part);
                source.put(rest.slice(rest.position(), part)).flip();
                assertThat(channel.write(source)).isEqualTo(part);
                rest.position(rest.position() + part);
            }
        }
    }

    @Test
    void aFileThatGrowsAndShrinksIsReadAtItsCurrentLength() throws IOException {
        byte[] contents = anyBytes(3 * BLOCK + 1);
        Files.write(file, new byte[0]);
        try (AioReadChannel channel =
                AioFiles.using(aio).withBlockSize(BLOCK).withDepth(2).newReadChannel(file)) {
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            Files.write(file, contents);
            assertThat(channel.size()).isEqualTo(contents.length);
            readExpecting(channel, contents, 0, contents.length);
            byte[] less = Arrays.copyOf(contents, BLOCK + 5);
            Files.write(file, less);
            assertThat(channel.size()).isEqualTo(less.length);
            assertThat(channel.read(ByteBuffer.allocate(1))).isEqualTo(-1);
            channel.position(10);
            readExpecting(channel, less, 10, contents.length);
        }
    }
}
