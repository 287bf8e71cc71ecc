package io.linuxaio.hostile;

import static java.nio.file.StandardOpenOption.READ;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioContext;
import io.linuxaio.AioFile;
import io.linuxaio.AioSubmitMode;
import io.linuxaio.testing.LeakDetector;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Reads for which a device has no requests: they do not block the thread that submits them. */
@OnRealKernel
@ExtendWith(LeakDetector.class)
@Timeout(120)
class FullDeviceIT {
    private static final int BLOCK = 128 * 1024;
    private static final int BLOCKS = 1024;
    private static final int READS = 2000;
    private static final int ROUNDS = 3;

    /**
     * The limit of waits: the lock of a queue, the start of a thread. Without a bound there are dozens, each some
     * milliseconds long.
     */
    private static final long FEW = 5;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void theSubmitterDoesNotBlock() throws IOException {
        Path path = writtenFile();
        List<Long> sleeps = new ArrayList<>();
        long offloaded = 0;
        try (AioArena arena = AioArena.ofShared();
                AioContext aio = AioContext.builder()
                        .queueDepth(2 * READS)
                        .submission(AioSubmitMode.NON_BLOCKING)
                        .open();
                AioFile file = aio.open(path, READ)) {
            MemorySegment memory = arena.allocate((long) READS * BLOCK);
            for (int round = 0; round < ROUNDS; round++) {
                sleeps.add(sleepsWhileSubmitting(file, memory, new Random(round)));
            }
            offloaded = aio.stats().offloaded();
            assertThat(aio.stats().succeeded()).isEqualTo((long) ROUNDS * READS);
        }
        assertThat(sleeps).as("sleeps of each round").anyMatch(count -> count <= FEW);
        Assumptions.assumeTrue(offloaded > 0, "the device had requests for all");
    }

    private Path writtenFile() throws IOException {
        Path path = directory.resolve("file");
        byte[] bytes = new byte[BLOCK];
        new Random(1).nextBytes(bytes);
        try (var out = Files.newOutputStream(path)) {
            for (int i = 0; i < BLOCKS; i++) {
                out.write(bytes);
            }
        }
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        return path;
    }

    private static long sleepsWhileSubmitting(AioFile file, MemorySegment memory, Random random) throws IOException {
        List<CompletableFuture<Integer>> reads = new ArrayList<>(READS);
        long before = voluntarySwitches();
        for (int i = 0; i < READS; i++) {
            MemorySegment target = memory.asSlice((long) i * BLOCK, BLOCK);
            reads.add(file.read(target, (long) random.nextInt(BLOCKS) * BLOCK));
        }
        long sleeps = voluntarySwitches() - before;
        reads.forEach(read -> assertThat(read.join()).isEqualTo(BLOCK));
        return sleeps;
    }

    /** Returns the number of voluntary context switches of the calling thread. */
    private static long voluntarySwitches() throws IOException {
        return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
                .filter(line -> line.startsWith("voluntary_ctxt_switches:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .sum();
    }
}
