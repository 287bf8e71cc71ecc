package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.testing.TargetDirectory;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Memory of users that another thread works with. */
@Timeout(60)
class PinnedMemoryTest {
    private static final int BLOCK = 512;
    private static final int SIZE = 4 * BLOCK;

    private final Arena shared = Arena.ofShared();
    private final RefCount uses = new RefCount(this::free);

    private void free() {
        if (shared.scope().isAlive()) {
            shared.close();
        }
    }

    /** Returns memory of an arena that is registered, at a multiple of the block size. */
    private MemorySegment registered() {
        ArenaRefs.register(shared.scope(), uses);
        return shared.allocate(SIZE, BLOCK);
    }

    @AfterEach
    void forget() {
        ArenaRefs.forget(shared.scope());
        uses.close();
    }

    @Test
    void pinnedMemoryIsNotFreed() {
        MemorySegment segment = registered();
        PinnedMemory pinned = PinnedMemory.of(segment);
        assertThat(pinned.size()).isEqualTo(SIZE);
        assertThat(pinned.segment()).isSameAs(segment);

        uses.close();

        assertThat(shared.scope().isAlive()).isTrue();
        pinned.close();
        assertThat(shared.scope().isAlive()).isFalse();
    }

    @Test
    void memoryOfAClosedArenaIsRefused() {
        MemorySegment segment = registered();
        PinnedMemory other = PinnedMemory.of(segment);
        uses.close();

        assertThatThrownBy(() -> PinnedMemory.of(segment))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> PinnedMemory.ofThisThread(segment)).isInstanceOf(IllegalStateException.class);
        other.close();
    }

    @Test
    void memoryOfAClosedArenaOfTheJdkIsRefused() {
        MemorySegment segment = shared.allocate(SIZE);
        PinnedMemory.of(segment).close();
        shared.close();

        assertThatThrownBy(() -> PinnedMemory.of(segment))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void memoryOfOneThreadIsForThatThread() {
        try (Arena confined = Arena.ofConfined()) {
            MemorySegment segment = confined.allocate(SIZE);

            assertThatThrownBy(() -> PinnedMemory.of(segment))
                    .isInstanceOf(WrongThreadException.class)
                    .hasMessageContaining("confined");
            PinnedMemory own = PinnedMemory.ofThisThread(segment);
            assertThat(own.segment()).isSameAs(segment);
            own.close();
            assertThat(CompletableFuture.runAsync(() -> PinnedMemory.ofThisThread(segment))
                            .handle((_, e) -> e.getCause())
                            .join())
                    .isInstanceOf(WrongThreadException.class);
        }
    }

    @Test
    void alignedRangesFit() {
        PinnedMemory pinned = PinnedMemory.of(registered());

        assertThat(pinned.fits(0, SIZE, BLOCK)).isTrue();
        assertThat(pinned.fits(BLOCK, SIZE - BLOCK, BLOCK)).isTrue();
        assertThat(pinned.fits(BLOCK, 1, BLOCK)).isTrue();
        assertThat(pinned.fits(4, BLOCK, 4)).isTrue();
        assertThat(pinned.fits(1, BLOCK, 1)).isTrue();
        assertThat(pinned.fits(4, BLOCK, BLOCK)).as("misaligned").isFalse();
        assertThat(pinned.fits(BLOCK + 1, BLOCK, BLOCK)).as("misaligned").isFalse();
        pinned.close();
    }

    @Test
    void theAddressOfTheRangeCounts() {
        PinnedMemory pinned = PinnedMemory.of(registered().asSlice(4));

        assertThat(pinned.fits(BLOCK - 4, BLOCK, BLOCK)).isTrue();
        assertThat(pinned.fits(0, BLOCK, BLOCK)).isFalse();
        pinned.close();
    }

    @Test
    void rangesOutsideTheMemoryDoNotFit() {
        PinnedMemory pinned = PinnedMemory.of(registered().asSlice(BLOCK, 2 * BLOCK));

        assertThat(pinned.fits(-BLOCK, BLOCK, BLOCK)).as("in front").isFalse();
        assertThat(pinned.fits(0, 2 * BLOCK + 1, BLOCK)).as("beyond the end").isFalse();
        assertThat(pinned.fits(BLOCK, BLOCK + 1, BLOCK)).as("beyond the end").isFalse();
        assertThat(pinned.fits(BLOCK, BLOCK, BLOCK)).as("up to the end").isTrue();
        pinned.close();
    }

    @Test
    void memoryThatOthersMayFreeDoesNotFit() {
        PinnedMemory pinned = PinnedMemory.of(shared.allocate(SIZE, BLOCK));

        assertThat(pinned.fits(0, BLOCK, BLOCK)).isFalse();
        pinned.close();
    }

    @Test
    void memoryOfTheHeapDoesNotFit() {
        PinnedMemory pinned = PinnedMemory.of(MemorySegment.ofArray(new long[SIZE / Long.BYTES]));

        assertThat(pinned.fits(0, BLOCK, 1)).isFalse();
        pinned.close();
    }

    @Test
    void memoryThatTheCollectorFreesFits() {
        PinnedMemory pinned = PinnedMemory.of(Arena.ofAuto().allocate(SIZE, BLOCK));

        assertThat(pinned.fits(0, SIZE, BLOCK)).isTrue();
        pinned.close();
    }

    /** Access to its pages is I/O itself. */
    @Test
    void mappedMemoryDoesNotFit() throws IOException {
        Path path = TargetDirectory.create().resolve("mapped");
        Files.write(path, new byte[SIZE]);
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            PinnedMemory pinned = PinnedMemory.of(channel.map(FileChannel.MapMode.READ_ONLY, 0, SIZE, Arena.ofAuto()));

            assertThat(pinned.fits(0, BLOCK, 1)).isFalse();
            pinned.close();
        }
    }
}
