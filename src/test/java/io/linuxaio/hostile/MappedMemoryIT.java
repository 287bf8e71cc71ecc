package io.linuxaio.hostile;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioException;
import io.linuxaio.AioFile;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Operations with memory mapped from a file, which another process may truncate. */
@OnRealKernel
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MappedMemoryIT {
    private static final int BLOCK = 4096;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path mapped;
    private Path data;

    @BeforeEach
    void makeFiles() throws IOException {
        mapped = Files.write(directory.resolve("mapped"), new byte[2 * BLOCK]);
        data = Files.write(directory.resolve("data"), new byte[BLOCK]);
    }

    private static MemorySegment map(FileChannel channel, AioArena arena) throws IOException {
        return channel.map(FileChannel.MapMode.READ_WRITE, 0, 2 * BLOCK, arena);
    }

    @Test
    void aMappingIsReadAndWritten() throws Exception {
        try (AioArena arena = AioArena.ofShared();
                AioContext aio = AioContext.builder().queueDepth(2).open();
                AioFile file = aio.open(data, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileChannel channel = FileChannel.open(mapped, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment memory = map(channel, arena);
            MemorySegment first = memory.asSlice(0, BLOCK).fill((byte) 'M');

            assertThat(file.write(first, 0).join()).isEqualTo(BLOCK);
            assertThat(file.read(memory.asSlice(BLOCK), 0).join()).isEqualTo(BLOCK);

            assertThat(memory.toArray(JAVA_BYTE)).containsOnly('M');
            assertThat(Files.readAllBytes(data)).containsOnly('M');
        }
        assertThat(Files.readAllBytes(mapped)).hasSize(2 * BLOCK).containsOnly('M');
    }

    @Test
    void pagesBeyondTheEndOfTheMappedFileFailTheOperation() throws Exception {
        try (AioArena arena = AioArena.ofShared();
                AioContext aio = AioContext.builder().queueDepth(2).open();
                AioFile file = aio.open(data, StandardOpenOption.READ, StandardOpenOption.WRITE);
                FileChannel channel = FileChannel.open(mapped, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            MemorySegment memory = map(channel, arena);
            channel.truncate(BLOCK);
            MemorySegment gone = memory.asSlice(BLOCK);

            assertFault(file.write(gone, 0));
            assertFault(file.read(gone, 0));

            assertThat(arena.inFlight()).isZero();
            // Nothing else is broken.
            assertThat(file.write(memory.asSlice(0, BLOCK), 0).join()).isEqualTo(BLOCK);
        }
    }

    private static void assertFault(CompletableFuture<Integer> future) {
        assertThatThrownBy(future::join)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        AioException.class, e -> assertThat(e.errnoName()).isEqualTo("EFAULT"));
    }
}
