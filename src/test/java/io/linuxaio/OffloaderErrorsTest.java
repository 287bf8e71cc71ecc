package io.linuxaio;

import static org.assertj.core.api.Assertions.assertThat;

import io.linuxaio.internal.kernel.Errno;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.FakeOutcome;
import io.linuxaio.testing.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A call into the kernel throws an Error while operations that would block are handed over to helper threads. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OffloaderErrorsTest {
    private static final int CALLS = 24;
    private static final int OPERATIONS = 8;
    private static final int BLOCK = 4096;

    private final FakeKernel fake = new FakeKernel();
    private final ThrowingKernel throwing = new ThrowingKernel(fake);
    private final AioArena arena = AioArena.ofShared();

    @ParameterizedTest
    @EnumSource
    void nothingIsLost(ThrowingKernel.Moment moment) throws Exception {
        for (int calls = 0; calls < CALLS; calls++) {
            nothingIsLost(calls, moment, new OutOfMemoryError("of the test"));
            nothingIsLost(calls, moment, new StackOverflowError("of the test"));
        }
        assertThat(fake.openContexts()).isZero();
        assertThat(fake.openDescriptors()).isZero();
        arena.close();
    }

    private void nothingIsLost(int calls, ThrowingKernel.Moment moment, Error error) throws Exception {
        AioContext aio = AioContext.builder()
                .queueDepth(OPERATIONS)
                .submission(AioSubmitMode.NON_BLOCKING)
                .open(throwing.kernel());
        AioFile file = AioFile.open(
                throwing.kernel(),
                aio,
                Path.of("/fake/data"),
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE));
        List<CompletableFuture<Integer>> futures = new ArrayList<>();
        for (int i = 0; i < OPERATIONS; i++) {
            fake.script(FakeOutcome.error(Errno.EAGAIN));
        }
        throwing.arm(calls, moment, error);
        for (int i = 0; i < OPERATIONS; i++) {
            try {
                futures.add(file.write(arena.allocate(BLOCK), 0));
            } catch (OutOfMemoryError | StackOverflowError e) {
                assertThat(e).isSameAs(error);
            }
        }
        for (CompletableFuture<Integer> future : futures) {
            try {
                future.get(20, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOfAny(IOException.class, Error.class);
            }
        }
        String at = "call " + calls + ' ' + moment + ": " + throwing.disarm();
        Await.until(at + ": all slots are free", () -> aio.stats().inFlight() == 0);
        Await.until(at + ": the memory is free", () -> arena.inFlight() == 0);
        Await.until(
                at + ": the device is free",
                () -> file.handle().device().limit().inFlight() == 0);
        file.close();
        aio.shutdown();
        assertThat(aio.awaitTermination(Duration.ofSeconds(20))).as(at).isTrue();
    }
}
