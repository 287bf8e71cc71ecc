package io.linuxaio.files;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioAllocateMode;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.Descriptors;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Blocking calls on files that another thread makes, and the sync of directories. */
@OnRealKernel
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OffloadedCallsIT {
    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void aFileIsOpenedAndChangedByAnotherThread() throws Exception {
        Path path = directory.resolve("file");
        try (AioContext aio = AioContext.open()) {
            AioFileOperations files = AioFiles.using(aio);
            AioFile file = files.open(path, READ, WRITE, CREATE).join();
            files.allocate(file, AioAllocateMode.KEEP_SIZE, 0, 100_000).join();
            assertThat(file.size()).isZero();
            files.setLength(file, 12_345).join();
            assertThat(file.size()).isEqualTo(12_345);
            file.readFullyAsync(new byte[100], 0, 100, 12_000).join();
            assertThatThrownBy(() -> files.setLength(file, -1).join())
                    .hasCauseInstanceOf(IllegalArgumentException.class);
            file.close();
            assertThatThrownBy(() -> files.setLength(file, 1).join()).hasCauseInstanceOf(ClosedChannelException.class);
            assertThatThrownBy(() -> files.open(directory.resolve("none")).join())
                    .hasCauseInstanceOf(NoSuchFileException.class);
            assertThatThrownBy(() -> files.setLength(null, 1)).isInstanceOf(NullPointerException.class);
        }
    }

    @Test
    void aFileThatIsOpenedAfterACancellationIsClosed() throws Exception {
        Path path = Files.createFile(directory.resolve("file"));
        CountDownLatch cancelled = new CountDownLatch(1);
        Executor late = task -> new Thread(() -> {
                    try {
                        cancelled.await();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                    task.run();
                })
                .start();
        try (AioContext aio = AioContext.open()) {
            CompletableFuture<AioFile> opening =
                    AioFiles.using(aio).withExecutor(late).open(path);
            opening.cancel(true);
            cancelled.countDown();
        }
        Await.until("the file is closed", () -> !isOpen(path));
    }

    private static boolean isOpen(Path path) {
        return Descriptors.targets().contains(path.toString());
    }

    @Test
    void aDirectoryIsSynced() throws IOException {
        AioFiles.syncDirectory(directory);
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> AioFiles.syncDirectory(file)).isInstanceOf(NotDirectoryException.class);
        assertThatThrownBy(() -> AioFiles.syncDirectory(directory.resolve("none")))
                .isInstanceOf(NoSuchFileException.class);
        assertThatThrownBy(() -> AioFiles.syncDirectory(null)).isInstanceOf(NullPointerException.class);
    }
}
