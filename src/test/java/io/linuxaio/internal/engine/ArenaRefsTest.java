package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

/** The memory that could be freed, recognised by names inside the JDK and so checked on each JDK. */
class ArenaRefsTest {
    @Test
    void memoryOfAutomaticArenasIsGuarded() {
        assertThat(ArenaRefs.isUnguarded(Arena.global().allocate(8))).isFalse();
        assertThat(ArenaRefs.isUnguarded(Arena.ofAuto().allocate(8))).isFalse();
        assertThat(ArenaRefs.isUnguarded(MemorySegment.ofBuffer(ByteBuffer.allocateDirect(8))))
                .isFalse();
    }

    @Test
    void memoryOfClosableArenasIsNotGuarded() {
        try (Arena shared = Arena.ofShared();
                Arena confined = Arena.ofConfined()) {
            assertThat(ArenaRefs.isUnguarded(shared.allocate(8))).isTrue();
            assertThat(ArenaRefs.isUnguarded(confined.allocate(8))).isTrue();
        }
    }

    @Test
    void eachSegmentOfAnOperationHasItsCount() {
        try (Arena shared = Arena.ofShared()) {
            RefCount uses = new RefCount(() -> {});
            ArenaRefs.register(shared.scope(), uses);
            MemorySegment segment = shared.allocate(8);
            MemorySegment other = Arena.global().allocate(8);

            assertThat(ArenaRefs.ofMemory(segment)).isSameAs(uses);
            assertThat(ArenaRefs.ofMemory(other)).isNull();
            assertThat(ArenaRefs.ofMemory(null)).isNull();
            assertThat((RefCount[]) ArenaRefs.ofMemory(new MemorySegment[] {segment, other, segment}))
                    .containsExactly(uses, null, uses);

            ArenaRefs.forget(shared.scope());
        }
    }

    @Test
    void memoryOfRegisteredArenasIsGuardedWithAllItsSlices() {
        try (Arena shared = Arena.ofShared()) {
            RefCount uses = new RefCount(() -> {});
            MemorySegment segment = shared.allocate(8);
            ArenaRefs.register(shared.scope(), uses);

            assertThat(ArenaRefs.of(segment.asSlice(4, 2))).isSameAs(uses);
            assertThat(ArenaRefs.isUnguarded(segment)).isFalse();

            ArenaRefs.forget(shared.scope());
            assertThat(ArenaRefs.of(segment)).isNull();
        }
    }
}
