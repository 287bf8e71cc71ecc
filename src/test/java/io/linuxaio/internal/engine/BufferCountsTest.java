package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The reference counts of the buffers and blocks of one arena, found by address. */
class BufferCountsTest {
    private static final long START = 0x10_0200;
    private static final int BLOCK = BlockRefs.MIN_BLOCK;

    private static RefCount count() {
        return new RefCount(() -> {});
    }

    @SuppressWarnings("restricted")
    private static MemorySegment segment(long offset, long size) {
        return MemorySegment.ofAddress(START + offset).reinterpret(size);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 512, 4096, 3000, 4608})
    void aSegmentHasTheCountOfItsBuffer(long distance) {
        BufferRefs buffers = new BufferRefs(START, distance, 3);
        RefCount first = count();
        RefCount last = count();
        buffers.set(0, first);
        buffers.set(2, last);

        assertThat(buffers.get(0)).isSameAs(first);
        assertThat(buffers.of(segment(0, distance))).isSameAs(first);
        assertThat(buffers.of(segment(distance - 1, 1))).isSameAs(first);
        assertThat(buffers.of(segment(2 * distance, 1))).isSameAs(last);
        assertThat(buffers.of(segment(3 * distance - 1, 1))).isSameAs(last);
        assertThat(buffers.of(segment(distance, 1)).isClosed())
                .as("closed before it was lent")
                .isTrue();
        assertThat(buffers.of(segment(distance, 0))).as("of no bytes").isNull();
    }

    @Test
    void aBlockContainsAllItsBytes() {
        BlockRefs blocks = new BlockRefs(START, 16 * BLOCK);
        RefCount large = count();
        RefCount small = count();
        blocks.set(4, 2, large);
        blocks.set(8, 0, small);

        assertThat(blocks.find(START + 4 * BLOCK)).isEqualTo(4);
        assertThat(blocks.find(START + 8 * BLOCK - 1)).isEqualTo(4);
        assertThat(blocks.of(segment(7 * BLOCK + 3, 5))).isSameAs(large);
        assertThat(blocks.find(START + 8 * BLOCK)).isEqualTo(8);
        assertThat(blocks.of(segment(9 * BLOCK - 1, 1))).isSameAs(small);
        assertThat(blocks.of(segment(4 * BLOCK, 0))).as("of no bytes").isNull();
    }

    @Test
    void bytesOfNoBlockHaveAClosedCount() {
        BlockRefs blocks = new BlockRefs(START, 16 * BLOCK);
        blocks.set(4, 2, count());
        blocks.set(8, 0, count());

        for (long offset : new long[] {0, 4 * BLOCK - 1, 9 * BLOCK, 15 * BLOCK}) {
            assertThat(blocks.find(START + offset)).as("at %d", offset).isEqualTo(-1);
            assertThat(blocks.of(segment(offset, 1)).isClosed())
                    .as("at %d", offset)
                    .isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"8, 3", "1, 0", "16, 4"})
    void aBlockMayFillItsArena(int smallest, int order) {
        BlockRefs blocks = new BlockRefs(START, (long) smallest * BLOCK);
        RefCount whole = count();
        blocks.set(0, order, whole);

        assertThat(blocks.find(START)).isZero();
        assertThat(blocks.of(segment(0, 1))).isSameAs(whole);
        assertThat(blocks.find(START + (long) smallest * BLOCK - 1)).isZero();
        assertThat(blocks.find(START - 1)).isEqualTo(-1);
        assertThat(blocks.find(START + (long) smallest * BLOCK)).isEqualTo(-1);
    }

    @Test
    void anArenaMayBeLarge() {
        long size = 16L << 20;
        BlockRefs blocks = new BlockRefs(START, size);
        blocks.set((int) (size / BLOCK) - 2, 1, count());

        assertThat(blocks.find(START + size - 1)).isEqualTo((int) (size / BLOCK) - 2);
    }

    @Test
    void theLastBlockMayBeIncomplete() {
        BlockRefs blocks = new BlockRefs(START, 2 * BLOCK + 1);
        blocks.set(2, 0, count());

        assertThat(blocks.find(START + 2 * BLOCK)).isEqualTo(2);
        assertThat(blocks.find(START + 3 * BLOCK)).isEqualTo(-1);
    }

    @Test
    void aFreedBlockIsNotFound() {
        BlockRefs blocks = new BlockRefs(START, 4 * BLOCK);
        blocks.set(0, 2, count());
        blocks.clear(0);
        RefCount half = count();
        blocks.set(2, 1, half);

        assertThat(blocks.find(START)).isEqualTo(-1);
        assertThat(blocks.of(segment(3 * BLOCK, 1))).isSameAs(half);
    }
}
