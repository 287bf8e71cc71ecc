package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.testing.LogLines;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A ring with impossible contents, which is not read any more: io_getevents returns the events, and no operation is
 * lost.
 */
class UntrustedRingTest {
    private static final int SLOTS = 4;
    private static final int RING_SLOTS = 8;
    private static final int HEADER = 32;
    private static final int BLOCK = 512;

    private final FakeKernel kernel = new FakeKernel();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment ring = arena.allocate(HEADER + RING_SLOTS * 32L, 64);
    private final KernelAioContext engine = engine();
    private final FileHandle file = new FileHandle(
                    kernel,
                    Path.of("/fake/data"),
                    kernel.open("/fake/data".getBytes(StandardCharsets.UTF_8), 0102, 0600))
            .view(BLOCK, false, RequestFlags.NONE);
    private int ended;

    private KernelAioContext engine() {
        ring.set(JAVA_INT, 4, RING_SLOTS);
        ring.set(JAVA_INT, 16, 0xa10a10a1);
        ring.set(JAVA_INT, 28, HEADER);
        kernel.showRing(ring.address());
        return KernelAioContext.over(kernel, kernel.setup(SLOTS), SLOTS, true);
    }

    @AfterEach
    void destroy() {
        assertThat(engine.destroy()).isZero();
        assertThat(kernel.destroyedTooEarly()).isZero();
        arena.close();
    }

    private void add(int position, long data, long result) {
        ring.set(JAVA_LONG, HEADER + position * 32L, data);
        ring.set(JAVA_LONG, HEADER + position * 32L + 16, result);
    }

    private void write() {
        Slot slot = engine.slot(0);
        assertThat(slot.acquire(file, arena.allocate(BLOCK, BLOCK))).isTrue();
        slot.prepare(Opcode.WRITE, 0, BLOCK, null, 0);
        assertThat(engine.submit(slot)).isEqualTo(1);
    }

    private void take(Slot slot) {
        assertThat(slot.result()).isEqualTo(BLOCK);
        slot.release();
        ended++;
    }

    private void assertEndsByTheKernel() {
        for (int i = 0; i < 10 && ended == 0; i++) {
            engine.reap(1, 1_000_000_000, this::take);
        }
        assertThat(ended).isEqualTo(1);
        assertThat(engine.readsRing()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, RING_SLOTS, Integer.MAX_VALUE, Integer.MIN_VALUE})
    void aTailOutsideTheRingIsNotTrusted(int tail) {
        try (LogLines log = new LogLines()) {
            write();
            ring.set(JAVA_INT, 12, tail);

            assertEndsByTheKernel();

            assertThat(log.count("cannot be trusted")).isEqualTo(1);
        }
    }

    @Test
    void aHeadOutsideTheRingIsNotTrusted() {
        write();
        ring.set(JAVA_INT, 8, RING_SLOTS + 3);

        assertEndsByTheKernel();
    }

    /** Events of operations completed long ago: the ring shows more than are in flight. */
    @Test
    void moreEventsThanOperationsAreNotTrusted() {
        try (LogLines log = new LogLines()) {
            write();
            for (int i = 0; i < RING_SLOTS - 1; i++) {
                add(i, UserData.of(1, 7), BLOCK);
            }
            ring.set(JAVA_INT, 12, RING_SLOTS - 1);

            assertEndsByTheKernel();

            assertThat(engine.strays()).as("events left in the ring").isEqualTo(1);
            assertThat(log.count("cannot be trusted")).isEqualTo(1);
        }
    }
}
