package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.file.StandardOpenOption.READ;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.LeakDetector;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Many reads by one call, in every mode of a context, of direct and buffered files. */
@OnRealKernel
@ExtendWith(LeakDetector.class)
class ManyReadsIT {
    private static final int LENGTH = 3_000_001;
    private static final int CALLS = 4;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    @ParameterizedTest
    @EnumSource
    void eachSegmentHasItsBytes(AioSubmitMode mode) throws IOException {
        byte[] bytes = Bytes.random(1, LENGTH);
        Path path = Files.write(directory.resolve("data"), bytes);
        Random random = new Random(2);
        for (OpenOption[] options : new OpenOption[][] {{READ}, {READ, AioOpenOption.BUFFERED}}) {
            try (AioContext aio =
                            AioContext.builder().queueDepth(32).submission(mode).open();
                    AioFile file = aio.open(path, options);
                    AioArena arena = AioArena.ofShared()) {
                MemorySegment[][] targets = new MemorySegment[CALLS][];
                long[][] positions = new long[CALLS][];
                CompletableFuture<?>[] calls = new CompletableFuture<?>[CALLS];
                for (int i = 0; i < CALLS; i++) {
                    positions[i] = random.longs(500, 0, LENGTH - 20_000).toArray();
                    targets[i] = Stream.generate(() -> random.nextInt(1, 20) == 1
                                    ? arena.allocate(random.nextInt(1, 20_000))
                                    : MemorySegment.ofArray(new byte[random.nextInt(1, 3072)]))
                            .limit(500)
                            .toArray(MemorySegment[]::new);
                    calls[i] = file.readManyAsync(targets[i], positions[i]);
                }
                CompletableFuture.allOf(calls).join();
                for (int i = 0; i < CALLS; i++) {
                    assertRead(bytes, targets[i], positions[i]);
                }
                file.readMany(targets[0], positions[1]);
                assertRead(bytes, targets[0], positions[1]);
            }
        }
    }

    private static void assertRead(byte[] bytes, MemorySegment[] targets, long[] positions) {
        for (int i = 0; i < targets.length; i++) {
            int from = (int) positions[i];
            assertThat(targets[i].toArray(JAVA_BYTE))
                    .isEqualTo(Arrays.copyOfRange(bytes, from, from + (int) targets[i].byteSize()));
        }
    }
}
