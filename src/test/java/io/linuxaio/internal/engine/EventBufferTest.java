package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The buffer as io_getevents fills it. */
class EventBufferTest {
    private static final int CAPACITY = 3;
    private static final int EVENT = 32;

    private final Arena arena = Arena.ofAuto();
    private final EventBuffer buffer = new EventBuffer(arena, CAPACITY);

    @SuppressWarnings("restricted")
    private static MemorySegment memory(long address, long size) {
        return MemorySegment.ofAddress(address).reinterpret(size);
    }

    private void fill(long... pairs) {
        MemorySegment events = memory(buffer.address(), CAPACITY * EVENT);
        for (int i = 0; i < pairs.length; i += 2) {
            long event = i / 2 * (long) EVENT;
            events.set(JAVA_LONG, event, pairs[i]);
            events.set(JAVA_LONG, event + 8, -7);
            events.set(JAVA_LONG, event + 16, pairs[i + 1]);
            events.set(JAVA_LONG, event + 24, -8);
        }
        buffer.filled(pairs.length / 2);
    }

    private void assertTakes(long data, long result) {
        assertThat(buffer.take()).isTrue();
        assertThat(buffer.data()).isEqualTo(data);
        assertThat(buffer.result()).isEqualTo(result);
    }

    @Test
    void eventsAreTakenInOrderAndOnce() {
        assertThat(buffer.capacity()).isEqualTo(CAPACITY);
        assertThat(buffer.take()).isFalse();
        fill(11, 4096, 12, -5, 13, 0);
        assertThat(buffer.left()).isEqualTo(3);

        assertTakes(11, 4096);
        assertTakes(12, -5);
        assertThat(buffer.left()).isEqualTo(1);
        assertTakes(13, 0);

        assertThat(buffer.left()).isZero();
        assertThat(buffer.take()).isFalse();
    }

    @Test
    void aBufferIsFilledAgain() {
        fill(1, 1, 2, 2);
        assertTakes(1, 1);
        assertTakes(2, 2);
        fill(3, 3);

        assertTakes(3, 3);
        assertThat(buffer.take()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "999999999, 0, 999999999", "1000000000, 1, 0", "7000000005, 7, 5"})
    void aTimeoutIsSplitIntoSecondsAndNanoseconds(long timeout, long seconds, long nanos) {
        MemorySegment time = memory(buffer.timeout(timeout), 16);

        assertThat(time.get(JAVA_LONG, 0)).isEqualTo(seconds);
        assertThat(time.get(JAVA_LONG, 8)).isEqualTo(nanos);
    }
}
