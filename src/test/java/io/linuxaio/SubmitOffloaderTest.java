package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.engine.DeviceLimit;
import io.linuxaio.internal.engine.FileDevice;
import io.linuxaio.internal.engine.FileHandle;
import io.linuxaio.internal.engine.KernelAioContextFixture;
import io.linuxaio.internal.engine.Opcode;
import io.linuxaio.internal.engine.Slot;
import io.linuxaio.internal.kernel.OFlags;
import io.linuxaio.internal.kernel.Statx;
import io.linuxaio.testing.Await;
import io.linuxaio.testing.LogLines;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Helper threads without a context: when one is started, which operations it submits, and when it ends. */
class SubmitOffloaderTest extends KernelAioContextFixture {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Path PATH = Path.of("/fake/offloaded");

    /** The slot that occupies the device. */
    private static final int FILLER = SLOTS - 1;

    private static final long HUGE = 1L << 40;

    private record Submission(int slot, Thread thread, int atTheDevice) {}

    private final AioArena memory = AioArena.ofShared();
    private final List<Thread> made = new CopyOnWriteArrayList<>();
    private final List<Submission> submissions = new CopyOnWriteArrayList<>();
    private final List<Slot> prepared = new ArrayList<>();
    private final List<FileHandle> files = new ArrayList<>();
    private final CountDownLatch unblocked = new CountDownLatch(1);
    private final FileDevice device = new FileDevice(new Statx.Device(4093, 4093));
    private final ContextCounters counters = new ContextCounters(0);
    private final SubmitOffloader offloader = new SubmitOffloader("of the test", this::make, counters);
    private volatile boolean blocks;
    private volatile Error error;

    private Thread make(Runnable task) {
        Thread thread = Thread.ofPlatform().daemon().unstarted(task);
        made.add(thread);
        return thread;
    }

