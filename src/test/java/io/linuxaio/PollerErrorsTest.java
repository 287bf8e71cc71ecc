package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.Kernel;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A call into the kernel throws an Error, before or after it has done its work: a poller loses no operation. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class PollerErrorsTest {
    private static final int BLOCK = 4096;
    private static final int CALLS = 16;
    private static final Duration SHORT = Duration.ofMillis(10);

    private final FakeKernel fake = new FakeKernel();
    private final ThrowingKernel throwing = new ThrowingKernel(fake);
    private final Kernel kernel = throwing.kernel();
    private final AioArena arena = AioArena.ofShared();
    private final AtomicInteger delivered = new AtomicInteger();

    private MemorySegment block() {
        return arena.allocate(BLOCK);
    }

    private interface Attempt {
        void run() throws IOException;
    }

    /** Returns {@code false} if an Error was thrown. */
    private static boolean attempt(Attempt attempt) throws IOException {
        try {
            attempt.run();
            return true;
        } catch (StackOverflowError | OutOfMemoryError e) {
            return false;
        }
    }

    private void poll(AioPoller poller) {
        poller.await(1, SHORT, (userData, result) -> delivered.incrementAndGet());
    }

    private AioFile open() throws IOException {
        return AioFile.open(
                kernel,
                null,
                Path.of("/fake/data"),
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
    }

    @ParameterizedTest
    @CsvSource({"BEFORE, stack", "AFTER, stack", "BEFORE, memory", "AFTER, memory"})
    void nothingIsLost(ThrowingKernel.Moment moment, String kind) throws Exception {
        Error error = kind.equals("stack") ? new StackOverflowError() : new OutOfMemoryError("of the test");
        for (int calls = 0; calls < CALLS; calls++) {
            delivered.set(0);
            AioFile file = open();
            AioPoller poller = AioPoller.builder().queueDepth(4).open(kernel);
            AioPollerBatch batch = poller.batch(3);
            // So that the kernel is known to write keys.
            poller.write(file, block(), 0, 0);
            poll(poller);
            int accepted = 1;
            throwing.arm(calls, moment, error);
            for (int i = 0; i < 4; i++) {
                if (i == 2) {
                    fake.refuse(request -> !request.device(), Errno.EINVAL);
                    fake.limitAcceptance(0);
                }
                accepted += attempt(() -> poller.write(file, block(), 0, 0)) ? 1 : 0;
                accepted += attempt(() -> poller.writev(file, new MemorySegment[] {block(), block()}, 0, 0)) ? 1 : 0;
                attempt(() -> poll(poller));
                for (int j = 0; j < 2; j++) {
                    batch.write(file, block(), 0, 0);
                }
                int before = batch.size();
                attempt(batch::submit);
                accepted += before - batch.size();
                batch.clear();
                attempt(() -> poll(poller));
                attempt(() -> poll(poller));
                attempt(poller::wakeup);
            }
            throwing.disarm();
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
            while (poller.inFlight() > 0 && System.nanoTime() < deadline) {
                poll(poller);
            }
            assertThat(delivered).as("call " + calls).hasValue(accepted);
            assertThat(poller.inFlight()).isZero();
            poller.close();
            file.close();
        }
        assertThat(arena.inFlight()).isZero();
        assertThat(fake.openContexts()).isZero();
        assertThat(fake.openDescriptors()).isZero();
        assertThat(fake.destroyedTooEarly()).isZero();
        arena.close();
    }

    @ParameterizedTest
    @CsvSource({"BEFORE, stack", "AFTER, stack", "BEFORE, memory", "AFTER, memory"})
    void openingAndClosingLeaveNothing(ThrowingKernel.Moment moment, String kind) throws Exception {
        Error error = kind.equals("stack") ? new StackOverflowError() : new OutOfMemoryError("of the test");
        for (int calls = 0; calls < CALLS; calls++) {
            AioFile file = open();
            throwing.arm(calls, moment, error);
            AioPoller[] opened = new AioPoller[1];
            if (attempt(() -> opened[0] = AioPoller.builder().queueDepth(2).open(kernel))) {
                AioPoller poller = opened[0];
                attempt(() -> poller.write(file, block(), 0, 0));
                attempt(() -> poller.write(file, block(), 0, 0));
                while (!attempt(poller::close)) {
                    // An Error ends it: it can be closed again.
                }
                assertThat(poller.inFlight()).isZero();
            }
            throwing.disarm();
            assertThat(fake.openContexts())
                    .as("contexts after an error at call " + calls)
                    .isZero();
            file.close();
            assertThat(fake.openDescriptors())
                    .as("descriptors after an error at call " + calls)
                    .isZero();
        }
        assertThat(arena.inFlight()).isZero();
        arena.close();
    }
}
