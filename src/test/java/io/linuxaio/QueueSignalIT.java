package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.testing.Bytes;
import io.linuxaio.testing.Libc;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A queue whose completions add to an eventfd. */
@OnRealKernel
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class QueueSignalIT {
    private static final int BLOCK = 4096;
    private static final int DEPTH = 4;

    @TempDir(factory = TargetDirectory.class)
    Path directory;

    private final List<String> reported = new ArrayList<>();
    private int eventfd;
    private AioFile file;
    private AioArena arena;

    @BeforeEach
    void open() throws Exception {
        eventfd = Libc.eventfd();
        file = AioFile.open(directory.resolve("file"), READ, WRITE, CREATE);
        arena = AioArena.ofShared();
    }

    @AfterEach
    void close() throws Exception {
        file.close();
        arena.close();
        Libc.close(eventfd);
    }

    private void note(long userData, int result) {
        reported.add(userData + "=" + result);
    }

    private long waitForSignals(int count) {
        MemorySegment counter = arena.allocate(JAVA_LONG);
        long sum = 0;
        while (sum < count) {
            Libc.awaitReadable(eventfd);
            Libc.read(eventfd, counter);
            sum += counter.get(JAVA_LONG, 0);
        }
        return sum;
    }

    @Test
    void eachCompletionIsSignalledOnceItCanBePolled() throws Exception {
        MemorySegment block = Bytes.copy(arena, Bytes.random(1, BLOCK));
        try (AioQueue queue = AioQueue.open(DEPTH, eventfd)) {
            queue.prepareWrite(file, block, 0, 1);
            queue.prepareWrite(file.with(new AioPriority(AioPriority.Kind.BEST_EFFORT, 7)), block, BLOCK, 2);
            queue.prepareSync(file, 3);
            queue.prepareWritev(file, new MemorySegment[] {block, block}, 2 * BLOCK, 4);
            assertThat(queue.submit()).isEqualTo(DEPTH);

            assertThat(waitForSignals(DEPTH)).isEqualTo(DEPTH);

            // Nothing is waited for any more.
            assertThat(queue.poll(this::note)).isEqualTo(DEPTH);
            assertThat(reported).containsExactlyInAnyOrder("1=4096", "2=4096", "3=0", "4=8192");
            reported.clear();
            // A reused slot signals again.
            queue.prepareRead(file, block, 0, 5);
            queue.submit();
            assertThat(waitForSignals(1)).isEqualTo(1);
            assertThat(queue.poll(this::note)).isEqualTo(1);
            assertThat(reported).containsExactly("5=4096");
        }
    }

    @Test
    void aDescriptorThatIsNotAnEventfdFailsEachOperation() throws Exception {
        MemorySegment block = arena.allocate(BLOCK);
        try (AioQueue queue = AioQueue.open(DEPTH, Integer.MAX_VALUE)) {
            queue.prepareWrite(file, block, 0, 1);
            assertThat(queue.submit()).isZero();
            assertThat(queue.poll(this::note)).isEqualTo(1);
        }
        try (AioQueue queue = AioQueue.open(DEPTH, 0)) {
            queue.prepareWrite(file, block, 0, 2);
            assertThat(queue.submit()).isZero();
            assertThat(queue.poll(this::note)).isEqualTo(1);
        }
        assertThat(reported).containsExactly("1=" + -Errno.EBADF, "2=" + -Errno.EINVAL);
        assertThat(file.size()).isZero();
    }

    @Test
    void anInvalidDescriptorIsRefusedAtOnce() {
        assertThatThrownBy(() -> AioQueue.open(DEPTH, -1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("eventfd is negative");
    }
}