    private void submit(Slot slot) {
        DeviceLimit limit = device.limit();
        submissions.add(new Submission(slot.index(), Thread.currentThread(), limit.inFlight()));
        Error thrown = error;
        error = null;
        if (thrown != null) {
            throw thrown;
        }
        if (blocks) {
            try {
                unblocked.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private FileHandle fileOn(FileDevice where) {
        int descriptor =
                kernel.open(PATH.toString().getBytes(StandardCharsets.UTF_8), OFlags.READ_WRITE | OFlags.CREATE, 0600);
        FileHandle handle = new FileHandle(kernel, PATH, descriptor, Statx.of(kernel, descriptor), where);
        files.add(handle);
        return handle;
    }

    private Slot prepare(int index, FileHandle on, long length) {
        Slot slot = engine.slot(index);
        assertThat(slot.acquire(on, memory.allocate(BLOCK))).isTrue();
        slot.prepare(Opcode.WRITE, 0, length, null, 0);
        prepared.add(slot);
        return slot;
    }

    private Slot prepare(int index) {
        return prepare(index, fileOn(device), BLOCK);
    }

    /** Starts the permanent thread, and waits until it is idle. */
    private Thread start() {
        offloader.start(this::submit);
        awaitIdle(made.getFirst());
        return made.getFirst();
    }

    private static void awaitIdle(Thread thread) {
        Await.until(thread + " is idle", () -> thread.getState() == Thread.State.TIMED_WAITING);
    }

    private Submission awaitSubmission(int index) {
        Await.until("submission " + index, () -> submissions.size() > index);
        return submissions.get(index);
    }

    private Slot fillTheDevice() {
        Slot filler = prepare(FILLER, fileOn(device), HUGE);
        device.limit().enter(filler);
        return filler;
    }

    private void awaitHeldBack(int count) {
        Await.until("held back", () -> device.limit().toString().contains(", " + count + " held back"));
    }

    private static void leave(Slot slot) {
        slot.refuse(-1);
        slot.release();
    }

    @AfterEach
    void end() throws InterruptedException {
        unblocked.countDown();
        offloader.close();
        for (Thread thread : made) {
            if (thread.getState() != Thread.State.NEW) {
                assertThat(thread.join(LONG)).as(thread + " has ended").isTrue();
            }
        }
        prepared.forEach(SubmitOffloaderTest::leave);
        assertThat(device.limit().inFlight()).isZero();
        files.forEach(file -> file.uses().close());
        memory.close();
    }

    @Test
    void thePermanentThreadWaitsUntilItIsClosed() throws InterruptedException {
        Thread permanent = start();

        offloader.close();

        assertThat(permanent.join(LONG)).isTrue();
        assertThat(submissions).isEmpty();
    }

    @Test
    void noOtherThreadIsStartedWhileThePermanentOneIsIdle() {
        Thread permanent = start();
        for (int i = 0; i < FILLER; i++) {
            offloader.submit(prepare(i));
            assertThat(awaitSubmission(i).thread()).isSameAs(permanent);
            awaitIdle(permanent);
        }

        assertThat(made).containsExactly(permanent);
    }

    /** Both rely on the idle thread, which blocks with the first. */
    @Test
    void theSecondOfTwoOperationsDoesNotWaitForTheDeviceOfTheFirst() {
        start();
        Slot first = prepare(0);
        Slot second = prepare(1, fileOn(new FileDevice(new Statx.Device(4093, 4094))), BLOCK);
        blocks = true;

        offloader.submit(first);
        offloader.submit(second);

        assertThat(awaitSubmission(1).thread())
                .isNotSameAs(submissions.getFirst().thread());
    }

    @Test
    void anotherThreadSubmitsMoreThanOneOperationAndEndsWhenItIsIdle() throws InterruptedException {
        start();
        blocks = true;
        offloader.submit(prepare(0));
        awaitSubmission(0);
        blocks = false;

        offloader.submit(prepare(1));
        Thread other = awaitSubmission(1).thread();
        awaitIdle(other);
        offloader.submit(prepare(2));

        assertThat(awaitSubmission(2).thread()).isSameAs(other);
        assertThat(made).hasSize(2);
        assertThat(other.join(LONG)).as("ended after some seconds").isTrue();
    }

    @Test
    void anOperationThatIsHandedOverBelongsToTheCallerNoLonger() {
        Slot slot = prepare(0);
        int attempt = slot.attempt();

        offloader.submit(slot);

        assertThat(slot.isOver(attempt)).isTrue();
    }

    @Test
    void anErrorDoesNotEndAThread() {
        Thread permanent = start();
        try (LogLines log = new LogLines()) {
            error = new OutOfMemoryError("of the test");
            offloader.submit(prepare(0));
            Await.until("the error is logged", () -> log.count("goes on after an error") == 1);
            awaitIdle(permanent);
            offloader.submit(prepare(1));

            assertThat(awaitSubmission(1).thread()).isSameAs(permanent);
        }
    }

    @Test
    void anInterruptByOthersDoesNotEndAThread() {
        Thread permanent = start();
        permanent.interrupt();
        Await.until("the interrupt is noticed", () -> !permanent.isInterrupted());
        awaitIdle(permanent);

        offloader.submit(prepare(0));

        assertThat(awaitSubmission(0).thread()).isSameAs(permanent);
    }

    /** Nothing is known of its file. */
    @Test
    void anOperationWithoutADeviceIsSubmitted() {
        Thread permanent = start();

        offloader.submit(prepare(0, fileOn(null), BLOCK));

        assertThat(awaitSubmission(0).thread()).isSameAs(permanent);
    }

    @Test
    void anOffloadedOperationCountsAtItsDevice() {
        start();

        offloader.submit(prepare(0));

        assertThat(awaitSubmission(0).atTheDevice()).isEqualTo(1);
    }

    @Test
    void anOperationThatMayBlockIsHeldBackAndThenSubmittedByAHelper() {
        Thread permanent = start();
        Slot filler = fillTheDevice();
        offloader.submit(prepare(0));
        awaitHeldBack(1);
        awaitIdle(permanent);
        assertThat(submissions).isEmpty();
        long others = device.limit().inFlight();

        leave(filler);

        Submission held = awaitSubmission(0);
        assertThat(held.thread()).isSameAs(permanent);
        assertThat(held.atTheDevice()).isEqualTo(1).isLessThan((int) others);
        awaitIdle(permanent);
        offloader.submit(prepare(1));
        assertThat(awaitSubmission(1).slot()).isEqualTo(1);
        assertThat(submissions).hasSize(2);
    }

    @Test
    void anOperationThatMustNotBlockIsSubmittedByTheThreadOfItsDevice() {
        Thread permanent = start();
        Slot filler = fillTheDevice();
        Slot slot = prepare(0);

        assertThat(offloader.begin(slot)).isFalse();
        awaitHeldBack(1);
        assertThat(submissions).isEmpty();
        leave(filler);

        Submission held = awaitSubmission(0);
        assertThat(held.thread().getName()).startsWith("linux-aio-device-");
        assertThat(held.atTheDevice()).isEqualTo(1);
        assertThat(slot.wasHeldBack()).isTrue();
        assertThat(permanent.isAlive()).isTrue();
        leave(slot);

        // The slot is used again.
        assertThat(offloader.begin(prepare(0))).isTrue();
        assertThat(slot.wasHeldBack()).isFalse();
        assertThat(slot.offload()).as("not counted as offloaded").isTrue();
    }

    @Test
    void aSyncIsLeftToTheCaller() {
        start();
        fillTheDevice();
        Slot sync = engine.slot(0);
        assertThat(sync.acquire(fileOn(device), null)).isTrue();
        sync.prepare(Opcode.SYNC, 0, 0, null, 0);
        prepared.add(sync);

        assertThat(offloader.begin(sync)).isTrue();
    }

    @Test
    void anOperationWhoseFileRefusesTheFlagIsOffloaded() {
        Thread permanent = start();
        Slot slot = prepare(0);
        slot.nowait().unsupported();

        assertThat(offloader.begin(slot)).isFalse();

        assertThat(awaitSubmission(0).thread()).isSameAs(permanent);
    }
}
