package io.linuxaio.files;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.AioContext;
import io.linuxaio.FakeKernelFixture;
import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Seed;
import java.io.IOException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files that are being written: while blocks complete in any order, the length is not set before the contents. */
class HalfWrittenFileTest extends FakeKernelFixture {
    private static final int POLL_NANOS = 100_000;

    private final long seed = Seed.next();
    private final Random random = new Random(seed);

    @ParameterizedTest
    @CsvSource({
        // how long, what was there before, whether space can be reserved
        "1, -1, true",
        "4096, -1, true",
        "5000, 700, true",
        "2097152, -1, true",
        "2097153, 5000, true",
        "3500000, -1, true",
        "2097152, -1, false",
        "3145728, 100, false",
        "3500000, -1, false",
    })
    void aFileHasItsLengthOnlyWhenComplete(int length, int before, boolean reserving) throws IOException {
        byte[] bytes = Bytes.random(seed, length);
        look(before, reserving, bytes, bytes);
    }

    @ParameterizedTest
    @CsvSource({"1, 700, true", "5000, 512, true", "2097152, 700, true", "3145728, 4096, true", "2097152, 1, false"})
    void aFileAppendedToDiffersInLengthUntilComplete(int length, int before, boolean reserving) throws IOException {
        byte[] bytes = Bytes.random(seed, length);
        byte[] all = Arrays.copyOf(before(before), before + length);
        System.arraycopy(bytes, 0, all, before, length);
        look(before, reserving, bytes, all, StandardOpenOption.APPEND);
    }

    private byte[] before(int length) {
        return Bytes.random(seed + 1, length);
    }

    private void look(int before, boolean reserving, byte[] bytes, byte[] whole, OpenOption... options)
            throws IOException {
        AioContext aio = open(16);
        if (before >= 0) {
            kernel.put(PATH.toString(), before(before));
        }
        if (!reserving) {
            kernel.fail(FakeCall.FALLOCATE, Errno.EOPNOTSUPP, 1);
        }
        kernel.hold();
        CompletableFuture<Path> write = AioFiles.using(aio).write(PATH, bytes, options);
        while (!write.isDone()) {
            int held = kernel.held().size();
            if (held == 0) {
                LockSupport.parkNanos(POLL_NANOS);
            } else {
                kernel.release(random.nextInt(held));
            }
            byte[] now = contents();
            if (now != null && now.length == whole.length) {
                assertThat(Arrays.equals(now, whole))
                        .as("complete, seed %d", seed)
                        .isTrue();
            }
        }
        assertThat(write.join()).isEqualTo(PATH);
        assertThat(Arrays.equals(contents(), whole))
                .as("complete at the end, seed %d", seed)
                .isTrue();
    }
}
