package io.linuxaio.files;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.linuxaio.AioContext;
import io.linuxaio.OnKernel;
import io.linuxaio.internal.kernel.FakeCall;
import io.linuxaio.internal.kernel.FakeKernel;
import io.linuxaio.internal.kernel.KernelProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A new file that is deleted while the Java heap is full: the deletion is tried again, with longer and longer pauses. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DeletionWithoutMemoryTest {
    private static final Path PATH = Path.of("/fake/data");

    private final FakeKernel fake = new FakeKernel();
    private final AtomicInteger tries = new AtomicInteger();
    private int failures;
    private AioContext aio;

    @BeforeEach
    void open() throws IOException {
        aio = OnKernel.open(
                KernelProxy.over(fake, this::call), AioContext.builder().queueDepth(2));
    }

    @AfterEach
    void close() {
        aio.close();
        assertThat(fake.openDescriptors()).isZero();
    }

    private Object call(KernelProxy.Call call) throws Throwable {
        if (call.is("unlink") && tries.incrementAndGet() <= failures) {
            throw new OutOfMemoryError("of the test");
        }
        return call.proceed();
    }

    private AtomicReplacement create() throws IOException {
        return AtomicReplacement.create(
                aio, new AtomicReplacement.Target(PATH, PATH, false, false), Set.of(WRITE, CREATE_NEW));
    }

    @Test
    void theFileIsDeletedAsSoonAsThereIsMemory() throws IOException {
        failures = 6;
        AtomicReplacement replacement = create();
        long start = System.nanoTime();

        replacement.close();

        // Pauses of 1, 2, 4, 8, 16 and 32 ms.
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(63));
        assertThat(tries).hasValue(7);
        assertThat(fake.count(FakeCall.UNLINK)).isEqualTo(1);
        assertThat(fake.contents(PATH.toString())).isNull();
    }

    @Test
    void theLastTryReportsThatThereIsNoMemory() throws IOException {
        failures = Integer.MAX_VALUE;
        AtomicReplacement replacement = create();

        assertThatThrownBy(replacement::close)
                .isInstanceOf(OutOfMemoryError.class)
                .hasMessage("of the test");

        // The pauses double from 1 ms to 1024 ms.
        assertThat(tries).hasValue(12);
        assertThat(fake.contents(PATH.toString())).isNotNull();
    }
}
