package io.linuxaio;

import static java.nio.file.StandardOpenOption.READ;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Queues deeper than the number of events that one system call returns. */
@OnRealKernel
@Timeout(30)
class DeepQueueIT {
    private static final int DEPTH = 1000;
    private static final int BLOCK = 4096;

    @Test
    void allCompletionsAreReported(@TempDir(factory = TargetDirectory.class) Path directory) throws Exception {
        Path path = Files.write(directory.resolve("deep"), new byte[BLOCK]);
        BitSet reported = new BitSet();
        try (AioQueue queue = AioQueue.open(DEPTH);
                AioArena arena = AioArena.ofShared();
                AioFile file = AioFile.open(path, READ)) {
            MemorySegment block = arena.allocate(BLOCK);
            for (int i = 0; i < DEPTH; i++) {
                assertThat(queue.prepareRead(file, block, 0, i)).isTrue();
            }
            assertThat(queue.submit()).isEqualTo(DEPTH);

            int count = queue.await(DEPTH, Duration.ofSeconds(20), (userData, result) -> reported.set((int) userData));

            assertThat(count).isEqualTo(DEPTH);
            assertThat(reported.cardinality()).isEqualTo(DEPTH);
            assertThat(queue.inFlight()).isZero();
        }
    }

    @Test
    void onePollReportsMoreThanOneSystemCallReturns(@TempDir(factory = TargetDirectory.class) Path directory)
            throws Exception {
        Path path = Files.write(directory.resolve("deep"), new byte[BLOCK]);
        int[] reported = new int[1];
        // Buffered reads have completed when io_submit returns.
        try (AioQueue queue = AioQueue.open(DEPTH);
                AioArena arena = AioArena.ofShared();
                AioFile file = AioFile.open(path, READ, AioOpenOption.BUFFERED)) {
            MemorySegment block = arena.allocate(BLOCK);
            for (int i = 0; i < DEPTH; i++) {
                queue.prepareRead(file, block, 0, i);
            }
            assertThat(queue.submit()).isEqualTo(DEPTH);

            assertThat(queue.poll((userData, result) -> reported[0]++)).isEqualTo(DEPTH);
            assertThat(reported[0]).isEqualTo(DEPTH);
        }
    }
}
