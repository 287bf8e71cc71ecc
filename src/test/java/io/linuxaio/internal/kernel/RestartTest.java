package io.linuxaio.internal.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The repetition of system calls after a signal. */
class RestartTest {
    @Test
    void aCallIsRepeatedUntilItIsNotInterrupted() {
        AtomicInteger calls = new AtomicInteger();

        long answer = Restart.untilDone(() -> calls.incrementAndGet() < 1_500 ? -Errno.EINTR : 7);

        assertThat(answer).isEqualTo(7);
        assertThat(calls).hasValue(1_500);
    }

    @Test
    void anyOtherErrorIsReturned() {
        AtomicInteger calls = new AtomicInteger();

        long answer = Restart.untilDone(() -> calls.incrementAndGet() < 3 ? -Errno.EINTR : -Errno.EIO);

        assertThat(answer).isEqualTo(-Errno.EIO);
        assertThat(calls).hasValue(3);
    }

    @Tag("slow")
    @Test
    void aCallThatIsAlwaysInterruptedFails() {
        assertThat(Restart.untilDone(() -> -Errno.EINTR)).isEqualTo(-Errno.EINTR);
    }

    @ParameterizedTest
    @EnumSource
    void onlyClosingAndAioAreNotRepeated(SyscallNumber call) {
        boolean expected = switch (call) {
            case CLOSE, IO_SETUP, IO_DESTROY, IO_SUBMIT, IO_GETEVENTS -> false;
            default -> true;
        };

        assertThat(call.isRepeatable()).isEqualTo(expected);
    }
}
