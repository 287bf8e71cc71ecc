package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.AioOpenOption;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import io.linuxaio.testing.Volume;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that end at the largest position, or close to it. */
@OnRealKernel
@Tag("own-volumes")
@Timeout(120)
class LargestPositionIT {
    private static final long LARGEST = Long.MAX_VALUE;
    private static final int MIB = 1 << 20;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Volume volume;
    private Path path;

    @BeforeEach
    void mount() throws IOException {
        volume = Volume.tmpfs(directory, 16);
        path = volume.path().resolve("large");
    }

    @AfterEach
    void unmount() throws IOException {
        if (volume != null) {
            volume.close();
        }
    }

    /** Creates a file that is a hole except for its last bytes, which are 7. */
    private void make(long length, int data) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(bytes(data)), length - data);
        }
    }

    private static byte[] bytes(int count) {
        byte[] bytes = new byte[count];
        Arrays.fill(bytes, (byte) 7);
        return bytes;
    }

    private void assertEndIsRead(long length, int data, AioOpenOption option) throws IOException {
        assertThat(AioFiles.read(path, length - data, MIB, option).join()).isEqualTo(bytes(data));
        assertThat(AioFiles.read(path, length - MIB, MIB, option).join()).endsWith(bytes(data));
        assertThat(AioFiles.read(path, length, MIB, option).join()).isEmpty();
        assertThat(AioFiles.read(path, LARGEST, MIB, option).join()).isEmpty();
        try (AioReadChannel channel = AioFiles.newReadChannel(path, option)) {
            channel.position(length - data);
            ByteBuffer target = ByteBuffer.allocate(MIB);
            assertThat(channel.read(target)).isEqualTo(data);
            assertThat(channel.read(target)).isEqualTo(-1);
            channel.position(length - 3L * MIB);
            ByteBuffer all = ByteBuffer.allocate(3 * MIB + 1);
            assertThat(channel.read(all)).isEqualTo(3 * MIB);
            channel.position(LARGEST);
            assertThat(channel.read(target)).isEqualTo(-1);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {LARGEST, LARGEST - 100, LARGEST - MIB})
    void theEndIsReadWithoutDirectIo(long length) throws IOException {
        make(length, 100);
        assertEndIsRead(length, 100, AioOpenOption.BUFFERED);
    }

    @ParameterizedTest
    @ValueSource(longs = {LARGEST - 4095, LARGEST - 5000, LARGEST - MIB - 77})
    void theEndIsReadByDirectIo(long length) throws IOException {
        make(length, 100);
        assertEndIsRead(length, 100, AioOpenOption.DIRECT_IF_SUPPORTED);
    }

    /** The end lies beyond the largest position, which the kernel refuses. */
    @Test
    void aBlockBeyondTheLargestPositionIsAnIoException() throws IOException {
        make(LARGEST, 100);
        try (AioFile file = AioFile.open(path, AioOpenOption.DIRECT_IF_SUPPORTED)) {
            assumeTrue(file.isDirect(), "tmpfs has no direct I/O here");
        }
        assertThatThrownBy(() -> AioFiles.read(path, LARGEST - 100, MIB).join())
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(AioException.class)
                .hasMessageContaining("BUFFERED");
        try (AioReadChannel channel = AioFiles.newReadChannel(path)) {
            channel.position(LARGEST - 2L * MIB);
            assertThat(channel.read(ByteBuffer.allocate(MIB))).isEqualTo(MIB);
            channel.position(LARGEST - 100);
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(MIB))).isInstanceOf(AioException.class);
            assertThatThrownBy(() -> channel.position(-1)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> AioFiles.read(path, -1, 10)).isInstanceOf(IllegalArgumentException.class);
    }
}
