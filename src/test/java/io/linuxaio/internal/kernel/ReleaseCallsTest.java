package io.linuxaio.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that give something back, for which there is no memory at first. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ReleaseCallsTest {
    private static final byte[] NAME = "/fake/data".getBytes(StandardCharsets.UTF_8);

    private final FakeKernel real = new FakeKernel();
    private final int descriptor = real.open(NAME, OFlags.READ_WRITE | OFlags.CREATE, 0600);
    private Error error = new OutOfMemoryError("of the test");
    private int failures;
    private int calls;

    private Kernel kernel() {
        return KernelProxy.over(real, call -> {
            calls++;
            if (failures-- > 0) {
                throw error;
            }
            return call.proceed();
        });
    }

    @Test
    void aDescriptorIsClosedWhenThereIsMemory() {
        failures = 3;

        assertThat(ReleaseCalls.close(kernel(), descriptor)).isZero();

        assertThat(calls).isEqualTo(4);
        assertThat(real.openDescriptors()).isZero();
    }

    @Test
    void aFileIsDeletedWhenThereIsMemory() {
        failures = 3;

        assertThat(ReleaseCalls.unlink(kernel(), NAME)).isZero();

        assertThat(calls).isEqualTo(4);
        assertThat(real.open(NAME, OFlags.READ_ONLY, 0)).isEqualTo(-Errno.ENOENT);
    }

    @Test
    void aContextIsDestroyedWhenThereIsMemory() {
        failures = 3;

        assertThat(ReleaseCalls.destroy(kernel(), 0)).isNotPositive();

        assertThat(calls).isEqualTo(4);
    }

    @Test
    void anAnswerOfTheKernelIsPassedOn() {
        real.fail(FakeCall.CLOSE, Errno.EIO, 1);

        assertThat(ReleaseCalls.close(kernel(), descriptor)).isEqualTo(-Errno.EIO);
        assertThat(calls).isEqualTo(1);
    }

    @Test
    void aLastingLackOfMemoryIsThrown() {
        failures = Integer.MAX_VALUE;

        assertThatThrownBy(() -> ReleaseCalls.close(kernel(), descriptor)).isSameAs(error);
        assertThat(calls).isGreaterThan(3);
        assertThat(real.openDescriptors()).isEqualTo(1);
    }

    /** The call may have been made: its descriptor may be that of another file by now. */
    @Test
    void aCallThatAnotherErrorEndsIsNotRepeated() {
        error = new StackOverflowError("of the test");
        failures = 1;

        assertThatThrownBy(() -> ReleaseCalls.close(kernel(), descriptor)).isSameAs(error);
        assertThat(calls).isEqualTo(1);
    }
}
