package io.linuxaio.faultinjection;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioStats;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Ten thousand virtual threads on a queue of 64: each writes and reads its own block. */
@OnRealKernel
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class VirtualThreadsIT {
    private static final int THREADS = 10_000;
    private static final int DEPTH = 64;
    private static final int SECTOR = 512;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void tenThousandThreadsReadBackTheirOwnBytes() throws Exception {
        Path path = directory.resolve("file");
        byte[] image = Bytes.random(11, THREADS * SECTOR);
        AioStats stats;
        try (AioContext aio = AioContext.builder().queueDepth(DEPTH).open();
                AioArena arena = AioArena.ofShared();
                AioFile file = aio.open(path, READ, WRITE, CREATE)) {
            file.allocate(0, image.length);
            MemorySegment written = Bytes.copy(arena, image);
            MemorySegment read = arena.allocate(image.length);
            List<Future<?>> results = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int i = 0; i < THREADS; i++) {
                    long position = (long) i * SECTOR;
                    results.add(threads.submit(() -> {
                        int out = file.write(written.asSlice(position, SECTOR), position)
                                .join();
                        int in = file.read(read.asSlice(position, SECTOR), position)
                                .join();
                        assertThat(out + in).isEqualTo(2 * SECTOR);
                    }));
                }
            }
            for (Future<?> result : results) {
                result.get();
            }
            assertThat(Arrays.mismatch(Bytes.of(read), image)).isEqualTo(-1);
            stats = aio.stats();
        }
        assertThat(stats.succeeded()).isEqualTo(2 * THREADS);
        assertThat(stats.failed() + stats.strayEvents() + stats.inFlight()).isZero();
        assertThat(stats.queueFullCount())
                .as("number of times the queue was full")
                .isPositive();
        assertThat(Arrays.mismatch(Files.readAllBytes(path), image)).isEqualTo(-1);
    }
}
