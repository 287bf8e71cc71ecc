package io.linuxaio;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.LeakDetector;
import io.linuxaio.testing.OnRealKernel;
import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Views of a file, whose operations carry flags and priorities. */
@OnRealKernel
@ExtendWith(LeakDetector.class)
@Timeout(60)
class AioFlagsIT {
    private static final int BLOCK = 4096;

    private AioContext aio;
    private AioArena arena;
    private AioFile file;
    private Path path;
    private MemorySegment block;

    @BeforeEach
    void open() throws IOException {
        Path directory = TargetDirectory.root();
        path = directory.resolve("flags-" + ProcessHandle.current().pid());
        Files.write(path, new byte[4 * BLOCK]);
        aio = AioContext.builder().queueDepth(8).open();
        arena = AioArena.ofShared();
        file = aio.open(path, READ, WRITE, CREATE);
        block = arena.allocate(BLOCK);
        block.fill((byte) 9);
    }

    @AfterEach
    void close() throws IOException {
        file.close();
        arena.close();
        aio.close();
        Files.deleteIfExists(path);
    }

    @ParameterizedTest
    @EnumSource(names = {"DSYNC", "SYNC"})
    void durableWritesAndPlainReadsGoThroughTheSameView(AioRequestFlag flag) throws IOException {
        AioFile view = file.with(flag);
        assertThat(view.write(block, BLOCK).join()).isEqualTo(BLOCK);
        MemorySegment copy = arena.allocate(BLOCK);
        assertThat(view.read(copy, BLOCK).join()).isEqualTo(BLOCK);
        assertThat(copy.mismatch(block)).isEqualTo(-1);
        view.dataSync().join();
    }

    @Test
    void anAppendGoesToTheEndWhateverThePosition() throws IOException {
        AioFile view = file.with(AioRequestFlag.APPEND, AioRequestFlag.DSYNC);
        assertThat(view.write(block, 0).join()).isEqualTo(BLOCK);
        assertThat(file.size()).isEqualTo(5 * BLOCK);
        MemorySegment copy = arena.allocate(BLOCK);
        file.read(copy, 0).join();
        assertThat(copy.get(JAVA_BYTE, 0)).isZero();
        file.read(copy, 4 * BLOCK).join();
        assertThat(copy.mismatch(block)).isEqualTo(-1);
    }

    @Test
    void aReadThatDoesNotBlockSucceedsWithNowait() throws IOException {
        try {
            assertThat(file.with(AioRequestFlag.NOWAIT).read(block, 0).join()).isEqualTo(BLOCK);
        } catch (CompletionException e) {
            // The kernel may refuse at any time; what it must not do is anything else.
            assertThat(e).cause().isInstanceOf(AioException.class);
            assertThat(((AioException) e.getCause()).errnoName()).isIn("EAGAIN", "EOPNOTSUPP");
        }
    }

    @Test
    void anExtendingWriteIsRefusedWithNowait() throws IOException {
        // ext4 locks the inode and so refuses; other filesystems may accept it, or refuse the flag.
        AioFile view = file.with(AioRequestFlag.NOWAIT);
        try {
            assertThat(view.write(block, 4 * BLOCK).join()).isEqualTo(BLOCK);
            assertThat(file.size()).isEqualTo(5 * BLOCK);
        } catch (CompletionException e) {
            assertThat(((AioException) e.getCause()).errnoName()).isIn("EAGAIN", "EOPNOTSUPP");
            assertThat(file.size()).isEqualTo(4 * BLOCK);
        }
    }

    @Test
    void atomicWritesAreCheckedOrRefusedWithAReason() throws IOException {
        Optional<AioAtomicWriteLimits> limits = file.atomicWrites();
        if (limits.isEmpty()) {
            assertThatThrownBy(() -> file.with(AioRequestFlag.ATOMIC))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessageContaining(path.toString())
                    .hasMessageContaining("Linux 6.11");
            return;
        }
        AioFile view = file.with(AioRequestFlag.ATOMIC);
        int size = limits.get().minUnit();
        MemorySegment unit = arena.allocate(size, size);
        assertThat(view.write(unit, 0).join()).isEqualTo(size);
        assertThatThrownBy(() -> view.write(arena.allocate(3L * size), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("power of two");
    }

    @ParameterizedTest
    @EnumSource(AioPriority.Kind.class)
    void operationsHaveAPriority(AioPriority.Kind kind) {
        AioFile view = file.with(new AioPriority(kind, 0));
        try {
            assertThat(view.write(block, 0).join()).isEqualTo(BLOCK);
            assertThat(view.read(block, 0).join()).isEqualTo(BLOCK);
        } catch (CompletionException e) {
            assertThat(kind).isEqualTo(AioPriority.Kind.REAL_TIME);
            assertThat(((AioException) e.getCause()).errnoName()).isEqualTo("EPERM");
        }
    }

    @Test
    void anInvalidPriorityLevelIsRefused() {
        assertThatThrownBy(() -> new AioPriority(AioPriority.Kind.BEST_EFFORT, 8))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0 to 7");
    }

    @Test
    void closingAViewClosesTheFile() throws IOException {
        AioFile view = file.with(AioRequestFlag.DSYNC);
        view.close();
        assertThat(file.isOpen()).isFalse();
        assertThatThrownBy(() -> file.write(block, 0).join())
                .hasCauseInstanceOf(ClosedChannelException.class)
                .hasMessageContaining("closed");
    }
}
