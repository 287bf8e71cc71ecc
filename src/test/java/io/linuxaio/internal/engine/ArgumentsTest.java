package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
    @Test
    void aDepthIsFromOneToTheMaximum() {
        assertThat(Arguments.depth(1, 8)).isEqualTo(1);
        assertThat(Arguments.depth(8, 8)).isEqualTo(8);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Arguments.depth(0, 8))
                .withMessageContaining("from 1 to 8: 0");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Arguments.depth(9, 8))
                .withMessageContaining("from 1 to 8: 9");
    }

    @Test
    void zeroIsNotNegative() {
        assertThatCode(() -> Arguments.notNegative("position", 0)).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Arguments.notNegative("position", -1))
                .withMessageContaining("position is negative: -1");
    }

    @Test
    void readOnlyMemoryIsNoTarget() {
        MemorySegment memory = MemorySegment.ofArray(new byte[8]);

        assertThatCode(() -> Arguments.writableMemory(memory)).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Arguments.writableMemory(memory.asReadOnly()))
                .withMessageContaining("read-only");
    }
}
