package io.linuxaio.internal.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.engine.ArenaRefs;
import io.linuxaio.internal.engine.RefCount;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The division of a pool's memory, and the reference counts of its parts. */
class PoolMemoryTest {
    @ParameterizedTest
    @CsvSource({"512, 512, 512", "513, 512, 1024", "1, 4096, 4096", "100, 1, 100", "4096, 512, 4096"})
    void buffersLieSideBySideAtTheirAlignment(long size, long alignment, long distance) {
        PoolMemory memory = new PoolMemory(3, size, alignment);
        MemorySegment first = memory.buffer(0);
        for (int i = 0; i < 3; i++) {
            assertThat(memory.buffer(i).byteSize()).isEqualTo(size);
            assertThat(memory.buffer(i).address()).isEqualTo(first.address() + i * distance);
            assertThat(memory.buffer(i).address() % alignment).isZero();
        }
        memory.free();
        assertThat(first.scope().isAlive()).isFalse();
        assertThat(ArenaRefs.of(first)).as("counts of freed memory").isNull();
        memory.free();
    }

    @Test
    void aBufferThatAnOperationUsesIsNotRetired() {
        PoolMemory memory = new PoolMemory(2, 512, 512);
        RefCount uses = new RefCount(() -> {});
        memory.beginLoan(1, uses);
        assertThat(ArenaRefs.of(memory.buffer(1))).isSameAs(uses);
        assertThat(uses.tryAcquire()).isTrue();

        assertThat(memory.retire(1)).as("in use").isFalse();
        uses.close();
        assertThat(memory.retire(1)).as("closed, and in use").isFalse();
        uses.release();

        assertThat(memory.retire(1)).isTrue();
        assertThat(memory.retire(0)).as("never lent").isTrue();
        assertThat(ArenaRefs.of(memory.buffer(0)).tryAcquire()).isFalse();
        memory.free();
    }

    @ParameterizedTest
    @CsvSource({
        "1, 9223372036854775807, 512",
        "2, 4611686018427387904, 512",
        "2147483647, 4611686018427387904, 4096",
        "1, 9223372036854771712, 4096"
    })
    void moreThanTheAddressSpaceIsRefused(int buffers, long size, long alignment) {
        assertThatThrownBy(() -> new PoolMemory(buffers, size, alignment))
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage(buffers + " buffers of " + size + " bytes exceed the address space");
    }
}
