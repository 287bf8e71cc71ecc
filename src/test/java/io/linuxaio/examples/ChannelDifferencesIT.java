package io.linuxaio.examples;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The differences from {@code AsynchronousFileChannel} that the page lists. */
@OnRealKernel
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class ChannelDifferencesIT {
    private static final int BLOCK = 4096;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private Path path;

    @BeforeEach
    void writeFile() throws IOException {
        path = Files.write(directory.resolve("file"), new byte[BLOCK]);
    }

    @Test
    void closingAnyDescriptorDropsTheLocksOnItsFile() throws IOException {
        long before = locks();
        try (FileChannel channel = FileChannel.open(path, WRITE);
                FileLock lock = channel.lock()) {
            assertThat(locks()).isEqualTo(before + 1);

            AioFile.open(path, READ).close();

            assertThat(lock.isValid()).as("lock according to the JDK").isTrue();
            assertThat(locks()).as("locks according to the kernel").isEqualTo(before);
        }
    }

    @Test
    void anotherFileStaysLocked() throws IOException {
        long before = locks();
        Path beside = Files.createFile(directory.resolve("file.lock"));
        try (FileChannel channel = FileChannel.open(beside, WRITE);
                FileLock lock = channel.lock()) {
            AioFile.open(path, READ).close();

            assertThat(lock.isValid()).isTrue();
            assertThat(locks()).isEqualTo(before + 1);
        }
    }

    /** Returns the number of locks that the kernel has of this process. */
    private static long locks() throws IOException {
        String owner = " " + ProcessHandle.current().pid() + " ";
        return Files.readAllLines(Path.of("/proc/locks")).stream()
                .filter(line -> line.contains(" POSIX ") && line.contains(owner))
                .count();
    }

    @Test
    void aReadAtTheEndOfAFileReturnsZero() throws Exception {
        try (AioContext aio = AioContext.open();
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(path, READ);
                AsynchronousFileChannel channel = AsynchronousFileChannel.open(path, READ)) {
            assertThat(channel.read(ByteBuffer.allocate(BLOCK), BLOCK).get()).isEqualTo(-1);
            assertThat(file.read(arena.allocate(BLOCK), BLOCK).join()).isZero();
        }
    }

    @Test
    void appendingIsAllowed() throws IOException {
        assertThatThrownBy(() -> AsynchronousFileChannel.open(path, WRITE, APPEND))
                .isInstanceOf(UnsupportedOperationException.class);
        try (AioContext aio = AioContext.open();
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(path, WRITE, APPEND)) {
            assertThat(file.write(arena.allocate(BLOCK), 0).join()).isEqualTo(BLOCK);
            assertThat(file.size()).isEqualTo(2 * BLOCK);
        }
    }
}
