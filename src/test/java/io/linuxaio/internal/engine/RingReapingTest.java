package io.linuxaio.internal.engine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.internal.kernel.FakeKernel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An engine that reads the kernel's ring, to which the test adds the events. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingReapingTest {
    private static final int RING_SLOTS = 512;
    private static final int HEADER = 32;
    private static final int BLOCK = 512;
    private static final int MOST_AT_ONCE = 256;

    private final FakeKernel kernel = new FakeKernel();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment ring = arena.allocate(HEADER + RING_SLOTS * 32L, 64);
    private final MemorySegment block = arena.allocate(BLOCK, BLOCK);
    private final FileHandle file = new FileHandle(
                    kernel,
                    Path.of("/fake/data"),
                    kernel.open("/fake/data".getBytes(StandardCharsets.UTF_8), 0102, 0600))
            .view(BLOCK, false, RequestFlags.NONE);
    private final List<Integer> ended = new ArrayList<>();
    private KernelAioContext engine;
    private int tail;
    private int failures;

    private void open(int slots) {
        ring.set(JAVA_INT, 4, RING_SLOTS);
        ring.set(JAVA_INT, 16, 0xa10a10a1);
        ring.set(JAVA_INT, 28, HEADER);
        kernel.showRing(ring.address());
        engine = KernelAioContext.over(kernel, kernel.setup(slots), slots, true);
        assertThat(engine.readsRing()).isTrue();
    }

    @AfterEach
    void destroy() {
        assertThat(file.uses().uses()).isZero();
        assertThat(engine.destroy()).isZero();
        arena.close();
    }

    private Slot prepare(int slot) {
        Slot prepared = engine.slot(slot);
        assertThat(prepared.acquire(file, block)).isTrue();
        prepared.prepare(Opcode.WRITE, 0, BLOCK, null, slot);
        return prepared;
    }

    /** The kernel has completed an operation, with a failure. */
    private void complete(int slot) {
        long event = HEADER + tail * 32L;
        ring.set(JAVA_LONG, event, prepare(slot).data());
        ring.set(JAVA_LONG, event + 16, -1000L - slot);
        tail++;
        ring.set(JAVA_INT, 12, tail);
    }

    private void take(Slot slot) {
        assertThat(slot.result()).isEqualTo(-1000 - slot.index());
        ended.add(slot.index());
        slot.release();
    }

    private void failFirst(Slot slot) {
        if (failures-- > 0) {
            throw new OutOfMemoryError("of the test");
        }
        take(slot);
    }

    @Test
    void eventsInTheRingNeedNoCall() {
        open(4);
        complete(2);
        complete(0);
        complete(3);

        assertThat(engine.reap(1, KernelAioContext.FOREVER, this::take)).isEqualTo(3);

        assertThat(ended).containsExactly(2, 0, 3);
        assertThat(engine.asked()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"0, -1, 0", "0, 0, 0", "1, 0, 0", "0, 1000, 0", "1, 1000, 1", "2, 1000, 1"})
    void anEmptyRingIsFollowedByACallOnlyIfTheCallerWaits(int min, long nanos, long asked) {
        open(4);

        assertThat(engine.reap(min, nanos, this::take)).isZero();

        assertThat(engine.asked()).isEqualTo(asked);
        assertThat(engine.readsRing()).isTrue();
    }

    /** The first event of a long queue must not wait for the last. */
    @Test
    void aReapTakesALimitedNumberOfEvents() {
        int more = 4;
        open(MOST_AT_ONCE + more);
        for (int i = 0; i < MOST_AT_ONCE + more; i++) {
            complete(i);
        }
        assertThat(engine.eventsAtOnce()).isEqualTo(MOST_AT_ONCE);

        assertThat(engine.reap(1, 0, this::take)).isEqualTo(MOST_AT_ONCE);
        assertThat(ended).hasSize(MOST_AT_ONCE);
        assertThat(engine.reap(1, 0, this::take)).isEqualTo(more);
        assertThat(ended).hasSize(MOST_AT_ONCE + more);
    }

    @Test
    void eventsWhoseCallbacksFailAreDeliveredByTheNextReap() {
        open(4);
        for (int i = 0; i < 4; i++) {
            complete(i);
        }
        failures = 4;

        assertThatThrownBy(() -> engine.reap(1, 0, this::failFirst)).isInstanceOf(OutOfMemoryError.class);
        assertThat(ended).isEmpty();
        assertThat(engine.reap(1, 0, this::failFirst)).isZero();

        assertThat(ended).containsExactlyInAnyOrder(0, 1, 2, 3);
        assertThat(engine.strays()).isZero();
    }

    /** A kernel with a ring writes keys: where there is none, the operation has not been accepted. */
    @Test
    void anOperationWithoutAKeyIsNotTaken() {
        open(4);
        Slot slot = prepare(0);

        assertThat(engine.mayBeTaken(slot)).isFalse();

        slot.release();
    }

    @Test
    void aContextMayIgnoreTheRing() {
        open(4);
        KernelAioContext other = KernelAioContext.over(kernel, kernel.setup(4), 4, false);

        assertThat(other.readsRing()).isFalse();

        assertThat(other.destroy()).isZero();
    }
}
