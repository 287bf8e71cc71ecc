package io.linuxaio.faultinjection;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioArena;
import io.linuxaio.AioFile;
import io.linuxaio.AioQueue;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One page, written and read back repeatedly. {@code -Dlinuxaio.pages=1000000} sets the number of repetitions. */
@OnRealKernel
class RepeatedPageIT {
    private static final int PAGE = 4096;
    private static final int TIMES = Integer.getInteger("linuxaio.pages", 5_000);

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @Test
    void eachReadReturnsTheBytesOfTheWriteBefore() throws IOException {
        try (AioArena arena = AioArena.ofShared();
                AioFile file = AioFile.open(directory.resolve("page"), READ, WRITE, CREATE);
                AioQueue queue = AioQueue.open(1)) {
            MemorySegment written = arena.allocate(PAGE);
            MemorySegment read = arena.allocate(PAGE);
            for (int i = 0; i < TIMES; i++) {
                written.set(JAVA_LONG_UNALIGNED, 0, i);
                written.set(JAVA_LONG_UNALIGNED, PAGE - 8, ~i);
                assertThat(queue.prepareWrite(file, written, 0, i)).isTrue();
                finish(queue, i);
                assertThat(queue.prepareRead(file, read, 0, -i)).isTrue();
                finish(queue, -i);
                if (read.mismatch(written) >= 0) {
                    throw new AssertionError("time " + i + " read " + read.get(JAVA_LONG_UNALIGNED, 0));
                }
            }
        }
    }

    private static void finish(AioQueue queue, long expected) {
        queue.submit();
        int reported = queue.await(1, Duration.ofSeconds(30), (userData, result) -> {
            if (userData != expected || result != PAGE) {
                throw new AssertionError("operation " + userData + " completed with " + result);
            }
        });
        if (reported != 1) {
            throw new AssertionError(reported + " operations completed");
        }
    }
}
