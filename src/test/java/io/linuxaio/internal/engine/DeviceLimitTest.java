package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.RequestQueue;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Operations above the bound of a device, which wait in order, for a limited time, for others to complete. */
class DeviceLimitTest extends KernelAioContextFixture {
    private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long SHORT_NANOS = 1_000_000;

    /** Two requests of at most one block each may be in flight. */
    private static final RequestQueue QUEUE = new RequestQueue("/sys/fake", 4, BLOCK, 4, false);

    private final DeviceLimit device = new DeviceLimit(QUEUE, LONG_NANOS);
    private final List<Integer> submitted = new CopyOnWriteArrayList<>();

    private Slot slot(int index, int blocks) {
        return prepare(index, Opcode.READ, arena.allocate((long) blocks * BLOCK), 0);
    }

    private Consumer<Slot> submitting(DeviceLimit limit) {
        return slot -> {
            limit.enter(slot);
            submitted.add(slot.index());
        };
    }

    private void holdBack(Slot slot) {
        assertThat(device.tryEnter(slot)).isFalse();
        assertThat(device.holdBack(slot, submitting(device))).isTrue();
    }

    private void awaitSubmitted(Integer... indices) {
        Await.until("submitted: " + List.of(indices), () -> submitted.size() >= indices.length);
        assertThat(submitted).containsExactly(indices);
    }

    private static void leave(Slot... slots) {
        for (Slot slot : slots) {
            slot.refuse(-1);
            slot.release();
        }
    }

    @Test
    void halfOfTheRequestsAreReservedForCallers() {
        Slot one = slot(0, 1);
        Slot two = slot(1, 1);
        Slot three = slot(2, 1);

        assertThat(device.bound()).isEqualTo(2);
        assertThat(device.tryEnter(one)).isTrue();
        assertThat(device.tryEnter(two)).isTrue();
        assertThat(device.tryEnter(three)).isFalse();
        assertThat(device.inFlight()).isEqualTo(2);

        leave(one);
        assertThat(device.tryEnter(three)).isTrue();
        leave(two, three);
        assertThat(device.inFlight()).isZero();
    }

    @Test
    void operationsHeldBackAreSubmittedInOrderAsOthersComplete() {
        Slot one = slot(0, 1);
        Slot two = slot(1, 1);
        Slot three = slot(2, 1);
        Slot four = slot(3, 1);
        assertThat(device.tryEnter(one)).isTrue();
        assertThat(device.tryEnter(two)).isTrue();
        holdBack(three);
        holdBack(four);
        assertThat(device.heldBack()).isEqualTo(2);

        leave(one);
        awaitSubmitted(2);
        leave(two);
        awaitSubmitted(2, 3);
        assertThat(device.heldBack()).isZero();
        assertThat(device.inFlight()).isEqualTo(2);
        leave(three, four);
        assertThat(device.inFlight()).isZero();
    }

    @Test
    void operationsHeldBackAreNotOvertaken() {
        Slot one = slot(0, 1);
        Slot large = slot(1, 2);
        Slot small = slot(2, 1);
        assertThat(device.tryEnter(one)).isTrue();
        holdBack(large);

        // There is a request left, but not two.
        assertThat(device.tryEnter(small)).isFalse();

        leave(one);
        awaitSubmitted(1);
        leave(large, small);
    }

    @Test
    void anOperationLargerThanTheBoundIsSubmittedWhenTheDeviceIsIdle() {
        Slot one = slot(0, 1);
        Slot huge = slot(1, 50);
        assertThat(device.tryEnter(huge)).as("entered on the caller").isFalse();
        assertThat(device.tryEnter(one)).isTrue();
        holdBack(huge);

        leave(one);
        awaitSubmitted(1);
        assertThat(device.inFlight()).isEqualTo(50);
        leave(huge);
        assertThat(device.inFlight()).isZero();
    }

    @Test
    void operationsThatDoNotCompleteAreNotAwaitedForEver() {
        DeviceLimit impatient = new DeviceLimit(QUEUE, SHORT_NANOS);
        Slot one = slot(0, 2);
        Slot two = slot(1, 2);
        Slot three = slot(2, 1);
        assertThat(impatient.tryEnter(one)).isTrue();
        assertThat(impatient.holdBack(two, submitting(impatient))).isTrue();
        assertThat(impatient.holdBack(three, submitting(impatient))).isTrue();

        awaitSubmitted(1, 2);
        leave(one, two, three);
        assertThat(impatient.inFlight()).isZero();
    }

    @Test
    void anErrorWhileSubmittingLeavesTheOthers() {
        Slot one = slot(0, 1);
        Slot two = slot(1, 1);
        Consumer<Slot> failing = _ -> {
            throw new StackOverflowError();
        };
        try (LogLines log = new LogLines()) {
            assertThat(device.holdBack(one, failing)).isTrue();
            assertThat(device.holdBack(two, submitting(device))).isTrue();

            awaitSubmitted(1);
            assertThat(log.count("goes on after an error")).isEqualTo(1);
        }
        leave(one, two);
    }

    @Test
    void anInterruptedThreadContinues() {
        Slot one = slot(0, 1);
        assertThat(device.holdBack(one, _ -> Thread.currentThread().interrupt()))
                .isTrue();
        Await.until("the operation was submitted", () -> device.heldBack() == 0);
        Slot two = slot(1, 1);
        assertThat(device.holdBack(two, submitting(device))).isTrue();

        awaitSubmitted(1);
        leave(one, two);
    }

    @Test
    void segmentsCountAsRequests() {
        MemorySegment[] many = new MemorySegment[9];
        for (int i = 0; i < many.length; i++) {
            many[i] = arena.allocate(BLOCK / 16);
        }
        Slot scattered = prepare(0, Opcode.READV, many, 0);

        device.enter(scattered);

        assertThat(device.inFlight()).isEqualTo(3);
        leave(scattered);
        assertThat(device.inFlight()).isZero();
    }
}
