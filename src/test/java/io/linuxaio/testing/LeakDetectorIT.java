package io.linuxaio.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The leak detector, checked with deliberate leaks. */
@OnRealKernel
class LeakDetectorIT {
    private static final Duration AT_ONCE = Duration.ZERO;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void detectsAContextWithItsThread() throws IOException {
        LeakDetector.Reading before = LeakDetector.Reading.take();

        try (AioContext _ = AioContext.builder().threadName("forgotten-reaper").open()) {
            assertThatThrownBy(() -> LeakDetector.check(before, AT_ONCE))
                    .hasMessageContaining("1 kernel contexts")
                    .hasMessageContaining("forgotten-reaper");
        }
        assertThatCode(() -> LeakDetector.check(before, Duration.ofSeconds(10))).doesNotThrowAnyException();
    }

    @Test
    void detectsAQueue() throws IOException {
        int before = KernelContexts.countWithoutShared();

        try (AioQueue _ = AioQueue.open(1)) {
            assertThat(KernelContexts.count()).isEqualTo(before + 1);
        }
        assertThat(KernelContexts.count()).isEqualTo(before);
    }

    @Test
    void detectsAFile() throws IOException {
        Path path = Files.createFile(directory.resolve("forgotten"));
        LeakDetector.Reading before = LeakDetector.Reading.take();

        try (AioFile _ = AioFile.open(path)) {
            assertThatThrownBy(() -> LeakDetector.check(before, AT_ONCE)).hasMessageContaining("forgotten");
        }
        assertThatCode(() -> LeakDetector.check(before, Duration.ofSeconds(10))).doesNotThrowAnyException();
    }
}
