package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operations on direct byte buffers. */
@OnRealKernel
@Timeout(60)
class ByteBufferIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void theBytesBetweenPositionAndLimitAreTransferred() throws Exception {
        try (AioContext context = AioContext.builder().open();
                AioBufferAllocator allocator = AioBufferAllocator.open();
                AioBuffer memory = allocator.allocate(3 * 4096);
                AioFile file = open(context)) {
            ByteBuffer bytes = memory.asByteBuffer();
            for (int i = 0; i < bytes.capacity(); i++) {
                bytes.put(i, (byte) (i / 4096 + 1));
            }
            bytes.position(4096).limit(2 * 4096);
            assertThat(file.write(bytes, 0).join()).isEqualTo(4096);
            assertThat(bytes.position()).isEqualTo(4096);
            assertThat(bytes.limit()).isEqualTo(2 * 4096);
            assertThat(Files.readAllBytes(file.path())).hasSize(4096).containsOnly(2);

            bytes.clear().position(2 * 4096);
            assertThat(file.read(bytes, 0).join()).isEqualTo(4096);
            assertThat(bytes.get(2 * 4096)).isEqualTo((byte) 2);
            assertThat(bytes.get(4095)).as("the bytes before the position").isEqualTo((byte) 1);
        }
    }

    @Test
    void memoryOfTheJdkIsUsedWhereItIsAligned() throws Exception {
        try (AioContext context = AioContext.builder().open();
                AioFile file = open(context)) {
            ByteBuffer bytes =
                    ByteBuffer.allocateDirect(2 * 4096).alignedSlice(4096).limit(4096);
            bytes.put(0, (byte) 7);
            assertThat(file.write(bytes, 4096).join()).isEqualTo(4096);
            bytes.put(0, (byte) 0);
            assertThat(file.read(bytes, 4096).join()).isEqualTo(4096);
            assertThat(bytes.get(0)).isEqualTo((byte) 7);
        }
    }

    @Test
    void unsuitableBuffersAreRefused() throws Exception {
        try (AioContext context = AioContext.builder().open();
                AioBufferAllocator allocator = AioBufferAllocator.open();
                AioFile file = open(context)) {
            AioBuffer memory = allocator.allocate(4096);
            ByteBuffer bytes = memory.asByteBuffer();
            assertThatThrownBy(() -> file.read(ByteBuffer.allocate(4096), 0))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("heap");
            assertThatThrownBy(() -> file.read(bytes.asReadOnlyBuffer(), 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> file.write(bytes.slice(1, 4095), 0)).isInstanceOf(IllegalArgumentException.class);
            memory.close();
            assertThatThrownBy(() -> file.write(bytes, 0)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> file.write((ByteBuffer) null, 0)).isInstanceOf(NullPointerException.class);
        }
    }

    private AioFile open(AioContext context) throws Exception {
        return context.open(
                directory.resolve("bytes"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
    }
}
