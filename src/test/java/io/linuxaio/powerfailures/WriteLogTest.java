package io.linuxaio.powerfailures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WriteLogTest {
    @Test
    void writesFlushesAndDiscardsAreReadInTheirOrder() throws IOException {
        WriteLog log = new LogBuilder()
                .write(8, LogBuilder.sectors(2, 7))
                .flush()
                .add(100, 16, WriteLog.DISCARD)
                .add(24, 1, WriteLog.FUA, LogBuilder.sectors(1, 9))
                .parse();

        assertThat(log.size()).isEqualTo(4);
        assertThat(log.get(0).sector()).isEqualTo(8);
        assertThat(log.get(0).data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(LogBuilder.sectors(2, 7));
        assertThat(log.get(0).isFlush()).isFalse();
        assertThat(log.get(1).isFlush()).isTrue();
        assertThat(log.get(1).isWrite()).isFalse();
        assertThat(log.get(2).isDiscard()).isTrue();
        assertThat(log.get(2).sectors()).isEqualTo(16);
        assertThat(log.get(2).data().byteSize()).isZero();
        assertThat(log.get(3).isDurable()).isTrue();
        assertThat(log.get(3).data().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(LogBuilder.sectors(1, 9));
    }

    @Test
    void findsTheLastFlushBeforeAnEntry() throws IOException {
        WriteLog log = new LogBuilder()
                .write(0, LogBuilder.sectors(1, 1))
                .flush()
                .write(0, LogBuilder.sectors(1, 2))
                .flush()
                .parse();

        assertThat(log.lastFlushBefore(1)).isZero();
        assertThat(log.lastFlushBefore(2)).isEqualTo(1);
        assertThat(log.lastFlushBefore(3)).isEqualTo(1);
        assertThat(log.lastFlushBefore(4)).isEqualTo(3);
    }

    @Test
    void aLogThatEndsTooEarlyIsRefused() {
        MemorySegment whole =
                new LogBuilder().write(0, LogBuilder.sectors(2, 1)).flush().bytes();

        for (long end = 0; end < whole.byteSize(); end += WriteLog.SECTOR) {
            MemorySegment part = whole.asSlice(0, end);
            assertThatThrownBy(() -> new WriteLog(part)).isInstanceOf(IOException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1, magic number",
        "8, 2, version",
        "24, 16, 512 bytes",
        "528, 16, unknown flags",
        "527, -128, no sectors",
        "519, -128, no sectors",
        "524, 1, ends in the data"
    })
    void aLogOfAnotherFormatIsRefused(long position, byte other, String message) {
        MemorySegment log = new LogBuilder().write(0, LogBuilder.sectors(1, 1)).bytes();
        log.set(ValueLayout.JAVA_BYTE, position, other);

        assertThatThrownBy(() -> new WriteLog(log))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(message);
    }
}
