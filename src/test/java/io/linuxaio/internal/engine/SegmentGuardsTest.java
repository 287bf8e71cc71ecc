package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** Which memory somebody could free: on each JDK anew, since it is told by names inside it. */
class SegmentGuardsTest {
    @Test
    void memoryThatNobodyClosesIsGuarded() {
        assertThat(SegmentGuards.isUnguarded(Arena.global().allocate(8))).isFalse();
        assertThat(SegmentGuards.isUnguarded(Arena.ofAuto().allocate(8))).isFalse();
        assertThat(SegmentGuards.isUnguarded(MemorySegment.ofBuffer(ByteBuffer.allocateDirect(8))))
                .isFalse();
    }

    @Test
    void memoryOfClosableArenasIsNot() {
        try (Arena shared = Arena.ofShared();
                Arena confined = Arena.ofConfined()) {
            assertThat(SegmentGuards.isUnguarded(shared.allocate(8))).isTrue();
            assertThat(SegmentGuards.isUnguarded(confined.allocate(8))).isTrue();
        }
    }

    @Test
    void memoryOfRegisteredArenasIsWithAllItsSlices() {
        try (Arena shared = Arena.ofShared()) {
            UseCount uses = new UseCount(() -> {});
            MemorySegment segment = shared.allocate(8);
            SegmentGuards.register(shared.scope(), uses);

            assertThat(SegmentGuards.of(segment.asSlice(4, 2))).isSameAs(uses);
            assertThat(SegmentGuards.isUnguarded(segment)).isFalse();

            SegmentGuards.forget(shared.scope());
            assertThat(SegmentGuards.of(segment)).isNull();
        }
    }
}
