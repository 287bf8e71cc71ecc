package io.linuxaio.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The free lists: what is released is acquired again, never by two, and few are kept. */
class BounceBuffersTest {
    @ParameterizedTest
    @CsvSource({"1, 16384", "16384, 16384", "16385, 65536", "65536, 65536", "65537, 65537", "1048576, 1048576"})
    void aBufferIsLongEnoughAndAligned(long size, long expected) {
        MemorySegment buffer = BounceBuffers.acquire(size, 512);
        assertThat(buffer.byteSize()).isEqualTo(expected);
        assertThat(buffer.address() % BounceBuffers.ALIGNMENT).isZero();
        BounceBuffers.release(buffer);
    }

    @Test
    void aGreaterAlignmentIsMet() {
        int alignment = 1 << 20;
        MemorySegment buffer = BounceBuffers.acquire(512, alignment);
        assertThat(buffer.address() % alignment).isZero();
        assertThat(BounceBuffers.isKept(512, alignment)).isFalse();
        assertThat(BounceBuffers.isKept(BounceBuffers.LONG_SIZE + 1, 512)).isFalse();
        assertThat(BounceBuffers.isKept(BounceBuffers.LONG_SIZE, BounceBuffers.ALIGNMENT))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {BounceBuffers.SIZE, BounceBuffers.LONG_SIZE})
    void aReleasedBufferIsAcquiredNext(int size) {
        MemorySegment buffer = BounceBuffers.acquire(size, 512);
        BounceBuffers.release(buffer);
        assertThat(BounceBuffers.acquire(size, 512).address()).isEqualTo(buffer.address());
        BounceBuffers.release(buffer);
    }

    @ParameterizedTest
    @ValueSource(ints = {BounceBuffers.SIZE, BounceBuffers.LONG_SIZE})
    void buffersDoNotOverlapAndFewAreKept(int size) {
        int most = BounceBuffers.MAX_FREE_BYTES / size;
        List<MemorySegment> acquired = new ArrayList<>();
        for (int i = 0; i < most + 50; i++) {
            acquired.add(BounceBuffers.acquire(size, 512));
        }
        assertThat(acquired.stream().map(MemorySegment::address)).doesNotHaveDuplicates();
        assertThat(acquired)
                .allSatisfy(one -> assertThat(acquired.stream()
                                .filter(other -> one.asOverlappingSlice(other).isPresent()))
                        .hasSize(1));

        acquired.forEach(BounceBuffers::release);
        assertThat(BounceBuffers.available(size)).isEqualTo(most);
    }
}
