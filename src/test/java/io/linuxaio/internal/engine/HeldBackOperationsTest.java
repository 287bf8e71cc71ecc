package io.linuxaio.internal.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.RequestQueue;
import io.linuxaio.testing.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The thread that submits the operations that a device holds back: when it waits, for how long, and for what. */
class HeldBackOperationsTest extends KernelAioContextFixture {
    private static final long LONG_NANOS = TimeUnit.HOURS.toNanos(1);
    private static final long SHORT_NANOS = TimeUnit.MILLISECONDS.toNanos(30);
    private static final int TRIES = 20;

    /** Two requests may be in flight. */
    private static final RequestQueue NARROW = new RequestQueue("/sys/of/narrow", 4, BLOCK, 4, false);

    /** Sixteen requests may be in flight, and the thread waits for two of them to end. */
    private static final RequestQueue WIDE = new RequestQueue("/sys/of/wide", 32, BLOCK, 4, false);

    private record Submission(int slot, Thread thread, long time) {}

    private final List<Submission> submissions = new CopyOnWriteArrayList<>();
    private final List<Slot> prepared = new ArrayList<>();

    private Slot slot(int blocks) {
        Slot slot = prepare(prepared.size(), Opcode.READ, arena.allocate((long) blocks * BLOCK), 0);
        prepared.add(slot);
        return slot;
    }

    private void holdBack(DeviceLimit device, Slot slot) {
        assertThat(device.holdBack(slot, held -> {
                    device.enter(held);
                    submissions.add(new Submission(held.index(), Thread.currentThread(), System.nanoTime()));
                }))
                .isTrue();
    }

    private Submission awaitSubmission(int index) {
        Await.until("submission " + index, () -> submissions.size() > index);
        return submissions.get(index);
    }

    private static void leave(Slot slot) {
        slot.refuse(-1);
        slot.release();
    }

    private void leaveAll() {
        prepared.forEach(HeldBackOperationsTest::leave);
        prepared.clear();
        submissions.clear();
    }

    @AfterEach
    void end() {
        leaveAll();
    }

    private static Thread threadOf(DeviceLimit device, String name) {
        Await.until("the thread of " + device, () -> threads(name).size() == 1);
        return threads(name).getFirst();
    }

    private static List<Thread> threads(String name) {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("linux-aio-device-" + name))
                .toList();
    }

    private static void awaitTimedWaiting(Thread thread) {
        Await.until(thread + " waits", () -> thread.getState() == Thread.State.TIMED_WAITING);
    }

    @Test
    void aDeviceReportsItsRequests() {
        DeviceLimit device = new DeviceLimit(WIDE, LONG_NANOS);
        Slot slot = slot(3);
        assertThat(device.tryEnter(slot)).isTrue();

        assertThat(device).hasToString("/sys/of/wide: 3 of 16 requests in flight, 0 held back");
    }

    @Test
    void aDeviceWithOneRequestTakesOne() {
        DeviceLimit device = new DeviceLimit(new RequestQueue("/sys/of/one", 1, BLOCK, 4, false), LONG_NANOS);

        assertThat(device.bound()).isEqualTo(1);
        assertThat(device.tryEnter(slot(1))).isTrue();
        assertThat(device.tryEnter(slot(1))).isFalse();
    }

    @Test
    void roomIsUsedAtOnce() {
        DeviceLimit device = new DeviceLimit(WIDE, LONG_NANOS);
        assertThat(device.tryEnter(slot(15))).isTrue();

        holdBack(device, slot(1));

        awaitSubmission(0);
        assertThat(device.inFlight()).isEqualTo(16);
    }

    @Test
    void theThreadWaitsUntilAShareIsFree() {
        DeviceLimit device = new DeviceLimit(WIDE, LONG_NANOS);
        Slot most = slot(14);
        Slot one = slot(1);
        Slot another = slot(1);
        device.enter(most);
        device.enter(one);
        device.enter(another);
        holdBack(device, slot(1));
        awaitTimedWaiting(threadOf(device, "wide"));

        leave(one);
        prepared.remove(one);
        assertThat(Await.becomes(() -> !submissions.isEmpty(), Duration.ofMillis(30)))
                .as("woken for one request")
                .isFalse();
        leave(another);
        prepared.remove(another);

        awaitSubmission(0);
        assertThat(device.inFlight()).isEqualTo(15);
    }

    @Test
    void oneThreadServesTheDevice() {
        DeviceLimit device = new DeviceLimit(new RequestQueue("/sys/of/served", 4, BLOCK, 4, false), LONG_NANOS);
        long start = System.nanoTime();
        holdBack(device, slot(1));
        Thread thread = awaitSubmission(0).thread();
        awaitTimedWaiting(thread);
        assertThat(thread.isDaemon()).isTrue();
        thread.interrupt();
        holdBack(device, slot(1));
        Submission second = awaitSubmission(1);

        // It ends after some seconds without an operation.
        if (System.nanoTime() - start < TimeUnit.SECONDS.toNanos(4)) {
            assertThat(second.thread()).isSameAs(thread);
            assertThat(threads("served")).hasSize(1);
        }
    }

    @Test
    void anIdleThreadIsWoken() {
        for (int i = 0; i < TRIES; i++) {
            DeviceLimit device = new DeviceLimit(WIDE, LONG_NANOS);
            holdBack(device, slot(1));
            awaitTimedWaiting(awaitSubmission(0).thread());
            long start = System.nanoTime();
            holdBack(device, slot(1));
            long nanos = awaitSubmission(1).time() - start;
            leaveAll();
            if (nanos < TimeUnit.SECONDS.toNanos(2)) {
                return;
            }
        }
        throw new AssertionError("the thread was never woken");
    }

    /** Under a load, this thread or the other may be late, but not each time. */
    @Test
    void operationsThatWereGivenUpDoNotDelayTheNextOne() {
        for (int i = 0; i < TRIES; i++) {
            DeviceLimit device = new DeviceLimit(NARROW, SHORT_NANOS);
            assertThat(device.tryEnter(slot(2))).isTrue();
            holdBack(device, slot(1));
            holdBack(device, slot(1));
            long between = awaitSubmission(1).time() - awaitSubmission(0).time();
            leaveAll();
            if (between < SHORT_NANOS) {
                return;
            }
        }
        throw new AssertionError("each was waited for");
    }
}
