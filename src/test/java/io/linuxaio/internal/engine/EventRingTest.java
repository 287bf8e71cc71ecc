package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The ring as fs/aio.c lays it out, in memory of the test. */
class EventRingTest {
    private static final int SLOTS = 5;
    private static final int HEADER = 32;
    private static final int EVENT = 32;

    private final Arena arena = Arena.ofAuto();
    private final MemorySegment memory = arena.allocate(HEADER + 64 + SLOTS * EVENT, 64);
    private int header = HEADER;
    private int tail;

    private EventRing ring(int head) {
        memory.set(JAVA_INT, 4, SLOTS);
        memory.set(JAVA_INT, 8, head);
        memory.set(JAVA_INT, 12, head);
        memory.set(JAVA_INT, 16, 0xa10a10a1);
        memory.set(JAVA_INT, 20, 1);
        memory.set(JAVA_INT, 28, header);
        tail = head;
        return EventRing.at(memory.address(), SLOTS - 2);
    }

    private void add(long data, long result) {
        long event = header + (long) tail * EVENT;
        memory.set(JAVA_LONG, event, data);
        memory.set(JAVA_LONG, event + 8, -7);
        memory.set(JAVA_LONG, event + 16, result);
        memory.set(JAVA_LONG, event + 24, -8);
        tail = (tail + 1) % SLOTS;
        memory.set(JAVA_INT, 12, tail);
    }

    private List<Long> take(EventRing ring) {
        List<Long> taken = new ArrayList<>();
        ring.look(SLOTS);
        while (ring.take()) {
            taken.add(ring.data());
            taken.add(ring.result());
        }
        return taken;
    }

    private int head() {
        return memory.get(JAVA_INT, 8);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4})
    void eventsAreReapedInOrderFromAnyHead(int head) {
        EventRing ring = ring(head);
        assertThat(take(ring)).isEmpty();
        add(11, 4096);
        add(12, -5);
        add(13, 0);

        assertThat(take(ring)).containsExactly(11L, 4096L, 12L, -5L, 13L, 0L);
        assertThat(head()).isEqualTo((head + 3) % SLOTS).isEqualTo(tail);
        assertThat(take(ring)).isEmpty();
    }

    @Test
    void reportsTheNumberOfEventsUpToTheMaximum() {
        EventRing ring = ring(3);
        assertThat(ring.look(4)).isZero();
        add(1, 1);
        add(2, 2);
        add(3, 3);

        assertThat(ring.look(2)).isEqualTo(2);
        assertThat(ring.look(4)).isEqualTo(3);
        assertThat(head()).as("head after a poll").isEqualTo(3);
    }

    @Test
    void theSlotOfAnEventIsReleasedAsSoonAsItIsReaped() {
        EventRing ring = ring(3);
        add(1, 1);
        add(2, 2);
        ring.look(4);

        assertThat(ring.take()).isTrue();
        assertThat(head()).isEqualTo(4);
        assertThat(ring.take()).isTrue();
        assertThat(head()).isZero();
        assertThat(ring.data()).isEqualTo(2);
    }

    @Test
    void eventsThatArriveAfterAPollAreReapedByTheNext() {
        EventRing ring = ring(0);
        add(1, 1);
        ring.look(4);
        add(2, 2);

        assertThat(ring.take()).isTrue();
        assertThat(ring.take()).isFalse();
        assertThat(head()).isEqualTo(1);
        assertThat(take(ring)).containsExactly(2L, 2L);
    }

    @Test
    void theHeaderLengthIsRead() {
        header = HEADER + 64;
        EventRing ring = ring(4);
        add(21, 512);

        assertThat(take(ring)).containsExactly(21L, 512L);
    }

    @Test
    void aHeaderMayFillAPage() {
        MemorySegment large = arena.allocate(4096 + SLOTS * EVENT, 64);
        large.set(JAVA_INT, 4, SLOTS);
        large.set(JAVA_INT, 12, 1);
        large.set(JAVA_INT, 16, 0xa10a10a1);
        large.set(JAVA_INT, 28, 4096);
        large.set(JAVA_LONG, 4096, 31);
        large.set(JAVA_LONG, 4096 + 16, 512);

        assertThat(take(EventRing.at(large.address(), SLOTS))).containsExactly(31L, 512L);
    }

    @Test
    void anEmptyRingIsNotBroken() {
        assertThat(ring(0).look(4)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"16, 0", "16, 1", "24, 1", "28, 0", "28, 16", "28, 33", "28, 8192", "4, 0", "4, -1"})
    void anUnknownRingFormatIsNotUsed(int offset, int value) {
        ring(0);
        memory.set(JAVA_INT, offset, value);

        assertThat(EventRing.at(memory.address(), SLOTS - 2)).isNull();
    }

    @ParameterizedTest
    @CsvSource({"8, -1", "8, 5", "8, 2147483647", "12, -1", "12, 5", "12, -2147483648"})
    void aHeadOrTailOutsideTheRingIsNotTrusted(int offset, int value) {
        EventRing ring = ring(0);
        memory.set(JAVA_INT, offset, value);

        assertThat(ring.look(SLOTS)).isEqualTo(EventRing.BROKEN);
    }

    @Test
    void aRingSmallerThanTheNumberOfOperationsIsNotTrusted() {
        ring(0);

        assertThat(EventRing.at(memory.address(), SLOTS)).isNotNull();
        assertThat(EventRing.at(memory.address(), SLOTS + 1)).isNull();
    }

    @Test
    void theRingMayBeMissing() {
        assertThat(EventRing.at(0, 1)).isNull();
    }
}
